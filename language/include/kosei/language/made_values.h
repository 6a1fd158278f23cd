// Values that a statement makes while it runs, within bounds: of each value, and of all that it
// holds at one time (Evaluation::HasRoom).
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
// Written out: of a list that holds the same list many times, those too.
inline constexpr std::size_t kWrittenBytesMax = 256U << 20;

// Each gives the value, or records kMemoryBudget and gives null: ValueTooLarge, NestingTooDeep
// (kDatumDepthMax), or MemoryLimit when it leaves the statement without room.
Datum MakeList(DatumList items, Span span, Evaluation& evaluation);
Datum MakeMap(DatumMap entries, Span span, Evaluation& evaluation);
Datum MakeText(std::string text, Span span, Evaluation& evaluation);

}  // namespace kosei::language
