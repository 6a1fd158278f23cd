// The shortest path between two records along links that carry failure, as known in a View.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/query/budget.h"
#include "kosei/query/impact.h"

namespace kosei::query {

// How failure of `from` reaches `to`; nullopt when it does not. Bidirectional breadth-first.
// kNotFound when either does not hold in the View; kDeadlineExceeded and kMemoryBudget when the
// budget is spent.
absl::StatusOr<std::optional<std::vector<PathStep>>> CausalPath(const storage::Reader& reader,
                                                                const storage::View& view,
                                                                RecordId from, RecordId to,
                                                                const Budget& budget);

}  // namespace kosei::query
