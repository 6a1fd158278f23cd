// StepMeter: minds the budget of an answer that is worth nothing when it is cut.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "breadth_first.h"
#include "kosei/query/budget.h"
#include "kosei/query/impact.h"

namespace kosei::query {

// kRowBudget (steps), kMemoryBudget or kDeadlineExceeded, for `operation` in the message.
absl::Status SpentError(const Budget& budget, TruncationReason reason, std::string_view operation);

// `budget` and the text of `operation` must outlive it.
class StepMeter {
 public:
  StepMeter(const Budget& budget, std::string_view operation)
      : budget_(budget), operation_(operation) {}

  // Another record, with `links` links, has been looked at. An error when the query must stop.
  absl::Status Count(std::uint64_t links) {
    links_ += links;
    looks_ += links + 1;
    return looks_ >= next_look_ || links_ > budget_.limits().steps ? Look() : absl::OkStatus();
  }
  absl::Status CheckMemory(std::uint64_t bytes) const { return budget_.CheckMemory(bytes); }
  const Budget& budget() const { return budget_; }
  std::string_view operation() const { return operation_; }

 private:
  absl::Status Look();

  const Budget& budget_;
  const std::string_view operation_;
  std::uint64_t links_ = 0;
  std::uint64_t looks_ = 0;
  std::uint64_t next_look_ = 0;
};

// Walks on until nothing is left. A cut is an error.
absl::Status WalkToTheEnd(BreadthFirst& walk, const StepMeter& meter);

}  // namespace kosei::query
