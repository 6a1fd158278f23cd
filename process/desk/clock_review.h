// Verdicts on time under other calendars and agreements, of the records of the store.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "desk/asking.h"
#include "desk/case.h"
#include "kosei/process/clock_review.h"
#include "kosei/process/definitions.h"

namespace kosei::process {

// Desk::ReviewClocks. `definitions`: those in force.
absl::StatusOr<ClockReview> Review(const DeskParts& parts,
                                   const std::shared_ptr<const Definitions>& definitions,
                                   const Asking& asking, const ClockReviewQuestion& question);

}  // namespace kosei::process
