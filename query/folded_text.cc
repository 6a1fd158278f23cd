#include "folded_text.h"

#include "kosei/base/error.h"
#include "kosei/storage/folding.h"

namespace kosei::query {
namespace {

// Of ASCII, what is neither letter nor digit ends a word; beyond ASCII everything is a part of one,
// for scripts without spaces do not show where words end.
bool IsWordByte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

Fit FitAt(std::string_view part, std::string_view text) {
  std::size_t at = text.find(part);
  if (at == std::string_view::npos) return Fit::kNone;
  if (at == 0) {
    if (part.size() == text.size()) return Fit::kWhole;
    return IsWordByte(text[part.size()]) ? Fit::kBeginning : Fit::kFirstWord;
  }
  for (; at != std::string_view::npos; at = text.find(part, at + 1)) {
    const std::size_t end = at + part.size();
    if (!IsWordByte(text[at - 1]) && (end == text.size() || !IsWordByte(text[end]))) {
      return Fit::kWord;
    }
  }
  return Fit::kPart;
}

}  // namespace

absl::StatusOr<FoldedText> FoldedText::Of(std::string_view text) {
  FoldedText folded;
  if (!storage::FoldText(text, folded.folded_)) {
    return MakeError(ErrorCode::kInvalidText,
                     "search: the text is not valid UTF-8; send it as UTF-8", "text");
  }
  folded.ascii_ = storage::IsAscii(folded.folded_);
  return folded;
}

Fit FoldedText::FitIn(std::string_view text) {
  if (folded_.empty()) return text.empty() ? Fit::kWhole : Fit::kBeginning;
  // Folded ASCII is lower-case ASCII of the same length: most misses need no folding at all.
  if (storage::IsAscii(text) && (!ascii_ || text.size() < folded_.size())) return Fit::kNone;
  if (!storage::FoldText(text, buffer_)) return FitAt(folded_, text);
  return FitAt(folded_, buffer_);
}

}  // namespace kosei::query
