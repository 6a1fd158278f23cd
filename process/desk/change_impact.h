// What a change hits, from the graph alone.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "desk/asking.h"
#include "desk/case.h"
#include "desk/change_items.h"
#include "kosei/process/assessment.h"
#include "kosei/query/budget.h"

namespace kosei::process {

// Fills what of the assessment says what is hit, and the hash of it. `plan`: the number of the plan
// that it owns; kNoPlan: none.
absl::Status AddImpact(const DeskParts& parts, const storage::View& view, const ChangeItems& items,
                       PlanNumber plan, const query::Budget& budget, Assessment& assessment);

}  // namespace kosei::process
