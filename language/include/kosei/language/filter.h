// The list filter: one line that chooses records, for people who write no MATCH.
//
//   class = Server and site.name = "Tokyo" and not (status in (retired, disposed))
//     and name like web and installed < 2026-01-01 and owner is empty order by name desc limit 50
//
// Left stands an attribute; behind a dot, one of the record it refers to. `class` is the record's
// class, those derived from it included; `key` is its key. Then one of
//
//   =  !=  <  <=  >  >=            compare; what is empty is in none of them
//   in (a, b)   not in (a, b)      one of several
//   like x   not like x            the text holds x, in any letter case
//   starts with x   ends with x
//   is empty   is not empty
//
// and a value: one bare word, or text in quotation marks. Bare numbers, true, false and dates
// (2026-01-01, 2026-01-01T09:00:00Z) are what they look like; in quotation marks they are text.
// Tests are joined by and, or, not and parentheses. Words of the filter are read in any letter
// case.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "kosei/language/ast.h"

namespace kosei::language {

// MATCH (n:Class) WHERE ... RETURN n ORDER BY ... LIMIT ..., with spans of the filter's text. Of an
// empty filter: all records. Errors: kQuerySyntax / UnexpectedSyntax, and those of literals, as
// Parse gives them; texts and nesting are bounded as there.
absl::StatusOr<Statement> ParseFilter(std::string_view text);

}  // namespace kosei::language
