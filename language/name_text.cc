#include "name_text.h"

#include <re2/re2.h>

#include "words.h"

namespace kosei::language {
namespace {

bool IsAsciiStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsAsciiTail(char c) { return IsAsciiStart(c) || (c >= '0' && c <= '9'); }
bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool IsAsciiSpace(char c) {
  return (c >= '\t' && c <= '\r') || c == ' ' || (c >= 0x1C && c <= 0x1F);
}

// What Unicode calls XID_Start and XID_Continue, by general categories; the two dots are letters of
// Katakana and Catalan words.
std::size_t MatchLength(const RE2& pattern, std::string_view text) {
  re2::StringPiece match;
  if (!pattern.Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), RE2::ANCHOR_START,
                     &match, 1)) {
    return 0;
  }
  return match.size();
}

std::size_t StartLength(std::string_view text) {
  if (text.empty()) return 0;
  if (IsAscii(text.front())) return IsAsciiStart(text.front()) ? 1 : 0;
  static const RE2& pattern = *new RE2("[\\p{L}\\p{Nl}]");
  return MatchLength(pattern, text);
}

std::string InBackticks(std::string_view name) {
  std::string text = "`";
  for (const char c : name) text.append(c == '`' ? 2 : 1, c);
  return text + "`";
}

}  // namespace

std::size_t NameTailLength(std::string_view text) {
  static const RE2& pattern =
      *new RE2("[\\p{L}\\p{Nl}\\p{Mn}\\p{Mc}\\p{Nd}\\p{Pc}\\x{B7}\\x{30FB}]+");
  std::size_t length = 0;
  while (length < text.size()) {
    if (IsAscii(text[length])) {
      if (!IsAsciiTail(text[length])) break;
      ++length;
      continue;
    }
    const std::size_t more = MatchLength(pattern, text.substr(length));
    if (more == 0) break;
    length += more;
  }
  return length;
}

std::size_t BareNameLength(std::string_view text) {
  const std::size_t start = StartLength(text);
  return start == 0 ? 0 : start + NameTailLength(text.substr(start));
}

std::size_t SpaceLength(std::string_view text) {
  static const RE2& pattern = *new RE2("[\\p{Z}\\x{85}\\x{180E}\\x{FEFF}]+");
  std::size_t length = 0;
  while (length < text.size()) {
    if (IsAsciiSpace(text[length])) {
      ++length;
      continue;
    }
    if (IsAscii(text[length])) break;
    const std::size_t more = MatchLength(pattern, text.substr(length));
    if (more == 0) break;
    length += more;
  }
  return length;
}

std::size_t CharacterLength(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80)
    ++length;
  return length;
}

std::string NameText(std::string_view name) {
  if (!name.empty() && BareNameLength(name) == name.size()) return std::string(name);
  return InBackticks(name);
}

std::string VariableText(std::string_view name) {
  return FindWord(name) == Word::kNone ? NameText(name) : InBackticks(name);
}

std::string WithoutBackticks(std::string_view quoted) {
  std::string name;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    name += quoted[i];
    if (quoted[i] == '`') ++i;
  }
  return name;
}

}  // namespace kosei::language
