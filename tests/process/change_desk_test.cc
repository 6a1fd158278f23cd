// A change and the graph: what carrying it out would do, the plan that it owns, and what becomes of
// both when the world moves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "desk_store.h"
#include "kosei/base/error.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::kosei::testing::HasErrorCode;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Texts = std::vector<std::pair<std::string, std::string>>;

class ChangeDesk : public ::testing::Test {
 protected:
  ChangeDesk() {
    store_.PutPerson("author", {"change_requester", "change_manager"});
    store_.PutPerson("manager", {"change_manager"});
    store_.PutPerson("doer", {"change_implementer"});
    store_.PutPerson("guest", {});
    for (const char* member : {"cab1", "cab2", "cab3"}) store_.PutPerson(member, {"cab_member"});
    store_.Put("BusinessService", "svc:mail", {{"name", "Mail"}, {"criticality", "medium"}});
    store_.Put("BusinessService", "svc:pay", {{"name", "Pay"}, {"criticality", "critical"}});
    store_.Put("Server", "host:mail-1", {{"name", "mail-1"}});
    store_.Put("Server", "host:pay-1", {{"name", "pay-1"}});
    store_.Link("svc:mail", "depends_on", "host:mail-1");
    store_.clock().Advance(std::chrono::minutes(1));
  }
  absl::StatusOr<Outcome> Do(const std::string& key, const std::string& who,
                             const std::string& event, const Texts& attributes = {},
                             const Texts& inputs = {}) {
    store_.clock().Advance(std::chrono::seconds(1));
    return store_.desk().Do(
        As(who),
        {.key = key, .event = event, .attributes = Given(attributes), .inputs = Given(inputs)});
  }
  std::string Open(const std::string& item, const Texts& more = {}) {
    Texts attributes{{"name", "Larger disk"}, {"kind", "normal"}};
    attributes.insert(attributes.end(), more.begin(), more.end());
    const auto opened =
        store_.desk().New(As("author"), {.class_name = "Change",
                                         .attributes = Given(attributes),
                                         .links = {{"targets", item}, {"reported_by", "author"}}});
    EXPECT_OK(opened);
    return opened.ok() ? opened->key : std::string();
  }
  Assessment Assess(const std::string& key, bool keep = false) {
    store_.clock().Advance(std::chrono::seconds(1));
    absl::StatusOr<Assessment> assessment = store_.desk().Assess(As("author"), key, keep);
    EXPECT_OK(assessment);
    return assessment.ok() ? *std::move(assessment) : Assessment();
  }
  absl::StatusOr<PlanWork> Plan(const std::string& key, const std::string& who, PlanDeed deed) {
    store_.clock().Advance(std::chrono::seconds(1));
    return store_.desk().WorkOnPlan(As(who), {.key = key, .deed = deed});
  }
  // host:mail-1 gets this much memory.
  absl::Status EditPlan(const std::string& plan, std::int64_t gib) {
    const auto schema = store_.engine().reader().schema();
    storage::Transaction edits;
    edits.provenance.actor = "author";
    Record record;
    record.key = "host:mail-1";
    const model::Class* const owner = schema->FindClass("Server");
    record.Set(schema->FindAttribute(*owner, "memory_mib")->number, Value(gib));
    edits.put_records.push_back({std::move(record), std::nullopt});
    return store_.engine().plans().Edit(plan, std::move(edits)).status();
  }
  void SetMemory(const std::string& gib) {
    store_.Put("Server", "host:mail-1", {{"memory_mib", gib}});
  }
  void ToAssessing(const std::string& key) {
    ASSERT_EQ(
        Refused(Do(key, "author", "submit", {{"scope", "one host"}, {"reason", "it is old"}})), "");
    ASSERT_EQ(Refused(Do(key, "manager", "classify",
                         {{"category", "hardware"}, {"change_scale", "minor"}})),
              "");
    ASSERT_EQ(Refused(Do(key, "manager", "assess", {{"assigned_to", "doer"}})), "");
  }
  absl::StatusOr<Outcome> AskDecision(const std::string& key) {
    return Do(key, "author", "ask_decision",
              {{"risk_statement", "small"},
               {"benefit_statement", "faster"},
               {"service_impact_statement", "none"},
               {"feasibility_statement", "done before"},
               {"business_impact_statement", "none"},
               {"resources_statement", "one day"},
               {"backout_plan", "the old disk stays"},
               {"planned_start", StartText()},
               {"planned_end", EndText()},
               {"implemented_by", "doer"}});
  }
  std::string StartText() { return FormatTimestamp(Timestamp{start_.micros}); }
  std::string EndText() {
    return FormatTimestamp(Timestamp{start_.micros + std::int64_t{4} * 3'600'000'000});
  }
  void Approve(const std::string& key) {
    for (const char* who : {"manager", "cab1", "cab2", "cab3"}) {
      store_.clock().Advance(std::chrono::seconds(1));
      if (store_.StateOf(key) == "awaiting_decision")
        ASSERT_OK(store_.desk().Cast(As(who), {.key = key}));
    }
    ASSERT_EQ(store_.StateOf(key), "approved");
  }
  // A change with a plan that is decided on, scheduled and begun.
  std::string Begun() {
    const std::string key = Open("host:mail-1");
    EXPECT_OK(Plan(key, "author", PlanDeed::kOpen));
    EXPECT_OK(EditPlan(key, 128));
    ToAssessing(key);
    Assess(key, true);
    EXPECT_EQ(Refused(AskDecision(key)), "");
    Approve(key);
    EXPECT_EQ(Refused(Do(key, "manager", "schedule",
                         {{"test_result", "exempt"}, {"test_note", "a disk like others"}})),
              "");
    store_.clock().Advance(
        std::chrono::microseconds(start_.micros + 1'000'000 - store_.clock().Now().micros));
    EXPECT_EQ(Refused(Do(key, "doer", "begin")), "");
    return key;
  }
  std::string Memory() {
    return store_.Rows("MATCH (h:Server {key: 'host:mail-1'}) RETURN toString(h.memory_mib)")[0];
  }

  DeskStore store_;
  Timestamp start_{store_.clock().Now().micros + std::int64_t{2} * 86'400'000'000};
};

TEST_F(ChangeDesk, AnAssessmentTellsServicesCollisionsAndRisk) {
  const std::string key =
      Open("host:mail-1", {{"planned_start", StartText()}, {"planned_end", EndText()}});
  const std::string other =
      Open("host:mail-1", {{"planned_start", StartText()}, {"planned_end", EndText()}});
  // Only drafted, the other one holds no time.
  EXPECT_EQ(Assess(key).collision_count, 0U);
  ASSERT_EQ(Refused(Do(other, "author", "submit", {{"scope", "s"}, {"reason", "r"}})), "");
  const Assessment assessment = Assess(key);
  ASSERT_THAT(assessment.items, SizeIs(1));
  EXPECT_EQ(assessment.items[0].key, "host:mail-1");
  ASSERT_THAT(assessment.services, SizeIs(1));
  EXPECT_EQ(assessment.services[0].key, "svc:mail");
  EXPECT_EQ(assessment.services[0].criticality, "medium");
  EXPECT_EQ(assessment.worst_criticality, "medium");
  EXPECT_EQ(assessment.affected_count, 1U);
  // The item itself, and the service within reach of both.
  ASSERT_EQ(assessment.collision_count, 2U);
  EXPECT_EQ(assessment.collisions[0].kind, query::CollisionKind::kSameRecord);
  EXPECT_THAT(assessment.collisions[0].changes, ElementsAre(key, other));
  EXPECT_EQ(assessment.risk_level, "low");
  double total = 0;
  std::vector<std::string> measures;
  for (const RiskContribution& each : assessment.risk.contributions) {
    total += each.points;
    measures.emplace_back(NameOf(each.measure));
  }
  EXPECT_DOUBLE_EQ(total, assessment.risk.total);
  EXPECT_THAT(measures, Contains("services_medium"));
  EXPECT_THAT(measures, Contains("changes_colliding"));
  EXPECT_THAT(measures, Contains("back_out_untested"));
}

TEST_F(ChangeDesk, WhatWasFoundIsKeptOnTheRecordWhenThatIsAsked) {
  const std::string key = Open("host:mail-1");
  Assess(key);
  EXPECT_THAT(store_.Rows("MATCH (c:Change) RETURN c.impact_hash"), ElementsAre("null"));
  const Assessment kept = Assess(key, true);
  EXPECT_NE(kept.kept, kNoCommit);
  EXPECT_THAT(
      store_.Rows("MATCH (c:Change) RETURN c.impact_hash, c.risk_level, c.worst_criticality, "
                  "toString(c.services_hit)"),
      ElementsAre(kept.impact_hash + " | " + kept.risk_level + " | medium | 1"));
}

TEST_F(ChangeDesk, TheHashMovesWithTheRelevantPartOfTheWorldAlone) {
  const std::string key = Open("host:mail-1");
  const std::string before = Assess(key).impact_hash;
  store_.Link("svc:pay", "depends_on", "host:pay-1");
  EXPECT_EQ(Assess(key).impact_hash, before);
  store_.Link("svc:pay", "depends_on", "host:mail-1");
  const Assessment after = Assess(key);
  EXPECT_NE(after.impact_hash, before);
  EXPECT_EQ(after.worst_criticality, "critical");
}

TEST_F(ChangeDesk, ADecisionRestsOnAnImpactThatIsStillSo) {
  const std::string key = Open("host:mail-1");
  ToAssessing(key);
  EXPECT_THAT(Refused(AskDecision(key)), HasSubstr("impact"));
  Assess(key, true);
  store_.Link("svc:pay", "depends_on", "host:mail-1");
  EXPECT_THAT(Refused(AskDecision(key)), HasSubstr("look at it again"));
  Assess(key, true);
  ASSERT_EQ(Refused(Do(key, "author", "", {{"backout_tested", "true"}})), "");
  EXPECT_EQ(Refused(AskDecision(key)), "");
}

TEST_F(ChangeDesk, AnApprovalIsFlaggedWhenWhatIsHitMovesAndNotWhenAnythingElseDoes) {
  const std::string key = Open("host:mail-1");
  ToAssessing(key);
  Assess(key, true);
  ASSERT_EQ(Refused(AskDecision(key)), "");
  Approve(key);
  store_.Link("svc:pay", "depends_on", "host:pay-1");
  EXPECT_EQ(Refused(Do(key, "doer", "build")), "");
  store_.Link("svc:pay", "depends_on", "host:mail-1");
  ASSERT_EQ(Refused(Do(key, "doer", "test")), "");
  EXPECT_THAT(Refused(Do(key, "manager", "schedule",
                         {{"test_result", "passed"}, {"test_note", "in the lab"}})),
              HasSubstr("impact"));
}

TEST_F(ChangeDesk, ItsPlanIsEditedBeforeTheDecisionAndNotAfter) {
  const std::string key = Open("host:mail-1");
  const auto use = [&](const std::string& who, PlanUse what) {
    return store_.desk().MayUsePlan(As(who), key, what);
  };
  EXPECT_OK(use("guest", PlanUse::kEdit));  // there is none that anybody owns
  ASSERT_OK(Plan(key, "author", PlanDeed::kOpen));
  EXPECT_THAT(Plan(key, "author", PlanDeed::kOpen), HasErrorCode(ErrorCode::kAlreadyExists));
  EXPECT_THAT(store_.Rows("MATCH (c:Change) RETURN c.plan"), ElementsAre(key));
  EXPECT_OK(use("author", PlanUse::kEdit));
  EXPECT_THAT(use("guest", PlanUse::kEdit), HasErrorCode(ErrorCode::kGuardRefused));
  EXPECT_THAT(use("author", PlanUse::kMerge), HasErrorCode(ErrorCode::kGuardRefused));
  EXPECT_THAT(use("author", PlanUse::kDrop), HasErrorCode(ErrorCode::kGuardRefused));
  ASSERT_OK(EditPlan(key, 128));
  ToAssessing(key);
  Assess(key, true);
  ASSERT_EQ(Refused(AskDecision(key)), "");
  EXPECT_THAT(use("author", PlanUse::kEdit), HasErrorCode(ErrorCode::kGuardRefused));
  EXPECT_THAT(Plan(key, "doer", PlanDeed::kMerge), HasErrorCode(ErrorCode::kGuardRefused));
  EXPECT_THAT(Plan(key, "doer", PlanDeed::kTakeBack), HasErrorCode(ErrorCode::kGuardRefused));
}

TEST_F(ChangeDesk, AnIncidentOwnsNoPlanAndHasNoRiskOfAChange) {
  const auto opened = store_.desk().New(
      As("author"), {.class_name = "Incident", .attributes = Given({{"name", "slow"}})});
  ASSERT_OK(opened);
  EXPECT_THAT(Plan(opened->key, "author", PlanDeed::kOpen),
              HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(store_.desk().Assess(As("author"), opened->key, false),
              HasErrorCode(ErrorCode::kInvalidArgument));
}

TEST_F(ChangeDesk, WhatWasDoneIsComparedWithThePlanByContent) {
  const std::string key = Begun();
  EXPECT_THAT(store_.Rows("MATCH (c:Change) RETURN c.baseline"), ElementsAre(key + "-before"));
  const auto untouched = Plan(key, "doer", PlanDeed::kCompare);
  ASSERT_OK(untouched);
  EXPECT_EQ(untouched->result, CarriedOut::kNotAtAll);
  ASSERT_THAT(untouched->missing, SizeIs(1));
  EXPECT_EQ(untouched->missing[0].attribute, "memory_mib");
  EXPECT_EQ(untouched->missing[0].planned, "128");
  // Discovery reports it, and nobody merged anything.
  SetMemory("128");
  const auto reported = Plan(key, "doer", PlanDeed::kCompare);
  ASSERT_OK(reported);
  EXPECT_EQ(reported->result, CarriedOut::kAsPlanned);
  EXPECT_THAT(reported->missing, IsEmpty());
  SetMemory("64");
  ASSERT_EQ(Refused(Do(key, "doer", "complete", {{"implementation_note", "done"}})), "");
  EXPECT_THAT(store_.Rows("MATCH (c:Change) RETURN c.plan_comparison"), ElementsAre("not_at_all"));
}

TEST_F(ChangeDesk, WhatWasPlannedBecomesWhatIsAndIsTakenBack) {
  SetMemory("32");
  const std::string key = Begun();
  const auto merged = Plan(key, "doer", PlanDeed::kMerge);
  ASSERT_OK(merged);
  EXPECT_THAT(merged->conflicts, IsEmpty());
  EXPECT_EQ(merged->result, CarriedOut::kAsPlanned);
  EXPECT_EQ(Memory(), "128");
  EXPECT_THAT(Plan(key, "guest", PlanDeed::kMerge), HasErrorCode(ErrorCode::kGuardRefused));
  ASSERT_EQ(Refused(Do(key, "doer", "back_out", {{"failure_reason", "it does not boot"}})), "");
  EXPECT_EQ(store_.StateOf(key), "reversed");
  EXPECT_EQ(Memory(), "32");
  EXPECT_THAT(store_.Rows("MATCH (c:Change) RETURN c.plan_comparison"), ElementsAre("not_at_all"));
  // The graph as it was before is there by its name.
  storage::ViewName before;
  before.kind = storage::ViewName::Kind::kBaseline;
  before.baseline = key + "-before";
  EXPECT_OK(store_.engine().reader().Resolve(before));
}

TEST_F(ChangeDesk, WhatSomebodyChangedMeanwhileIsNotTakenBackWithoutAWord) {
  SetMemory("32");
  const std::string key = Begun();
  ASSERT_OK(Plan(key, "doer", PlanDeed::kMerge));
  SetMemory("256");
  const auto refused = Do(key, "doer", "back_out", {{"failure_reason", "it does not boot"}});
  ASSERT_OK(refused);
  EXPECT_THAT(Refused(refused), HasSubstr("cannot be taken back"));
  EXPECT_EQ(store_.StateOf(key), "implementing");
  EXPECT_EQ(Memory(), "256");
}

// What `FindUnauthorised` finds, as "key attribute: before -> after".
std::vector<std::string> FoundIn(const absl::StatusOr<Intake>& intake) {
  EXPECT_OK(intake);
  std::vector<std::string> found;
  if (!intake.ok()) return found;
  for (const UnauthorisedChange& each : intake->found) {
    std::string text = each.key + (each.ended ? " ended" : "");
    for (const UnauthorisedChange::Value& value : each.values)
      text += " " + value.attribute + ": " + value.before + " -> " + value.after;
    found.push_back(std::move(text));
  }
  return found;
}

class IntakeDesk : public ChangeDesk {
 protected:
  // From here on.
  void Begin() { from_ = CommitNumber{store_.engine().reader().Newest().commit.value + 1}; }
  std::vector<std::string> Found() { return FoundIn(store_.desk().FindUnauthorised(from_, 100)); }
  CommitNumber from_;
};

TEST_F(IntakeDesk, WhatChangesOfALiveItemWithoutAChangeIsFound) {
  store_.Put("Server", "host:mail-1", {{"status", "live"}, {"memory_mib", "32"}});
  Begin();
  store_.Put("Server", "host:mail-1", {{"memory_mib", "64"}});
  EXPECT_THAT(Found(), ElementsAre("host:mail-1 memory_mib: 32 -> 64"));
  // What monitoring says is nobody's change, and what is not live is not under control yet.
  Begin();
  store_.Put("Server", "host:mail-1", {{"operational_status", "down"}});
  store_.Put("Server", "host:pay-1", {{"memory_mib", "64"}});
  store_.Put("Server", "host:new-1", {{"status", "live"}});
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(IntakeDesk, WhatAChangeDoesIsAuthorisedAsLongAsItIsCarriedOut) {
  store_.Put("Server", "host:mail-1", {{"status", "live"}, {"memory_mib", "32"}});
  const std::string key = Begun();
  Begin();
  ASSERT_OK(Plan(key, "doer", PlanDeed::kMerge));
  EXPECT_THAT(Found(), IsEmpty());
  // What discovery reports of its items meanwhile, too, and for a day.
  SetMemory("129");
  ASSERT_EQ(Refused(Do(key, "doer", "complete", {{"implementation_note", "done"}})), "");
  store_.clock().Advance(std::chrono::hours(23));
  SetMemory("130");
  EXPECT_THAT(Found(), IsEmpty());
  store_.clock().Advance(std::chrono::hours(2));
  SetMemory("131");
  EXPECT_THAT(Found(), ElementsAre("host:mail-1 memory_mib: 130 -> 131"));
}

TEST_F(IntakeDesk, ACauseThatIsNotBeingCarriedOutAuthorisesNothing) {
  store_.Put("Server", "host:mail-1", {{"status", "live"}, {"memory_mib", "32"}});
  const std::string key = Open("host:pay-1");
  Begin();
  storage::Transaction transaction;
  transaction.provenance.actor = "doer";
  transaction.provenance.cause = key;
  Record record;
  record.key = "host:mail-1";
  const auto schema = store_.engine().reader().schema();
  record.Set(schema->FindAttribute(*schema->FindClass("Server"), "memory_mib")->number,
             Value(std::int64_t{48}));
  transaction.put_records.push_back({std::move(record), std::nullopt});
  ASSERT_OK(store_.engine().writer().Commit(std::move(transaction)));
  EXPECT_THAT(Found(), ElementsAre("host:mail-1 memory_mib: 32 -> 48"));
}

TEST_F(IntakeDesk, ADiscrepancyThatIsThereIsNamedAndASearchGoesOn) {
  store_.Put("Server", "host:mail-1", {{"status", "live"}, {"memory_mib", "32"}});
  Begin();
  SetMemory("33");
  SetMemory("34");
  const auto first = store_.desk().FindUnauthorised(from_, 1);
  ASSERT_THAT(FoundIn(first), SizeIs(1));
  EXPECT_FALSE(first->whole);
  const auto opened = store_.desk().New(
      As("author"),
      {.class_name = "Discrepancy",
       .attributes = Given({{"name", "more memory"},
                            {"found_commit", std::to_string(first->found[0].commit.value)}}),
       .links = {{"affects", "host:mail-1"}}});
  ASSERT_OK(opened);
  EXPECT_EQ(store_.desk().FindUnauthorised(from_, 1)->found[0].discrepancy, opened->key);
  const auto rest = store_.desk().FindUnauthorised(first->next, 10);
  ASSERT_THAT(FoundIn(rest), ElementsAre("host:mail-1 memory_mib: 33 -> 34"));
  EXPECT_EQ(rest->found[0].discrepancy, "");
  EXPECT_TRUE(rest->whole);
}

}  // namespace
}  // namespace kosei::process
