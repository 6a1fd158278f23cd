// Where randomness comes from; injected, so that tests can repeat a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace kosei {

// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  // `count` random bytes.
  virtual std::string Bytes(std::size_t count) = 0;
};

// Cryptographic randomness of the machine; lives as long as the program.
Random& SystemRandom();

}  // namespace kosei
