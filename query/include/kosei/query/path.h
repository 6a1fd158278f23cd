// The shortest path between two records along links that carry failure, as known in a View.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/query/budget.h"
#include "kosei/query/impact.h"

namespace kosei::query {

// How failure of `from` reaches `to`; nullopt when it does not, empty when they are the same.
// Bidirectional breadth-first; of several shortest paths the one that Impact gives for `to`.
// kNotFound when either does not hold in the View; kDeadlineExceeded, kMemoryBudget, kRowBudget
// (steps) and kCancelled when the budget is spent: half a path is no answer.
absl::StatusOr<std::optional<std::vector<PathStep>>> CausalPath(const storage::Reader& reader,
                                                                const storage::View& view,
                                                                RecordId from, RecordId to,
                                                                const Budget& budget);

}  // namespace kosei::query
