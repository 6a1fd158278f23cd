// A change from its draft to its decision: who is asked, who may not decide, and what becomes of an
// approval when what was approved changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "desk_store.h"
#include "kosei/base/error.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::kosei::testing::HasErrorCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Texts = std::vector<std::pair<std::string, std::string>>;

class ApprovalDesk : public ::testing::Test {
 protected:
  ApprovalDesk() {
    store_.PutPerson("author", {"change_requester", "change_manager"});
    store_.PutPerson("manager", {"change_manager"});
    store_.PutPerson("doer", {"change_implementer"});
    for (const char* member : {"cab1", "cab2", "cab3"}) store_.PutPerson(member, {"cab_member"});
    store_.Put("BusinessService", "svc:mail", {{"name", "Mail"}});
    store_.Put("Server", "host:mail-1", {{"name", "mail-1"}});
    store_.clock().Advance(std::chrono::minutes(1));
  }
  absl::StatusOr<Outcome> Do(const std::string& who, const std::string& event,
                             const Texts& attributes = {}, const Texts& inputs = {}) {
    store_.clock().Advance(std::chrono::seconds(1));
    return store_.desk().Do(
        As(who),
        {.key = key_, .event = event, .attributes = Given(attributes), .inputs = Given(inputs)});
  }
  absl::StatusOr<Outcome> Vote(const std::string& who, Ballot ballot = Ballot::kApprove,
                               const std::string& comment = {}) {
    store_.clock().Advance(std::chrono::seconds(1));
    return store_.desk().Cast(As(who), {.key = key_, .ballot = ballot, .comment = comment});
  }
  // A normal change that waits for its decision.
  void Ask(const std::string& risk) {
    const auto opened = store_.desk().New(
        As("author"),
        {.class_name = "Change",
         .attributes = Given({{"name", "Replace the mail store"}, {"kind", "normal"}}),
         .links = {{"targets", "host:mail-1"}, {"reported_by", "author"}}});
    ASSERT_OK(opened);
    key_ = opened->key;
    ASSERT_EQ(Refused(Do("author", "submit", {{"scope", "one host"}, {"reason", "it is old"}})),
              "");
    ASSERT_EQ(
        Refused(Do("manager", "classify", {{"category", "hardware"}, {"change_scale", "minor"}})),
        "");
    ASSERT_EQ(Refused(Do("manager", "assess", {{"assigned_to", "doer"}})), "");
    ASSERT_OK(store_.desk().Assess(As("author"), key_, true));
    ASSERT_EQ(Refused(Do("author", "ask_decision",
                         {{"risk_level", risk},
                          {"risk_statement", "small"},
                          {"benefit_statement", "faster"},
                          {"service_impact_statement", "none"},
                          {"feasibility_statement", "done before"},
                          {"business_impact_statement", "none"},
                          {"resources_statement", "one day"},
                          {"backout_plan", "the old host stays"},
                          {"impact_asked_at", "2026-11-01T00:00:00Z"},
                          {"planned_start", "2026-12-01T00:00:00Z"},
                          {"planned_end", "2026-12-02T00:00:00Z"},
                          {"implemented_by", "doer"}})),
              "");
    ASSERT_EQ(store_.StateOf(key_), "awaiting_decision");
  }

  DeskStore store_;
  std::string key_;
};

TEST_F(ApprovalDesk, ALowRiskIsDecidedByTheChangeManagerAlone) {
  Ask("low");
  const auto vote = Vote("manager");
  ASSERT_OK(vote);
  EXPECT_EQ(Refused(vote), "");
  EXPECT_THAT(vote->followed, ElementsAre("grant"));
  EXPECT_EQ(store_.StateOf(key_), "approved");
  EXPECT_THAT(
      store_.Rows("MATCH (a:Approval)-[:approval_of]->(c) RETURN a.policy, a.state, key(c)"),
      ElementsAre("change | approved | CHG-000001"));
}

TEST_F(ApprovalDesk, NobodyDecidesOnWhatIsHisOrHerOwn) {
  Ask("low");
  const auto vote = Vote("author");
  ASSERT_OK(vote);
  EXPECT_FALSE(vote->done());
  EXPECT_THAT(Refused(vote), HasSubstr("author"));
  EXPECT_EQ(store_.StateOf(key_), "awaiting_decision");
  // Nor one who is not asked.
  EXPECT_FALSE(Vote("doer")->done());
  EXPECT_THAT(store_.Rows("MATCH (v:Vote) RETURN count(*)"), ElementsAre("0"));
}

TEST_F(ApprovalDesk, WithSomeRiskHalfOfTheBoardDecidesToo) {
  Ask("medium");
  EXPECT_EQ(Refused(Vote("manager")), "");
  EXPECT_EQ(store_.StateOf(key_), "awaiting_decision");
  EXPECT_EQ(Refused(Vote("cab1")), "");
  EXPECT_FALSE(Vote("cab1")->done());  // not twice
  EXPECT_EQ(store_.StateOf(key_), "awaiting_decision");
  EXPECT_EQ(Refused(Vote("cab3")), "");
  EXPECT_EQ(store_.StateOf(key_), "approved");
}

TEST_F(ApprovalDesk, ARejectionNeedsAReasonAndEndsIt) {
  Ask("low");
  EXPECT_FALSE(Vote("manager", Ballot::kReject)->done());
  const auto vote = Vote("manager", Ballot::kReject, "not in December");
  EXPECT_EQ(Refused(vote), "");
  EXPECT_EQ(store_.StateOf(key_), "rejected");
  EXPECT_FALSE(Vote("manager")->done());
}

TEST_F(ApprovalDesk, WhatWasApprovedIsNotCarriedOutWhenItsPlanHasChanged) {
  Ask("low");
  ASSERT_EQ(Refused(Vote("manager")), "");
  // The title is no part of what the policy binds to.
  ASSERT_EQ(Refused(Do("author", "", {{"name", "Replace the old mail store"}})), "");
  ASSERT_EQ(Refused(Do("doer", "test")), "");
  EXPECT_THAT(Do("author", "", {{"plan", "another"}}), HasErrorCode(ErrorCode::kUnknownPlan));
  ASSERT_OK(store_.engine().plans().Open("another", "", storage::Provenance{"author", "", "", ""}));
  ASSERT_EQ(Refused(Do("author", "", {{"plan", "another"}})), "");
  const auto refused =
      Do("manager", "schedule", {{"test_result", "passed"}, {"test_note", "in the lab"}});
  ASSERT_OK(refused);
  EXPECT_THAT(Refused(refused), HasSubstr("plan"));
  // Asked anew, it is a new approval.
  ASSERT_EQ(Refused(Do("manager", "decide_again", {}, {{"reason", "another plan"}})), "");
  EXPECT_EQ(store_.StateOf(key_), "assessing");
  ASSERT_EQ(Refused(Do("author", "ask_decision")), "");
  EXPECT_THAT(store_.Rows("MATCH (a:Approval) RETURN a.state ORDER BY a.asked_at, key(a)"),
              ElementsAre("superseded", "open"));
}

TEST_F(ApprovalDesk, AnApprovalThatNobodyGivesExpires) {
  Ask("low");
  store_.clock().Advance(std::chrono::hours(24 * 15));
  EXPECT_EQ(store_.desk().RunDue(), 1U);
  store_.AwaitWork();
  EXPECT_EQ(store_.StateOf(key_), "assessing");
  EXPECT_THAT(store_.Rows("MATCH (a:Approval) RETURN a.state"), ElementsAre("expired"));
  EXPECT_FALSE(Vote("manager")->done());
}

TEST_F(ApprovalDesk, ADeputyVotesInThePlaceOfSomebodyWhileItIsInForce) {
  store_.PutPerson("deputy", {"user"});
  Ask("medium");
  ASSERT_EQ(Refused(Vote("manager")), "");
  const auto for_cab1 = [&] {
    store_.clock().Advance(std::chrono::seconds(1));
    return Refused(
        store_.desk().Cast(As("deputy"), {.key = key_, .comment = "fine", .on_behalf_of = "cab1"}));
  };
  EXPECT_THAT(for_cab1(), HasSubstr("cab1"));
  const auto delegation = store_.desk().New(
      As("cab1"), {.class_name = "Delegation",
                   .attributes = Given({{"name", "deputy"},
                                        {"deputy", "deputy"},
                                        {"starts_at", FormatTimestamp(store_.clock().Now())}})});
  ASSERT_OK(delegation);
  // A draft lets nobody vote.
  EXPECT_THAT(for_cab1(), HasSubstr("cab1"));
  ASSERT_EQ(Refused(store_.desk().Do(As("cab1"), {.key = delegation->key, .event = "enter"})), "");
  EXPECT_EQ(for_cab1(), "");
  EXPECT_THAT(store_.Rows("MATCH (v:Vote) WHERE v.on_behalf_of = 'cab1' RETURN v.voter"),
              ElementsAre("deputy"));
}

}  // namespace
}  // namespace kosei::process
