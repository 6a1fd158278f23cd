#include "random_worlds.h"

#include <iterator>

#include "absl/strings/str_format.h"

namespace kosei::query {
namespace {

constexpr const char* kTypes[] = {"needs", "soft", "gives", "twins", "member_of", "owned_by"};

}  // namespace

SpecWorld Worlds::Island(const std::string& prefix) {
  SpecWorld world;
  const int count = 2 + Below(9);
  std::vector<std::string> keys;
  keys.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) keys.push_back(absl::StrFormat("%s-%d", prefix, i));
  for (const std::string& key : keys) {
    SpecRecord record;
    record.class_name = OneIn(4) ? "Cluster" : OneIn(2) ? "Part" : "Thing";
    record.size = Below(5);
    if (record.class_name == "Cluster" && !OneIn(4)) record.quorum = Below(4);
    record.retired = OneIn(8);
    if (OneIn(3)) record.gate.push_back(Gate(keys, 0));
    world.records[key] = std::move(record);
  }
  const int links = Below(3 * count);
  for (int i = 0; i < links; ++i) {
    const std::string source = keys[static_cast<std::size_t>(Below(count))];
    const std::string target = keys[static_cast<std::size_t>(Below(count))];
    if (source != target) world.links.insert({source, kTypes[Below(6)], target});
  }
  return world;
}

std::string Worlds::Some(const SpecWorld& world) {
  return std::next(world.records.begin(), Below(static_cast<int>(world.records.size())))->first;
}

std::string Worlds::LinkType() { return kTypes[Below(6)]; }

SpecScenario Worlds::Scenario(const SpecWorld& world) {
  SpecScenario scenario;
  const int roots = 1 + Below(3);
  for (int i = 0; i < roots; ++i)
    scenario.assumed[Some(world)] = OneIn(3) ? model::State::kDegraded : model::State::kFailed;
  if (OneIn(4)) scenario.blocked.insert(Some(world));
  if (OneIn(3)) scenario.depth = static_cast<std::uint32_t>(Below(4));
  return scenario;
}

GateSpec Worlds::Leaf(const std::vector<std::string>& keys, bool weigh) {
  GateSpec leaf{.kind = "members"};
  if (OneIn(4)) {
    leaf.key = keys[static_cast<std::size_t>(Below(static_cast<int>(keys.size())))];
  } else {
    leaf.type = kTypes[Below(5)];
  }
  leaf.weigh = weigh;
  return leaf;
}

GateSpec Worlds::Gate(const std::vector<std::string>& keys, int depth) {
  constexpr const char* kKinds[] = {"all",      "any",      "at_least", "percent",
                                    "capacity", "weighted", "primary"};
  GateSpec gate{.kind = kKinds[Below(7)], .first = 1 + Below(4)};
  if (gate.kind == "percent") gate.first = 1 + Below(100);
  if (gate.kind == "weighted") gate.second = gate.first + Below(4);
  const bool weighs = gate.kind == "capacity" || gate.kind == "weighted";
  const int parts = (gate.kind == "primary" ? 2 : 1) + Below(2);
  for (int i = 0; i < parts; ++i) {
    // What is counted has no groups within.
    if (!weighs && depth < 2 && OneIn(3)) {
      gate.parts.push_back(Gate(keys, depth + 1));
    } else {
      gate.parts.push_back(Leaf(keys, weighs && !OneIn(4)));
    }
  }
  return gate;
}

}  // namespace kosei::query
