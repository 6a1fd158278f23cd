#include "names.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "text_check.h"

namespace kosei::model {
namespace {

constexpr std::size_t kQuotedBytesMax = 80;

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Lower-case words of letters and digits with single underscores between them.
bool IsSnake(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || name.back() == '_') return false;
  char before = '_';
  for (const char c : name) {
    if (c == '_' ? before == '_' : !IsLower(c) && !IsDigit(c)) return false;
    before = c;
  }
  return true;
}

}  // namespace

bool IsClassName(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || !IsUpper(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return IsLower(c) || IsUpper(c) || IsDigit(c); });
}

bool IsSnakeName(std::string_view name) { return IsSnake(name) && IsLower(name.front()); }

bool IsEnumValueName(std::string_view name) { return IsSnake(name); }

bool IsFreeName(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || IsDigit(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return IsLower(c) || IsUpper(c) || IsDigit(c) || c == '_'; });
}

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  std::size_t at = 0;
  while (at < text.size() && out.size() < kQuotedBytesMax) {
    const std::size_t length = CharacterLength(text.substr(at, 4));
    const auto byte = static_cast<unsigned char>(text[at]);
    if (length == 0 || byte < 0x20 || byte == 0x7F) {
      out += absl::StrFormat("\\x%02x", byte);
      ++at;
    } else {
      out += text.substr(at, length);
      at += length;
    }
  }
  out += at < text.size() ? "...\"" : "\"";
  return out;
}

}  // namespace kosei::model
