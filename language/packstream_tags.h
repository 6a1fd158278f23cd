// Tags of the structures that hold values ("Structure semantics" of Bolt's documentation).
#pragma once

#include <cstdint>

namespace kosei::language::pack_tag {

inline constexpr std::uint8_t kNode = 'N';
inline constexpr std::uint8_t kRelationship = 'R';
inline constexpr std::uint8_t kUnboundRelationship = 'r';
inline constexpr std::uint8_t kPath = 'P';
inline constexpr std::uint8_t kDate = 'D';
inline constexpr std::uint8_t kTime = 'T';
inline constexpr std::uint8_t kLocalTime = 't';
inline constexpr std::uint8_t kLocalDateTime = 'd';
inline constexpr std::uint8_t kDuration = 'E';
// Seconds in UTC, then an offset or the name of a zone.
inline constexpr std::uint8_t kDateTime = 'I';
inline constexpr std::uint8_t kDateTimeInZone = 'i';
// Seconds by the clock of the place.
inline constexpr std::uint8_t kLegacyDateTime = 'F';
inline constexpr std::uint8_t kLegacyDateTimeInZone = 'f';

}  // namespace kosei::language::pack_tag
