// Calls temporal functions in tests: what they give as text, or the error's detail and message.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "kosei/base/error.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"
#include "temporal_calls.h"

namespace kosei::language {

// The value, or null; the error is in `evaluation`.
inline Datum CallTemporal(std::string_view name, const DatumList& arguments,
                          Evaluation& evaluation) {
  const TemporalFunction* function = FindTemporalFunction(name);
  if (function == nullptr)
    return evaluation.Fail(MakeError(ErrorCode::kQuerySyntax, "no function", "UnknownFunction"));
  return function->call(arguments.data(), arguments.size(), {}, evaluation);
}

// Tests of these functions know what they give: an error fails them through the text.
inline std::string TextOrError(const Datum& value, const Evaluation& evaluation) {
  if (evaluation.failed())
    return "error " + FieldOf(evaluation.error) + ": " + std::string(MessageOf(evaluation.error));
  return value.is_null() ? "null" : TemporalText(value);
}

inline std::string Called(std::string_view name, const DatumList& arguments) {
  Evaluation evaluation;
  const Datum value = CallTemporal(name, arguments, evaluation);
  return TextOrError(value, evaluation);
}

// A value from text: Made("date", "2015-07-21").
inline Datum Made(std::string_view name, std::string text) {
  Evaluation evaluation;
  return CallTemporal(name, {Datum::String(std::move(text))}, evaluation);
}

}  // namespace kosei::language
