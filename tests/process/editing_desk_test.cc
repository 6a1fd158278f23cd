// Who may open records and edit them past transitions, as the shipped life cycles say it; and who
// is asked for a reason when he or she sets another priority than the table.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "desk_store.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Texts = std::vector<std::pair<std::string, std::string>>;

class EditingDesk : public ::testing::Test {
 protected:
  EditingDesk() {
    store_.PutPerson("hanako", {"service_desk"});
    store_.PutPerson("taro", {"user"});
    store_.PutPerson("ren", {"release_manager"});
    store_.Put("BusinessService", "svc:mail", {{"name", "Mail"}, {"criticality", "medium"}});
    store_.clock().Advance(std::chrono::minutes(1));
  }
  Desk& desk() { return store_.desk(); }
  std::string Open(const std::string& who, const std::string& class_name, const Texts& attributes) {
    const auto opened =
        desk().New(As(who), {.class_name = class_name, .attributes = Given(attributes)});
    EXPECT_EQ(Refused(opened), "");
    return opened.ok() ? opened->key : std::string();
  }
  std::string Edit(const std::string& who, const std::string& key, const Texts& attributes) {
    store_.clock().Advance(std::chrono::seconds(1));
    return Refused(desk().Do(As(who), {.key = key, .attributes = Given(attributes)}));
  }

  DeskStore store_;
};

TEST_F(EditingDesk, ARecordIsEditedByTheRolesOfItsLifeCycle) {
  const std::string key = Open("ren", "Incident", {{"name", "Mail is slow"}});
  EXPECT_EQ(Edit("hanako", key, {{"category", "mail"}}), "");
  EXPECT_THAT(Edit("taro", key, {{"category", "printer"}}),
              HasSubstr("editing it while it is Recorded needs one of the roles service_desk, "
                        "support, incident_manager, problem_manager; the roles of taro: user"));
  EXPECT_THAT(store_.Rows("MATCH (i:Incident) RETURN i.category"), ElementsAre("mail"));
  // Links are edited by the same.
  Change link{.key = key, .links = {{"concerns", "svc:mail"}}};
  EXPECT_THAT(Refused(desk().Do(As("taro"), link)), HasSubstr("needs one of the roles"));
  EXPECT_EQ(Refused(desk().Do(As("hanako"), link)), "");
  // Transitions have roles of their own.
  EXPECT_EQ(
      Refused(desk().Do(Administrator(), {.key = key, .attributes = Given({{"category", "x"}})})),
      "");
}

TEST_F(EditingDesk, WhoeverOpenedItEditsItAsLongAsNothingWasDone) {
  const auto opened =
      desk().New(As("taro"), {.class_name = "Incident",
                              .attributes = Given({{"name", "Mail is slow"}}),
                              .links = {{"concerns", "svc:mail"}, {"reported_by", "taro"}}});
  ASSERT_EQ(Refused(opened), "");
  const std::string key = opened->key;
  EXPECT_EQ(Edit("taro", key, {{"description", "since noon"}}), "");
  EXPECT_THAT(Edit("ren", key, {{"description", "?"}}), HasSubstr("needs one of the roles"));
  EXPECT_EQ(Refused(desk().Do(
                As("hanako"),
                {.key = key, .event = "classify", .attributes = Given({{"category", "mail"}})})),
            "");
  EXPECT_THAT(Edit("taro", key, {{"description", "since one"}}),
              HasSubstr("editing it while it is Classified needs one of the roles"));
}

TEST_F(EditingDesk, AllThatStandsInTheWayIsToldAtOnce) {
  const auto opened = desk().New(
      Administrator(),
      {.class_name = "Change", .attributes = Given({{"name", "Mail to 2.0"}, {"kind", "normal"}})});
  ASSERT_EQ(Refused(opened), "");
  const auto edited =
      desk().Do(As("taro"), {.key = opened->key, .attributes = Given({{"kind", "emergency"}})});
  ASSERT_TRUE(edited.ok());
  std::vector<RefusalKind> kinds;
  for (const Refusal& refusal : edited->refusals) kinds.push_back(refusal.kind);
  EXPECT_THAT(kinds, ElementsAre(RefusalKind::kRole, RefusalKind::kStateWritten));
}

TEST_F(EditingDesk, WhoWatchesARecordEditsNothingOfIt) {
  const std::string key = Open("hanako", "Incident", {{"name", "Mail is slow"}});
  Change watch{.key = key, .links = {{"watches", "", true}}};
  EXPECT_EQ(Refused(desk().Do(As("taro"), watch)), "");
  EXPECT_THAT(store_.Rows("MATCH (p)-[:watches]->(i:Incident) RETURN key(p)"), ElementsAre("taro"));
  watch.attributes = Given({{"category", "mail"}});
  EXPECT_THAT(Refused(desk().Do(As("taro"), watch)), HasSubstr("needs one of the roles"));
}

TEST_F(EditingDesk, ARecordIsOpenedByTheRolesOfItsLifeCycle) {
  const auto refused = desk().New(
      As("taro"), {.class_name = "Release", .attributes = Given({{"name", "Mail 2026.12"}})});
  EXPECT_THAT(Refused(refused),
              HasSubstr("opening a record (Release) needs the role release_manager; the roles of "
                        "taro: user"));
  EXPECT_THAT(refused->refusals.front().message.ja, HasSubstr("release_manager が必要です"));
  // The number is free still.
  EXPECT_EQ(Open("ren", "Release", {{"name", "Mail 2026.12"}}), "REL-000001");
}

TEST_F(EditingDesk, AnotherPriorityThanThatOfTheTableWantsAReason) {
  const std::string key = Open("hanako", "Incident", {{"name", "Mail is slow"}});
  EXPECT_EQ(Edit("hanako", key, {{"impact", "medium"}, {"urgency", "medium"}}), "");
  EXPECT_THAT(Edit("hanako", key, {{"priority", "p1"}}),
              HasSubstr("impact, urgency and the services give p3; for p1 say why "
                        "(priority_override_reason)"));
  EXPECT_THAT(store_.Rows("MATCH (i:Incident) RETURN i.priority"), ElementsAre("p3"));
  // The same as that of the table needs none.
  EXPECT_EQ(Edit("hanako", key, {{"priority", "p3"}}), "");
  EXPECT_EQ(Edit("hanako", key, {{"priority", "p1"}, {"priority_override_reason", "the board"}}),
            "");
  // It stays when nothing bears on it, and goes with a new one of the table.
  EXPECT_EQ(Edit("hanako", key, {{"category", "mail"}}), "");
  EXPECT_THAT(store_.Rows("MATCH (i:Incident) RETURN i.priority, i.priority_override_reason"),
              ElementsAre("p1 | the board"));
  EXPECT_EQ(Edit("hanako", key, {{"urgency", "high"}}), "");
  EXPECT_THAT(store_.Rows("MATCH (i:Incident) RETURN i.priority, i.priority_override_reason"),
              ElementsAre("p2 | null"));
}

TEST_F(EditingDesk, ATransitionAndAnOpeningWantTheReasonToo) {
  const auto opened = desk().New(
      As("hanako"),
      {.class_name = "Incident",
       .attributes = Given(
           {{"name", "Mail is slow"}, {"impact", "low"}, {"urgency", "low"}, {"priority", "p1"}})});
  EXPECT_THAT(Refused(opened), HasSubstr("priority_override_reason"));
  const std::string key = Open("hanako", "Incident", {{"name", "Mail is slow"}});
  store_.clock().Advance(std::chrono::seconds(1));
  const auto triaged = desk().Do(
      As("hanako"),
      {.key = key,
       .event = "triage",
       .attributes = Given(
           {{"category", "mail"}, {"impact", "low"}, {"urgency", "low"}, {"priority", "p1"}})});
  // All that is missing is told at once.
  EXPECT_THAT(Refused(triaged), HasSubstr("priority_override_reason"));
  EXPECT_THAT(Refused(triaged), HasSubstr("assignment_group"));
  EXPECT_EQ(store_.StateOf(key), "recorded");
}

}  // namespace
}  // namespace kosei::process
