// Between the language's values and the kit's.
#pragma once

#include "expected_value.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"

namespace kosei::tck {

// Nodes, relationships and paths are none: null.
language::Datum DatumOf(const Cell& cell);

// Records and links are read through evaluation.graph, whose errors stay in the evaluation. Dates,
// times and durations become their text.
Cell CellOf(const language::Datum& datum, language::Evaluation& evaluation);

}  // namespace kosei::tck
