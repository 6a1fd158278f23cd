// MATCH: from a pattern to operators. Where to begin is chosen by what is bound already, by keys
// and indexes, and by how many records the classes have; from there on the pattern is followed link
// by link, and each condition is asked as soon as what it is about is known.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/operator.h"
#include "engine/planning.h"
#include "kosei/language/ast.h"

namespace kosei::query {

struct MatchRequest {
  const language::Pattern* pattern = nullptr;
  const language::Expression* where = nullptr;  // null: none
  Planning::MatchTime time;
  // Of a pattern predicate: every name in it must be known already.
  bool no_new_names = false;
  bool want_links = false;  // every link has its value in its slot, also when it has no name
};

struct PlannedMatch {
  OperatorPtr last;
  std::vector<std::uint32_t> new_slots;  // of names that the pattern brings
  // Of the first path, as written.
  std::vector<std::uint32_t> path_nodes;
  std::vector<std::uint32_t> path_links;
};

// The names of the pattern are added to `scope`. Errors: UndefinedVariable, VariableTypeConflict,
// VariableAlreadyBound, RelationshipUniquenessViolation, and those of names and expressions.
absl::StatusOr<PlannedMatch> PlanMatch(Planning& planning, OperatorPtr input,
                                       language::Scope& scope, const MatchRequest& request);

}  // namespace kosei::query
