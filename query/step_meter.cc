#include "step_meter.h"

#include <optional>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {

absl::Status SpentError(const Budget& budget, TruncationReason reason, std::string_view operation) {
  switch (reason) {
    case TruncationReason::kSteps:
      return MakeError(
          ErrorCode::kRowBudget,
          absl::StrFormat("%s: no answer within the limit of %d links; ask for less or allow more "
                          "steps",
                          operation, budget.limits().steps));
    case TruncationReason::kMemory:
      return MakeError(
          ErrorCode::kMemoryBudget,
          absl::StrFormat("%s: no answer within the memory limit of %d bytes; ask for less or "
                          "allow more",
                          operation, budget.limits().memory_bytes));
    case TruncationReason::kTime:
    case TruncationReason::kDepth:
      break;
  }
  return MakeError(ErrorCode::kDeadlineExceeded,
                   absl::StrFormat("%s: no answer within the time limit; ask for less or allow "
                                   "more time",
                                   operation));
}

absl::Status StepMeter::Look() {
  if (links_ > budget_.limits().steps) {
    return SpentError(budget_, TruncationReason::kSteps, operation_);
  }
  next_look_ = looks_ + kStepsPerCheck;
  return budget_.Check();
}

absl::Status WalkToTheEnd(BreadthFirst& walk, const StepMeter& meter) {
  while (!walk.exhausted()) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<Truncation> cut, walk.Advance());
    if (cut.has_value()) return SpentError(meter.budget(), cut->reason, meter.operation());
  }
  return absl::OkStatus();
}

}  // namespace kosei::query
