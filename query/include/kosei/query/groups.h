// Groups behind gates: which are below what is asked for, and which have no reserve left.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "kosei/query/budget.h"
#include "kosei/query/group_finding.h"
#include "kosei/query/scenario.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

// All groups of a View that are below quorum, not up, or without reserve with what the contexts
// find down (everything, when `all`), ascending by record, until `visit` returns false. before and
// after are the same.
absl::Status VisitGroups(const storage::Reader& reader, const storage::View& view,
                         const Scenario& contexts, bool all, const Budget& budget,
                         absl::FunctionRef<bool(const GroupFinding&)> visit);

}  // namespace kosei::query
