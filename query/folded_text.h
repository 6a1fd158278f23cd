// One folded text (storage/folding.h) to be found in many.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace kosei::query {

// Where a text is in another, best first.
enum class Fit : std::uint8_t {
  kWhole,      // it is the other
  kFirstWord,  // its beginning, and a whole word
  kBeginning,
  kWord,  // between ends and characters that are no letters or digits
  kPart,
  kNone,
};

// Belongs to one thread: it keeps its buffer from call to call.
class FoldedText {
 public:
  // kInvalidText when `text` is not UTF-8.
  static absl::StatusOr<FoldedText> Of(std::string_view text);

  // Folds to nothing (or was nothing): it is a part of every text.
  bool empty() const { return folded_.empty(); }
  const std::string& folded() const { return folded_; }
  // Whether it is a part of `text`, folded. `text` is valid UTF-8.
  bool IsPartOf(std::string_view text) { return FitIn(text) != Fit::kNone; }
  Fit FitIn(std::string_view text);

 private:
  std::string folded_;
  bool ascii_ = true;  // folded_ has only ASCII
  std::string buffer_;
};

}  // namespace kosei::query
