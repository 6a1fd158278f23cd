#include "kosei/language/query_error.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/cord.h"
#include "absl/strings/str_format.h"
#include "kosei/base/display_width.h"

namespace kosei::language {
namespace {

constexpr absl::string_view kSpanPayload = "kosei/query-span";
constexpr std::size_t kShownLineMax = 160;

bool BeginsCodePoint(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::string_view LineAround(std::string_view text, std::size_t offset) {
  const std::size_t before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  std::size_t end = std::min(text.find('\n', offset), text.size());
  if (end > offset && text[end - 1] == '\r') --end;
  return text.substr(begin, end - begin);
}

// What takes as many columns of a terminal as the text does.
std::string BlanksBelow(std::string_view text) {
  std::string blanks;
  for (std::size_t tab = text.find('\t'); tab != std::string_view::npos; tab = text.find('\t')) {
    blanks.append(DisplayWidth(text.substr(0, tab)), ' ');
    blanks += '\t';
    text.remove_prefix(tab + 1);
  }
  return blanks.append(DisplayWidth(text), ' ');
}

std::string WithPlace(std::string_view text, Span span, std::string_view message) {
  const std::uint32_t offset = std::min(span.begin, static_cast<std::uint32_t>(text.size()));
  const TextPosition place = PositionOf(text, offset);
  std::string placed = absl::StrFormat("line %d, column %d: %s", place.line, place.column, message);
  const std::string_view line = LineAround(text, offset);
  if (line.empty() || line.size() > kShownLineMax) return placed;
  const auto begin = static_cast<std::size_t>(line.data() - text.data());
  const std::string_view before = text.substr(begin, offset - begin);
  placed += absl::StrFormat("\n  %s\n  %s^", line, BlanksBelow(before));
  return placed;
}

}  // namespace

TextPosition PositionOf(std::string_view text, std::uint32_t offset) {
  TextPosition place;
  const std::string_view before = text.substr(0, offset);
  for (const char c : before) {
    if (c == '\n') {
      ++place.line;
      place.column = 1;
    } else if (BeginsCodePoint(c)) {
      ++place.column;
    }
  }
  return place;
}

absl::Status MakeQueryError(ErrorCode code, std::string_view detail, std::string_view text,
                            Span span, std::string_view message) {
  return MakeError(code, WithPlace(text, span, message), detail);
}

absl::Status MakeQueryError(ErrorCode code, std::string_view detail, Span span,
                            std::string_view message) {
  absl::Status status = MakeError(code, message, detail);
  status.SetPayload(kSpanPayload, absl::Cord(absl::string_view(std::to_string(span.begin))));
  return status;
}

absl::Status AddPlace(const absl::Status& status, std::string_view text) {
  const auto payload = status.GetPayload(kSpanPayload);
  if (!payload.has_value()) return status;
  Span span;
  for (const char c : std::string(*payload))
    span.begin = span.begin * 10 + static_cast<std::uint32_t>(c - '0');
  return MakeError(CodeOf(status), WithPlace(text, span, MessageOf(status)), FieldOf(status));
}

}  // namespace kosei::language
