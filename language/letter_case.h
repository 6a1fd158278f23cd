// Upper and lower case of the alphabets that have it (Latin, Greek, Cyrillic, Armenian, and the
// wide Latin letters of East Asia), letter by letter: a text keeps its number of code points.
#pragma once

#include <string>
#include <string_view>

namespace kosei::language {

std::string UpperCase(std::string_view utf8);
std::string LowerCase(std::string_view utf8);

}  // namespace kosei::language
