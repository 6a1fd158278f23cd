// How long to wait before the next attempt to connect: doubling, capped, with jitter so that many
// clients do not come back in step. Not thread-safe.
#pragma once

#include <chrono>

#include "kosei/base/random.h"

namespace kosei::client {

class BackOff {
 public:
  static constexpr std::chrono::milliseconds kFirst{50};
  static constexpr std::chrono::milliseconds kCap{1'000};

  explicit BackOff(Random& random) : random_(random) {}
  // Between half of the present step and the whole of it; the next step is twice as long.
  std::chrono::milliseconds Next();

 private:
  Random& random_;
  std::chrono::milliseconds step_ = kFirst;
};

}  // namespace kosei::client
