// Budget: what one query may cost, and whether it is still wanted. Checked at least every 4,096
// steps.
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
  std::uint64_t rows = UINT64_MAX;   // results
  std::uint64_t steps = UINT64_MAX;  // links looked at or records scanned
};

// Thread-safe only in Cancel() and cancelled().
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
  std::shared_ptr<const std::atomic<bool>> cancelled_;
};

}  // namespace kosei::query
