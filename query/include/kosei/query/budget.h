// Budget: what one query may cost, and whether it is still wanted. Time and cancelling are looked
// at every 4,096 steps, between two records (never within the links of one).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "kosei/base/time.h"

namespace kosei::query {

struct Limits {
  std::chrono::nanoseconds time{std::chrono::seconds{30}};
  std::uint64_t memory_bytes = std::uint64_t{64} << 20;
  std::uint64_t rows = UINT64_MAX;   // results; Impact and CausalPath have no use for it
  std::uint64_t steps = UINT64_MAX;  // links followed or records scanned
};

// Steps between two looks at the clock.
inline constexpr std::uint64_t kStepsPerCheck = 4'096;

// The time limit runs from construction. `clock` must outlive the budget. Immutable; thread-safe.
class Budget {
 public:
  Budget(Limits limits, const Clock& clock,
         std::shared_ptr<const std::atomic<bool>> cancelled = nullptr);

  const Limits& limits() const { return limits_; }
  // kCancelled or kDeadlineExceeded when the query must stop. Cheap enough for every few thousand
  // steps.
  absl::Status Check() const;
  // kMemoryBudget when `bytes` in all are too many.
  absl::Status CheckMemory(std::uint64_t bytes) const;

 private:
  Limits limits_;
  const Clock* clock_;
  std::chrono::nanoseconds deadline_;
  std::shared_ptr<const std::atomic<bool>> cancelled_;  // shared with whoever may cancel
};

}  // namespace kosei::query
