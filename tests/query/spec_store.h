// Worlds of state_reference.h in a real store, and what a scenario does there.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/query/impact.h"
#include "state_reference.h"
#include "test_store.h"

namespace kosei::query {

struct SpecScenario {
  States assumed;
  std::set<std::string> blocked = {};
  std::vector<std::string> contexts = {};
  std::optional<std::uint32_t> depth = std::nullopt;
};

// Writes the world in one commit; its keys must be new to the store.
CommitNumber WriteWorld(TestStore& store, const SpecWorld& world);
absl::StatusOr<ImpactAnswer> AskScenario(const TestStore& store, const storage::View& view,
                                         const SpecScenario& scenario);
// The states that an answer tells of: roots, affected, and what was down already.
States StatesIn(const TestStore& store, const ImpactAnswer& answer);
// "web failed:2<db", "farm degraded:1<node (gate)": listed records in the answer's order, roots
// without distance.
std::vector<std::string> ToldStates(const TestStore& store, const ImpactAnswer& answer);

}  // namespace kosei::query
