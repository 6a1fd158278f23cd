#include "kosei/storage/index_value.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"

namespace kosei::storage {
namespace {

using model::AttributeType;

// Stored: never renumber.
constexpr char kBooleanTag = 0x10;
constexpr char kNumberTag = 0x20;
constexpr char kTextTag = 0x30;
constexpr char kAddressV4Tag = 0x40;
constexpr char kAddressV6Tag = 0x41;
constexpr char kNetworkV4Tag = 0x50;
constexpr char kNetworkV6Tag = 0x51;

constexpr char kZero = '\0';

// Sign and power of ten in one byte, then the digits in pairs, each pair plus one, then a zero; of
// a negative number everything after the tag inverted. 12.5 is 0.125 * 10^2: 0x20 0x95 0x0d 0x33
// 0x00.
void AppendNumber(std::string& out, bool negative, std::uint64_t magnitude, int scale) {
  constexpr int kZeroByte = 0x80;
  constexpr int kPowerOffset = 0x93;  // of 10^0; powers are -17 to 20
  out += kNumberTag;
  if (magnitude == 0) {
    out += static_cast<char>(kZeroByte);
    return;
  }
  std::array<char, 20> digits{};
  char* const begin = digits.data();
  char* end = std::to_chars(begin, begin + digits.size(), magnitude).ptr;
  const int power = static_cast<int>(end - begin) - scale;
  while (end[-1] == '0') --end;
  const auto invert = [negative](int byte) { return static_cast<char>(negative ? ~byte : byte); };
  out += invert(kPowerOffset + power);
  for (const char* at = begin; at < end; at += 2) {
    const int low = at + 1 < end ? at[1] - '0' : 0;
    out += invert((at[0] - '0') * 10 + low + 1);
  }
  out += invert(0);
}

void AppendInteger(std::string& out, std::int64_t integer, int scale) {
  const bool negative = integer < 0;
  const auto bits = static_cast<std::uint64_t>(integer);
  AppendNumber(out, negative, negative ? ~bits + 1 : bits, scale);
}

// A zero byte becomes 00 ff, so that 00 01 can end the text.
void AppendEscaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    out += c;
    if (c == kZero) out += '\xff';
  }
}

struct Address {
  bool is_v6 = false;
  std::array<unsigned char, 16> bytes{};
  std::size_t size() const { return is_v6 ? 16 : 4; }
  std::string Text() const { return {reinterpret_cast<const char*>(bytes.data()), size()}; }
};

std::optional<Address> ParseAddress(std::string_view text) {
  const std::string terminated(text);
  Address address;
  address.is_v6 = text.find(':') != std::string_view::npos;
  const int family = address.is_v6 ? AF_INET6 : AF_INET;
  if (inet_pton(family, terminated.c_str(), address.bytes.data()) != 1) return std::nullopt;
  return address;
}

struct Network {
  Address address;
  int bits = 0;
};

std::optional<Network> ParseNetwork(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<Address> address = ParseAddress(text.substr(0, slash));
  const std::string_view number = text.substr(slash + 1);
  int bits = -1;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), bits);
  if (!address || parsed.ec != std::errc() || parsed.ptr != number.data() + number.size() ||
      bits < 0 || bits > static_cast<int>(address->size()) * 8) {
    return std::nullopt;
  }
  return Network{*address, bits};
}

// The network's first or last address.
std::string Edge(const Network& network, bool last) {
  std::string bytes = network.address.Text();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int kept = std::clamp(network.bits - static_cast<int>(i) * 8, 0, 8);
    const auto host = static_cast<unsigned char>(0xFF >> kept);
    const auto byte = static_cast<unsigned char>(bytes[i]);
    bytes[i] = static_cast<char>(last ? byte | host : byte & ~host);
  }
  return bytes;
}

void AppendText(std::string& out, std::string_view text) {
  out += kTextTag;
  AppendEscaped(out, text);
  out.append("\x00\x01", 2);
}

void AppendTyped(std::string& out, AttributeType type, const std::string& text) {
  // What was written before the attribute became an address stays text.
  if (type == AttributeType::kIpAddress) {
    if (const auto address = ParseAddress(text)) {
      out += address->is_v6 ? kAddressV6Tag : kAddressV4Tag;
      out += address->Text();
      return;
    }
  }
  if (type == AttributeType::kIpNetwork) {
    if (const auto network = ParseNetwork(text)) {
      out += network->address.is_v6 ? kNetworkV6Tag : kNetworkV4Tag;
      out += network->address.Text();
      out += static_cast<char>(network->bits);
      return;
    }
  }
  AppendText(out, text);
}

// The first bytes after all that begin with `bytes`, which is not all ones.
std::string After(std::string bytes) {
  while (static_cast<unsigned char>(bytes.back()) == 0xFF) bytes.pop_back();
  bytes.back() = static_cast<char>(bytes.back() + 1);
  return bytes;
}

std::string LowerMac(std::string_view text) {
  std::string mac(text);
  for (char& c : mac) {
    if (c == '-') c = ':';
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c + ('a' - 'A'));
  }
  return mac;
}

absl::StatusOr<ValueRange> NetworkRange(AttributeNumber attribute, AttributeType type,
                                        std::string_view name, std::string_view text) {
  const std::optional<Network> network = ParseNetwork(text);
  if (!network || Edge(*network, false) != network->address.Text()) {
    return MakeError(
        ErrorCode::kWrongType,
        absl::StrFormat("search %s^=%s: what an address begins with is a network without host "
                        "bits, for example 10.0.0.0/8 or 2001:db8::/32",
                        name, text),
        std::string(name));
  }
  ValueRange range{attribute, {}, {}};
  if (type == AttributeType::kIpAddress) {
    const char tag = network->address.is_v6 ? kAddressV6Tag : kAddressV4Tag;
    range.low = tag + Edge(*network, false);
    range.high = tag + Edge(*network, true) + kZero;
  } else {
    // A network with another first address has more bits; one with the same may have fewer.
    const char tag = network->address.is_v6 ? kNetworkV6Tag : kNetworkV4Tag;
    range.low = tag + Edge(*network, false) + static_cast<char>(network->bits);
    range.high = tag + Edge(*network, true) + '\xff';
  }
  return range;
}

}  // namespace

std::string OrderedValue(AttributeType type, const Value& value) {
  std::string out;
  switch (value.kind()) {
    case ValueKind::kBoolean:
      out += kBooleanTag;
      out += static_cast<char>(value.boolean() ? 1 : 0);
      break;
    case ValueKind::kInteger:
      AppendInteger(out, value.integer(), 0);
      break;
    case ValueKind::kDecimal:
      AppendInteger(out, value.decimal().coefficient, value.decimal().scale);
      break;
    case ValueKind::kText:
      AppendTyped(out, type, value.text());
      break;
    case ValueKind::kNull:
    case ValueKind::kList:
      break;
  }
  return out;
}

std::string_view NameOf(Comparison comparison) {
  constexpr std::array<std::string_view, 6> kNames = {"=", "<", "<=", ">", ">=", "^="};
  return kNames[static_cast<std::size_t>(comparison)];
}

ValueRange RangeOf(AttributeNumber attribute, AttributeType type, Comparison comparison,
                   const Value& value) {
  const std::string ordered = OrderedValue(type, value);
  const std::string tag = ordered.substr(0, 1);
  const std::string behind = ordered + kZero;  // no value begins with another
  switch (comparison) {
    case Comparison::kLess:
      return {attribute, tag, ordered};
    case Comparison::kLessOrEqual:
      return {attribute, tag, behind};
    case Comparison::kGreater:
      return {attribute, behind, After(tag)};
    case Comparison::kGreaterOrEqual:
      return {attribute, ordered, After(tag)};
    case Comparison::kEqual:
    case Comparison::kPrefix:
      break;
  }
  return {attribute, ordered, behind};
}

absl::StatusOr<ValueRange> PrefixRange(AttributeNumber attribute, AttributeType type,
                                       std::string_view name, std::string_view text) {
  switch (type) {
    case AttributeType::kIpAddress:
    case AttributeType::kIpNetwork:
      return NetworkRange(attribute, type, name, text);
    case AttributeType::kString:
    case AttributeType::kText:
    case AttributeType::kEnum:
    case AttributeType::kMac:
    case AttributeType::kUrl:
    case AttributeType::kReference:
    case AttributeType::kGate: {
      std::string low(1, kTextTag);
      AppendEscaped(low, type == AttributeType::kMac ? LowerMac(text) : std::string(text));
      std::string high = After(low);
      return ValueRange{attribute, std::move(low), std::move(high)};
    }
    case AttributeType::kInteger:
    case AttributeType::kDecimal:
    case AttributeType::kBoolean:
    case AttributeType::kTimestamp:
    case AttributeType::kDate:
    case AttributeType::kDuration:
    case AttributeType::kList:
    case AttributeType::kAny:
      break;
  }
  return MakeError(ErrorCode::kWrongType,
                   absl::StrFormat("search %s^=%s: values of type %s have no beginning; compare "
                                   "with <, <=, > or >=",
                                   name, text, model::NameOf(type)),
                   std::string(name));
}

}  // namespace kosei::storage
