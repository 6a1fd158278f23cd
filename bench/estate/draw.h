// Numbers that look random and follow from a seed, a position and a purpose alone.
#pragma once

#include <cstdint>

namespace kosei::estate {

// One to one on 64 bits (the finaliser of SplitMix64), so different inputs never meet.
constexpr std::uint64_t Mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// A short sequence of draws.
class Draw {
 public:
  Draw(std::uint64_t seed, std::uint64_t position, std::uint64_t purpose)
      : state_(Mix(Mix(seed ^ (purpose << 56)) ^ position)) {}

  std::uint32_t Bits32() {
    state_ = Mix(state_);
    return static_cast<std::uint32_t>(state_ >> 32);
  }
  // Each of 0 .. count-1 alike.
  std::uint32_t Below(std::uint32_t count) { return Scaled(Bits32(), count); }
  // 0 .. count-1, the low ones far more often: the share below x is the fourth root of x/count.
  std::uint32_t Skewed(std::uint32_t count) {
    const std::uint64_t bits = Bits32();
    const std::uint64_t square = (bits * bits) >> 32;
    return Scaled((square * square) >> 32, count);
  }
  bool OneIn(std::uint32_t count) { return Below(count) == 0; }

 private:
  static std::uint32_t Scaled(std::uint64_t bits, std::uint32_t count) {
    return static_cast<std::uint32_t>((bits * count) >> 32);
  }

  std::uint64_t state_;
};

}  // namespace kosei::estate
