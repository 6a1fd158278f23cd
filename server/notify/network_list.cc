#include "notify/network_list.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "kosei/base/error.h"

namespace kosei::server {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;
using boost::asio::ip::network_v4;
using boost::asio::ip::network_v6;

struct Reserved4 {
  std::uint32_t network;
  unsigned bits;
};
// RFC 6890 and those that came after it: what is not reached over the Internet.
constexpr std::array kReserved4 = {
    Reserved4{0x00000000, 8},   // 0.0.0.0/8: this network
    Reserved4{0x0A000000, 8},   // 10.0.0.0/8: private
    Reserved4{0x64400000, 10},  // 100.64.0.0/10: shared by customers of a provider
    Reserved4{0x7F000000, 8},   // 127.0.0.0/8: this machine
    Reserved4{0xA9FE0000, 16},  // 169.254.0.0/16: of the link, where clouds keep their secrets
    Reserved4{0xAC100000, 12},  // 172.16.0.0/12: private
    Reserved4{0xC0000000, 24},  // 192.0.0.0/24: of protocols
    Reserved4{0xC0000200, 24},  // 192.0.2.0/24: in documents
    Reserved4{0xC0586300, 24},  // 192.88.99.0/24: a relay that is no more
    Reserved4{0xC0A80000, 16},  // 192.168.0.0/16: private
    Reserved4{0xC6120000, 15},  // 198.18.0.0/15: for measuring
    Reserved4{0xC6336400, 24},  // 198.51.100.0/24: in documents
    Reserved4{0xCB007100, 24},  // 203.0.113.0/24: in documents
    Reserved4{0xE0000000, 3},   // 224.0.0.0/3: for many at once, and reserved
};

bool IsPublic4(address_v4 known) {
  const std::uint32_t number = known.to_uint();
  return std::none_of(kReserved4.begin(), kReserved4.end(), [&](const Reserved4& each) {
    return (number ^ each.network) >> (32 - each.bits) == 0;
  });
}

address_v4 EmbeddedAt(const address_v6::bytes_type& bytes, std::size_t at) {
  return address_v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
}

bool BeginsWith(const address_v6::bytes_type& bytes, std::initializer_list<std::uint8_t> start) {
  return std::equal(start.begin(), start.end(), bytes.begin());
}

bool IsPublic6(const address_v6& known) {
  const address_v6::bytes_type bytes = known.to_bytes();
  if (known.is_v4_mapped()) return IsPublic4(EmbeddedAt(bytes, 12));
  // A translator of IPv4 addresses: the last four bytes are one.
  if (BeginsWith(bytes, {0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0}))
    return IsPublic4(EmbeddedAt(bytes, 12));
  if (BeginsWith(bytes, {0x20, 0x02})) return IsPublic4(EmbeddedAt(bytes, 2));  // 6to4
  if (BeginsWith(bytes, {0x20, 0x01, 0x0D, 0xB8})) return false;                // in documents
  // 2001::/23: of protocols, with tunnels in it.
  if (BeginsWith(bytes, {0x20, 0x01}) && bytes[2] < 2) return false;
  return (bytes[0] & 0xE0) == 0x20;  // 2000::/3 is all that is given to anybody
}

// The address itself where it says IPv4 in the words of IPv6.
address Plain(const address& given) {
  if (given.is_v6() && given.to_v6().is_v4_mapped())
    return EmbeddedAt(given.to_v6().to_bytes(), 12);
  return given;
}

}  // namespace

absl::StatusOr<NetworkList> NetworkList::Parse(std::string_view text) {
  NetworkList list;
  for (const auto part : absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    const absl::string_view trimmed = absl::StripAsciiWhitespace(part);
    if (trimmed.empty()) continue;
    const std::string one(trimmed);
    boost::system::error_code wrong;
    const bool has_length = one.find('/') != std::string::npos;
    const bool v6 = one.find(':') != std::string::npos;
    if (v6) {
      const network_v6 network =
          boost::asio::ip::make_network_v6(has_length ? one : one + "/128", wrong);
      if (!wrong) list.v6_.push_back(network.canonical());
    } else {
      const network_v4 network =
          boost::asio::ip::make_network_v4(has_length ? one : one + "/32", wrong);
      if (!wrong) list.v4_.push_back(network.canonical());
    }
    if (wrong) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("networks: \"%s\" is none; write addresses with the length "
                                       "of their prefix, as in 10.20.0.0/16, with commas between",
                                       one));
    }
  }
  return list;
}

bool NetworkList::Contains(const address& given) const {
  const address known = Plain(given);
  if (known.is_v4()) {
    return std::any_of(v4_.begin(), v4_.end(), [&](const network_v4& network) {
      return network_v4(known.to_v4(), network.prefix_length()).canonical() == network;
    });
  }
  // The zone says which card, not which network.
  const address_v6 plain(known.to_v6().to_bytes());
  return std::any_of(v6_.begin(), v6_.end(), [&](const network_v6& network) {
    return network_v6(plain, network.prefix_length()).canonical() == network;
  });
}

bool IsPublic(const address& given) {
  return given.is_v4() ? IsPublic4(given.to_v4()) : IsPublic6(given.to_v6());
}

}  // namespace kosei::server
