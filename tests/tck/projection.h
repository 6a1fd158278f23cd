// WITH of the set-up statements: variables, aliases, DISTINCT, and count and collect.
#pragma once

#include "absl/status/status.h"
#include "kosei/language/ast.h"
#include "rows.h"

namespace kosei::tck {

// kQueryUnsupported for ORDER BY, SKIP and LIMIT, and for other aggregates.
absl::Status Project(const language::Clause& clause, Rows& rows);

}  // namespace kosei::tck
