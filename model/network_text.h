// IP addresses, IP networks and MAC addresses as text, in their one canonical form.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "short_text.h"

namespace kosei::model {

struct IpAddress {
  bool is_v6 = false;
  std::array<std::uint8_t, 16> bytes{};  // v4: the first four
};

// Dotted quad without leading zeros, or RFC 4291 text without a zone.
std::optional<IpAddress> ParseIpAddress(std::string_view text);
// Dotted quad or RFC 5952.
ShortText FormatIpAddress(const IpAddress& address);

struct IpNetworkText {
  ShortText text;              // canonical, host bits cleared
  bool had_host_bits = false;  // the text named an address in the network, not the network
};
// address/prefix.
std::optional<IpNetworkText> CanonicalIpNetwork(std::string_view text);

// aa:bb:cc:dd:ee:ff from six bytes in hexadecimal: with colons, with hyphens, in three groups with
// points, or without separators.
std::optional<ShortText> CanonicalMac(std::string_view text);

}  // namespace kosei::model
