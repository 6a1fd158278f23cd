// The limit for a round trip: two threads of this process that pass a message to and fro over a
// loopback TCP connection, with plain blocking reads and writes.
#pragma once

#include <cstddef>
#include <memory>

#include "absl/status/statusor.h"

namespace kosei::cli {

class PingPong {
 public:
  struct Sizes {
    std::size_t request;
    std::size_t reply;
  };
  static absl::StatusOr<std::unique_ptr<PingPong>> Start(Sizes sizes);
  virtual ~PingPong() = default;
  // Sends the request and waits for all of the reply.
  virtual absl::Status RoundTrip() = 0;
};

}  // namespace kosei::cli
