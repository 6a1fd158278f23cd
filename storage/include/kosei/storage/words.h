// The words of a text, as they are compared.
#pragma once

#include <memory>
#include <string_view>

#include "absl/functional/function_ref.h"

namespace kosei::storage {

// Takes texts apart. Belongs to one thread: it keeps buffers from call to call.
class Words {
 public:
  Words();
  ~Words();
  // Calls `visit` with each word, folded (storage/folding.h), its first six characters. Words of
  // one character are left out, unless it is an ideograph. False when `text` is not UTF-8.
  bool ForEach(std::string_view text, absl::FunctionRef<void(std::string_view)> visit);

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace kosei::storage
