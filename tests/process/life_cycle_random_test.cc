// Random life cycles against a naive reading of the rules: what may be reached, what ends, what
// goes round.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "kosei/base/error.h"
#include "lifecycle/structure_checks.h"

namespace kosei::process {
namespace {

LifeCycleDefinition Random(std::mt19937& random) {
  const auto below = [&](std::uint32_t end) { return static_cast<std::uint32_t>(random() % end); };
  const auto name = [](std::uint32_t number) { return "s" + std::to_string(number); };
  LifeCycleDefinition definition;
  definition.name = "made";
  definition.label = {"Made", "作成"};
  const std::uint32_t states = 1 + below(5);
  for (std::uint32_t i = 0; i < states; ++i) {
    StateDefinition& state = definition.states.emplace_back();
    state.name = name(i);
    state.label = {"S", "状態"};
    state.final = i + 1 == states || below(6) == 0;
  }
  definition.initial = name(below(states));
  const std::uint32_t transitions = states + below(2 * states);
  for (std::uint32_t i = 0; i < transitions; ++i) {
    TransitionDefinition& transition = definition.transitions.emplace_back();
    transition.name = "t" + std::to_string(i);
    transition.label = {"T", "遷移"};
    std::set<std::string> from;
    const std::uint32_t sources = below(4);  // none: any
    for (std::uint32_t j = 0; j < sources; ++j) {
      const StateDefinition& state = definition.states[below(states)];
      if (!state.final) from.insert(state.name);
    }
    transition.from.assign(from.begin(), from.end());
    if (below(8) != 0) transition.to = name(below(states));
    if (below(5) == 0) transition.automatic = {AutomaticKind::kWhen, {}, {}, {}, "true", {}, {}};
  }
  return definition;
}

// Whether `event` leads from one to the other, read straight from the definition.
bool Leads(const LifeCycleDefinition& definition, const TransitionDefinition& transition,
           const std::string& from, const std::string& to) {
  if (transition.to.empty() ? from != to : transition.to != to) return false;
  for (const std::string& source : transition.from)
    if (source == from) return true;
  if (!transition.from.empty()) return false;
  for (const StateDefinition& state : definition.states)
    if (state.name == from) return !state.final && from != transition.to;
  return false;
}

// Ways of any length, by squaring a table as often as there are states.
std::vector<std::vector<bool>> Ways(const LifeCycleDefinition& definition, bool automatic_only) {
  const std::size_t count = definition.states.size();
  std::vector<std::vector<bool>> ways(count, std::vector<bool>(count, false));
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b < count; ++b) {
      for (const TransitionDefinition& transition : definition.transitions) {
        if (automatic_only && !transition.automatic) continue;
        if (Leads(definition, transition, definition.states[a].name, definition.states[b].name))
          ways[a][b] = true;
      }
    }
  }
  for (std::size_t middle = 0; middle < count; ++middle)
    for (std::size_t a = 0; a < count; ++a)
      for (std::size_t b = 0; b < count; ++b)
        if (ways[a][middle] && ways[middle][b]) ways[a][b] = true;
  return ways;
}

std::string NaiveFault(const LifeCycleDefinition& definition) {
  for (const TransitionDefinition& transition : definition.transitions) {
    bool leads = false;
    for (const StateDefinition& from : definition.states)
      for (const StateDefinition& to : definition.states)
        leads = leads || Leads(definition, transition, from.name, to.name);
    if (!leads) return "leads out of no state";
  }
  const auto ways = Ways(definition, false);
  std::size_t initial = 0;
  for (std::size_t i = 0; i < definition.states.size(); ++i)
    if (definition.states[i].name == definition.initial) initial = i;
  for (std::size_t i = 0; i < definition.states.size(); ++i) {
    const StateDefinition& state = definition.states[i];
    if (i != initial && !ways[initial][i]) return "state " + state.name + " cannot be reached";
  }
  for (std::size_t i = 0; i < definition.states.size(); ++i) {
    const StateDefinition& state = definition.states[i];
    bool ends = state.final;
    for (std::size_t j = 0; j < definition.states.size(); ++j)
      ends = ends || (ways[i][j] && definition.states[j].final);
    if (!ends) return "state " + state.name + " is a dead end";
  }
  const auto automatic = Ways(definition, true);
  for (std::size_t i = 0; i < definition.states.size(); ++i)
    if (automatic[i][i]) return "go round";
  return {};
}

TEST(LifeCycleRandom, ChecksAgreeWithANaiveReading) {
  constexpr int kRounds = 20'000;
  std::mt19937 random(20'000);
  std::set<std::string> kinds;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const LifeCycleDefinition definition = Random(random);
    const std::string fault = NaiveFault(definition);
    const absl::Status status = CheckStructure(definition);
    ASSERT_EQ(status.ok(), fault.empty()) << status.ToString() << " / " << fault;
    if (status.ok()) continue;
    ASSERT_NE(std::string(MessageOf(status)).find(fault), std::string::npos)
        << status.ToString() << " / " << fault;
    kinds.insert(fault.substr(0, 2) + fault.substr(fault.size() - 5));
  }
  EXPECT_GE(kinds.size(), 4U) << "each kind of fault has been met";
}

}  // namespace
}  // namespace kosei::process
