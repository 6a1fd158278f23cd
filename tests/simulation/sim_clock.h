// The time of the simulation, and its dice: the same seed gives the same year.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "kosei/base/mutex.h"
#include "kosei/base/random.h"
#include "kosei/base/time.h"

namespace kosei::simulation {

inline constexpr std::int64_t kSecond = 1'000'000;
inline constexpr std::int64_t kMinute = 60 * kSecond;
inline constexpr std::int64_t kHour = 60 * kMinute;
inline constexpr std::int64_t kDay = 24 * kHour;

inline Timestamp After(Timestamp from, std::int64_t micros) {
  return Timestamp{from.micros + micros};
}

// What people see is the simulation's; how long something takes is the machine's. Thread-safe.
class SimClock final : public Clock {
 public:
  explicit SimClock(Timestamp start) : now_(start.micros) {}
  Timestamp Now() const override { return Timestamp{now_.load()}; }
  std::chrono::nanoseconds Monotonic() const override { return SystemClock().Monotonic(); }
  void MoveTo(Timestamp instant) { now_ = instant.micros; }

 private:
  std::atomic<std::int64_t> now_;
};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  // splitmix64: the same on every machine.
  std::uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }
  std::size_t Below(std::size_t count) { return static_cast<std::size_t>(Next() % count); }
  bool Chance(std::size_t percent) { return Below(100) < percent; }
  // Micros, between two.
  std::int64_t Between(std::int64_t from, std::int64_t to) {
    return from + static_cast<std::int64_t>(Below(static_cast<std::size_t>(to - from + 1)));
  }
  template <typename List>
  const auto& OneOf(const List& list) {
    return list[Below(list.size())];
  }

 private:
  std::uint64_t state_;
};

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : dice_(seed) {}
  std::string Bytes(std::size_t count) override {
    const MutexLock lock(mutex_);
    std::string bytes(count, '\0');
    for (char& byte : bytes) byte = static_cast<char>(dice_.Next());
    return bytes;
  }

 private:
  Mutex mutex_;
  Dice dice_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kosei::simulation
