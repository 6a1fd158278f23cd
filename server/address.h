// ADDRESS:PORT as users write it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace kosei::server {

// "127.0.0.1:7421", "[::1]:7421", "localhost:0", "*:7421" (every address of the machine).
// kInvalidArgument says what is wrong; names other than localhost are not looked up.
absl::StatusOr<boost::asio::ip::tcp::endpoint> ParseListenAddress(std::string_view text);
std::string FormatAddress(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace kosei::server
