// Random small worlds with gates, rules, cycles, blocks and contexts, against the slow and obvious
// fixed point (state_reference.h): states, distances and paths must be those.
#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_format.h"
#include "random_worlds.h"
#include "reference_walk.h"
#include "spec_store.h"
#include "status_matchers.h"

namespace kosei::query {
namespace {

using model::State;

// Following the rows of an answer back, each step must be one of the rounds before, and end at a
// root.
void ExpectPathsLeadBack(const ImpactAnswer& answer) {
  for (std::uint64_t i = answer.root_count(); i < answer.nodes.size(); ++i) {
    EXPECT_LT(answer.parents[i], i);
    EXPECT_EQ(answer.DistanceOf(answer.parents[i]) + 1, answer.DistanceOf(i));
    EXPECT_EQ(PathTo(answer, i).size(), answer.DistanceOf(i));
  }
}

// `expected_before`: what is down without the assumptions.
void ExpectStates(const TestStore& store, const SpecWorld& world, const SpecScenario& scenario,
                  const States& before, const ImpactAnswer& answer) {
  States assumed = before;
  for (const auto& [key, state] : scenario.assumed) assumed[key] = std::max(assumed[key], state);
  const int rounds = scenario.depth.has_value() ? static_cast<int>(*scenario.depth) : 1'000;
  const States expected = StatesAfter(world, assumed, scenario.blocked, rounds);
  const States told = StatesIn(store, answer);
  std::uint64_t affected = 0;
  for (const auto& [key, state] : expected) {
    const auto found = told.find(key);
    EXPECT_EQ(found == told.end() ? State::kUp : found->second, state) << key;
    const auto was = before.find(key);
    const bool worse = state > (was == before.end() ? State::kUp : was->second);
    if (worse && !scenario.assumed.contains(key)) ++affected;
  }
  EXPECT_EQ(answer.affected_count(), affected);
  // The round in which a record came to its state is its distance.
  for (std::uint64_t i = answer.root_count(); i < answer.nodes.size(); ++i) {
    const std::string key = store.Key(storage::RecordOf(answer.nodes[i]));
    const int distance = static_cast<int>(answer.DistanceOf(i));
    EXPECT_EQ(StatesAfter(world, assumed, scenario.blocked, distance).at(key), answer.StateAt(i));
    EXPECT_LT(StatesAfter(world, assumed, scenario.blocked, distance - 1).at(key),
              answer.StateAt(i));
  }
  const States next = StatesAfter(world, assumed, scenario.blocked, rounds + 1);
  EXPECT_EQ(answer.truncated.has_value(), next != expected);
  ExpectPathsLeadBack(answer);
}

int Rounds() { return std::getenv("KOSEI_LONG_TESTS") != nullptr ? 2'000 : 60; }

TEST(RandomStates, AreThoseOfTheObviousFixedPoint) {
  constexpr int kIslands = 200;
  std::optional<TestStore> store;
  for (int round = 0; round < Rounds() && !::testing::Test::HasFailure(); ++round) {
    // A new store now and then: a small one starts faster than a large one grows.
    if (round % 20 == 0) store.emplace(kSpecModel);
    Worlds worlds(TestSeed() + static_cast<std::uint64_t>(round));
    std::vector<SpecWorld> islands;
    SpecWorld all;
    for (int i = 0; i < kIslands; ++i) {
      islands.push_back(worlds.Island(absl::StrFormat("r%d-%d", round, i)));
      all.records.insert(islands.back().records.begin(), islands.back().records.end());
      all.links.insert(islands.back().links.begin(), islands.back().links.end());
    }
    const CommitNumber commit = WriteWorld(*store, all);
    if (worlds.OneIn(8)) store->Reopen();
    for (const SpecWorld& island : islands) {
      const SpecScenario scenario = worlds.Scenario(island);
      SCOPED_TRACE(absl::StrFormat("KOSEI_TEST_SEED=%d, round %d, island of %s", TestSeed(), round,
                                   island.records.begin()->first));
      ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer,
                           AskScenario(*store, store->At(commit), scenario));
      ExpectStates(*store, island, scenario, {}, answer);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(RandomStates, StartFromWhatIsDownAlready) {
  for (int round = 0; round < 40 && !::testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE(absl::StrFormat("KOSEI_TEST_SEED=%d, round %d", TestSeed(), round));
    Worlds worlds(TestSeed() + static_cast<std::uint64_t>(round));
    SpecWorld world = worlds.Island("w");
    States down;
    for (auto& [key, record] : world.records) {
      if (worlds.OneIn(4)) record.health = worlds.OneIn(2) ? "bad" : "poor";
      if (!record.health.empty())
        down[key] = record.health == "bad" ? State::kFailed : State::kDegraded;
    }
    TestStore store(kSpecModel);
    WriteWorld(store, world);
    for (int question = 0; question < 10; ++question) {
      SpecScenario scenario = worlds.Scenario(world);
      scenario.contexts = {"bad", "poor"};
      const States before = StatesAfter(world, down, scenario.blocked);
      ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer, AskScenario(store, store.Newest(), scenario));
      ExpectStates(store, world, scenario, before, answer);
      EXPECT_EQ(answer.contexts.size(), down.size());
    }
  }
}

}  // namespace
}  // namespace kosei::query
