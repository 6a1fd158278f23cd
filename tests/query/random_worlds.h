// Random small worlds: gates of every kind, rules, cycles.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "spec_store.h"

namespace kosei::query {

class Worlds {
 public:
  explicit Worlds(std::uint64_t seed) : random_(seed) {}
  int Below(int bound) { return static_cast<int>(random_() % static_cast<std::uint64_t>(bound)); }
  bool OneIn(int n) { return Below(n) == 0; }

  // A part of a world in which nothing is linked to anything outside of it.
  SpecWorld Island(const std::string& prefix);
  SpecScenario Scenario(const SpecWorld& world);
  std::string Some(const SpecWorld& world);
  std::string LinkType();

 private:
  GateSpec Leaf(const std::vector<std::string>& keys, bool weigh);
  GateSpec Gate(const std::vector<std::string>& keys, int depth);

  std::mt19937_64 random_;
};

}  // namespace kosei::query
