// Orders about the plan that a record owns: whether the state allows them, and what they do.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "desk/asking.h"
#include "desk/case.h"
#include "kosei/process/desk.h"

namespace kosei::process {

// The errors of Desk::WorkOnPlan.
absl::StatusOr<PlanWork> CarryOut(const DeskParts& parts, const Definitions& definitions,
                                  const FoundRecord& found, const Actor& actor,
                                  const PlanOrder& order);

// What the work changes of the record itself; without a key nothing.
Change KeptChange(const DeskParts& parts, const FoundRecord& found, const PlanOrder& order,
                  const PlanWork& work);

absl::Status MayUsePlan(const DeskParts& parts, const Definitions& definitions,
                        const Asking& asking, const Caller& caller, std::string_view plan,
                        PlanUse use);

}  // namespace kosei::process
