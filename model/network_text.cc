#include "network_text.h"

#include <arpa/inet.h>

#include <cstddef>

namespace kosei::model {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
// The longest text that inet_pton takes for v6.
constexpr std::size_t kIpv6TextMax = INET6_ADDRSTRLEN - 1;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Decimal digits without leading zeros, at most `max`; -1 otherwise.
int SmallNumber(std::string_view text, int max) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text.front() == '0')) return -1;
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  return number <= max ? number : -1;
}

std::optional<IpAddress> ParseIpv4(std::string_view text) {
  IpAddress address;
  for (std::size_t part = 0; part < 4; ++part) {
    const std::size_t end = part < 3 ? text.find('.') : text.size();
    if (end == std::string_view::npos) return std::nullopt;
    const int number = SmallNumber(text.substr(0, end), 255);
    if (number < 0) return std::nullopt;
    address.bytes[part] = static_cast<std::uint8_t>(number);
    if (part < 3) text.remove_prefix(end + 1);
  }
  return address;
}

std::optional<IpAddress> ParseIpv6(std::string_view text) {
  if (text.size() > kIpv6TextMax) return std::nullopt;
  std::array<char, kIpv6TextMax + 1> terminated{};
  text.copy(terminated.data(), text.size());
  // A NUL inside would end the text early.
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  IpAddress address{.is_v6 = true};
  if (inet_pton(AF_INET6, terminated.data(), address.bytes.data()) != 1) return std::nullopt;
  return address;
}

void AppendNumber(ShortText& out, int number) {
  if (number >= 100) out.Append(static_cast<char>('0' + number / 100));
  if (number >= 10) out.Append(static_cast<char>('0' + number / 10 % 10));
  out.Append(static_cast<char>('0' + number % 10));
}

void AppendIpv4(ShortText& out, const std::uint8_t* bytes) {
  for (int part = 0; part < 4; ++part) {
    if (part > 0) out.Append('.');
    AppendNumber(out, bytes[part]);
  }
}

void AppendGroup(ShortText& out, unsigned group) {
  bool begun = false;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const unsigned digit = (group >> shift) & 0xF;
    begun = begun || digit != 0 || shift == 0;
    if (begun) out.Append(kHexDigits[digit]);
  }
}

using Groups = std::array<unsigned, 8>;

struct Run {
  std::size_t begin = 8;
  std::size_t length = 0;
};

// The first of the longest runs of zero groups; one alone is not shortened (RFC 5952, 4.2.2).
Run LongestZeroRun(const Groups& groups) {
  Run best;
  for (std::size_t begin = 0; begin < groups.size(); ++begin) {
    std::size_t end = begin;
    while (end < groups.size() && groups[end] == 0) ++end;
    if (end - begin > best.length && end - begin >= 2) best = {begin, end - begin};
    if (end > begin) begin = end;
  }
  return best;
}

void AppendIpv6(ShortText& out, const std::array<std::uint8_t, 16>& bytes) {
  Groups groups{};
  for (std::size_t i = 0; i < groups.size(); ++i)
    groups[i] = static_cast<unsigned>(bytes[2 * i]) << 8 | bytes[2 * i + 1];
  const Run run = LongestZeroRun(groups);
  if (run.begin == 0 && run.length == 5 && groups[5] == 0xFFFF) {
    out.Append("::ffff:");  // an IPv4 address in IPv6 clothes is shown as one (RFC 5952, 5)
    AppendIpv4(out, bytes.data() + 12);
    return;
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i == run.begin) {
      out.Append("::");
      i += run.length - 1;
      continue;
    }
    if (i > 0 && i != run.begin + run.length) out.Append(':');
    AppendGroup(out, groups[i]);
  }
}

// Clears what lies beyond the prefix; whether there was anything.
bool ClearHostBits(IpAddress& address, int prefix) {
  bool cleared = false;
  const int size = address.is_v6 ? 16 : 4;
  for (int i = 0; i < size; ++i) {
    const int kept = prefix - 8 * i;
    const int mask = kept >= 8 ? 0xFF : kept <= 0 ? 0 : (0xFF << (8 - kept)) & 0xFF;
    std::uint8_t& byte = address.bytes[static_cast<std::size_t>(i)];
    const auto masked = static_cast<std::uint8_t>(byte & mask);
    cleared = cleared || masked != byte;
    byte = masked;
  }
  return cleared;
}

}  // namespace

std::optional<IpAddress> ParseIpAddress(std::string_view text) {
  return text.find(':') == std::string_view::npos ? ParseIpv4(text) : ParseIpv6(text);
}

ShortText FormatIpAddress(const IpAddress& address) {
  ShortText out;
  if (address.is_v6) {
    AppendIpv6(out, address.bytes);
  } else {
    AppendIpv4(out, address.bytes.data());
  }
  return out;
}

std::optional<IpNetworkText> CanonicalIpNetwork(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  std::optional<IpAddress> address = ParseIpAddress(text.substr(0, slash));
  if (!address) return std::nullopt;
  const int prefix = SmallNumber(text.substr(slash + 1), address->is_v6 ? 128 : 32);
  if (prefix < 0) return std::nullopt;
  IpNetworkText network;
  network.had_host_bits = ClearHostBits(*address, prefix);
  network.text = FormatIpAddress(*address);
  network.text.Append('/');
  AppendNumber(network.text, prefix);
  return network;
}

std::optional<ShortText> CanonicalMac(std::string_view text) {
  // Digits between two separators, by the length of the text.
  std::size_t group = 12;
  char separator = '\0';
  if (text.size() == 17) {
    group = 2;
    separator = text[2] == '-' ? '-' : ':';
  } else if (text.size() == 14) {
    group = 4;
    separator = '.';
  } else if (text.size() != 12) {
    return std::nullopt;
  }
  ShortText out;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % (group + 1) == group) {
      if (text[i] != separator) return std::nullopt;
      continue;
    }
    const int value = HexValue(text[i]);
    if (value < 0) return std::nullopt;
    if (digits > 0 && digits % 2 == 0) out.Append(':');
    out.Append(kHexDigits[static_cast<std::size_t>(value)]);
    ++digits;
  }
  return out;
}

}  // namespace kosei::model
