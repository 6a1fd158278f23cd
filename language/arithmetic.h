// + - * / % ^ of values. Null with anything is null. Integers that leave 64 bits are
// kQueryArithmetic / IntegerOverflow, integers by zero DivisionByZero; floats follow IEEE 754.
#pragma once

#include "kosei/language/ast.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"

namespace kosei::language {

// Numbers, texts (with numbers, booleans and temporal values as toString gives them), lists
// (joined; anything else is put at the end or the beginning), temporal values and durations.
Datum Add(const Datum& a, const Datum& b, Span span, Evaluation& evaluation);
Datum Subtract(const Datum& a, const Datum& b, Span span, Evaluation& evaluation);
Datum Multiply(const Datum& a, const Datum& b, Span span, Evaluation& evaluation);
Datum Divide(const Datum& a, const Datum& b, Span span, Evaluation& evaluation);
Datum Modulo(const Datum& a, const Datum& b, Span span, Evaluation& evaluation);
Datum Power(const Datum& a, const Datum& b, Span span, Evaluation& evaluation);  // always a float
Datum Negate(const Datum& value, Span span, Evaluation& evaluation);

}  // namespace kosei::language
