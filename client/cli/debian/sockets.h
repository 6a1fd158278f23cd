// Addresses at which a machine takes connections: /proc/net, and the processes behind them where
// they can be seen.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "debian/text_file.h"

namespace kosei::cli::debian {

struct Socket {
  std::string protocol;  // tcp, udp
  std::string address;   // "0.0.0.0", "[::1]"
  std::uint16_t port = 0;
  std::uint64_t inode = 0;
  std::uint32_t user = 0;
  // Empty when the process cannot be seen.
  std::string process;
  std::string executable;
  std::string unit;  // "ssh.service", from the control group
};

// Lines of /proc/net/{tcp,tcp6,udp,udp6}: sockets that listen (tcp) or are bound and not connected
// (udp).
std::vector<Socket> ParseSockets(std::string_view text, std::string_view protocol);
// All of them with their processes, one for each protocol, address and port.
std::vector<Socket> ReadSockets(const Root& root);

}  // namespace kosei::cli::debian
