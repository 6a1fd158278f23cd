// The unread bytes of a source in one piece, growing as far as one row needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "import/byte_source.h"

namespace kosei::cli {

class LineBuffer {
 public:
  // Room beyond the unread bytes, which a parser may read over.
  static constexpr std::size_t kPaddingBytes = 64;

  explicit LineBuffer(ByteSource& source) : source_(source) {}
  // Valid until Grow.
  std::string_view unread() const { return std::string_view(bytes_).substr(begin_, end_ - begin_); }
  bool at_end() const { return at_end_; }
  // Reads more behind what is unread; sets at_end when there is none.
  absl::Status Grow();
  // Counts the lines among them.
  void Consume(std::size_t bytes);
  // Of the first unread byte, from 1.
  std::uint64_t line() const { return line_; }

 private:
  ByteSource& source_;
  std::string bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool at_end_ = false;
  std::uint64_t line_ = 1;
};

// Offset of the first byte that is no UTF-8; npos when all is.
std::size_t FirstBadUtf8(std::string_view text);
// Characters (not bytes) of UTF-8 text.
std::size_t CountCharacters(std::string_view text);
// "byte 0xE9 is no UTF-8 (Shift_JIS or CP932? convert it: iconv -f CP932 -t UTF-8)"
std::string BadUtf8Reason(std::string_view text, std::size_t offset);

}  // namespace kosei::cli
