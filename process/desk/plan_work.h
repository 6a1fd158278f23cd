// Works on the plan that a record owns (kosei/process/plan_work.h).
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "desk/case.h"
#include "kosei/process/plan_work.h"

namespace kosei::process {

// What stands of the plan, by content, in the newest View. kUnknownPlan.
absl::StatusOr<PlanWork> ComparePlan(const DeskParts& parts, const model::Schema& schema,
                                     const std::string& name);

// Carries it out, if it was not; with conflicts nothing is written. `key`: the record that owns it,
// the cause of the commits.
absl::StatusOr<PlanWork> MergePlan(const DeskParts& parts, const model::Schema& schema,
                                   const std::string& name, std::string_view key,
                                   const std::string& actor, storage::Take take);

// Takes back what carrying it out has written, the last commit first; nothing when it was not
// carried out. A conflict leaves what was taken back until then, and says so.
absl::StatusOr<PlanWork> TakeBackPlan(const DeskParts& parts, const model::Schema& schema,
                                      const std::string& name, std::string_view key,
                                      const std::string& actor, storage::Take take);

}  // namespace kosei::process
