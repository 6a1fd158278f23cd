// Where a server is: "host:port", "[2001:db8::1]:7421", or a host alone.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace kosei::client {

struct Endpoint {
  std::string host;
  std::string port = "7421";

  // As written in messages: "127.0.0.1:7421".
  std::string Text() const;
};

// kInvalidArgument when there is no host or the port is no number from 1 to 65535.
absl::StatusOr<Endpoint> ParseEndpoint(std::string_view text);

}  // namespace kosei::client
