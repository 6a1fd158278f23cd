// A clock that only the test moves. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "kosei/base/time.h"

namespace kosei::testing {

class ManualClock : public Clock {
 public:
  explicit ManualClock(Timestamp start = Timestamp{1'700'000'000'000'000}) : now_(start.micros) {}
  Timestamp Now() const override { return Timestamp{now_.load()}; }
  std::chrono::nanoseconds Monotonic() const override {
    return std::chrono::nanoseconds{monotonic_.load()};
  }
  void Advance(std::chrono::microseconds by) {
    now_ += by.count();
    monotonic_ += std::chrono::nanoseconds(by).count();
  }
  // The wall clock alone jumps, as when someone sets it.
  void JumpTo(Timestamp instant) { now_ = instant.micros; }

 private:
  std::atomic<std::int64_t> now_;
  std::atomic<std::int64_t> monotonic_{1};
};

}  // namespace kosei::testing
