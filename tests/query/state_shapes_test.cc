// The shapes on which other tools give wrong answers, with gates and states: one test each.
#include <chrono>

#include "absl/strings/str_format.h"
#include "kosei/query/gate.h"
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

class StateShapes : public ::testing::Test {
 protected:
  ImpactAnswer Ask(const SpecScenario& scenario) {
    absl::StatusOr<ImpactAnswer> answer = AskScenario(store_, store_.Newest(), scenario);
    EXPECT_OK(answer.status());
    return answer.ok() ? *std::move(answer) : ImpactAnswer();
  }
  std::vector<std::string> Failing(std::vector<std::string> keys) {
    SpecScenario scenario;
    for (const std::string& key : keys) scenario.assumed[key] = State::kFailed;
    return ToldStates(store_, Ask(scenario));
  }

  TestStore store_{kSpecModel};
};

TEST_F(StateShapes, ALadderOf18DiamondsIsLookedAtOnce) {
  SpecWorld world;
  for (int i = 0; i <= 18; ++i) {
    world.records[absl::StrFormat("n%d", i)] = {};
    if (i == 0) continue;
    for (const char* side : {"l", "r"}) {
      const std::string middle = absl::StrFormat("%s%d", side, i);
      world.records[middle] = {};
      world.links.insert({middle, "needs", absl::StrFormat("n%d", i - 1)});
      world.links.insert({absl::StrFormat("n%d", i), "needs", middle});
    }
  }
  WriteWorld(store_, world);
  const ImpactAnswer answer = Ask({.assumed = {{"n0", State::kFailed}}});
  EXPECT_EQ(answer.nodes.size(), 55U);
  EXPECT_EQ(answer.links_seen, 72U);
}

TEST_F(StateShapes, AChainOf60WithDepth20SaysThatItWasCut) {
  SpecWorld world;
  world.records["c0"] = {};
  for (int i = 1; i < 60; ++i) {
    world.records[absl::StrFormat("c%d", i)] = {};
    world.links.insert({absl::StrFormat("c%d", i), "needs", absl::StrFormat("c%d", i - 1)});
  }
  WriteWorld(store_, world);
  const ImpactAnswer answer = Ask({.assumed = {{"c0", State::kFailed}}, .depth = 20});
  EXPECT_EQ(answer.affected_count(), 20U);
  ASSERT_TRUE(answer.truncated.has_value());
  EXPECT_EQ(answer.truncated->reason, TruncationReason::kDepth);
  EXPECT_EQ(answer.truncated->depth, 20U);
  EXPECT_EQ(answer.truncated->frontier, 1U);
}

TEST_F(StateShapes, OneOfTwoPowerFeedsMayFail) {
  SpecWorld world;
  world.records = {{"feed-a", {}}, {"feed-b", {}}, {"app", {}}};
  world.records["host"] = {.gate = {{.kind = "any", .parts = {Members("needs")}}}};
  world.links = {
      {"host", "needs", "feed-a"}, {"host", "needs", "feed-b"}, {"app", "needs", "host"}};
  WriteWorld(store_, world);
  EXPECT_THAT(Failing({"feed-a"}), ElementsAre("feed-a failed"));
  EXPECT_THAT(Failing({"feed-a", "feed-b"}),
              ElementsAre("feed-a failed", "feed-b failed", "host failed:1<feed-a (gate)",
                          "app failed:2<host"));
}

// The cluster tolerates the loss of one of its two nodes, whichever it is, and upwards both are
// needed: the answer keeps its links in both directions.
TEST_F(StateShapes, AFarmThatToleratesOneLossKeepsItsLinksInBothDirections) {
  SpecWorld world;
  world.records = {{"esx1", {}}, {"esx2", {}}, {"vm", {}}};
  world.records["farm"] = {.class_name = "Cluster", .quorum = 1};
  world.links = {
      {"esx1", "member_of", "farm"}, {"esx2", "member_of", "farm"}, {"vm", "needs", "farm"}};
  WriteWorld(store_, world);
  EXPECT_THAT(Failing({"esx1"}), ElementsAre("esx1 failed"));
  EXPECT_THAT(Failing({"esx2"}), ElementsAre("esx2 failed"));
  EXPECT_THAT(Failing({"esx1", "esx2"}), SizeIs(4));
  ImpactRequest up{.roots = {store_.Id("vm")}, .direction = ImpactDirection::kUp};
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer,
                       Impact(store_.reader(), store_.Newest(), up, store_.Unlimited()));
  EXPECT_THAT(Told(store_, answer),
              UnorderedElementsAre("vm", "farm:1<vm", "esx1:2<farm", "esx2:2<farm"));
  // The farm fails with its members, and its members do not fail with it.
  EXPECT_THAT(Failing({"farm"}), ElementsAre("farm failed", "vm failed:1<farm"));
}

TEST_F(StateShapes, AGroupBelowQuorumAlreadyFallsWithItsNextMember) {
  SpecWorld world;
  world.records = {{"n1", {}}, {"n2", {}}};
  world.records["farm"] = {.class_name = "Cluster", .quorum = 3};
  world.links = {{"n1", "member_of", "farm"}, {"n2", "member_of", "farm"}};
  WriteWorld(store_, world);
  EXPECT_THAT(Failing({"n1"}), ElementsAre("n1 failed", "farm failed:1<n1 (gate)"));
  ASSERT_OK_AND_ASSIGN(const storage::GraphView graph, store_.reader().Graph(store_.Newest()));
  GateBook gates(store_.reader(), graph, *store_.reader().schema());
  ASSERT_OK_AND_ASSIGN(const Gate* gate, gates.Of(storage::NodeOf(store_.Id("farm"))));
  ASSERT_NE(gate, nullptr);
  EXPECT_TRUE(gate->below_quorum());
  EXPECT_EQ(gate->groups[0].asked, 3);
  EXPECT_EQ(gate->groups[0].needed, 2);
}

TEST_F(StateShapes, ARetiredMemberNeitherCountsNorChangesWhatIsAskedFor) {
  SpecWorld world;
  world.records = {{"n1", {}}, {"n2", {}}, {"n3", {}}, {"n4", {.retired = true}}};
  // Half of four is two; with one retired it is still two, of three.
  world.records["farm"] = {.gate = {{.kind = "percent", .first = 50, .parts = {Members("needs")}}}};
  for (const char* node : {"n1", "n2", "n3", "n4"}) world.links.insert({"farm", "needs", node});
  WriteWorld(store_, world);
  EXPECT_THAT(Failing({"n1"}), ElementsAre("n1 failed"));
  EXPECT_THAT(Failing({"n4"}), ElementsAre("n4 failed"));
  EXPECT_THAT(Failing({"n1", "n2"}),
              ElementsAre("n1 failed", "n2 failed", "farm failed:1<n1 (gate)"));
}

TEST_F(StateShapes, AStartThatIsNotThereIsAnErrorAndNotNoImpact) {
  WriteWorld(store_, {.records = {{"a", {}}}});
  const ImpactRequest request{.scenario = {.assumptions = {{RecordId{77}, State::kFailed}}}};
  EXPECT_THAT(Impact(store_.reader(), store_.Newest(), request, store_.Unlimited()).status(),
              HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(StateShapes, DegradedFirstAndFailedLaterIsListedOnceWithThePathOfItsState) {
  SpecWorld world;
  world.records = {{"a", {}}, {"b", {}}, {"c", {}}, {"d", {}}};
  world.links = {{"d", "soft", "a"}, {"b", "needs", "a"}, {"c", "needs", "b"}, {"d", "needs", "c"}};
  WriteWorld(store_, world);
  EXPECT_THAT(Failing({"a"}),
              ElementsAre("a failed", "b failed:1<a", "c failed:2<b", "d failed:3<c"));
  const ImpactAnswer near = Ask({.assumed = {{"a", State::kFailed}}, .depth = 1});
  EXPECT_THAT(ToldStates(store_, near), ElementsAre("a failed", "b failed:1<a", "d degraded:1<a"));
  EXPECT_EQ(near.degraded_count, 1U);
}

TEST_F(StateShapes, WhatAPersonCheckedIsNeitherHitNorPassesOn) {
  SpecWorld world;
  world.records = {{"a", {}}, {"b", {}}, {"c", {}}};
  world.links = {{"b", "needs", "a"}, {"c", "needs", "b"}};
  WriteWorld(store_, world);
  EXPECT_THAT(ToldStates(store_, Ask({.assumed = {{"a", State::kFailed}}, .blocked = {"b"}})),
              ElementsAre("a failed"));
}

TEST_F(StateShapes, APrimaryThatFailsLeavesADegradedPair) {
  SpecWorld world;
  world.records = {{"db-1", {}}, {"db-2", {}}};
  world.records["db"] = {.gate = {{.kind = "primary",
                                   .parts = {{.kind = "members", .key = "db-1"},
                                             {.kind = "members", .key = "db-2"}}}}};
  world.links = {{"db", "needs", "db-1"}, {"db", "needs", "db-2"}};
  WriteWorld(store_, world);
  EXPECT_THAT(Failing({"db-1"}), ElementsAre("db-1 failed", "db degraded:1<db-1 (gate)"));
  EXPECT_THAT(Failing({"db-2"}), ElementsAre("db-2 failed"));
  EXPECT_THAT(Failing({"db-1", "db-2"}),
              ElementsAre("db-1 failed", "db-2 failed", "db failed:1<db-1 (gate)"));
}

TEST_F(StateShapes, GatesAreThoseOfTheView) {
  SpecWorld world;
  world.records = {{"f1", {}}, {"f2", {}}, {"h", {}}};
  world.links = {{"h", "needs", "f1"}, {"h", "needs", "f2"}};
  const CommitNumber without = WriteWorld(store_, world);
  SpecWorld gated{.records = {{"h", {.gate = {{.kind = "any", .parts = {Members("needs")}}}}}}};
  WriteWorld(store_, gated);
  EXPECT_THAT(Failing({"f1"}), ElementsAre("f1 failed"));
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer past, AskScenario(store_, store_.At(without),
                                                            {.assumed = {{"f1", State::kFailed}}}));
  EXPECT_THAT(ToldStates(store_, past), ElementsAre("f1 failed", "h failed:1<f1"));
}

TEST_F(StateShapes, AScenarioIsRefusedWhereItMeansNothing) {
  WriteWorld(store_, {.records = {{"a", {}}}});
  const auto ask = [&](const ImpactRequest& request) {
    return Impact(store_.reader(), store_.Newest(), request, store_.Unlimited()).status();
  };
  EXPECT_THAT(ask({}), HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(ask({.scenario = {.assumptions = {{store_.Id("a"), State::kUp}}}}),
              HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(ask({.roots = {store_.Id("a")}, .scenario = {.contexts = {"weather"}}}),
              HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(ask({.roots = {store_.Id("a")},
                   .direction = ImpactDirection::kUp,
                   .scenario = {.blocked = {store_.Id("a")}}}),
              HasErrorCode(ErrorCode::kInvalidArgument));
}

}  // namespace
}  // namespace kosei::query
