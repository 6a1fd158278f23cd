#include "rocksdb_status.h"

#include <string>

#include "kosei/base/error.h"

namespace kosei::storage {
namespace {

ErrorCode CodeFor(const rocksdb::Status& status) {
  if (status.IsNotFound()) return ErrorCode::kNotFound;
  if (status.IsCorruption()) return ErrorCode::kStorageCorrupt;
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit)
    return ErrorCode::kStorageLow;
  if (status.IsBusy() || status.IsTryAgain() || status.IsTimedOut()) return ErrorCode::kOverloaded;
  // A read from memory only that found its block elsewhere.
  if (status.IsIncomplete()) return ErrorCode::kOverloaded;
  return ErrorCode::kStorageIo;
}

}  // namespace

absl::Status ToStatus(const rocksdb::Status& status, std::string_view operation) {
  if (status.ok()) return absl::OkStatus();
  return MakeError(CodeFor(status), std::string(operation) + ": " + status.ToString());
}

}  // namespace kosei::storage
