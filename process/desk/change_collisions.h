// Collisions of a change with the others that are recorded in the store, and with the windows of
// its calendar.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "desk/asking.h"
#include "desk/case.h"
#include "desk/change_items.h"
#include "kosei/query/budget.h"
#include "kosei/query/collisions.h"

namespace kosei::process {

// `key`: the change, planned for `window`, that works on `items`. The others are those whose state
// is neither final, nor done, nor the one in which a change is only drafted, and whose planned time
// has a part of the window.
absl::StatusOr<query::CollisionReport> CollisionsOf(const DeskParts& parts,
                                                    const Definitions& definitions,
                                                    const Asking& asking, std::string_view key,
                                                    const query::TimeWindow& window,
                                                    const ChangeItems& items,
                                                    const query::Budget& budget);

// States in which a change holds its time: of any life cycle of the class.
std::vector<std::string> HoldingStates(const Definitions& definitions, std::string_view class_name);

}  // namespace kosei::process
