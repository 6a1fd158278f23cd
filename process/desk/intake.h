// Looks for changes of items under control that nobody has authorised.
#pragma once

#include "absl/status/statusor.h"
#include "desk/asking.h"
#include "desk/case.h"
#include "kosei/process/control.h"

namespace kosei::process {

// In the commits from `from` on, as far as `limit` findings and the budget go.
absl::StatusOr<Intake> LookForUnauthorised(const DeskParts& parts, const Definitions& definitions,
                                           const Asking& asking, CommitNumber from,
                                           std::size_t limit);

}  // namespace kosei::process
