// Points of failure, cut sets, needs and root causes of random small worlds, against trying every
// record, pair and triple with the slow and obvious fixed point (state_reference.h).
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>

#include "absl/strings/str_format.h"
#include "kosei/query/need.h"
#include "kosei/query/point_history.h"
#include "kosei/query/points_of_failure.h"
#include "kosei/query/root_cause.h"
#include "random_worlds.h"
#include "reference_walk.h"
#include "status_matchers.h"

namespace kosei::query {
namespace {

using model::State;
using Keys = std::set<std::string>;

bool Long() { return std::getenv("KOSEI_LONG_TESTS") != nullptr; }

State OutcomeOf(const SpecWorld& world, const States& down, const Keys& failing,
                const std::string& service) {
  States assumed = down;
  for (const std::string& key : failing) assumed[key] = State::kFailed;
  return StatesAfter(world, assumed, {}).at(service);
}

std::map<std::string, State> PointsByTrying(const SpecWorld& world, const States& down,
                                            const std::string& service) {
  std::map<std::string, State> points;
  const State before = OutcomeOf(world, down, {}, service);
  for (const auto& [key, record] : world.records) {
    if (key == service) continue;
    const State outcome = OutcomeOf(world, down, {key}, service);
    if (outcome > before) points[key] = outcome;
  }
  return points;
}

std::set<Keys> CutSetsByTrying(const SpecWorld& world, const States& down,
                               const std::string& service, std::size_t size_max) {
  std::set<Keys> found;
  if (OutcomeOf(world, down, {}, service) == State::kFailed) return found;
  std::vector<std::string> keys;
  for (const auto& [key, record] : world.records) {
    if (key != service && OutcomeOf(world, down, {key}, service) != State::kFailed)
      keys.push_back(key);
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (std::size_t j = i + 1; j < keys.size(); ++j) {
      if (OutcomeOf(world, down, {keys[i], keys[j]}, service) == State::kFailed)
        found.insert({keys[i], keys[j]});
    }
  }
  for (std::size_t i = 0; size_max == 3 && i < keys.size(); ++i) {
    for (std::size_t j = i + 1; j < keys.size(); ++j) {
      if (found.contains({keys[i], keys[j]})) continue;
      for (std::size_t k = j + 1; k < keys.size(); ++k) {
        if (found.contains({keys[i], keys[k]}) || found.contains({keys[j], keys[k]})) continue;
        if (OutcomeOf(world, down, {keys[i], keys[j], keys[k]}, service) == State::kFailed)
          found.insert({keys[i], keys[j], keys[k]});
      }
    }
  }
  return found;
}

std::map<std::string, State> PointsIn(const TestStore& store, const storage::View& view,
                                      const std::string& service,
                                      const std::vector<std::string>& contexts,
                                      std::vector<SinglePoint>* listed = nullptr) {
  std::map<std::string, State> points;
  const PointsRequest request{.services = {store.Id(service)}, .contexts = contexts};
  EXPECT_OK(SinglePoints(store.reader(), view, request, store.Unlimited(),
                         [&](const ServicePoints& answer) {
                           for (const SinglePoint& point : answer.points)
                             points[store.Key(point.record)] = point.outcome;
                           if (listed != nullptr) *listed = answer.points;
                           return true;
                         })
                .status());
  return points;
}

// Every set of records that the answer stands for.
std::set<Keys> CutSetsIn(const TestStore& store, const CutSets& answer) {
  std::set<Keys> found;
  std::uint64_t count = 0;
  for (const CutSet& set : answer.sets) {
    const std::function<void(std::uint8_t, Keys)> expand = [&](std::uint8_t at, const Keys& keys) {
      if (at == set.size) {
        found.insert(keys);
        ++count;
        return;
      }
      for (const RecordId record : answer.groups[set.groups[at]]) {
        Keys more = keys;
        more.insert(store.Key(record));
        expand(static_cast<std::uint8_t>(at + 1), more);
      }
    };
    expand(0, {});
  }
  EXPECT_EQ(found.size(), count) << "a set stands twice";
  EXPECT_EQ(answer.count, count);
  return found;
}

void ExpectCutSets(const TestStore& store, const SpecWorld& world, const States& down,
                   const std::string& service, const std::vector<std::string>& contexts,
                   std::uint32_t size) {
  const CutSetsRequest request{
      .service = store.Id(service), .size_max = size, .contexts = contexts};
  ASSERT_OK_AND_ASSIGN(const CutSets answer,
                       MinimalCutSets(store.reader(), store.Newest(), request, store.Unlimited()));
  EXPECT_EQ(CutSetsIn(store, answer), CutSetsByTrying(world, down, service, size));
  EXPECT_EQ(answer.end, CutSetsEnd::kWhole);
}

void ExpectNeeds(const TestStore& store, const std::string& service,
                 const std::map<std::string, State>& points) {
  const ImpactRequest request{.roots = {store.Id(service)}, .direction = ImpactDirection::kUp};
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer up,
                       Impact(store.reader(), store.Newest(), request, store.Unlimited()));
  ASSERT_OK_AND_ASSIGN(const std::vector<Need> needs,
                       NeedsOf(store.reader(), up, store.Unlimited()));
  ASSERT_EQ(needs.size(), up.nodes.size());
  Keys told;
  for (std::uint64_t i = up.root_count(); i < up.nodes.size(); ++i) {
    const std::string key = store.Key(storage::RecordOf(up.nodes[i]));
    told.insert(key);
    const auto point = points.find(key);
    EXPECT_EQ(needs[i].alone, point == points.end() ? State::kUp : point->second) << key;
  }
  for (const auto& [key, state] : points) EXPECT_TRUE(told.contains(key)) << key;
}

void ExpectRootCauses(const TestStore& store, const SpecWorld& world, Worlds& worlds) {
  RootCauseRequest request;
  Keys failing, well;
  for (int i = 0; i < 3; ++i) failing.insert(worlds.Some(world));
  for (int i = 0; i < 2; ++i) well.insert(worlds.Some(world));
  for (const std::string& key : failing) well.erase(key);
  for (const std::string& key : failing) request.failing.push_back(store.Id(key));
  for (const std::string& key : well) request.well.push_back(store.Id(key));
  request.limit = 1'000;
  ASSERT_OK_AND_ASSIGN(const RootCauseAnswer answer,
                       RootCause(store.reader(), store.Newest(), request, store.Unlimited()));
  for (const CauseCandidate& candidate : answer.candidates) {
    const std::string key = store.Key(candidate.record);
    SCOPED_TRACE(key);
    const States after = StatesAfter(world, {{key, State::kFailed}}, {});
    std::uint32_t fails = 0, degrades = 0, hit = 0;
    for (const std::string& each : failing) {
      fails += after.at(each) == State::kFailed ? 1 : 0;
      degrades += after.at(each) == State::kDegraded ? 1 : 0;
    }
    for (const std::string& each : well) hit += after.at(each) != State::kUp ? 1 : 0;
    EXPECT_EQ(candidate.fails, fails);
    EXPECT_EQ(candidate.degrades, degrades);
    EXPECT_EQ(candidate.well_hit, hit);
    EXPECT_EQ(candidate.observed, failing.contains(key));
    EXPECT_FALSE(well.contains(key));
    double sum = 0;
    for (const CauseReason& reason : candidate.reasons) sum += reason.points;
    EXPECT_DOUBLE_EQ(candidate.score, sum);
  }
}

TEST(RandomPoints, AreThoseOfTryingEveryRecordPairAndTriple) {
  constexpr int kIslands = 100;
  const int rounds = Long() ? 400 : 8;
  std::optional<TestStore> store;
  for (int round = 0; round < rounds; ++round) {
    if (round % 20 == 0) store.emplace(kSpecModel);
    Worlds worlds(TestSeed() + static_cast<std::uint64_t>(round));
    std::vector<SpecWorld> islands;
    SpecWorld all;
    for (int i = 0; i < kIslands; ++i) {
      islands.push_back(worlds.Island(absl::StrFormat("r%d-%d", round, i)));
      all.records.insert(islands.back().records.begin(), islands.back().records.end());
      all.links.insert(islands.back().links.begin(), islands.back().links.end());
    }
    WriteWorld(*store, all);
    for (const SpecWorld& island : islands) {
      const std::string service = worlds.Some(island);
      SCOPED_TRACE(
          absl::StrFormat("KOSEI_TEST_SEED=%d, round %d, service %s", TestSeed(), round, service));
      const std::map<std::string, State> points = PointsIn(*store, store->Newest(), service, {});
      EXPECT_EQ(points, PointsByTrying(island, {}, service));
      ExpectNeeds(*store, service, points);
      ExpectCutSets(*store, island, {}, service, {}, worlds.OneIn(3) ? 3 : 2);
      if (worlds.OneIn(4)) ExpectRootCauses(*store, island, worlds);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(RandomPoints, StartFromWhatIsDownAlready) {
  const int rounds = Long() ? 2'000 : 60;
  std::optional<TestStore> store;
  for (int round = 0; round < rounds; ++round) {
    // What is down is looked for in the whole store, so it holds one world at a time.
    store.emplace(kSpecModel);
    Worlds worlds(TestSeed() + static_cast<std::uint64_t>(round));
    SpecWorld world = worlds.Island("w");
    States down;
    for (auto& [key, record] : world.records) {
      if (worlds.OneIn(4)) record.health = worlds.OneIn(2) ? "bad" : "poor";
      if (!record.health.empty())
        down[key] = record.health == "bad" ? State::kFailed : State::kDegraded;
    }
    WriteWorld(*store, world);
    for (const auto& [service, record] : world.records) {
      SCOPED_TRACE(
          absl::StrFormat("KOSEI_TEST_SEED=%d, round %d, service %s", TestSeed(), round, service));
      EXPECT_EQ(PointsIn(*store, store->Newest(), service, {"bad", "poor"}),
                PointsByTrying(world, down, service));
      ExpectCutSets(*store, world, down, service, {"bad", "poor"}, 3);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

// A world that changes from commit to commit.
class Story {
 public:
  Story(std::uint64_t seed, TestStore& store) : worlds_(seed), store_(store) {
    world_ = worlds_.Island("w");
    WriteWorld(store_, world_);
  }
  Worlds& worlds() { return worlds_; }
  const SpecWorld& world() const { return world_; }

  void Change() {
    storage::Transaction transaction;
    if (worlds_.OneIn(3)) {
      const std::string key = worlds_.Some(world_);
      Record record;
      record.key = key;
      record.class_number = store_.Class(world_.records.at(key).class_name);
      const auto schema = store_.reader().schema();
      const auto* owner = schema->FindClass(record.class_number);
      const auto set = [&](const char* name, Value value) {
        record.Set(schema->FindAttribute(*owner, name)->number, std::move(value));
      };
      if (worlds_.OneIn(2)) set("status", worlds_.OneIn(2) ? "retired" : "live");
      if (worlds_.OneIn(2)) set("size", worlds_.Below(5));
      if (worlds_.OneIn(2)) set("own_gate", "any(needs)");
      transaction.put_records.push_back({std::move(record), std::nullopt});
    } else {
      const std::string source = worlds_.Some(world_);
      const std::string target = worlds_.Some(world_);
      if (source == target) return;
      const SpecLink link{source, worlds_.LinkType(), target};
      if (world_.links.erase(link) != 0) {
        transaction.end_links.push_back({link.source, store_.Type(link.type), link.target});
      } else {
        world_.links.insert(link);
        transaction.put_links.push_back({link.source, store_.Type(link.type), link.target});
      }
    }
    store_.Commit(std::move(transaction));
  }

 private:
  Worlds worlds_;
  TestStore& store_;
  SpecWorld world_;
};

TEST(RandomPoints, HaveBeenOnesSinceTheCommitThatLookingAtEachTells) {
  const int rounds = Long() ? 400 : 20;
  for (int round = 0; round < rounds; ++round) {
    TestStore store(kSpecModel);
    Story story(TestSeed() + static_cast<std::uint64_t>(round), store);
    for (int i = 0; i < 25; ++i) story.Change();
    const CommitNumber newest = store.Newest().commit;
    const std::string service = story.worlds().Some(story.world());
    SCOPED_TRACE(
        absl::StrFormat("KOSEI_TEST_SEED=%d, round %d, service %s", TestSeed(), round, service));
    std::vector<SinglePoint> points;
    PointsIn(store, store.Newest(), service, {}, &points);
    ASSERT_OK_AND_ASSIGN(const std::vector<PointSince> told,
                         PointsSince(store.reader(), store.Newest(), store.Id(service), points, {},
                                     store.Unlimited()));
    ASSERT_EQ(told.size(), points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
      std::uint64_t since = newest.value;
      while (since > 1) {
        const auto earlier = PointsIn(store, store.At(CommitNumber{since - 1}), service, {});
        const auto point = earlier.find(store.Key(points[i].record));
        if (point == earlier.end() || point->second < points[i].outcome) break;
        --since;
      }
      EXPECT_EQ(told[i].record, points[i].record);
      EXPECT_EQ(told[i].kind, SinceKind::kCommit);
      ASSERT_TRUE(told[i].commit.has_value());
      EXPECT_EQ(told[i].commit->number.value, since) << store.Key(points[i].record);
    }
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace kosei::query
