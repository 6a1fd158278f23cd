// What a text may hold: UTF-8 without control characters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kosei::model {

enum class TextForm : std::uint8_t {
  kLine,   // no control characters at all
  kLines,  // newline and tab are fine
};

enum class TextFlaw : std::uint8_t {
  kNone,
  kControl,         // a character of U+0000..U+001F or U+007F..U+009F
  kCarriageReturn,  // CR before LF in kLines: a line end of Windows, easily mended
  kNotUtf8,
};

struct TextScan {
  TextFlaw flaw = TextFlaw::kNone;
  std::size_t position = 0;  // of the byte at fault
};

// The first flaw; a carriage return before a newline is reported only when nothing else is wrong.
TextScan ScanText(std::string_view text, TextForm form);

// Bytes of the well-formed UTF-8 character at the head of `text`; 0 when there is none.
std::size_t CharacterLength(std::string_view text);

// Characters of valid UTF-8.
std::size_t CountCharacters(std::string_view text);

// Without ASCII spaces and tabs at both ends.
std::string_view TrimBlanks(std::string_view text);

}  // namespace kosei::model
