// Reads a short text from left to right.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kosei::language {

class TextReader {
 public:
  explicit TextReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  // '\0' at the end.
  char Peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool Take(char c) {
    if (Peek() != c || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // How many digits come next.
  std::size_t DigitCount() const {
    std::size_t count = 0;
    while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
    return count;
  }
  // The next digits, which must be there; 18 are as many as a result can hold.
  std::string_view TakeText(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  // A number of exactly `count` (at most 18) digits; nothing, and nothing read, when there are
  // fewer.
  std::optional<std::int64_t> TakeNumber(std::size_t count) {
    if (DigitCount() < count || count > 18) return std::nullopt;
    std::int64_t value = 0;
    for (const char c : TakeText(count)) value = value * 10 + (c - '0');
    return value;
  }

 private:
  std::string_view rest_;
};

}  // namespace kosei::language
