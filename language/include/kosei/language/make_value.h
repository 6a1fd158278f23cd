// Lists, maps and texts that a statement makes, and the sizes above which they are refused: the
// error is kMemoryBudget, recorded in the evaluation, and the value null.
#pragma once

#include <cstddef>
#include <string>

#include "kosei/language/ast.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"

namespace kosei::language {

// One value that a statement makes: 160 MB of items, 64 MB of text. More is a mistake in the
// statement, or work that belongs into rows.
inline constexpr std::size_t kListItemsMax = 10'000'000;
inline constexpr std::size_t kTextBytesMax = 64U << 20;
// What a list or map may hold, shared parts counted as often as they are held: whoever compares,
// hashes or sends a value walks all of it, without a look at the clock. Without this bound sixty
// lists, each of which holds the one before twice, would keep somebody busy for ever.
inline constexpr std::size_t kValueBytesMax = std::size_t{1} << 30;

// Values of more levels than kDatumDepthMax are refused as well, and those for which the statement
// has no room beside what it holds (Evaluation::HasRoom).
Datum MakeList(DatumList items, Span span, Evaluation& evaluation);
Datum MakeMap(DatumMap entries, Span span, Evaluation& evaluation);
Datum MakeText(std::string text, Span span, Evaluation& evaluation);

}  // namespace kosei::language
