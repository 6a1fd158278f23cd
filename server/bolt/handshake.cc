#include "bolt/handshake.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"

namespace kosei::server::bolt {
namespace {

constexpr std::string_view kMagic = "\x60\x60\xB0\x17";
constexpr std::size_t kOfferSize = 4;

struct Served {
  std::uint8_t major;
  std::uint8_t minor_min;
  std::uint8_t minor_max;
};
// From 5.5 on clients expect errors in a form of their own.
constexpr std::array kServed = {Served{5, 0, 4}, Served{4, 4, 4}};

// An offer is: 0, how many minor versions below are meant too, minor, major.
std::optional<Version> Take(std::string_view offer) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(offer[i]); };
  const int highest = byte(2);
  const int lowest = highest - byte(1);
  for (const Served& served : kServed) {
    if (byte(0) != 0 || byte(3) != served.major) continue;
    const int minor = std::min<int>(highest, served.minor_max);
    if (minor < std::max<int>(lowest, served.minor_min)) continue;
    return Version{served.major, static_cast<std::uint8_t>(minor)};
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::optional<Version>> ChooseVersion(std::string_view handshake) {
  if (handshake.size() != kHandshakeSize || !handshake.starts_with(kMagic)) {
    return MakeError(ErrorCode::kMalformedFrame,
                     "read handshake: the peer does not speak Bolt; it begins with 60 60 B0 17");
  }
  for (std::size_t at = kMagic.size(); at < kHandshakeSize; at += kOfferSize) {
    const std::optional<Version> taken = Take(handshake.substr(at, kOfferSize));
    if (taken.has_value()) return taken;
  }
  return std::optional<Version>();
}

std::string EncodeVersion(std::optional<Version> version) {
  std::string bytes(kOfferSize, '\0');
  if (version.has_value()) {
    bytes[2] = static_cast<char>(version->minor);
    bytes[3] = static_cast<char>(version->major);
  }
  return bytes;
}

std::string FormatVersion(Version version) {
  return absl::StrFormat("%d.%d", version.major, version.minor);
}

}  // namespace kosei::server::bolt
