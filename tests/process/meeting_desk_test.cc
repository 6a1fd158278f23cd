// Meetings of the CAB: attendance and quorum, votes while one is in progress, and where approvals
// stand.
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

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using Texts = std::vector<std::pair<std::string, std::string>>;

class MeetingDesk : public ::testing::Test {
 protected:
  MeetingDesk() {
    store_.PutPerson("author", {"change_requester"});
    store_.PutPerson("manager", {"change_manager"});
    store_.PutPerson("doer", {"change_implementer"});
    for (const char* member : {"cab1", "cab2", "cab3"}) store_.PutPerson(member, {"cab_member"});
    store_.Put("Server", "host:mail-1", {{"name", "mail-1"}});
    store_.clock().Advance(std::chrono::minutes(1));
    change_ = Open("Change", {{"name", "Replace the mail store"}, {"kind", "normal"}},
                   {{"targets", "host:mail-1"}, {"reported_by", "author"}});
    meeting_ = Open("CabMeeting", {{"name", "CAB"}, {"quorum", "2"}}, {});
  }
  std::string Open(const std::string& class_name, const Texts& attributes,
                   std::vector<RecordLink> links) {
    const auto opened = store_.desk().New(
        As("author"),
        {.class_name = class_name, .attributes = Given(attributes), .links = std::move(links)});
    EXPECT_OK(opened);
    return opened.ok() ? opened->key : std::string();
  }
  absl::StatusOr<Outcome> Do(const std::string& who, const std::string& key,
                             const std::string& event, const Texts& attributes = {}) {
    store_.clock().Advance(std::chrono::seconds(1));
    return store_.desk().Do(As(who), {.key = key, .event = event, .attributes = Given(attributes)});
  }
  absl::StatusOr<Outcome> Meet(const std::string& event, const Texts& attributes = {}) {
    return Do("manager", meeting_, event, attributes);
  }
  absl::StatusOr<Outcome> Vote(const std::string& who) {
    store_.clock().Advance(std::chrono::seconds(1));
    return store_.desk().Cast(As(who), {.key = change_});
  }
  // The change waits for its decision, on the agenda of the meeting.
  void AwaitDecision() {
    ASSERT_EQ(Refused(Do("author", change_, "submit", {{"scope", "one host"}, {"reason", "old"}})),
              "");
    ASSERT_EQ(Refused(Do("manager", change_, "classify",
                         {{"category", "hardware"}, {"change_scale", "minor"}})),
              "");
    ASSERT_EQ(Refused(Do("manager", change_, "assess", {{"assigned_to", "doer"}})), "");
    ASSERT_OK(store_.desk().Assess(As("author"), change_, true));
    ASSERT_EQ(Refused(Do("author", change_, "ask_decision",
                         {{"risk_level", "medium"},
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
    ASSERT_EQ(Refused(store_.desk().Do(As("manager"),
                                       {.key = change_, .links = {{"decided_in", meeting_}}})),
              "");
  }

  DeskStore store_;
  std::string change_, meeting_;
};

TEST_F(MeetingDesk, OpensWithItsChairAndItsQuorumOfDifferentPeople) {
  EXPECT_THAT(Refused(Meet("open", {{"chair", "cab1"}, {"attendees", "cab1;cab1"}})),
              HasSubstr("fewer people attend than the quorum"));
  EXPECT_THAT(Refused(Meet("open", {{"chair", "cab3"}, {"attendees", "cab1;cab2"}})),
              AllOf(HasSubstr("the chair does not attend"), Not(HasSubstr("quorum"))));
  EXPECT_THAT(Refused(Meet("open", {{"chair", "cab1"}, {"attendees", "cab1;cab9"}})),
              AllOf(HasSubstr("keys of people"), HasSubstr("cab9")));
  EXPECT_EQ(Refused(Meet("open", {{"chair", "cab1"}, {"attendees", "cab1;cab2"}})), "");
}

TEST_F(MeetingDesk, BelowItsQuorumNothingOnItsAgendaIsDecided) {
  AwaitDecision();
  EXPECT_EQ(Refused(Meet("open", {{"chair", "cab1"}, {"attendees", "cab1;cab2"}})), "");
  EXPECT_EQ(Refused(Vote("cab1")), "");
  EXPECT_EQ(Refused(Meet("attend", {{"attendees", "cab1"}})), "");
  const auto vote = Vote("cab2");
  EXPECT_THAT(Refused(vote), AllOf(HasSubstr(meeting_), HasSubstr("1 of 2 attend")));
  EXPECT_THAT(store_.Rows("MATCH (v:Vote) RETURN v.voter"), ElementsAre("cab1"));
  EXPECT_THAT(Refused(Meet("close", {{"minutes", "nothing"}})), HasSubstr("quorum"));
  EXPECT_EQ(Refused(Meet("attend", {{"attendees", "cab1;cab3"}})), "");
  EXPECT_EQ(Refused(Vote("cab2")), "");
  EXPECT_EQ(Refused(Meet("close", {{"minutes", "decided"}})), "");
}

TEST_F(MeetingDesk, OutsideOfAMeetingPeopleVoteAsEver) {
  AwaitDecision();
  EXPECT_EQ(Refused(Vote("cab1")), "");  // the meeting has not begun
  EXPECT_EQ(Refused(Meet("open", {{"chair", "cab1"}, {"attendees", "cab1;cab2"}})), "");
  EXPECT_EQ(Refused(Meet("attend", {{"attendees", "cab1"}})), "");
  EXPECT_EQ(Refused(Meet("adjourn", {{"planned_start", "2026-12-08T00:00:00Z"},
                                     {"planned_end", "2026-12-08T01:00:00Z"}})),
            "");
  EXPECT_EQ(Refused(Vote("cab2")), "");
}

TEST_F(MeetingDesk, TheOutlookSaysHowManyVotesAreThereAndHowManyAreNeeded) {
  EXPECT_THAT(store_.desk().Look(As("cab1"), change_)->approvals, IsEmpty());
  AwaitDecision();
  EXPECT_EQ(Refused(Vote("cab1")), "");
  const auto outlook = store_.desk().Look(As("cab1"), change_);
  ASSERT_OK(outlook);
  ASSERT_THAT(outlook->approvals, SizeIs(1));
  const ApprovalOutlook& approval = outlook->approvals[0];
  EXPECT_EQ(approval.policy, "change");
  EXPECT_EQ(approval.state, "open");
  ASSERT_THAT(approval.steps, SizeIs(2));
  EXPECT_EQ(approval.steps[0].name, "change_manager");
  EXPECT_EQ(approval.steps[0].needed, 1U);
  EXPECT_EQ(approval.steps[0].approvals, 0U);
  EXPECT_THAT(approval.steps[0].asked, ElementsAre("manager"));
  EXPECT_EQ(approval.steps[1].name, "cab");
  EXPECT_EQ(approval.steps[1].label.en, "Change advisory board");
  EXPECT_EQ(approval.steps[1].needed, 2U);
  EXPECT_EQ(approval.steps[1].approvals, 1U);
  EXPECT_THAT(approval.steps[1].asked, ElementsAre("cab2", "cab3"));
  EXPECT_EQ(Refused(Vote("cab2")), "");
  EXPECT_EQ(Refused(Vote("manager")), "");
  EXPECT_EQ(store_.desk().Look(As("cab1"), change_)->approvals[0].state, "approved");
}

}  // namespace
}  // namespace kosei::process
