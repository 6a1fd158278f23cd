// What comes with time: what is due and cannot be done yet, and decisions that an absence makes.
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

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Texts = std::vector<std::pair<std::string, std::string>>;

class DueDesk : public ::testing::Test {
 protected:
  DueDesk() {
    store_.PutPerson("hanako", {"service_desk"});
    store_.PutPerson("taro", {"support"});
    store_.PutPerson("jiro", {"incident_manager", "change_requester"});
    store_.PutPerson("manager", {"change_manager"});
    store_.PutPerson("doer", {"change_implementer"});
    for (const char* member : {"cab1", "cab2", "cab3", "cab4"})
      store_.PutPerson(member, {"cab_member"});
    store_.Put("Team", "team:desk", {{"name", "Service desk"}});
    store_.Put("BusinessService", "svc:mail", {{"name", "Mail"}});
    store_.Put("Server", "host:mail-1", {{"name", "mail-1"}});
    store_.clock().Advance(std::chrono::minutes(1));
  }
  Desk& desk() { return store_.desk(); }
  absl::StatusOr<Outcome> Do(const std::string& who, const std::string& key,
                             const std::string& event, const Texts& attributes = {},
                             const Texts& inputs = {}) {
    store_.clock().Advance(std::chrono::seconds(1));
    return desk().Do(
        As(who),
        {.key = key, .event = event, .attributes = Given(attributes), .inputs = Given(inputs)});
  }
  std::string Report() {
    const auto opened =
        desk().New(As("hanako"), {.class_name = "Incident",
                                  .attributes = Given({{"name", "Mail is slow"}}),
                                  .links = {{"concerns", "svc:mail"}, {"reported_by", "taro"}}});
    EXPECT_OK(opened);
    return opened->key;
  }
  std::string Triaged() {
    std::string key = Report();
    EXPECT_EQ(Refused(Do("hanako", key, "triage",
                         {{"category", "mail"},
                          {"impact", "high"},
                          {"urgency", "high"},
                          {"priority", "p1"},
                          {"assignment_group", "team:desk"}})),
              "");
    return key;
  }
  void Resolve(const std::string& key) {
    ASSERT_EQ(Refused(Do("taro", key, "resolve",
                         {{"resolution", "restarted"}, {"resolution_code", "workaround"}})),
              "");
  }
  void Wait(std::chrono::hours hours) { store_.clock().Advance(hours); }
  std::size_t RunDue() {
    const std::size_t begun = desk().RunDue();
    desk().AwaitDue();
    return begun;
  }
  // A change that waits for half of the board, the manager having approved.
  std::string AskedForChange() {
    const auto opened =
        desk().New(As("jiro"), {.class_name = "Change",
                                .attributes = Given({{"name", "A disk"}, {"kind", "normal"}}),
                                .links = {{"targets", "host:mail-1"}, {"reported_by", "taro"}}});
    EXPECT_OK(opened);
    const std::string key = opened->key;
    EXPECT_EQ(Refused(Do("jiro", key, "submit", {{"scope", "a disk"}, {"reason", "old"}})), "");
    EXPECT_EQ(
        Refused(Do("manager", key, "classify", {{"category", "x"}, {"change_scale", "minor"}})),
        "");
    EXPECT_EQ(Refused(Do("manager", key, "assess", {{"assigned_to", "doer"}})), "");
    Texts said = {{"risk_level", "medium"},
                  {"planned_start", "2026-12-01T00:00:00Z"},
                  {"planned_end", "2026-12-02T00:00:00Z"},
                  {"impact_asked_at", "2026-11-01T00:00:00Z"},
                  {"implemented_by", "doer"}};
    for (const char* name : {"risk_statement", "benefit_statement", "service_impact_statement",
                             "feasibility_statement", "business_impact_statement",
                             "resources_statement", "backout_plan"})
      said.emplace_back(name, "as usual");
    store_.clock().Advance(std::chrono::seconds(1));
    EXPECT_OK(store_.desk().Assess(As("jiro"), key, true));
    store_.clock().Advance(std::chrono::seconds(1));
    EXPECT_EQ(Refused(Do("jiro", key, "ask_decision", said)), "");
    EXPECT_EQ(Refused(Vote("manager", key)), "");
    return key;
  }
  absl::StatusOr<Outcome> Vote(const std::string& who, const std::string& key) {
    store_.clock().Advance(std::chrono::seconds(1));
    return desk().Cast(As(who), {.key = key, .comment = "fine"});
  }
  void SendAway(const std::string& person) {
    const std::string now = FormatTimestamp(store_.clock().Now());
    const auto absence = desk().New(
        As(person),
        {.class_name = "Absence",
         .attributes = Given({{"name", "away"}, {"person", person}, {"starts_at", now}})});
    ASSERT_OK(absence);
    ASSERT_EQ(Refused(Do(person, absence->key, "enter")), "");
  }

  DeskStore store_;
};

TEST_F(DueDesk, WhatWasNotPossibleWhenItWasDueIsDoneOnceItIs) {
  const std::string key = Triaged();
  ASSERT_EQ(Refused(Do("hanako", key, "declare_major", {{"major_manager", "jiro"}})), "");
  ASSERT_EQ(Refused(Do("jiro", key, "inform_management")), "");
  Resolve(key);
  Wait(std::chrono::hours(24 * 6));
  // Nobody has reviewed it.
  EXPECT_EQ(RunDue(), 1U);
  EXPECT_EQ(store_.StateOf(key), "resolved");
  EXPECT_EQ(RunDue(), 0U);
  ASSERT_EQ(Refused(Do("jiro", key, "review",
                       {{"review_result", "late"},
                        {"improvement_decision", "earlier"},
                        {"problem_decision", "no_problem"}})),
            "");
  EXPECT_EQ(RunDue(), 1U);
  EXPECT_EQ(store_.StateOf(key), "closed");
}

TEST_F(DueDesk, WhatStandsInTheWayMayBeAnotherRecord) {
  const std::string key = Triaged();
  Resolve(key);
  const auto task = desk().New(As("taro"), {.class_name = "Task",
                                            .attributes = Given({{"name", "tell everybody"}}),
                                            .links = {{"part_of", key}}});
  ASSERT_OK(task);
  Wait(std::chrono::hours(24 * 6));
  EXPECT_EQ(RunDue(), 1U);
  EXPECT_EQ(store_.StateOf(key), "resolved");
  ASSERT_EQ(Refused(Do("taro", task->key, "finish", {{"result", "told"}})), "");
  Wait(std::chrono::hours(2));
  EXPECT_EQ(RunDue(), 1U);
  EXPECT_EQ(store_.StateOf(key), "closed");
  Wait(std::chrono::hours(24));
  EXPECT_EQ(RunDue(), 0U);
}

TEST_F(DueDesk, SomeOfWhatIsDueMayBeDoneAtATime) {
  std::vector<std::string> keys;
  for (int i = 0; i < 3; ++i) {
    keys.push_back(Triaged());
    Resolve(keys.back());
  }
  Wait(std::chrono::hours(24 * 6));
  // What was due first.
  EXPECT_EQ(desk().RunDue(1), 1U);
  desk().AwaitDue();
  EXPECT_EQ(store_.StateOf(keys[0]), "closed");
  EXPECT_EQ(store_.StateOf(keys[1]), "resolved");
  EXPECT_EQ(RunDue(), 2U);
}

TEST_F(DueDesk, AnAbsenceThatDecidesIsNoticed) {
  const std::string key = AskedForChange();
  ASSERT_EQ(Refused(Vote("cab1", key)), "");
  EXPECT_EQ(store_.StateOf(key), "awaiting_decision");
  // Of four one has approved; of the two who are left it is half.
  SendAway("cab2");
  SendAway("cab3");
  Wait(std::chrono::hours(2));
  EXPECT_EQ(RunDue(), 1U);
  EXPECT_EQ(store_.StateOf(key), "approved");
  EXPECT_THAT(store_.Rows("MATCH (a:Approval) RETURN a.state"), ElementsAre("approved"));
}

TEST_F(DueDesk, AVoteThatComesBehindSuchADecisionIsTooLateAndCarriesItOut) {
  const std::string key = AskedForChange();
  ASSERT_EQ(Refused(Vote("cab1", key)), "");
  SendAway("cab2");
  SendAway("cab3");
  EXPECT_THAT(Refused(Vote("cab4", key)), HasSubstr("approved"));
  EXPECT_EQ(store_.StateOf(key), "approved");
}

}  // namespace
}  // namespace kosei::process
