#include "address.h"

#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"

namespace kosei::server {

using boost::asio::ip::tcp;

absl::StatusOr<tcp::endpoint> ParseListenAddress(std::string_view text) {
  const auto fault = [&](std::string_view what) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("listen on \"%s\": %s; write ADDRESS:PORT, for example "
                                     "127.0.0.1:7421 or [::1]:7421",
                                     text, what),
                     "listen");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return fault("there is no port");
  std::string host(text.substr(0, colon));
  const std::string_view port_text = text.substr(colon + 1);
  std::uint16_t port = 0;
  const char* const port_end = port_text.data() + port_text.size();
  const auto [end, wrong] = std::from_chars(port_text.data(), port_end, port);
  if (wrong != std::errc() || end != port_end) {
    return fault("the port is not a number from 0 to 65535");
  }
  if (host == "localhost") host = "127.0.0.1";
  if (host == "*") host = "::";
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos && host != "::") {
    return fault("an IPv6 address stands in brackets");
  }
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  if (error) return fault("the address is not one of IPv4 or IPv6 (names are not looked up)");
  return tcp::endpoint(address, port);
}

std::string FormatAddress(const tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  return endpoint.address().is_v6() ? absl::StrFormat("[%s]:%d", host, endpoint.port())
                                    : absl::StrFormat("%s:%d", host, endpoint.port());
}

}  // namespace kosei::server
