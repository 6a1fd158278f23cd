#include "endpoint.h"

#include <charconv>
#include <cstdint>

#include "kosei/base/error.h"

namespace kosei::client {
namespace {

absl::Status Bad(std::string_view text, std::string_view why) {
  std::string message = "read server address '";
  message.append(text).append("': ").append(why);
  message += "; write host:port, for example 127.0.0.1:7421 or [::1]:7421";
  return MakeError(ErrorCode::kInvalidArgument, message, "server");
}

bool IsPort(std::string_view text) {
  std::uint32_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65'535;
}

}  // namespace

std::string Endpoint::Text() const {
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? "[" + host + "]" : host) + ":" + port;
}

absl::StatusOr<Endpoint> ParseEndpoint(std::string_view text) {
  Endpoint out;
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return Bad(text, "the bracket is not closed");
    out.host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
    if (!rest.empty() && !rest.starts_with(':')) return Bad(text, "text after the bracket");
  } else {
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos) {
      return Bad(text, "an IPv6 address stands in brackets");
    }
    out.host = text.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  if (out.host.empty()) return Bad(text, "there is no host");
  if (rest.empty()) return out;
  if (!IsPort(rest.substr(1))) return Bad(text, "the port is no number from 1 to 65535");
  out.port = rest.substr(1);
  return out;
}

}  // namespace kosei::client
