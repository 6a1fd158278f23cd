// How many columns of a terminal a text takes (East Asian wide characters take two, combining ones
// none), and how to show text that would upset a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kosei {

std::size_t DisplayWidth(std::string_view text);
// Control characters as escapes (\n, \t, \x1b), so that stored text can neither break a table nor
// steer the terminal; bytes that are no UTF-8 as U+FFFD.
std::string Printable(std::string_view text);
// The text, or its beginning and "..." so that it takes at most `columns`.
std::string Elide(std::string_view text, std::size_t columns);

}  // namespace kosei
