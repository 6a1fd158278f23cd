// Values as text, the way openCypher writes them: 'text', [1, 2.0], {a: 1}, (:Label {name: 'x'}),
// [:TYPE {since: 1}], <(:A)-[:T]->(:B)>, '2026-11-22' of a date. For messages, plans and tests.
#pragma once

#include <string>
#include <string_view>

#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"

namespace kosei::language {

// What nodes and relationships hold is read through `evaluation.graph`; without one they show their
// numbers: (#7), [#7-3->#9].
std::string ToText(const Datum& value, Evaluation& evaluation);

// 'text' with \ before what needs it.
std::string QuotedText(std::string_view text);

}  // namespace kosei::language
