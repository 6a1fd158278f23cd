// Errors while a statement runs, and the sizes above which values are refused. Each function
// records the error and gives null, so that it can be returned.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "kosei/base/error.h"
#include "kosei/language/ast.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"

namespace kosei::language {

// One value that a statement makes: 160 MB of items, 64 MB of text. More is a mistake in the
// statement, or work that belongs into rows.
inline constexpr std::size_t kListItemsMax = 10'000'000;
inline constexpr std::size_t kTextBytesMax = 64U << 20;

Datum Fail(ErrorCode code, std::string_view detail, Span span, std::string_view message,
           Evaluation& evaluation);

// kQueryType / InvalidArgumentType: "<what>: <found kind> is not <wanted>".
Datum WrongKind(std::string_view what, const Datum& found, std::string_view wanted, Span span,
                Evaluation& evaluation);
// The same as InvalidArgumentValue: what functions say of an argument whose kind was not known.
Datum WrongValue(std::string_view what, const Datum& found, std::string_view wanted, Span span,
                 Evaluation& evaluation);

// kMemoryBudget.
Datum TooLarge(std::string_view what, Span span, Evaluation& evaluation);

// A list, map or text that a statement made; TooLarge when it is larger or deeper than allowed.
Datum MakeList(DatumList items, Span span, Evaluation& evaluation);
Datum MakeMap(DatumMap entries, Span span, Evaluation& evaluation);
Datum MakeText(std::string text, Span span, Evaluation& evaluation);

}  // namespace kosei::language
