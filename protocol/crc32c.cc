#include "crc32c.h"

#include <array>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace kosei::protocol {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78;  // reflected

using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

// tables[k][b]: what byte b contributes when k more bytes follow it in the same step of eight.
constexpr Tables MakeTables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}
constexpr Tables kTables = MakeTables();

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t ByInstruction(std::string_view bytes) {
  std::uint64_t crc = 0xFFFFFFFF;
  const char* next = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, next += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, next, 8);
    crc = _mm_crc32_u64(crc, eight);
  }
  auto narrow = static_cast<std::uint32_t>(crc);
  for (; left > 0; --left, ++next) {
    narrow = _mm_crc32_u8(narrow, static_cast<unsigned char>(*next));
  }
  return narrow ^ 0xFFFFFFFF;
}
#endif

}  // namespace

namespace internal {

std::uint32_t Crc32cByTable(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  const auto* next = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, next += 8) {
    std::uint32_t folded = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      folded ^= kTables[7 - i][next[i] ^ ((crc >> (8 * i)) & 0xFF)];
    }
    for (std::size_t i = 4; i < 8; ++i) folded ^= kTables[7 - i][next[i]];
    crc = folded;
  }
  for (; left > 0; --left, ++next) crc = (crc >> 8) ^ kTables[0][(crc ^ *next) & 0xFF];
  return crc ^ 0xFFFFFFFF;
}

}  // namespace internal

std::uint32_t Crc32c(std::string_view bytes) {
#if defined(__x86_64__)
  static const bool kHasInstruction = __builtin_cpu_supports("sse4.2") != 0;
  if (kHasInstruction) return ByInstruction(bytes);
#endif
  return internal::Crc32cByTable(bytes);
}

}  // namespace kosei::protocol
