#include "text_check.h"

#include "kosei/base/value.h"

namespace kosei::model {
namespace {

TextScan FindBrokenUtf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = CharacterLength(text.substr(at, 4));
    if (length == 0) break;
    at += length;
  }
  return {TextFlaw::kNotUtf8, at};
}

// U+0080..U+009F, which UTF-8 writes as C2 80..C2 9F.
bool IsUpperControl(std::string_view text, std::size_t at) {
  return text[at] == '\xC2' && at + 1 < text.size() &&
         static_cast<unsigned char>(text[at + 1]) < 0xA0;
}

}  // namespace

std::size_t CharacterLength(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (IsValidUtf8(text.substr(0, length))) return length;
  }
  return 0;
}

TextScan ScanText(std::string_view text, TextForm form) {
  TextScan line_end;
  bool ascii = true;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x7F) [[likely]]
      continue;
    if (byte >= 0x80) {
      ascii = false;
      if (IsUpperControl(text, at)) return {TextFlaw::kControl, at};
      continue;
    }
    if (form == TextForm::kLines && (byte == '\n' || byte == '\t')) continue;
    const bool windows =
        form == TextForm::kLines && byte == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
    if (!windows) return {TextFlaw::kControl, at};
    line_end = {TextFlaw::kCarriageReturn, at};
  }
  if (!ascii && !IsValidUtf8(text)) return FindBrokenUtf8(text);
  return line_end;
}

std::size_t CountCharacters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++count;
  }
  return count;
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace kosei::model
