// RequestWindow: lets at most so many requests of a bench be under way. The sender sleeps when all
// are, until no more than `resume_at` are left; the first error is kept. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "absl/status/status.h"

namespace kosei::cli {

class RequestWindow {
 public:
  RequestWindow(std::size_t max, std::size_t resume_at) : max_(max), resume_at_(resume_at) {}

  void Enter() {
    std::unique_lock lock(mutex_);
    if (under_way_ == max_) {
      room_.wait(lock, [this] { return under_way_ <= resume_at_; });
    }
    ++under_way_;
  }
  void Leave(const absl::Status& status) {
    const std::scoped_lock lock(mutex_);
    if (status_.ok()) status_ = status;
    --under_way_;
    if (under_way_ == resume_at_ || under_way_ == 0) room_.notify_one();
  }
  absl::Status WaitForAll() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return under_way_ == 0; });
    return status_;
  }

 private:
  const std::size_t max_;
  const std::size_t resume_at_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::size_t under_way_ = 0;
  absl::Status status_;
};

}  // namespace kosei::cli
