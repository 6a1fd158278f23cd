// What states a scenario leads to, found the slow and obvious way: every record is looked at again
// and again until nothing changes, and gates are counted as docs/gates.md says in words.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "kosei/model/state.h"

namespace kosei::query {

// all, any, at_least, percent, capacity, weighted, primary; or a leaf: members.
struct GateSpec {
  std::string kind;
  int first = 0;
  int second = 0;
  std::string type = {};  // members: of links of this type
  std::string key = {};   // members: this record alone
  bool weigh = false;     // members: what they count is their attribute `size`, else 1
  std::vector<GateSpec> parts = {};
};
std::string TextOf(const GateSpec& spec);

// Types: needs (target to source), soft (the same, a failure only degrades), gives (source to
// target), twins (both ways), member_of (target to source; to a Cluster: source to target),
// owned_by (nothing). A Part that needs a Cluster is only degraded when it fails.
struct SpecRecord {
  std::string class_name = "Thing";  // Thing, Part (below it), Cluster (at_least `quorum` members)
  int size = 0;
  int quorum = -1;  // Cluster; -1: no value
  bool retired = false;
  std::string health = {};          // good, poor (degraded), bad (failed)
  std::vector<GateSpec> gate = {};  // one or none: the record's own
};
struct SpecLink {
  std::string source, type, target;
  auto operator<=>(const SpecLink&) const = default;
};
struct SpecWorld {
  std::map<std::string, SpecRecord> records;
  std::set<SpecLink> links = {};
};
extern const std::string_view kSpecModel;

using States = std::map<std::string, model::State>;

// `rounds`: how many times failure passes a link; enough of them is the fixed point.
States StatesAfter(const SpecWorld& world, const States& assumed,
                   const std::set<std::string>& blocked, int rounds = 1'000);

}  // namespace kosei::query
