// Errors while a statement runs. Each function records the error and gives null, so that it can be
// returned.
#pragma once

#include <string_view>

#include "kosei/base/error.h"
#include "kosei/language/ast.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"

namespace kosei::language {

Datum Fail(ErrorCode code, std::string_view detail, Span span, std::string_view message,
           Evaluation& evaluation);

// kQueryType / InvalidArgumentType: "<what>: found <kind>, expected <wanted>".
Datum WrongKind(std::string_view what, const Datum& found, std::string_view wanted, Span span,
                Evaluation& evaluation);
// The same as InvalidArgumentValue: what functions say of an argument whose kind was not known.
Datum WrongValue(std::string_view what, const Datum& found, std::string_view wanted, Span span,
                 Evaluation& evaluation);

// kMemoryBudget / ValueTooLarge.
Datum TooLarge(std::string_view what, Span span, Evaluation& evaluation);

}  // namespace kosei::language
