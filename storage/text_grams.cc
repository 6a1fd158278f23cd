#include "text_grams.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "kosei/base/bytes.h"
#include "kosei/storage/folding.h"

namespace kosei::storage {
namespace {

constexpr char32_t kEastAsian = 0x2E80;
constexpr std::string_view kEnd("\x01", 1);
constexpr char kDistances = 'd';
constexpr char kBits = 'b';
constexpr std::size_t kBitsBytes = kPostingBlock / 8;

struct CodePoint {
  std::string_view bytes;
  bool east_asian = false;
};

std::vector<CodePoint> CodePointsOf(std::string_view text) {
  std::vector<CodePoint> points;
  points.reserve(text.size() + 2);
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    std::size_t size = 1;
    bool east_asian = false;
    if (lead >= 0xF0) {
      size = 4;
      east_asian = true;  // U+10000 and above: the rarer ideographs among others
    } else if (lead >= 0xE0) {
      size = 3;
      if (text.size() >= 3) {
        const char32_t point = (char32_t{lead} & 0xF) << 12 |
                               (static_cast<unsigned char>(text[1]) & 0x3FU) << 6 |
                               (static_cast<unsigned char>(text[2]) & 0x3FU);
        east_asian = point >= kEastAsian;
      }
    } else if (lead >= 0xC0) {
      size = 2;
    }
    size = std::min(size, text.size());
    points.push_back({text.substr(0, size), east_asian});
    text.remove_prefix(size);
  }
  return points;
}

void AppendGrams(const std::vector<CodePoint>& points, std::vector<Gram>& grams) {
  std::string gram;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const bool two = points[i].east_asian || points[i + 1].east_asian;
    if (!two && i + 2 >= points.size()) break;
    gram.assign(points[i].bytes);
    gram += points[i + 1].bytes;
    if (!two) gram += points[i + 2].bytes;
    grams.emplace_back(gram);
  }
}

void SortOut(std::vector<Gram>& grams) {
  std::sort(grams.begin(), grams.end());
  grams.erase(std::unique(grams.begin(), grams.end()), grams.end());
}

}  // namespace

Gram::Gram(std::string_view bytes) {
  std::array<char, 16> padded{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), kBytesMax), padded.begin());
  padded.back() = static_cast<char>(std::min(bytes.size(), kBytesMax));
  first_ = ReadU64(padded.data());
  rest_ = ReadU64(padded.data() + 8);
}

std::string Gram::bytes() const {
  std::string padded;
  AppendU64(padded, first_);
  AppendU64(padded, rest_);
  padded.resize(static_cast<unsigned char>(padded.back()));
  return padded;
}

void AppendGrams(std::string_view folded, std::vector<Gram>& grams) {
  if (folded.empty()) return;
  if (IsAscii(folded)) {
    std::string text(folded);
    text += kEnd;
    text += kEnd;
    for (std::size_t i = 0; i < folded.size(); ++i)
      grams.emplace_back(std::string_view(text).substr(i, 3));
    return;
  }
  std::vector<CodePoint> points = CodePointsOf(folded);
  points.push_back({kEnd, false});
  points.push_back({kEnd, false});
  AppendGrams(points, grams);
}

std::vector<Gram> GramsOf(std::string_view folded) {
  std::vector<Gram> grams;
  AppendGrams(folded, grams);
  SortOut(grams);
  return grams;
}

std::vector<Gram> GramsWithin(std::string_view folded) {
  std::vector<Gram> grams;
  AppendGrams(CodePointsOf(folded), grams);
  SortOut(grams);
  return grams;
}

bool Posting::empty() const {
  return std::all_of(bits_.begin(), bits_.end(), [](std::uint64_t word) { return word == 0; });
}

std::uint32_t Posting::count() const {
  int count = 0;
  for (const std::uint64_t word : bits_) count += std::popcount(word);
  return static_cast<std::uint32_t>(count);
}

void Posting::Intersect(const Posting& other) {
  for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] &= other.bits_[i];
}

void Posting::Unite(const Posting& other) {
  for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] |= other.bits_[i];
}

void Posting::AppendTo(std::uint64_t first, std::vector<std::uint64_t>& ids) const {
  for (std::size_t i = 0; i < bits_.size(); ++i) {
    for (std::uint64_t word = bits_[i]; word != 0; word &= word - 1) {
      ids.push_back(first + i * 64 + static_cast<std::uint64_t>(std::countr_zero(word)));
    }
  }
}

std::string Posting::Encode() const {
  std::string bytes(1, kDistances);
  std::uint32_t next = 0;
  for (std::uint32_t i = 0; i < bits_.size() && bytes.size() <= kBitsBytes; ++i) {
    for (std::uint64_t word = bits_[i]; word != 0; word &= word - 1) {
      const std::uint32_t offset = i * 64 + static_cast<std::uint32_t>(std::countr_zero(word));
      const std::uint32_t distance = offset - next;
      next = offset + 1;
      if (distance >= 0x80) bytes += static_cast<char>(0x80 | (distance & 0x7F));
      bytes += static_cast<char>(distance >= 0x80 ? distance >> 7 : distance);
    }
  }
  if (bytes.size() <= kBitsBytes) return bytes;
  bytes.assign(1, kBits);
  for (const std::uint64_t word : bits_) AppendU64(bytes, word);
  return bytes;
}

bool Posting::Decode(std::string_view bytes) {
  std::fill(bits_.begin(), bits_.end(), 0);
  if (bytes.empty()) return false;
  const char form = bytes.front();
  bytes.remove_prefix(1);
  if (form == kBits) {
    if (bytes.size() != kBitsBytes) return false;
    for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] = ReadU64(bytes.data() + i * 8);
    return true;
  }
  if (form != kDistances) return false;
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::uint32_t distance = static_cast<unsigned char>(bytes[i]);
    if (distance >= 0x80) {
      if (++i == bytes.size()) return false;
      distance = (distance & 0x7F) | std::uint32_t{static_cast<unsigned char>(bytes[i])} << 7;
    }
    next += distance;
    if (next >= kPostingBlock) return false;
    Add(next++);
  }
  return true;
}

std::string PostingKey(std::string_view gram, std::uint32_t block) {
  std::string key(gram);
  AppendU32(key, block);
  return key;
}

}  // namespace kosei::storage
