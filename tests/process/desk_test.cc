// The desk on a real store with the processes that are shipped: an incident from its opening to its
// end, and everything that is refused on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
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

class DeskTest : public ::testing::Test {
 protected:
  DeskTest() {
    store_.PutPerson("hanako", {"service_desk"});
    store_.PutPerson("taro", {"support"});
    store_.Put("Team", "team:desk", {{"name", "Service desk"}});
    store_.Put("BusinessService", "svc:mail", {{"name", "Mail"}});
  }
  Desk& desk() { return store_.desk(); }
  absl::StatusOr<Outcome> Open(const std::string& title) {
    return desk().New(As("hanako"), {.class_name = "Incident",
                                     .attributes = Given({{"name", title}}),
                                     .links = {{"concerns", "svc:mail"}, {"reported_by", "taro"}}});
  }
  absl::StatusOr<Outcome> Do(
      const std::string& who, const std::string& key, const std::string& event,
      const std::vector<std::pair<std::string, std::string>>& attributes = {},
      const std::vector<std::pair<std::string, std::string>>& inputs = {}) {
    return desk().Do(
        As(who),
        {.key = key, .event = event, .attributes = Given(attributes), .inputs = Given(inputs)});
  }

  DeskStore store_;
};

TEST_F(DeskTest, AnIncidentHasANumberAStateAndWhoOpenedIt) {
  const auto opened = Open("Mail is slow");
  ASSERT_OK(opened);
  EXPECT_EQ(Refused(opened), "");
  EXPECT_EQ(opened->key, "INC-000001");
  EXPECT_EQ(opened->to, "recorded");
  EXPECT_THAT(store_.Rows("MATCH (i:Incident)-[:concerns]->(s) RETURN key(i), i.state, i.name, "
                          "i.opened_by, key(s)"),
              ElementsAre("INC-000001 | recorded | Mail is slow | hanako | svc:mail"));
  EXPECT_EQ(Open("Again")->key, "INC-000002");
}

TEST_F(DeskTest, ANumberThatWasNotUsedIsTheNextOne) {
  EXPECT_THAT(desk().New(As("hanako"), {.class_name = "Incident"}),
              HasErrorCode(ErrorCode::kRequiredMissing));
  EXPECT_EQ(Open("First")->key, "INC-000001");
  store_.Reopen();
  EXPECT_EQ(Open("Second")->key, "INC-000002");
}

TEST_F(DeskTest, WhatIsTakenAwayIsGone) {
  const auto opened = desk().New(
      As("hanako"),
      {.class_name = "Incident",
       .attributes =
           Given({{"name", "Mail is slow"}, {"description", "since noon"}, {"category", "mail"}})});
  ASSERT_OK(opened);
  Change change;
  change.key = opened->key;
  change.attributes = {{"description", language::Datum()}};
  ASSERT_EQ(Refused(desk().Do(As("hanako"), change)), "");
  EXPECT_THAT(store_.Rows("MATCH (i:Incident) RETURN i.description, i.category, i.name"),
              ElementsAre("null | mail | Mail is slow"));
}

TEST_F(DeskTest, ATemplateGivesWhatIsNotGivenAndTasks) {
  store_.Put("RecordTemplate", "tpl:outage",
             {{"name", "Outage"},
              {"template_class", "Incident"},
              {"default_values", "category=network;impact=high;urgency=high"},
              {"task_names", "Call the provider;Tell the users"},
              {"task_checklist", "noted;dated"},
              {"task_group", "team:desk"}});
  const auto opened = desk().New(
      As("hanako"), {.class_name = "Incident",
                     .attributes = Given({{"name", "Tokyo is cut off"}, {"impact", "medium"}}),
                     .template_key = "tpl:outage"});
  ASSERT_OK(opened);
  EXPECT_THAT(store_.Rows("MATCH (i:Incident) RETURN i.category, i.impact, i.urgency"),
              ElementsAre("network | medium | high"));
  EXPECT_THAT(opened->created, ElementsAre("TSK-000001", "TSK-000002"));
  EXPECT_THAT(
      store_.Rows("MATCH (t:Task)-[:part_of]->(i:Incident) RETURN t.name, t.state, "
                  "toString(t.sequence), t.assignment_group, t.checklist[1] ORDER BY t.sequence"),
      ElementsAre("Call the provider | open | 1 | team:desk | dated",
                  "Tell the users | open | 2 | team:desk | dated"));
}

TEST_F(DeskTest, ATemplateThatDoesNotFitIsRefused) {
  const auto open = [&](const std::string& key) {
    return desk().New(
        As("hanako"),
        {.class_name = "Incident", .attributes = Given({{"name", "x"}}), .template_key = key});
  };
  EXPECT_THAT(open("tpl:none"), HasErrorCode(ErrorCode::kNotFound));
  store_.Put("RecordTemplate", "tpl:change", {{"name", "c"}, {"template_class", "Change"}});
  EXPECT_THAT(open("tpl:change"), HasErrorCode(ErrorCode::kInvalidArgument));
  store_.Put("RecordTemplate", "tpl:old",
             {{"name", "o"}, {"template_class", "Incident"}, {"status", "retired"}});
  EXPECT_THAT(open("tpl:old"), HasErrorCode(ErrorCode::kInvalidArgument));
  store_.Put("RecordTemplate", "tpl:bad",
             {{"name", "b"}, {"template_class", "Incident"}, {"default_values", "category"}});
  EXPECT_THAT(open("tpl:bad"), HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(store_.Rows("MATCH (i:Incident) RETURN count(i)"), ElementsAre("0"));
}

TEST_F(DeskTest, WhatIsMissingIsToldAllAtOnce) {
  const std::string key = Open("Mail is slow")->key;
  const auto refused = Do("taro", key, "triage");
  ASSERT_OK(refused);
  EXPECT_FALSE(refused->done());
  const std::string text = Refused(refused);
  EXPECT_THAT(text, HasSubstr("service_desk"));
  EXPECT_THAT(text, HasSubstr("category"));
  EXPECT_THAT(text, HasSubstr("assignment_group"));
  EXPECT_EQ(store_.StateOf(key), "recorded");
}

TEST_F(DeskTest, ATransitionTakesItsAttributesAlong) {
  const std::string key = Open("Mail is slow")->key;
  const auto done = Do("hanako", key, "triage",
                       {{"category", "mail"},
                        {"impact", "high"},
                        {"urgency", "high"},
                        {"priority", "p1"},
                        {"assignment_group", "team:desk"}});
  ASSERT_OK(done);
  EXPECT_EQ(Refused(done), "");
  EXPECT_EQ(done->from, "recorded");
  EXPECT_EQ(done->to, "assigned");
  EXPECT_THAT(store_.Rows("MATCH (i:Incident) RETURN i.state, i.category, i.reassignment_count, "
                          "i.first_assigned_at IS NOT NULL"),
              ElementsAre("assigned | mail | 0 | true"));
  EXPECT_THAT(store_.Rows("MATCH (n:Notification) RETURN n.about, n.audience, n.state"),
              ElementsAre("INC-000001 | group | waiting"));
}

TEST_F(DeskTest, ThePriorityFollowsFromTheCriticalityOfTheServicesThatAreHit) {
  store_.Put("BusinessService", "svc:pay", {{"name", "Pay"}, {"criticality", "critical"}});
  store_.Put("Server", "host:pay-1", {{"name", "pay-1"}});
  store_.Link("svc:pay", "depends_on", "host:pay-1");
  const auto open = [&](const std::vector<RecordLink>& links) {
    const auto opened = desk().New(
        As("hanako"),
        {.class_name = "Incident",
         .attributes = Given({{"name", "It is slow"}, {"impact", "medium"}, {"urgency", "medium"}}),
         .links = links});
    EXPECT_OK(opened);
    return store_.Rows("MATCH (i:Incident {key: '" + opened->key + "'}) RETURN i.priority").front();
  };
  EXPECT_EQ(open({{"concerns", "svc:mail"}}), "p3");
  EXPECT_EQ(open({{"concerns", "svc:pay"}}), "p2");
  // An item that the service rests on, found in the graph.
  EXPECT_EQ(open({{"affects", "host:pay-1"}}), "p2");
  // It is worked out again with what changes, and left alone when somebody says it.
  const std::string key = "INC-000003";
  ASSERT_OK(desk().Do(As("hanako"), {.key = key, .attributes = Given({{"urgency", "high"}})}));
  EXPECT_THAT(store_.Rows("MATCH (i:Incident {key: 'INC-000003'}) RETURN i.priority"),
              ElementsAre("p1"));
  ASSERT_OK(desk().Do(
      As("hanako"), {.key = key,
                     .attributes = Given(
                         {{"priority", "p4"}, {"priority_override_reason", "nobody is there"}})}));
  EXPECT_THAT(store_.Rows("MATCH (i:Incident {key: 'INC-000003'}) RETURN i.priority"),
              ElementsAre("p4"));
}

TEST_F(DeskTest, AStateIsReachedByNothingButATransition) {
  const std::string key = Open("Mail is slow")->key;
  EXPECT_THAT(
      Refused(desk().Do(As("hanako"), {.key = key, .attributes = Given({{"state", "closed"}})})),
      HasSubstr("transition"));
  // Not past the desk either.
  const auto schema = store_.engine().reader().schema();
  const model::Class* const incident = schema->FindClass("Incident");
  storage::Transaction transaction;
  Record record;
  record.key = key;
  record.Set(schema->FindAttribute(*incident, "state")->number, Value("closed"));
  transaction.put_records.push_back({std::move(record), std::nullopt});
  EXPECT_THAT(store_.engine().writer().Commit(std::move(transaction)),
              HasErrorCode(ErrorCode::kProcessRecord));
  storage::Transaction unlink;
  unlink.end_links.push_back({key, schema->FindRelationshipType("concerns")->number, "svc:mail"});
  EXPECT_THAT(store_.engine().writer().Commit(std::move(unlink)),
              HasErrorCode(ErrorCode::kProcessRecord));
  storage::Transaction end;
  end.end_records.push_back({.key = key, .expected_begin = std::nullopt});
  EXPECT_THAT(store_.engine().writer().Commit(std::move(end)),
              HasErrorCode(ErrorCode::kProcessRecord));
  EXPECT_EQ(store_.StateOf(key), "recorded");
}

TEST_F(DeskTest, WhoHasSeenAnOlderVersionIsTold) {
  const auto opened = Open("Mail is slow");
  Change change{.key = opened->key, .attributes = Given({{"description", "since nine"}})};
  change.expected_begin = opened->commit;
  ASSERT_OK(desk().Do(As("hanako"), change));
  EXPECT_THAT(desk().Do(As("taro"), change), HasErrorCode(ErrorCode::kVersionConflict));
}

TEST_F(DeskTest, WhatIsFinalDoesNotChangeAnyMore) {
  const std::string key = Open("Mail is slow")->key;
  ASSERT_EQ(Refused(Do("hanako", key, "cancel", {{"cancellation_reason", "by mistake"}})), "");
  EXPECT_EQ(store_.StateOf(key), "cancelled");
  EXPECT_THAT(
      Refused(desk().Do(As("hanako"), {.key = key, .attributes = Given({{"name", "New"}})})),
      HasSubstr("final"));
}

TEST_F(DeskTest, CommentsAndWorkStayWithTheRecord) {
  const std::string key = Open("Mail is slow")->key;
  EXPECT_EQ(desk().Add(As("taro"), {.key = key, .text = "looking at it"})->key, key + "/c-1");
  EXPECT_EQ(
      desk().Add(As("taro"), {.key = key, .text = "restarted", .work = true, .minutes = 25})->key,
      key + "/w-1");
  EXPECT_THAT(store_.Rows("MATCH (c:Comment)-[:comment_on]->(i) RETURN c.body, c.written_by, "
                          "c.visibility, key(i)"),
              ElementsAre("looking at it | taro | internal | INC-000001"));
  EXPECT_THAT(desk().Add(As("taro"), {.key = key}), HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(desk().Add(As("taro"), {.key = "INC-9", .text = "x"}),
              HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(DeskTest, TheOutlookSaysWhatCouldBeDoneNext) {
  const std::string key = Open("Mail is slow")->key;
  const auto outlook = desk().Look(As("hanako"), key);
  ASSERT_OK(outlook);
  EXPECT_EQ(outlook->state, "recorded");
  EXPECT_EQ(outlook->state_label.ja, "記録済み");
  std::vector<std::string> allowed;
  for (const Outlook& event : outlook->events) {
    if (event.allowed) allowed.push_back(event.event);
  }
  EXPECT_THAT(allowed, Contains("triage"));
  EXPECT_THAT(desk().Look(As("hanako"), "svc:mail"), HasErrorCode(ErrorCode::kInvalidArgument));
}

TEST_F(DeskTest, WhatIsDueIsDoneOnceAlsoAfterARestart) {
  const std::string first = Open("Mail is slow")->key;
  const std::string second = Open("Mail is slower")->key;
  for (const std::string& key : {first, second}) {
    ASSERT_EQ(Refused(Do("hanako", key, "triage",
                         {{"category", "mail"},
                          {"impact", "high"},
                          {"urgency", "high"},
                          {"priority", "p1"},
                          {"assignment_group", "team:desk"}})),
              "");
    ASSERT_EQ(Refused(Do("taro", key, "start", {{"assigned_to", "taro"}})), "");
    ASSERT_EQ(Refused(Do("taro", key, "resolve",
                         {{"resolution", "restarted"}, {"resolution_code", "workaround"}})),
              "");
  }
  store_.clock().Advance(std::chrono::hours(24 * 4));
  EXPECT_EQ(desk().RunDue(), 0U);
  // One is opened again, and waits no more.
  ASSERT_EQ(Refused(Do("hanako", second, "reopen", {}, {{"reason", "slow again"}})), "");
  store_.Reopen();
  store_.clock().Advance(std::chrono::hours(24 * 2));
  EXPECT_EQ(desk().RunDue(), 1U);
  store_.AwaitWork();
  EXPECT_EQ(store_.StateOf(first), "closed");
  EXPECT_EQ(store_.StateOf(second), "in_progress");
  EXPECT_EQ(desk().RunDue(), 0U);
}

TEST_F(DeskTest, EightWhoWriteAtOnceLoseNothing) {
  const std::string key = Open("Mail is slow")->key;
  constexpr int kWriters = 8;
  constexpr int kEach = 20;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < kEach; ++i) {
        EXPECT_OK(desk().Add(As("taro"), {.key = key, .text = std::to_string(w)}));
        EXPECT_OK(Open("Another"));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_THAT(store_.Rows("MATCH (c:Comment) RETURN count(*)"), ElementsAre("160"));
  EXPECT_THAT(store_.Rows("MATCH (i:Incident) RETURN count(*), max(key(i))"),
              ElementsAre("161 | INC-000161"));
}

TEST_F(DeskTest, OneOfEightClosesItAndTheOthersAreTold) {
  const std::string key = Open("Mail is slow")->key;
  std::vector<std::thread> people;
  std::atomic<int> done{0};
  for (int w = 0; w < 8; ++w) {
    people.emplace_back([&] {
      const auto outcome = Do("hanako", key, "cancel", {{"cancellation_reason", "by mistake"}});
      ASSERT_OK(outcome);
      if (outcome->done()) ++done;
    });
  }
  for (std::thread& person : people) person.join();
  EXPECT_EQ(done, 1);
}

TEST_F(DeskTest, TwoAreNotDuplicatesOfEachOther) {
  for (int round = 0; round < 20; ++round) {
    const std::string one = Open("Mail is slow")->key;
    const std::string other = Open("Mail is slow")->key;
    std::atomic<int> marked{0};
    std::vector<std::thread> people;
    for (int i = 0; i < 4; ++i) {
      people.emplace_back([&, i] {
        const auto outcome = Do("taro", i % 2 == 0 ? one : other, "mark_duplicate", {},
                                {{"original", i % 2 == 0 ? other : one}});
        EXPECT_OK(outcome);
        if (outcome.ok() && outcome->done()) ++marked;
      });
    }
    for (std::thread& person : people) person.join();
    EXPECT_EQ(marked, 1);
  }
}

TEST_F(DeskTest, WhatSaysWhichLifeCycleHoldsIsNotEdited) {
  const auto opened = desk().New(
      As("hanako"),
      {.class_name = "Change", .attributes = Given({{"name", "A disk"}, {"kind", "normal"}})});
  ASSERT_OK(opened);
  const auto edited = Do("hanako", opened->key, "", {{"kind", "emergency"}});
  ASSERT_OK(edited);
  ASSERT_EQ(edited->refusals.size(), 1U);
  EXPECT_EQ(edited->refusals[0].kind, RefusalKind::kStateWritten);
  EXPECT_EQ(edited->refusals[0].name, "kind");
  // Said again it changes nothing.
  EXPECT_EQ(Refused(Do("hanako", opened->key, "", {{"kind", "normal"}, {"name", "A new disk"}})),
            "");
}

}  // namespace
}  // namespace kosei::process
