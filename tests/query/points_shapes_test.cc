// Points of failure and cut sets of shapes whose answers can be told by hand.
#include <algorithm>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "kosei/query/points_of_failure.h"
#include "spec_store.h"
#include "status_matchers.h"

namespace kosei::query {
namespace {

using ::kosei::testing::HasErrorCode;
using model::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

GateSpec Members(std::string type) { return {.kind = "members", .type = std::move(type)}; }
GateSpec Only(std::string key) { return {.kind = "members", .key = std::move(key)}; }
std::vector<GateSpec> AnyNeeded() { return {{.kind = "any", .parts = {Members("needs")}}}; }

class Points : public ::testing::Test {
 protected:
  std::vector<std::string> Of(const std::string& service, PointsRequest request = {}) {
    request.services = {store_.Id(service)};
    std::vector<std::string> told;
    const auto summary = SinglePoints(store_.reader(), view_.value_or(store_.Newest()), request,
                                      store_.Unlimited(), [&](const ServicePoints& points) {
                                        last_ = points;
                                        for (const SinglePoint& point : points.points)
                                          told.push_back(Told(point));
                                        return true;
                                      });
    EXPECT_OK(summary.status());
    return told;
  }
  std::string Told(const SinglePoint& point) {
    return absl::StrFormat("%s %s:%d%s", store_.Key(point.record), model::NameOf(point.outcome),
                           point.distance, point.by_gate ? " (gate)" : "");
  }
  std::vector<std::string> Sets(const std::string& service, CutSetsRequest request) {
    request.service = store_.Id(service);
    absl::StatusOr<CutSets> answer = MinimalCutSets(
        store_.reader(), view_.value_or(store_.Newest()), request, store_.Unlimited());
    EXPECT_OK(answer.status());
    if (!answer.ok()) return {};
    sets_ = *std::move(answer);
    std::vector<std::string> told;
    for (const CutSet& set : sets_.sets) {
      std::vector<std::string> parts;
      for (std::uint8_t i = 0; i < set.size; ++i) {
        std::vector<std::string> keys;
        for (const RecordId record : sets_.groups[set.groups[i]])
          keys.push_back(store_.Key(record));
        parts.push_back(absl::StrJoin(keys, "|"));
      }
      told.push_back(absl::StrJoin(parts, " "));
    }
    return told;
  }
  // svc needs host; host needs feed-a and feed-b, one of which is enough; a pdu before each.
  void WriteFeeds() {
    SpecWorld world;
    for (const char* key : {"svc", "feed-a", "feed-b", "pdu-a", "pdu-b"}) world.records[key] = {};
    world.records["host"] = {.gate = AnyNeeded()};
    world.links = {{"svc", "needs", "host"},
                   {"host", "needs", "feed-a"},
                   {"host", "needs", "feed-b"},
                   {"feed-a", "needs", "pdu-a"},
                   {"feed-b", "needs", "pdu-b"}};
    WriteWorld(store_, world);
  }

  TestStore store_{kSpecModel};
  std::optional<storage::View> view_;
  ServicePoints last_;
  CutSets sets_;
};

TEST_F(Points, WithoutGatesAllThatFailureReachesFromIsOne) {
  SpecWorld world;
  world.records = {{"svc", {}}, {"web", {}}, {"host", {}}, {"owner", {}}, {"other", {}}};
  world.links = {{"svc", "needs", "web"},
                 {"web", "needs", "host"},
                 {"svc", "owned_by", "owner"},
                 {"other", "needs", "svc"}};
  WriteWorld(store_, world);
  EXPECT_THAT(Of("svc"), ElementsAre("web failed:1", "host failed:2"));
  EXPECT_EQ(last_.upstream, 2U);
  EXPECT_EQ(last_.failing, 2U);
  EXPECT_THAT(Of("host"), IsEmpty());
}

TEST_F(Points, WhatOnlyDegradesIsToldApart) {
  SpecWorld world;
  world.records = {{"svc", {}}, {"cache", {}}, {"db", {}}, {"disk", {}}};
  world.links = {{"svc", "soft", "cache"}, {"svc", "needs", "db"}, {"cache", "needs", "disk"}};
  WriteWorld(store_, world);
  EXPECT_THAT(Of("svc"), ElementsAre("db failed:1", "cache degraded:1", "disk degraded:2"));
  EXPECT_EQ(last_.failing, 1U);
  EXPECT_EQ(last_.degrading, 2U);
}

TEST_F(Points, OneOfTwoFeedsIsNoneAndBothAreACutSet) {
  WriteFeeds();
  EXPECT_THAT(Of("svc"), ElementsAre("host failed:1"));
  EXPECT_THAT(Sets("svc", {}), ElementsAre("feed-a|pdu-a feed-b|pdu-b"));
  EXPECT_EQ(sets_.count, 4U);
  EXPECT_EQ(sets_.end, CutSetsEnd::kWhole);
  EXPECT_EQ(sets_.whole_to, 2U);
}

TEST_F(Points, ASwitchBehindBothFeedsIsOneAllTheSame) {
  SpecWorld world;
  for (const char* key : {"svc", "feed-a", "feed-b", "switch"}) world.records[key] = {};
  world.records["host"] = {.gate = AnyNeeded()};
  world.links = {{"svc", "needs", "host"},
                 {"host", "needs", "feed-a"},
                 {"host", "needs", "feed-b"},
                 {"feed-a", "needs", "switch"},
                 {"feed-b", "needs", "switch"}};
  WriteWorld(store_, world);
  EXPECT_THAT(Of("svc"), ElementsAre("host failed:1", "switch failed:3 (gate)"));
  EXPECT_THAT(Sets("svc", {}), ElementsAre("feed-a feed-b"));
}

TEST_F(Points, AFarmOfThreeThatNeedsTwoFallsWithAnyTwo) {
  SpecWorld world;
  world.records = {{"svc", {}}, {"n1", {}}, {"n2", {}}, {"n3", {}}};
  world.records["farm"] = {.class_name = "Cluster", .quorum = 2};
  world.links = {{"n1", "member_of", "farm"},
                 {"n2", "member_of", "farm"},
                 {"n3", "member_of", "farm"},
                 {"svc", "needs", "farm"}};
  WriteWorld(store_, world);
  EXPECT_THAT(Of("svc"), ElementsAre("farm failed:1"));
  EXPECT_THAT(Sets("svc", {.size_max = 3}), ElementsAre("n1 n2", "n1 n3", "n2 n3"));
  EXPECT_EQ(sets_.whole_to, 3U);
}

TEST_F(Points, ThreeFallTogetherWhereTwoAreBorne) {
  SpecWorld world;
  for (const char* key : {"a", "b", "c"}) world.records[key] = {};
  world.records["svc"] = {.gate = AnyNeeded()};
  for (const char* key : {"a", "b", "c"}) world.links.insert({"svc", "needs", key});
  WriteWorld(store_, world);
  EXPECT_THAT(Of("svc"), IsEmpty());
  EXPECT_THAT(Sets("svc", {.size_max = 2}), IsEmpty());
  EXPECT_THAT(Sets("svc", {.size_max = 3}), ElementsAre("a b c"));
}

// a and b open the gate of pair, which is then missing where c is missed already.
TEST_F(Points, AThirdFailureMeetsWhatTwoOthersOpened) {
  SpecWorld world;
  for (const char* key : {"a", "b", "c"}) world.records[key] = {};
  world.records["pair"] = {.gate = AnyNeeded()};
  world.records["svc"] = {.gate = AnyNeeded()};
  world.links = {{"pair", "needs", "a"},
                 {"pair", "needs", "b"},
                 {"svc", "needs", "pair"},
                 {"svc", "needs", "c"}};
  WriteWorld(store_, world);
  EXPECT_THAT(Sets("svc", {.size_max = 3}), ElementsAre("c pair", "c a b"));
}

TEST_F(Points, ACycleIsNoTrap) {
  SpecWorld world;
  world.records = {{"svc", {}}, {"a", {}}, {"b", {}}};
  world.links = {
      {"svc", "needs", "a"}, {"a", "needs", "b"}, {"b", "needs", "a"}, {"b", "needs", "svc"}};
  WriteWorld(store_, world);
  EXPECT_THAT(Of("svc"), ElementsAre("a failed:1", "b failed:2"));
  EXPECT_THAT(Of("b"), ElementsAre("a failed:1", "svc failed:1"));
}

TEST_F(Points, WhatIsDownAlreadyTakesTheReserve) {
  SpecWorld world;
  world.records = {{"svc", {}}, {"feed-a", {.health = "bad"}}, {"feed-b", {}}};
  world.records["svc"] = {.gate = AnyNeeded()};
  world.links = {{"svc", "needs", "feed-a"}, {"svc", "needs", "feed-b"}};
  WriteWorld(store_, world);
  EXPECT_THAT(Of("svc"), IsEmpty());
  EXPECT_THAT(Of("svc", {.contexts = {"bad"}}), ElementsAre("feed-b failed:1 (gate)"));
  EXPECT_EQ(last_.before, State::kUp);
  EXPECT_THAT(Sets("svc", {.contexts = {"bad"}}), IsEmpty());
}

TEST_F(Points, AServiceThatIsDownAlreadyHasNone) {
  SpecWorld world;
  world.records = {{"svc", {}}, {"db", {.health = "bad"}}, {"net", {}}};
  world.links = {{"svc", "needs", "db"}, {"svc", "needs", "net"}};
  WriteWorld(store_, world);
  EXPECT_THAT(Of("svc", {.contexts = {"bad"}}), IsEmpty());
  EXPECT_EQ(last_.before, State::kFailed);
}

TEST_F(Points, APastViewIsAnsweredAsItWasThen) {
  WriteFeeds();
  const CommitNumber two_feeds = store_.Newest().commit;
  storage::Transaction end;
  end.end_links.push_back({"host", store_.Type("needs"), "feed-b"});
  store_.Commit(std::move(end));
  EXPECT_THAT(Of("svc"),
              ElementsAre("host failed:1", "feed-a failed:2 (gate)", "pdu-a failed:3 (gate)"));
  view_ = store_.At(two_feeds);
  EXPECT_THAT(Of("svc"), ElementsAre("host failed:1"));
}

TEST_F(Points, AListThatIsCutStillCountsAll) {
  SpecWorld world;
  world.records = {{"svc", {}}, {"a", {}}, {"b", {}}, {"c", {}}};
  world.links = {{"svc", "needs", "a"}, {"svc", "needs", "b"}, {"svc", "soft", "c"}};
  WriteWorld(store_, world);
  EXPECT_THAT(Of("svc", {.limit = 1}), ElementsAre("a failed:1"));
  EXPECT_EQ(last_.failing, 2U);
  EXPECT_EQ(last_.degrading, 1U);
}

TEST_F(Points, CutSetsSayWhereTheyStop) {
  SpecWorld world;
  world.records["svc"] = {.gate = {{.kind = "at_least", .first = 4, .parts = {Members("needs")}}}};
  for (const char* key : {"a", "b", "c", "d", "e"}) {
    world.records[key] = {};
    world.links.insert({"svc", "needs", key});
  }
  WriteWorld(store_, world);
  EXPECT_THAT(Sets("svc", {}), SizeIs(10));
  EXPECT_THAT(Sets("svc", {.limit = 3}), SizeIs(3));
  EXPECT_EQ(sets_.end, CutSetsEnd::kListed);
  EXPECT_EQ(sets_.whole_to, 1U);
  EXPECT_THAT(Sets("svc", {.limit = 10}), SizeIs(10));
  EXPECT_EQ(sets_.end, CutSetsEnd::kWhole);
  EXPECT_THAT(Sets("svc", {.size_max = 3, .tried_max = 4}), SizeIs(4));
  EXPECT_EQ(sets_.end, CutSetsEnd::kTried);
}

TEST_F(Points, WhatFailsTheSameGatedRecordIsOneGroup) {
  SpecWorld world;
  world.records["inner"] = {.gate = {{.kind = "all", .parts = {Members("needs")}}}};
  world.records["spare"] = {};
  world.records["svc"] = {.gate = AnyNeeded()};
  world.links = {{"svc", "needs", "inner"}, {"svc", "needs", "spare"}};
  for (int i = 0; i < 50; ++i) {
    const std::string key = absl::StrFormat("part-%d", i);
    world.records[key] = {};
    world.links.insert({"inner", "needs", key});
  }
  WriteWorld(store_, world);
  // One combination is all that there is to try.
  EXPECT_THAT(Sets("svc", {.size_max = 3, .tried_max = 1}), SizeIs(1));
  EXPECT_EQ(sets_.end, CutSetsEnd::kWhole);
  EXPECT_EQ(sets_.count, 51U);
}

TEST_F(Points, OfAPrimaryAndItsStandby) {
  SpecWorld world;
  world.records = {{"db-1", {}}, {"db-2", {}}, {"svc", {}}};
  world.records["db"] = {.gate = {{.kind = "primary", .parts = {Only("db-1"), Only("db-2")}}}};
  world.links = {{"db", "needs", "db-1"}, {"db", "needs", "db-2"}, {"svc", "needs", "db"}};
  WriteWorld(store_, world);
  EXPECT_THAT(Of("svc"), ElementsAre("db failed:1", "db-1 degraded:2 (gate)"));
  EXPECT_THAT(Sets("svc", {}), ElementsAre("db-1 db-2"));
}

TEST_F(Points, MoreThanAWordOfCandidatesAreFollowed) {
  SpecWorld world;
  world.records["svc"] = {.gate = AnyNeeded()};
  for (const char* side : {"l", "r"}) {
    world.records[side] = {};
    world.links.insert({"svc", "needs", side});
    for (int i = 0; i < 700; ++i) {
      const std::string key = absl::StrFormat("%s-%d", side, i);
      world.records[key] = {};
      world.links.insert({side, "needs", key});
    }
  }
  for (int i = 0; i < 5; ++i) world.links.insert({"r", "needs", absl::StrFormat("l-%d", i * 100)});
  WriteWorld(store_, world);
  EXPECT_THAT(Of("svc"), SizeIs(5));
  EXPECT_THAT(Sets("svc", {}), SizeIs(1));
  EXPECT_EQ(sets_.count, 696U * 701U);
}

TEST_F(Points, QuestionsThatMeanNothingAreRefused) {
  WriteFeeds();
  const auto points = [&](const PointsRequest& request, const Budget& budget) {
    return SinglePoints(store_.reader(), store_.Newest(), request, budget,
                        [](const ServicePoints&) { return true; })
        .status();
  };
  EXPECT_THAT(points({.services = {RecordId{77}}}, store_.Unlimited()),
              HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(points({.services = {store_.Id("svc")}, .contexts = {"weather"}}, store_.Unlimited()),
              HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(MinimalCutSets(store_.reader(), store_.Newest(),
                             {.service = store_.Id("svc"), .size_max = 4}, store_.Unlimited())
                  .status(),
              HasErrorCode(ErrorCode::kInvalidArgument));
  Limits small;
  small.memory_bytes = 16;
  EXPECT_THAT(points({.services = {store_.Id("svc")}}, Budget(small, store_.clock())),
              HasErrorCode(ErrorCode::kMemoryBudget));
  Limits few;
  few.steps = 1;
  EXPECT_THAT(points({.services = {store_.Id("svc")}}, Budget(few, store_.clock())),
              HasErrorCode(ErrorCode::kRowBudget));
}

TEST(Services, AreFoundByTheirRoleAndToldAscending) {
  std::string model(kSpecModel);
  const std::string_view plain = "{name: Part, parent: Thing,";
  model.replace(model.find(plain), plain.size(), "{name: Part, parent: Thing, role: service,");
  TestStore store(model);
  SpecWorld world;
  world.records["host"] = {};
  world.records["gone"] = {.class_name = "Part"};
  for (int i = 0; i < 300; ++i) {
    const std::string key = absl::StrFormat("svc-%03d", i);
    world.records[key] = {.class_name = "Part"};
    if (i % 2 == 0) world.links.insert({key, "needs", "host"});
  }
  WriteWorld(store, world);
  storage::Transaction end;
  storage::EndRecord gone;
  gone.key = "gone";
  end.end_records.push_back(std::move(gone));
  store.Commit(std::move(end));
  std::vector<std::string> told;
  std::uint64_t points = 0;
  ASSERT_OK_AND_ASSIGN(const PointsSummary summary,
                       SinglePoints(store.reader(), store.Newest(), {}, store.Unlimited(),
                                    [&](const ServicePoints& service) {
                                      told.push_back(store.Key(service.service));
                                      points += service.points.size();
                                      return true;
                                    }));
  EXPECT_EQ(summary.services, 300U);
  EXPECT_THAT(told, SizeIs(300));
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
  EXPECT_EQ(points, 150U);
  // Halves, when it would take too much memory at once.
  Limits small;
  small.memory_bytes = 6'000;
  std::uint64_t again = 0;
  EXPECT_OK(SinglePoints(store.reader(), store.Newest(), {}, Budget(small, store.clock()),
                         [&](const ServicePoints&) {
                           ++again;
                           return true;
                         }));
  EXPECT_EQ(again, 300U);
}

}  // namespace
}  // namespace kosei::query
