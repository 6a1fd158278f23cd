#include "import/line_buffer.h"

#include <simdjson.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/str_format.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

constexpr std::size_t kReadBytes = 1U << 20;

}  // namespace

absl::Status LineBuffer::Grow() {
  if (at_end_) return absl::OkStatus();
  if (begin_ > 0) {
    std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (bytes_.size() < end_ + kReadBytes + kPaddingBytes) {
    bytes_.resize(std::max(2 * end_, end_ + kReadBytes) + kPaddingBytes);
  }
  KOSEI_ASSIGN_OR_RETURN(const std::size_t got, source_.Read(bytes_.data() + end_, kReadBytes));
  end_ += got;
  at_end_ = got == 0;
  return absl::OkStatus();
}

void LineBuffer::Consume(std::size_t bytes) {
  const std::string_view taken = unread().substr(0, bytes);
  line_ += static_cast<std::uint64_t>(std::count(taken.begin(), taken.end(), '\n'));
  begin_ += taken.size();
}

std::size_t FirstBadUtf8(std::string_view text) {
  if (simdjson::validate_utf8(text.data(), text.size())) return std::string_view::npos;
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t code_point = -1;
    const utf8proc_ssize_t bytes =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                         static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
    if (bytes <= 0) return at;
    at += static_cast<std::size_t>(bytes);
  }
  return std::string_view::npos;
}

std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string BadUtf8Reason(std::string_view text, std::size_t offset) {
  return absl::StrFormat(
      "byte 0x%02X is not UTF-8; save the file as UTF-8 (from Shift_JIS: iconv -f CP932 -t UTF-8)",
      static_cast<unsigned char>(text[offset]));
}

}  // namespace kosei::cli
