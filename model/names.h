// Names as people write them: their form, and how messages show them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kosei::model {

// UpperCamelCase, ASCII letters and digits, at most kNameBytesMax.
bool IsClassName(std::string_view name);
// snake_case, ASCII lower-case letters and digits, begins with a letter, at most kNameBytesMax.
bool IsSnakeName(std::string_view name);
// As IsSnakeName, but may begin with a digit.
bool IsEnumValueName(std::string_view name);

// Letters, digits and underscores in any case, ASCII, not a digit first, at most kNameBytesMax:
// what other tools call things.
bool IsFreeName(std::string_view name);

inline constexpr std::size_t kNameBytesMax = 64;

// The text in double quotes, fit for a message: control characters and broken UTF-8 as \xNN, cut
// after about 80 bytes.
std::string Quoted(std::string_view text);

}  // namespace kosei::model
