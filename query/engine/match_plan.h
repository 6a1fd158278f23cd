// MATCH: from a pattern to operators. Where to begin is chosen by what is bound already, by keys
// and indexes, and by how many records the classes have; from there on the pattern is followed link
// by link, and each condition is asked as soon as what it is about is known.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/operator.h"
#include "engine/planning.h"
#include "kosei/language/ast.h"

namespace kosei::query {

struct MatchRequest {
  const language::Pattern* pattern = nullptr;
  const language::Expression* where = nullptr;  // null: none
  std::uint16_t moment = 0;
  // With it: every version of the pattern's one record, up to the moment, that still held then.
  std::optional<CommitNumber> from = std::nullopt;
  // Of a pattern predicate: every name in it must be known already.
  bool no_new_names = false;
};

struct PlannedMatch {
  OperatorPtr last;
  std::vector<std::uint32_t> new_slots;  // of names that the pattern brings
  std::uint32_t path_slot = UINT32_MAX;  // of the first path, also when it has no name
};

// The names of the pattern are added to `scope`. Errors: UndefinedVariable, VariableTypeConflict,
// VariableAlreadyBound, RelationshipUniquenessViolation, and those of names and expressions.
absl::StatusOr<PlannedMatch> PlanMatch(Planning& planning, OperatorPtr input,
                                       language::Scope& scope, const MatchRequest& request);

}  // namespace kosei::query
