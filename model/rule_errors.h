// The errors of a value that does not fit its attribute: each names the attribute, shows what was
// found, says what was expected.
#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "kosei/base/error.h"
#include "rule.h"

namespace kosei::model {

// `attribute port: found "abc", expected an integer such as 42`.
absl::Status NotExpected(const Rule& rule, ErrorCode code, const Value& found,
                         std::string_view expected);
// The value is outside minimum and maximum.
absl::Status OutsideRange(const Rule& rule, const Value& found);
// The text has too few or too many characters.
absl::Status OutsideLength(const Rule& rule, std::size_t characters);
// The word is none of the enum's.
absl::Status UnknownValue(const Rule& rule, const Value& found);
// The text holds what no text may hold.
absl::Status BadText(const Rule& rule, const Value& found);

}  // namespace kosei::model
