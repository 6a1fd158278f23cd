// Which addresses of the network may be spoken to: public ones, and those that are named.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace kosei::server {

class NetworkList {
 public:
  // "10.20.0.0/16, 192.168.7.5, fd00::/8"; empty: none. kInvalidArgument names what is wrong.
  static absl::StatusOr<NetworkList> Parse(std::string_view text);
  // An IPv4 address that is written as one of IPv6 is looked at as what it is.
  bool Contains(const boost::asio::ip::address& address) const;

 private:
  std::vector<boost::asio::ip::network_v4> v4_;
  std::vector<boost::asio::ip::network_v6> v6_;
};

// Whether anybody on the Internet could mean it: not this machine, not a private or shared network,
// not of the link, not for many at once, not reserved, and none that carries such an IPv4 address
// in it.
bool IsPublic(const boost::asio::ip::address& address);

}  // namespace kosei::server
