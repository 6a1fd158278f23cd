// The temporal types as expressions use them: functions, components, arithmetic and text. (How
// they compare is in kosei/language/compare.h.)
// Null given is null back. Errors are recorded in the Evaluation and carry the span.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/language/ast.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"

namespace kosei::language {

struct TemporalFunction {
  std::string_view name;
  std::size_t least = 0;  // arguments
  std::size_t most = 0;
  Datum (*call)(const Datum* arguments, std::size_t count, Span span,
                Evaluation& evaluation) = nullptr;
};
// date, localdatetime.truncate, duration.inmonths, ...: the name in lower case. nullptr: no such
// function. Whoever compiles checks the number of arguments.
const TemporalFunction* FindTemporalFunction(std::string_view lower_case_name);
// Of all of them, for suggestions.
std::vector<std::string_view> TemporalFunctionNames();

// d.year, t.offset, duration.nanosecondsOfSecond, ...; names as openCypher writes them. `value` is
// of a temporal kind.
Datum TemporalComponent(const Datum& value, std::string_view name, Span span,
                        Evaluation& evaluation);

// A temporal value and a duration, or two durations. Of AddTemporal either may be the duration.
Datum AddTemporal(const Datum& a, const Datum& b, Span span, Evaluation& evaluation);
Datum SubtractTemporal(const Datum& a, const Datum& b, Span span, Evaluation& evaluation);
// `by` is a number; an integer counts exactly.
Datum MultiplyDuration(const Datum& duration, const Datum& by, Span span, Evaluation& evaluation);
Datum DivideDuration(const Datum& duration, const Datum& by, Span span, Evaluation& evaluation);

// ISO 8601, as toString gives it; what it gives reads back as the same value.
std::string TemporalText(const Datum& value);

}  // namespace kosei::language
