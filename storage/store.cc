#include "store.h"

#include <string>

#include "absl/strings/str_format.h"

namespace kosei::storage {

absl::Status Store::MayWrite(std::string_view operation) const {
  const std::string reason = stopped_reason();
  if (!reason.empty()) {
    return MakeError(
        ErrorCode::kStorageReadOnly,
        absl::StrFormat(
            "%s: the store takes no more writes since %s; mend the cause and restart koseid",
            operation, reason));
  }
  if (space_low.load(std::memory_order_relaxed)) {
    return MakeError(ErrorCode::kStorageLow,
                     absl::StrFormat("%s: less than %d MiB is free for the data folder; free some "
                                     "space and try again",
                                     operation, options.free_bytes_min >> 20));
  }
  return absl::OkStatus();
}

}  // namespace kosei::storage
