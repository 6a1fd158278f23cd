#include "folded_text.h"

#include <utf8proc.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <utility>

#include "kosei/base/error.h"

namespace kosei::query {
namespace {

constexpr auto kFoldOptions = static_cast<utf8proc_option_t>(
    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);

bool IsAscii(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080'8080'8080'8080;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, 8);
    if ((eight & kHighBits) != 0) return false;
  }
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) & 0x80) == 0; });
}

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

absl::StatusOr<FoldedText> FoldedText::Of(std::string_view text) {
  FoldedText folded;
  if (!folded.Fold(text)) {
    return MakeError(ErrorCode::kInvalidText,
                     "search: the text is not valid UTF-8; send it as UTF-8", "text");
  }
  folded.folded_ = folded.buffer_;
  folded.ascii_ = IsAscii(folded.folded_);
  return folded;
}

bool FoldedText::IsPartOf(std::string_view text) {
  // Folded ASCII is lower-case ASCII of the same length: most misses need no folding at all.
  if (IsAscii(text) && (!ascii_ || text.size() < folded_.size())) return false;
  if (!Fold(text)) return text.find(folded_) != std::string_view::npos;
  return buffer_.find(folded_) != std::string::npos;
}

bool FoldedText::Fold(std::string_view text) {
  if (IsAscii(text)) {
    buffer_.resize(text.size());
    std::transform(text.begin(), text.end(), buffer_.begin(), ToLower);
    return true;
  }
  const auto* const bytes = std::bit_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  utf8proc_ssize_t count = 0;
  for (;;) {
    const auto room = static_cast<utf8proc_ssize_t>(code_points_.size());
    count = utf8proc_decompose(bytes, size, code_points_.data(), room, kFoldOptions);
    if (count < 0) return false;
    if (count < room) break;  // one more is needed for the end mark of the next step
    code_points_.resize(static_cast<std::size_t>(count) + 64);
  }
  // Composes, and turns the code points into UTF-8 in place.
  const utf8proc_ssize_t length = utf8proc_reencode(code_points_.data(), count, kFoldOptions);
  if (length < 0) return false;
  buffer_.assign(std::bit_cast<const char*>(code_points_.data()), static_cast<std::size_t>(length));
  return true;
}

}  // namespace kosei::query
