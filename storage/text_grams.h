// Grams: the short pieces of folded text by which a search by text finds its candidates, and packed
// lists of the records that have them.
//
// At each place of a text stands one gram, made of the code points from there on: two of them when
// the first or the second is East Asian (from U+2E80 on), three otherwise; the end of the text
// counts as U+0001. A gram depends on nothing but its own code points, so every gram of a part of a
// text is a gram of the text. What is too short for a gram of its own is the beginning of one.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kosei::storage {

// One of them: at most three code points, so at most twelve bytes of UTF-8. Ordered as its bytes.
class Gram {
 public:
  static constexpr std::size_t kBytesMax = 12;
  // `bytes`: at most kBytesMax of them.
  explicit Gram(std::string_view bytes);
  std::string bytes() const;

  friend bool operator==(const Gram& gram, std::string_view bytes) { return gram.bytes() == bytes; }
  friend auto operator<=>(const Gram&, const Gram&) = default;
  friend bool operator==(const Gram&, const Gram&) = default;
  template <typename H>
  friend H AbslHashValue(H hash, const Gram& gram) {
    return H::combine(std::move(hash), gram.first_, gram.rest_);
  }

 private:
  // Big-endian: the first eight bytes; the others, then how many there are in all.
  std::uint64_t first_ = 0;
  std::uint64_t rest_ = 0;
};

// Those of a whole text, its end included, each once, ascending. `folded` is UTF-8.
std::vector<Gram> GramsOf(std::string_view folded);
// Appends them as they stand in the text.
void AppendGrams(std::string_view folded, std::vector<Gram>& grams);
// Those that every text with this part has, each once. Empty when the part is too short.
std::vector<Gram> GramsWithin(std::string_view folded);

// A posting list says which of the kPostingBlock records of one block have a gram.
inline constexpr std::uint32_t kPostingBlock = 4'096;

class Posting {
 public:
  void Add(std::uint32_t offset) { bits_[offset >> 6] |= std::uint64_t{1} << (offset & 63); }
  void Remove(std::uint32_t offset) { bits_[offset >> 6] &= ~(std::uint64_t{1} << (offset & 63)); }
  bool Has(std::uint32_t offset) const { return ((bits_[offset >> 6] >> (offset & 63)) & 1) != 0; }
  bool empty() const;
  std::uint32_t count() const;
  void Intersect(const Posting& other);
  void Unite(const Posting& other);
  // Appends first + offset, ascending.
  void AppendTo(std::uint64_t first, std::vector<std::uint64_t>& ids) const;

  // 'd' and how many records lie between one and the next (as varints of seven bits a byte), or 'b'
  // and 512 bytes of bits, whichever is shorter.
  std::string Encode() const;
  // False when the bytes are no posting list.
  bool Decode(std::string_view bytes);

 private:
  std::array<std::uint64_t, kPostingBlock / 64> bits_{};
};

// text family: gram, block:u32. No gram has a zero byte, so the keys of one gram are together.
std::string PostingKey(std::string_view gram, std::uint32_t block);
inline std::string PostingKey(const Gram& gram, std::uint32_t block) {
  return PostingKey(gram.bytes(), block);
}

}  // namespace kosei::storage
