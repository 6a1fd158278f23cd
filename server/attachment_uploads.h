// Files on their way in: their bytes arrive in pieces and are kept in memory until all are there.
// Who falls silent is forgotten, and there is room for so many only.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "kosei/base/mutex.h"
#include "kosei/base/random.h"
#include "kosei/base/time.h"
#include "kosei/process/attachments.h"

namespace kosei::server {

// Thread-safe.
class AttachmentUploads {
 public:
  // Both must outlive it.
  AttachmentUploads(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  struct Upload {
    std::string account;
    process::AttachmentHead head;
    std::string content;
    std::chrono::nanoseconds heard{0};  // of it
  };

  // Its number, never 0. kOverloaded: as many are open as there may be.
  absl::StatusOr<std::uint64_t> Begin(std::string_view account, process::AttachmentHead head);
  // Bytes that it has so far. kProtocolOrder: there is no such upload of this account (it was
  // silent for too long), or the bytes are not the next ones; kOutOfRange: more than was said. The
  // upload is given up then.
  absl::StatusOr<std::uint64_t> Add(std::string_view account, std::uint64_t number,
                                    std::uint64_t offset, std::string_view bytes);
  // Takes it out when all of it is there; nullptr: not yet.
  std::unique_ptr<Upload> TakeWhole(std::uint64_t number);

 private:
  void ForgetSilent() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  Random& random_;
  Mutex mutex_;
  std::map<std::uint64_t, std::unique_ptr<Upload>> uploads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kosei::server
