// A text of known small size that lives where it stands: what a canonical form is written into
// before it is compared with what is there already.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace kosei::model {

class ShortText {
 public:
  // What goes beyond the capacity is dropped; every user writes less.
  void Append(char c) {
    if (size_ < bytes_.size()) bytes_[size_++] = c;
  }
  void Append(std::string_view text) {
    for (const char c : text) Append(c);
  }
  // Valid while this object lives.
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, 64> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace kosei::model
