#include "kosei/base/display_width.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_format.h"

namespace kosei {
namespace {

struct Character {
  std::int32_t code_point = -1;  // -1: not UTF-8
  std::size_t bytes = 1;
};

Character Next(std::string_view text) {
  Character character;
  const utf8proc_ssize_t bytes =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &character.code_point);
  if (bytes <= 0) return Character{};
  character.bytes = static_cast<std::size_t>(bytes);
  return character;
}

std::size_t WidthOf(std::int32_t code_point) {
  if (code_point < 0) return 1;
  return static_cast<std::size_t>(std::max(0, utf8proc_charwidth(code_point)));
}

// Also characters that turn the reading direction: they could make a line lie.
bool IsHarmful(std::int32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) ||
         (code_point >= 0x202a && code_point <= 0x202e) ||
         (code_point >= 0x2066 && code_point <= 0x2069) || code_point == 0x2028 ||
         code_point == 0x2029;
}

std::string Escape(std::int32_t code_point) {
  if (code_point == '\n') return "\\n";
  if (code_point == '\r') return "\\r";
  if (code_point == '\t') return "\\t";
  return code_point < 0x100 ? absl::StrFormat("\\x%02x", code_point)
                            : absl::StrFormat("\\u%04x", code_point);
}

bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

std::size_t DisplayWidth(std::string_view text) {
  if (IsPlain(text)) return text.size();
  std::size_t width = 0;
  while (!text.empty()) {
    const Character character = Next(text);
    width += WidthOf(character.code_point);
    text.remove_prefix(character.bytes);
  }
  return width;
}

std::string Printable(std::string_view text) {
  if (IsPlain(text)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const Character character = Next(text);
    if (character.code_point < 0) {
      out += "\xef\xbf\xbd";
    } else if (IsHarmful(character.code_point)) {
      out += Escape(character.code_point);
    } else {
      out += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
  return out;
}

std::string Elide(std::string_view text, std::size_t columns) {
  if (DisplayWidth(text) <= columns) return std::string(text);
  constexpr std::string_view kDots = "...";
  if (columns <= kDots.size()) return std::string(kDots.substr(0, columns));
  std::string out;
  std::size_t width = 0;
  while (!text.empty()) {
    const Character character = Next(text);
    width += WidthOf(character.code_point);
    if (width > columns - kDots.size()) break;
    out += text.substr(0, character.bytes);
    text.remove_prefix(character.bytes);
  }
  out += kDots;
  return out;
}

}  // namespace kosei
