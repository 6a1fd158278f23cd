// Numbers exactly: integers against floats without rounding, floats that are integers, and numbers
// as text.
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kosei/language/datum.h"

namespace kosei::language {

// 2^63: the first float above all integers.
inline constexpr double kBeyondIntegers = 9223372036854775808.0;

// The integer that `value` is, if it is one.
inline std::optional<std::int64_t> ExactInteger(double value) {
  if (!(value >= -kBeyondIntegers && value < kBeyondIntegers)) return std::nullopt;
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value ? std::optional(whole) : std::nullopt;
}

inline std::partial_ordering CompareNumbers(std::int64_t a, double b) {
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= kBeyondIntegers) return std::partial_ordering::less;
  if (b < -kBeyondIntegers) return std::partial_ordering::greater;
  const double whole = std::trunc(b);
  const auto integer = static_cast<std::int64_t>(whole);
  if (a != integer) return a <=> integer;
  return whole <=> b;
}

// Both are numbers.
inline std::partial_ordering CompareNumbers(const Datum& a, const Datum& b) {
  const bool a_is_integer = a.kind() == DatumKind::kInteger;
  const bool b_is_integer = b.kind() == DatumKind::kInteger;
  if (a_is_integer && b_is_integer) return a.integer() <=> b.integer();
  if (a_is_integer) return CompareNumbers(a.integer(), b.real());
  if (b_is_integer) return 0 <=> CompareNumbers(b.integer(), a.real());
  return a.real() <=> b.real();
}

// The shortest text that reads back as the same float, always with a point: 1.0, 1.0E-10, Infinity,
// NaN. From 0.001 to below 10,000,000 without an exponent.
std::string DecimalText(double value);

// What toFloat() and toInteger() read of a text; none: it is no number. A fraction is cut off for
// an integer, and one beyond 64 bits is none.
std::optional<double> FloatFromText(std::string_view text);
std::optional<std::int64_t> IntegerFromText(std::string_view text);

// Without the ASCII white space around it.
std::string_view Trimmed(std::string_view text);

}  // namespace kosei::language
