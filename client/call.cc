#include "call.h"

#include <utility>

namespace kosei::client {

void Call::Deliver(std::string_view body, bool last) {
  {
    MutexLock lock(mutex_);
    if (ended_.load()) return;
    frames_.emplace_back(body);
    if (last) ended_.store(true);
    ready_.store(true);
  }
  signal_.Notify();
}

void Call::Fail(absl::Status status) {
  {
    MutexLock lock(mutex_);
    if (ended_.load()) return;
    status_ = std::move(status);
    ended_.store(true);
    ready_.store(true);
  }
  signal_.Notify();
}

void Call::Finish() {
  absl::StatusOr<std::optional<std::string>> taken = Take();
  if (!taken.ok()) {
    done_(taken.status());
  } else {
    done_(std::string_view(**taken));
  }
}

void Call::Finish(absl::StatusOr<std::string_view> result) {
  ended_.store(true);
  done_(std::move(result));
}

absl::StatusOr<std::optional<std::string>> Call::Take() {
  MutexLock lock(mutex_);
  if (taken_ < frames_.size()) {
    std::optional<std::string> next(std::move(frames_[taken_++]));
    if (taken_ == frames_.size()) {
      frames_.clear();
      taken_ = 0;
    }
    ready_.store(!frames_.empty() || ended_.load());
    return next;
  }
  if (!status_.ok()) return status_;
  return std::optional<std::string>();
}

}  // namespace kosei::client
