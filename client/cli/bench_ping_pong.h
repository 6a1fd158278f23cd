// The limit for a round trip: this process and a copy of it pass a message to and fro over a
// loopback TCP connection, as client and server do, with plain blocking reads and writes. Each end
// keeps to a processor of its own, as client and server have, where there are two: left alone, the
// kernel puts both on one in some runs, and then a round trip crosses no processor.
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
  // Copies the process: early, while there is little of it.
  static absl::StatusOr<std::unique_ptr<PingPong>> Start();
  virtual ~PingPong() = default;
  // Once, before the first round trip.
  virtual absl::Status Agree(Sizes sizes) = 0;
  // Keeps the calling thread to this end's processor until it is told to let go.
  enum class Hold : bool { kNo, kYes };
  virtual void HoldProcessor(Hold hold) = 0;
  // Sends the request and waits for all of the reply.
  virtual absl::Status RoundTrip() = 0;
};

}  // namespace kosei::cli
