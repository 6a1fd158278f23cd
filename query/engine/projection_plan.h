// WITH and RETURN: projection, grouping, DISTINCT, ORDER BY, SKIP, LIMIT and WHERE.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/operator.h"
#include "engine/planning.h"
#include "kosei/language/ast.h"

namespace kosei::query {

struct PlannedProjection {
  OperatorPtr last;
  language::Scope scope;  // of what is projected
  std::vector<std::string> columns;
  std::vector<std::uint32_t> slots;
};

// Errors: NoExpressionAlias, ColumnNameConflict, NoVariablesInScope, UndefinedVariable,
// InvalidAggregation, NestedAggregation, AmbiguousAggregationExpression, NonConstantExpression, and
// those of expressions.
absl::StatusOr<PlannedProjection> PlanProjection(Planning& planning, OperatorPtr input,
                                                 language::Scope scope,
                                                 const language::Clause& clause);

}  // namespace kosei::query
