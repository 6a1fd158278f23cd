// The first bytes of a Bolt connection: which version is spoken.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace kosei::server::bolt {

struct Version {
  std::uint8_t major = 0;
  std::uint8_t minor = 0;
  friend auto operator<=>(const Version&, const Version&) = default;
};

// From here on a client logs on with a message of its own, behind HELLO.
inline constexpr Version kLogonSince{5, 1};
inline constexpr Version kTelemetrySince{5, 4};

// Four bytes that say Bolt, and four offers of four bytes.
inline constexpr std::size_t kHandshakeSize = 20;

// The first offer of the client's that this server can take, in the newest version that it names;
// nullopt when there is none. Offers of more than versions are passed over. kMalformedFrame: the
// peer does not speak Bolt.
absl::StatusOr<std::optional<Version>> ChooseVersion(std::string_view handshake);

// What answers the handshake. Of nullopt: four zero bytes, after which the connection ends.
std::string EncodeVersion(std::optional<Version> version);

// "5.4".
std::string FormatVersion(Version version);

}  // namespace kosei::server::bolt
