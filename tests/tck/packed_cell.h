// Between the values of the wire and the kit's.
#pragma once

#include "expected_value.h"
#include "kosei/language/packstream.h"

namespace kosei::tck {

// Dates, times and durations become their text. A structure that is none of the language's values
// is the text "structure TAG", which no cell of the kit is.
Cell CellOf(const language::PackedValue& value);
// Nodes, relationships and paths are null.
language::PackedValue PackedOf(const Cell& cell);

}  // namespace kosei::tck
