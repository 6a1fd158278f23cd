// Literals: from how they are written to their values, and back. The places that errors name are
// in the statement's text, of which a literal is a span.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kosei/language/ast.h"

namespace kosei::language {

enum class NumberSign : std::uint8_t { kPositive, kNegative };

// Decimal, 0x or 0o, with _ between digits. Errors: IntegerOverflow. The sign is not in the span.
absl::StatusOr<std::int64_t> ReadInteger(std::string_view text, Span span, NumberSign sign);
// Too small a number is zero. Errors: FloatingPointOverflow.
absl::StatusOr<double> ReadFloat(std::string_view text, Span span);
// With its quotation marks. Errors: InvalidUnicodeLiteral, UnexpectedSyntax.
absl::StatusOr<std::string> ReadString(std::string_view text, Span span);

// Read back as the same value. Of a float the shortest such text.
std::string FloatText(double value);
std::string StringText(std::string_view value);

}  // namespace kosei::language
