// Names as they stand in a statement: bare, or in backticks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kosei::language {

// Bytes of the bare name at the head of `text`: a letter or _, then letters, digits, _ and marks,
// of any script. 0: none begins here. `text` is UTF-8.
std::size_t BareNameLength(std::string_view text);
// Bytes of what may stand behind the first character of a name.
std::size_t NameTailLength(std::string_view text);
// Bytes of the white space at the head of `text`: blanks and line ends of any script.
std::size_t SpaceLength(std::string_view text);
// Bytes of the first character of UTF-8 text that is not empty.
std::size_t CharacterLength(std::string_view text);

// Bare where that reads back as the same name, otherwise in backticks. A variable that could be
// read as a word of the language stands in backticks too.
std::string NameText(std::string_view name);
std::string VariableText(std::string_view name);

// The name without its backticks; a doubled one inside stands for one.
std::string WithoutBackticks(std::string_view quoted);

}  // namespace kosei::language
