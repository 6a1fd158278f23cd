// Approvals as people would tell them: who may vote, what decides, and what is said.
#include "kosei/process/approval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "approval_estate.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::kosei::testing::HasErrorCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr ApprovalRule kAny{RuleKind::kAny, 0};
constexpr ApprovalRule kAll{RuleKind::kAll, 0};
constexpr ApprovalRule kHalf{RuleKind::kShare, 50};

ApprovalStatus At(const Case& c, std::int64_t minute) {
  auto status = StatusOf(c.policy, c.request, c.votes, c.people, Minute(minute));
  EXPECT_OK(status);
  return status.ok() ? *std::move(status) : ApprovalStatus();
}
std::string StateAt(const Case& c, std::int64_t minute) {
  const ApprovalStatus status = At(c, minute);
  return std::string(NameOf(status.state)) + " since " +
         std::to_string(status.since.micros / kMinute);
}
// "" when the vote may be given.
std::string Refusal(const Case& c, const Vote& vote) {
  auto refusal = JudgeVote(c.policy, c.request, c.votes, c.people, vote);
  EXPECT_OK(refusal);
  if (!refusal.ok() || !refusal->has_value()) return {};
  EXPECT_FALSE((*refusal)->message.ja.empty());
  return (*refusal)->message.en;
}
std::vector<std::string> AskedAt(const Case& c, std::int64_t minute) {
  std::vector<std::string> people;
  for (const StepStatus& step : At(c, minute).steps)
    for (const Asked& asked : step.asked) people.push_back(asked.person);
  return people;
}

TEST(Approval, TheFirstVoteDecidesWhereAnyIsEnough) {
  Case c(kAny);
  EXPECT_EQ(StateAt(c, 30), "open since 10");
  c.votes = {Approves("b", 20)};
  EXPECT_EQ(StateAt(c, 19), "open since 10");
  EXPECT_EQ(StateAt(c, 20), "approved since 20");
  c.votes = {Rejects("b", 20)};
  EXPECT_EQ(StateAt(c, 20), "rejected since 20");
}

TEST(Approval, EverybodyHasToApproveWhereAllIsAsked) {
  Case c(kAll);
  c.votes = {Approves("a", 20), Approves("c", 21)};
  EXPECT_EQ(StateAt(c, 30), "open since 10");
  EXPECT_THAT(AskedAt(c, 30), ElementsAre("b"));
  EXPECT_EQ(At(c, 30).why.en, "open since 1970-01-01T00:10:00Z; waits for b");
  EXPECT_EQ(At(c, 30).steps[0].why.en,
            "cab is open: 2 of 3 needed approvals, 0 rejections, 3 people count");
  c.votes.push_back(Approves("b", 22));
  EXPECT_EQ(StateAt(c, 30), "approved since 22");
  c.votes.back() = Rejects("b", 22);
  EXPECT_EQ(StateAt(c, 30), "rejected since 22");
}

TEST(Approval, HalfOfThreeIsTwo) {
  Case c(kHalf);
  c.votes = {Approves("a", 20)};
  EXPECT_EQ(StateAt(c, 30), "open since 10");
  EXPECT_EQ(At(c, 30).steps[0].needed, 2U);
  c.votes.push_back(Rejects("b", 21));
  EXPECT_EQ(StateAt(c, 30), "open since 10");
  c.votes.push_back(Approves("c", 22));
  EXPECT_EQ(StateAt(c, 30), "approved since 22");
  c.votes.back() = Rejects("c", 22);
  EXPECT_EQ(StateAt(c, 30), "rejected since 22");
}

TEST(Approval, AQuorumThatIsNotThereYetRejectsNothing) {
  Case c({RuleKind::kQuorum, 2}, {"a"});
  c.Join("cab", "b", Minute(30));
  c.votes = {Approves("a", 20)};
  EXPECT_EQ(StateAt(c, 25), "open since 10");
  EXPECT_THAT(At(c, 25).steps[0].why.en, HasSubstr("too few people may vote"));
  EXPECT_THAT(AskedAt(c, 25), IsEmpty());
  EXPECT_EQ(At(c, 25).why.en, "open since 1970-01-01T00:10:00Z; nobody can vote now");
  EXPECT_THAT(AskedAt(c, 30), ElementsAre("b"));
  c.votes.push_back(Approves("b", 31));
  EXPECT_EQ(StateAt(c, 31), "approved since 31");
}

TEST(Approval, NobodyApprovesTheirOwnWork) {
  Case c(kAny);
  c.request.involved = {{"author", "a"}, {"tester", "b"}};
  EXPECT_EQ(Refusal(c, Approves("a", 20)),
            "a is the author and may not approve, nor have anybody vote instead; somebody else has "
            "to");
  EXPECT_EQ(Refusal(c, Approves("b", 20)), "") << "testers are not kept apart by this policy";
  EXPECT_THAT(AskedAt(c, 20), ElementsAre("b", "c"));
  c.votes = {Approves("a", 20)};
  const ApprovalStatus status = At(c, 20);
  EXPECT_EQ(status.state, ApprovalState::kOpen);
  ASSERT_EQ(status.refused.size(), 1U);
  EXPECT_EQ(status.refused[0].vote, 0U);
  EXPECT_EQ(status.refused[0].refusal.kind, VoteRefusalKind::kSeparated);
}

TEST(Approval, NeitherTheDeputyOfTheAuthorNorTheAuthorAsADeputyVotes) {
  Case c(kAny);
  c.request.involved = {{"author", "a"}};
  c.people.delegations = {{"a", "d"}, {"b", "a"}};
  EXPECT_THAT(Refusal(c, For(Approves("d", 20), "a")), HasSubstr("a is the author"));
  EXPECT_THAT(Refusal(c, For(Approves("a", 20), "b")), HasSubstr("a is the author"));
}

TEST(Approval, ADeputyVotesForSomebodyWhileTheDelegationHolds) {
  Case c(kAny);
  c.people.delegations = {{"b", "d", Minute(20), Minute(30), ""},
                          {"c", "d", Minute(0), Minute(90), "release"}};
  EXPECT_THAT(Refusal(c, For(Approves("d", 19), "b")),
              HasSubstr("d does not stand in for b now; b has to delegate first"));
  EXPECT_EQ(Refusal(c, For(Approves("d", 20), "b")), "");
  EXPECT_THAT(Refusal(c, For(Approves("d", 30), "b")), HasSubstr("does not stand in"));
  EXPECT_THAT(Refusal(c, For(Approves("d", 25), "c")), HasSubstr("does not stand in"))
      << "for another policy";
  EXPECT_THAT(Refusal(c, Approves("d", 25)),
              HasSubstr("d is not among those who are asked in step cab: the group cab"));
  c.policy.delegation = false;
  EXPECT_THAT(Refusal(c, For(Approves("d", 25), "b")),
              HasSubstr("approval policy change has no delegation"));
}

TEST(Approval, ADelegationIsNotPassedOn) {
  Case c(kAny);
  c.people.delegations = {{"b", "d"}, {"d", "e"}};
  EXPECT_THAT(Refusal(c, For(Approves("e", 20), "b")), HasSubstr("does not stand in"));
  EXPECT_THAT(Refusal(c, For(Approves("e", 20), "d")), HasSubstr("d is not among those"));
}

TEST(Approval, NobodyVotesTwice) {
  Case c(kAll);
  c.people.delegations = {{"b", "a"}, {"c", "d"}, {"b", "d"}};
  c.votes = {Approves("a", 20)};
  EXPECT_EQ(Refusal(c, Rejects("a", 21)), "a has voted already in this step");
  EXPECT_EQ(Refusal(c, For(Approves("a", 21), "b")),
            "a has given a vote already in this step, and one person gives one");
  c.votes.push_back(For(Approves("d", 21), "c"));
  EXPECT_EQ(Refusal(c, Approves("c", 22)), "c has voted already in this step");
  EXPECT_THAT(Refusal(c, For(Approves("d", 22), "b")), HasSubstr("d has given a vote already"));
  c.policy.votes_for_many = true;
  EXPECT_EQ(Refusal(c, For(Approves("d", 22), "b")), "");
  EXPECT_EQ(Refusal(c, For(Approves("a", 22), "b")), "");
  EXPECT_EQ(Refusal(c, For(Approves("d", 22), "c")),
            "c, or somebody for him or her, has voted already in this step");
}

TEST(Approval, WhoIsAwayIsNotWaitedForUnlessSomebodyStandsIn) {
  Case c(kAll);
  c.people.absences = {{"c", Minute(15), Minute(40)}};
  c.votes = {Approves("a", 20), Approves("b", 21)};
  EXPECT_EQ(StateAt(c, 21), "approved since 21");
  c.people.delegations = {{"c", "d"}};
  EXPECT_EQ(StateAt(c, 21), "open since 10");
  const ApprovalStatus status = At(c, 21);
  ASSERT_EQ(status.steps[0].asked.size(), 1U);
  EXPECT_EQ(status.steps[0].asked[0].person, "c");
  EXPECT_TRUE(status.steps[0].asked[0].away);
  EXPECT_THAT(status.steps[0].asked[0].deputies, ElementsAre("d"));
  c.votes.push_back(For(Approves("d", 22), "c"));
  EXPECT_EQ(StateAt(c, 22), "approved since 22");
}

TEST(Approval, GoingAwayMayDecideAndComingBackUndoesNothing) {
  Case c(kAll);
  c.people.absences = {{"c", Minute(30), Minute(40)}};
  c.votes = {Approves("a", 20), Approves("b", 21)};
  EXPECT_EQ(StateAt(c, 29), "open since 10");
  EXPECT_EQ(StateAt(c, 30), "approved since 30");
  EXPECT_EQ(StateAt(c, 50), "approved since 30");
}

TEST(Approval, EverybodyAwayApprovesNothing) {
  Case c(kAll);
  for (const char* person : {"a", "b", "c"}) c.people.absences.push_back({person});
  EXPECT_EQ(StateAt(c, 60), "open since 10");
  EXPECT_THAT(AskedAt(c, 60), IsEmpty());
  EXPECT_EQ(Refusal(c, Approves("a", 60)), "") << "who votes is there";
}

TEST(Approval, AGroupThatChangesMidVoteCountsAsItIs) {
  Case c(kAll, {"a"});
  c.Join("cab", "b", kBeginningOfTime, Minute(30));
  c.Join("cab", "c", Minute(25));
  c.votes = {Approves("a", 20), Approves("b", 22)};
  EXPECT_EQ(StateAt(c, 22), "approved since 22") << "c came later";
  c.votes = {Approves("a", 20)};
  EXPECT_THAT(Refusal(c, Approves("c", 24)), HasSubstr("not among those"));
  EXPECT_EQ(Refusal(c, Approves("c", 25)), "");
  EXPECT_THAT(Refusal(c, Approves("b", 30)), HasSubstr("not among those"));
  c.votes.push_back(Approves("c", 26));
  EXPECT_EQ(StateAt(c, 29), "open since 10");
  EXPECT_EQ(StateAt(c, 30), "approved since 30") << "b left, and all others have approved";
  // What b said before leaving stays.
  c.votes = {Approves("a", 20), Rejects("b", 21)};
  EXPECT_EQ(StateAt(c, 40), "rejected since 21");
}

TEST(Approval, ExpiresAtTheInstantItself) {
  Case c(kAny);
  c.policy.expires = Period{0, 60 * kMinute};
  EXPECT_EQ(StateAt(c, 69), "open since 10");
  EXPECT_EQ(At(c, 69).expires, Minute(70));
  EXPECT_EQ(StateAt(c, 70), "expired since 70");
  EXPECT_EQ(Refusal(c, Approves("a", 69)), "");
  EXPECT_EQ(Refusal(c, Approves("a", 70)),
            "the approval expired at 1970-01-01T01:10:00Z; ask for it again");
  c.votes = {Approves("a", 70)};
  EXPECT_EQ(StateAt(c, 80), "expired since 70");
  c.votes = {Approves("a", 69)};
  EXPECT_EQ(StateAt(c, 80), "approved since 69");
  EXPECT_EQ(At(c, 80).expires, std::nullopt);
}

TEST(Approval, StepsComeOneAfterAnother) {
  Case c(kAny);
  c.policy.steps.push_back(StepOf(
      "board", kAll, {{ApproverKind::kField, "service_owner"}, {ApproverKind::kPerson, "z"}}));
  c.policy.steps[1].expires = Period{0, 30 * kMinute};
  c.request.steps = {"board", "cab"};
  c.request.fields = {{"service_owner", "o"}};
  EXPECT_EQ(At(c, 15).steps[1].state, StepState::kNotBegun);
  EXPECT_EQ(Refusal(c, Approves("z", 15, "board")),
            "step board has not begun; the one before it is still open");
  EXPECT_EQ(StateAt(c, 200), "open since 10") << "what has not begun does not expire";
  c.votes = {Approves("a", 20)};
  EXPECT_EQ(StateAt(c, 30), "open since 10");
  EXPECT_THAT(AskedAt(c, 30), ElementsAre("o", "z"));
  EXPECT_EQ(At(c, 30).steps[1].asked[0].why.en, "named as service_owner");
  EXPECT_EQ(At(c, 30).steps[1].began, Minute(20));
  EXPECT_EQ(At(c, 30).expires, Minute(50));
  EXPECT_EQ(Refusal(c, Approves("b", 30)),
            "step cab has been approved since 1970-01-01T00:20:00Z; no vote counts in it any more");
  EXPECT_EQ(StateAt(c, 50), "expired since 50");
  EXPECT_EQ(At(c, 50).steps[1].state, StepState::kDropped);
  c.votes.push_back(Approves("z", 31, "board"));
  c.votes.push_back(Approves("o", 32, "board"));
  EXPECT_EQ(StateAt(c, 60), "approved since 32");
  EXPECT_EQ(Refusal(c, Approves("b", 60)),
            "the approval has been approved since 1970-01-01T00:32:00Z; no vote counts any more");
}

TEST(Approval, ParallelStepsAreAskedAtOnceAndOneRejectionEndsAll) {
  Case c(kAny);
  c.policy.order = StepOrder::kParallel;
  c.policy.steps.push_back(StepOf("board", kAny, {{ApproverKind::kPerson, "z"}}));
  c.request.steps = {"cab", "board"};
  EXPECT_THAT(AskedAt(c, 15), ElementsAre("a", "b", "c", "z"));
  c.votes = {Approves("z", 20, "board")};
  EXPECT_EQ(StateAt(c, 20), "open since 10");
  c.votes.push_back(Rejects("a", 21));
  EXPECT_EQ(StateAt(c, 21), "rejected since 21");
  EXPECT_EQ(At(c, 21).steps[1].state, StepState::kApproved);
  c.votes = {Rejects("z", 20, "board")};
  EXPECT_EQ(At(c, 21).steps[0].state, StepState::kDropped);
}

TEST(Approval, WithoutAStepItIsApprovedAtOnce) {
  Case c(kAny);
  c.request.steps.clear();
  EXPECT_EQ(StateAt(c, 10), "approved since 10");
  EXPECT_THAT(At(c, 10).why.en, HasSubstr("approved without anybody"));
}

TEST(Approval, ARejectionNeedsAComment) {
  Case c(kAny);
  Vote vote = Rejects("a", 20);
  vote.comment = "  \n";
  EXPECT_EQ(Refusal(c, vote), "a rejection needs a comment; say why");
  EXPECT_EQ(Refusal(c, Approves("a", 20)), "");
  c.policy.comment = CommentRule::kNever;
  EXPECT_EQ(Refusal(c, vote), "");
  c.policy.comment = CommentRule::kAlways;
  EXPECT_EQ(Refusal(c, Approves("a", 20)), "a vote needs a comment; say why");
}

TEST(Approval, ANewRequestTakesThePlaceOfOneThatIsOpen) {
  Case c(kAny);
  c.request.superseded = Minute(30);
  EXPECT_EQ(StateAt(c, 29), "open since 10");
  EXPECT_EQ(StateAt(c, 30), "superseded since 30");
  EXPECT_THAT(Refusal(c, Approves("a", 30)), HasSubstr("has been superseded since"));
  c.votes = {Approves("a", 29)};
  EXPECT_EQ(StateAt(c, 40), "approved since 29");
}

TEST(Approval, AVoteIsForWhatWasAsked) {
  Case c(kAny);
  Vote vote = Approves("a", 20);
  vote.seen = {{"plan", "p2"}, {"record", "r1"}};
  EXPECT_EQ(Refusal(c, vote),
            "what is to be approved has changed since it was asked (plan); ask again with what is "
            "there now");
  vote.seen = {{"plan", "p1"}};
  EXPECT_THAT(Refusal(c, vote), HasSubstr("(record)")) << "a part that was not shown";
  vote.seen = {{"plan", "p1"}, {"record", "r1"}, {"notes", "n9"}};
  EXPECT_EQ(Refusal(c, vote), "") << "notes are not what is approved";
}

TEST(Approval, WhatMovesLaterFlagsItWhereItMatters) {
  const Case c(kAny);
  const auto standing = [&](std::vector<ContentPart> current) {
    return StandingOf(c.policy, c.request, current);
  };
  EXPECT_TRUE(standing(c.request.content).valid);
  const Standing moved = standing({{"record", "r1"}, {"plan", "p2"}, {"notes", "n1"}});
  EXPECT_FALSE(moved.valid);
  EXPECT_THAT(moved.moved, ElementsAre("plan"));
  EXPECT_EQ(moved.why.en, "what was approved has changed (plan); look at it again");
  const Standing elsewhere =
      standing({{"record", "r1"}, {"plan", "p1"}, {"notes", "n2"}, {"new", "x"}});
  EXPECT_TRUE(elsewhere.valid);
  EXPECT_THAT(elsewhere.moved_elsewhere, ElementsAre("new", "notes"));
  EXPECT_THAT(standing({{"record", "r1"}}).moved, ElementsAre("plan"));
}

TEST(Approval, VotesComeInTheOrderOfTheirInstants) {
  Case c(kAll);
  c.votes = {Approves("a", 20), Approves("b", 19)};
  EXPECT_THAT(StatusOf(c.policy, c.request, c.votes, c.people, Minute(30)),
              HasErrorCode(ErrorCode::kInvalidArgument));
  c.votes = {Approves("a", 9)};
  EXPECT_THAT(StatusOf(c.policy, c.request, c.votes, c.people, Minute(30)),
              HasErrorCode(ErrorCode::kInvalidArgument));
  c.votes = {Approves("a", 20)};
  EXPECT_THAT(JudgeVote(c.policy, c.request, c.votes, c.people, Approves("b", 19)),
              HasErrorCode(ErrorCode::kInvalidArgument));
  c.votes = {Approves("a", 20, "cba")};
  EXPECT_THAT(At(c, 30).refused[0].refusal.message.en,
              HasSubstr("the approval has no step \"cba\"; did you mean \"cab\"?"));
  c.request.steps = {"cab", "borad"};
  EXPECT_THAT(StatusOf(c.policy, c.request, {}, c.people, Minute(30)),
              HasErrorCode(ErrorCode::kInvalidArgument));
}

}  // namespace
}  // namespace kosei::process
