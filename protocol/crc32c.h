// CRC-32C (Castagnoli, RFC 3720 B.4): the checksum of frame bodies. By the processor's instruction
// where it has one, by tables elsewhere.
#pragma once

#include <cstdint>
#include <string_view>

namespace kosei::protocol {

std::uint32_t Crc32c(std::string_view bytes);

namespace internal {
// The form without special instructions, for the test that both agree.
std::uint32_t Crc32cByTable(std::string_view bytes);
}  // namespace internal

}  // namespace kosei::protocol
