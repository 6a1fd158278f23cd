// Numbers of the wire: little-endian, at any address. The same code on any machine; compilers make
// one move of it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kosei::protocol {

template <typename Number>
void PutLittle(char* out, Number value) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    out[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
  }
}

template <typename Number>
Number GetLittle(const char* bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return static_cast<Number>(value);
}

}  // namespace kosei::protocol
