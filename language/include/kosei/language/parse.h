// A statement's text into its tree (language/ast.h). The language is openCypher's, and of the
// project's own the clauses of time and plans:
//
//   FOR SYSTEM_TIME AS OF expression        as the store had it then
//   FOR SYSTEM_TIME FROM from TO to         every version that began or ended between
//   FOR VALID_TIME AS OF expression         as it was, or will be, in the world then
//   IN PLAN name                            as if the plan were carried out
//
// each at most once, in any order, before the query for all of it, or behind the pattern of a MATCH
// for that one alone. Words of the language are read in any letter case.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "kosei/language/ast.h"

namespace kosei::language {

// Brackets, subqueries, CASE and what else nests.
inline constexpr std::uint32_t kNestingMax = 200;

// `text` is UTF-8 of at most 1 MiB. Errors: kQuerySyntax (language/query_error.h), with the details
// that need no more than the text: UnexpectedSyntax, InvalidNumberLiteral, IntegerOverflow,
// FloatingPointOverflow, InvalidUnicodeLiteral, InvalidUnicodeCharacter,
// InvalidRelationshipPattern, InvalidParameterUse, InvalidClauseComposition,
// InvalidArgumentPassingMode, InvalidDelete, RequiresDirectedRelationship, CreatingVarLength and,
// of CREATE ()-->() but not of CREATE ()-[r]->(), NoSingleRelationshipType.
absl::StatusOr<Statement> Parse(std::string_view text);

// One expression and nothing behind it.
absl::StatusOr<ExpressionPtr> ParseExpression(std::string_view text);

}  // namespace kosei::language
