// Text as it is compared in a search: NFKC with case folding, so that case and width make no
// difference.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace kosei::query {

// Finds one folded text in many. Belongs to one thread: it keeps its buffers from call to call.
class FoldedText {
 public:
  // kInvalidText when `text` is not UTF-8.
  static absl::StatusOr<FoldedText> Of(std::string_view text);

  // Folds to nothing (or was nothing): it is a part of every text.
  bool empty() const { return folded_.empty(); }
  // Whether it is a part of `text`, folded. `text` is valid UTF-8.
  bool IsPartOf(std::string_view text);

 private:
  // Folds into buffer_; false when `text` is not UTF-8.
  bool Fold(std::string_view text);

  std::string folded_;
  bool ascii_ = true;  // folded_ has only ASCII
  std::string buffer_;
  std::vector<std::int32_t> code_points_;
};

}  // namespace kosei::query
