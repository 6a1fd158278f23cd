#include "kosei/base/random.h"

#include <openssl/rand.h>

#include <cstdlib>

namespace kosei {
namespace {

class OpenSslRandom final : public Random {
 public:
  std::string Bytes(std::size_t count) override {
    std::string bytes(count, '\0');
    // Without randomness no token is safe: stopping is the only honest answer.
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1)
      std::abort();
    return bytes;
  }
};

}  // namespace

Random& SystemRandom() {
  static OpenSslRandom random;
  return random;
}

}  // namespace kosei
