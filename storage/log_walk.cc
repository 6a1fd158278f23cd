#include "log_walk.h"

#include "absl/strings/str_format.h"
#include "file_copy.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kRecycledHeader = 11;
// Types: whole, first, middle, last; the same of recycled files; then what says something about the
// file and is whole too.
constexpr std::uint8_t kWhole = 1;
constexpr std::uint8_t kLast = 4;
constexpr std::uint8_t kRecycledLast = 8;
constexpr std::uint8_t kLastKnown = 11;

std::uint32_t Crc32c(std::string_view bytes) {
  FileChecksum checksum;
  checksum.Update(bytes);
  return checksum.Finish();
}

// Little-endian, unlike what is ours.
std::uint32_t Little(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

std::uint32_t Unmasked(std::uint32_t masked) {
  const std::uint32_t turned = masked - 0xa282ead8U;
  return turned >> 17 | turned << 15;
}

}  // namespace

// 1 whole, 2 first, 3 middle, 4 last.
bool LogWalk::Fits(std::uint8_t kind) {
  const bool continues = kind == 3 || kind == kLast;
  if (continues != within_record_) return false;
  within_record_ = kind == 2 || kind == 3;
  return true;
}

std::size_t LogWalk::Take(std::string_view rest, std::uint64_t at, bool last_block) {
  const auto type = static_cast<std::uint8_t>(rest[6]);
  const std::size_t length = Little(rest.substr(4, 2));
  const bool recycled = type > kLast && type <= kRecycledLast;
  const std::size_t header = recycled ? kRecycledHeader : kHeader;
  if (type < kWhole || type > kLastKnown) {
    fault_ = absl::StrFormat("at byte %d there is no record (type %d)", at, type);
    return 0;
  }
  if (rest.size() < header + length) {
    if (!last_block) fault_ = absl::StrFormat("at byte %d a record leaves its block", at);
    return 0;
  }
  if (Crc32c(rest.substr(6, header - 6 + length)) != Unmasked(Little(rest.substr(0, 4)))) {
    fault_ = absl::StrFormat("the record at byte %d does not have its checksum", at);
    return 0;
  }
  const auto kind = static_cast<std::uint8_t>(recycled       ? type - kLast
                                              : type > kLast ? kWhole
                                                             : type);
  if (!Fits(kind)) {
    fault_ = absl::StrFormat("at byte %d a part of a record is out of place", at);
    return 0;
  }
  if (!within_record_) {
    ++records_;
    end_ = at + header + length;
  }
  return header + length;
}

void LogWalk::Add(std::string_view block) {
  const std::uint64_t begin = size_;
  size_ += block.size();
  const bool last_block = block.size() < kBlock;
  for (std::size_t at = 0; !ended_ && block.size() - at >= kHeader;) {
    const std::size_t taken = Take(block.substr(at), begin + at, last_block);
    if (taken == 0) ended_ = true;
    at += taken;
  }
}

}  // namespace kosei::storage
