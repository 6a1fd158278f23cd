// From the clauses of a query to operators, one after the other; UNION joins parts.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/operator.h"
#include "engine/planning.h"
#include "kosei/language/ast.h"

namespace kosei::query {

struct PlannedQuery {
  OperatorPtr last;
  std::vector<std::string> columns;
  std::vector<std::uint32_t> slots;
  std::uint32_t slot_count = 0;
};

// `scope`: names that the query sees from outside (a subquery), else empty. `must_return`: false of
// EXISTS and COUNT, which may end without RETURN unless there is a UNION. Errors:
// InvalidClauseComposition, DifferentColumnsInUnion, kQueryUnsupported for clauses that write, and
// those of the clauses.
absl::StatusOr<PlannedQuery> PlanQuery(Planning& planning, const language::Query& query,
                                       const language::Scope& scope, bool must_return);

}  // namespace kosei::query
