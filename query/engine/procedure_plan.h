// CALL: a procedure's answer as rows.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/operator.h"
#include "engine/planning.h"
#include "kosei/language/ast.h"

namespace kosei::query {

struct PlannedCall {
  OperatorPtr last;
  // What the call yields; the columns of a query that is the call alone.
  std::vector<std::string> columns;
  std::vector<std::uint32_t> slots;
};

// The yielded names are added to `scope`. Errors: kQueryProcedure with ProcedureNotFound and the
// nearest name; InvalidNumberOfArguments, UndefinedVariable, VariableAlreadyBound.
absl::StatusOr<PlannedCall> PlanCall(Planning& planning, OperatorPtr input, language::Scope& scope,
                                     const language::Clause& clause);

}  // namespace kosei::query
