// Processes through the client library against the real server: an incident from its opening to its
// end, by people with roles, and what is refused on the way.
#include <gmock/gmock.h>

#include <string>
#include <thread>
#include <vector>

#include "estate.h"
#include "kosei/base/error.h"

namespace kosei::e2e {
namespace {

using ::kosei::testing::HasErrorCode;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Processes : public Estate {
 protected:
  void SetUp() override {
    Estate::SetUp();
    Put({MakeRecord("BusinessService", "svc:mail", {{"name", "Mail"}}),
         MakeRecord("Team", "team:desk", {{"name", "Service desk"}}),
         MakeRecord("Person", "hanako",
                    {{"login", "hanako"}, {"roles", Value(ValueList{Value("service_desk")})}}),
         MakeRecord("Person", "taro",
                    {{"login", "taro"}, {"roles", Value(ValueList{Value("support")})}})});
    hanako = ConnectAs("hanako");
    taro = ConnectAs("taro");
  }
  std::unique_ptr<client::Client> ConnectAs(const std::string& name) {
    const auto token = client->CreateToken(name, "writer", 30);
    EXPECT_OK(token);
    return token.ok() ? Connect(token->token) : nullptr;
  }
  static language::PackedMap Given(const std::vector<std::pair<std::string, std::string>>& texts) {
    language::PackedMap map;
    for (const auto& [name, text] : texts) map.push_back({name, {text}});
    return map;
  }
  std::string Open(const std::string& title) {
    const auto opened =
        hanako->OpenProcess({.class_name = "Incident",
                             .attributes = Given({{"name", title}}),
                             .links = {{"concerns", "svc:mail"}, {"reported_by", "taro"}}});
    EXPECT_OK(opened);
    return opened.ok() ? opened->key : std::string();
  }
  std::string RefusalsOf(const absl::StatusOr<client::ProcessOutcome>& outcome) {
    if (!outcome.ok()) return outcome.status().ToString();
    std::string text;
    for (const client::ProcessRefusal& refusal : outcome->refusals) text += refusal.en + "\n";
    return text;
  }
  std::vector<std::string> Rows(const std::string& text) {
    std::vector<std::string> rows;
    client::StatementRequest request;
    request.text = text;
    EXPECT_OK(client->Query(request, [&](const auto&, const client::QueryRow& row) {
      rows.push_back(row[0].As<std::string>() == nullptr ? "" : *row[0].As<std::string>());
      return true;
    }));
    return rows;
  }

  std::unique_ptr<client::Client> hanako, taro;
};

TEST_F(Processes, AnIncidentGoesFromItsOpeningToItsEnd) {
  const std::string key = Open("メールが遅い");
  EXPECT_EQ(key, "INC-000001");
  const auto triage = hanako->DoProcess({.key = key,
                                         .event = "triage",
                                         .attributes = Given({{"category", "mail"},
                                                              {"impact", "high"},
                                                              {"urgency", "high"},
                                                              {"priority", "p1"},
                                                              {"assignment_group", "team:desk"}})});
  EXPECT_EQ(RefusalsOf(triage), "");
  const auto start = taro->DoProcess(
      {.key = key, .event = "start", .attributes = Given({{"assigned_to", "taro"}})});
  EXPECT_EQ(RefusalsOf(start), "");
  EXPECT_EQ(start->from, "assigned");
  EXPECT_EQ(start->to, "in_progress");
  EXPECT_OK(taro->NoteProcess({.key = key, .text = "restarted", .work = true, .minutes = 5}));
  EXPECT_THAT(
      Rows("MATCH (i:Incident)-[:concerns]->(s) RETURN i.state + ' ' + i.name + ' ' + s.name"),
      ElementsAre("in_progress メールが遅い Mail"));
  EXPECT_THAT(Rows("MATCH (w:WorkLogEntry)-[:logged_on]->(i) RETURN w.written_by + ' ' + w.body"),
              ElementsAre("taro restarted"));
  // Its past is read like everything else's.
  EXPECT_THAT(Rows("FOR SYSTEM_TIME AS OF " + std::to_string(triage->commit) +
                   " MATCH (i:Incident) RETURN i.state"),
              ElementsAre("assigned"));
}

TEST_F(Processes, WhatIsInTheWayIsToldInBothLanguages) {
  const std::string key = Open("Mail is slow");
  const auto refused = taro->DoProcess({.key = key, .event = "triage"});
  ASSERT_OK(refused);
  EXPECT_FALSE(refused->done());
  EXPECT_EQ(refused->commit, 0U);
  EXPECT_THAT(RefusalsOf(refused), HasSubstr("category"));
  for (const client::ProcessRefusal& refusal : refused->refusals) EXPECT_FALSE(refusal.ja.empty());
  ASSERT_OK_AND_ASSIGN(const client::ProcessOutlook outlook, hanako->LookAtProcess(key));
  EXPECT_EQ(outlook.state, "recorded");
  std::vector<std::string> allowed;
  for (const client::ProcessEvent& event : outlook.events) {
    if (event.allowed) allowed.push_back(event.name);
  }
  EXPECT_THAT(allowed, Contains("triage"));
}

TEST_F(Processes, NobodyWritesARecordOfAProcessPastItsLifeCycle) {
  const std::string key = Open("Mail is slow");
  client::Mutation mutation;
  mutation.put_records.push_back({MakeRecord("Incident", key, {{"state", "closed"}}), {}});
  EXPECT_THAT(client->Mutate(mutation), HasErrorCode(ErrorCode::kProcessRecord));
  client::Mutation end;
  end.end_records.push_back({key, {}});
  EXPECT_THAT(client->Mutate(end), HasErrorCode(ErrorCode::kProcessRecord));
}

TEST_F(Processes, AReaderMayLookAndNotAct) {
  const std::string key = Open("Mail is slow");
  ASSERT_OK_AND_ASSIGN(const client::NewToken token, client->CreateToken("r", "reader", 30));
  const auto reader = Connect(token.token);
  EXPECT_OK(reader->LookAtProcess(key));
  EXPECT_THAT(reader->DoProcess({.key = key, .event = "cancel"}),
              HasErrorCode(ErrorCode::kPermissionDenied));
  EXPECT_THAT(reader->OpenProcess({.class_name = "Incident"}),
              HasErrorCode(ErrorCode::kPermissionDenied));
}

TEST_F(Processes, AReaderAsksHowMuchTimeIsLeftAndWhy) {
  const std::string key = Open("Mail is slow");
  ASSERT_OK_AND_ASSIGN(const client::NewToken token, client->CreateToken("r", "reader", 30));
  const auto reader = Connect(token.token);
  ASSERT_OK_AND_ASSIGN(const client::ProcessClock clock, reader->ClockOfProcess({.key = key}));
  ASSERT_EQ(clock.targets.size(), 2U);
  EXPECT_EQ(clock.targets[1].agreement, "incidents");
  EXPECT_EQ(clock.targets[1].target, client::ClockTarget::kResolve);
  EXPECT_EQ(clock.targets[1].verdict, client::ClockVerdict::kRunning);
  EXPECT_EQ(clock.targets[1].given, clock.targets[1].counted + clock.targets[1].remaining);
  EXPECT_TRUE(clock.targets[1].deadline.has_value());
  EXPECT_FALSE(clock.explanation.has_value());
  // A year later, if nothing more happens.
  const Timestamp later{clock.at.micros + std::int64_t{366} * 86'400 * 1'000'000};
  ASSERT_OK_AND_ASSIGN(
      const client::ProcessClock explained,
      reader->ClockOfProcess({key, later, "incidents", client::ClockTarget::kResolve}));
  EXPECT_EQ(explained.at, later);
  ASSERT_TRUE(explained.explanation.has_value());
  const client::ProcessExplanation& explanation = *explained.explanation;
  EXPECT_EQ(explanation.target.verdict, client::ClockVerdict::kMissed);
  std::int64_t counted = 0;
  for (const client::ProcessInterval& each : explanation.intervals) {
    if (each.counted) counted += each.to.micros - each.from.micros;
    EXPECT_FALSE(each.en.empty() || each.ja.empty());
  }
  EXPECT_EQ(counted, explanation.target.counted);
  EXPECT_EQ(explanation.paused.size(), 4U);
  EXPECT_THAT(reader->ClockOfProcess({key, {}, "gold", client::ClockTarget::kResolve}),
              HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(reader->ClockOfProcess({key, {}, "incidents", client::ClockTarget::kNone}),
              HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(reader->ClockOfProcess({key, Timestamp{INT64_MAX}}),
              HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(reader->ClockOfProcess({"INC-9"}), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(Processes, FiguresAndTheCalendarAreThereForReaders) {
  ASSERT_OK_AND_ASSIGN(const client::NewToken token, client->CreateToken("r", "reader", 30));
  const auto reader = Connect(token.token);
  ASSERT_OK_AND_ASSIGN(const auto figures, reader->FiguresOfProcesses({"change_success"}));
  ASSERT_EQ(figures.size(), 1U);
  EXPECT_EQ(figures[0].target, 95.0);
  EXPECT_TRUE(figures[0].up_is_better);
  EXPECT_THAT(reader->FiguresOfProcesses({"change_sucess"}), HasErrorCode(ErrorCode::kNotFound));
  client::CalendarRequest request;
  request.window = {Timestamp{0}, Timestamp{1'000'000}};
  ASSERT_OK_AND_ASSIGN(const client::CalendarResult empty, reader->CalendarOfProcesses(request));
  EXPECT_TRUE(empty.entries.empty());
  request.limit = 1'000'000;
  EXPECT_THAT(reader->CalendarOfProcesses(request), HasErrorCode(ErrorCode::kOutOfRange));
  request.limit = 1;
  request.kinds = {static_cast<client::EntryKind>(9)};
  EXPECT_THAT(reader->CalendarOfProcesses(request), HasErrorCode(ErrorCode::kInvalidArgument));
  request.window.to = request.window.from;
  request.kinds = {};
  EXPECT_THAT(reader->CalendarOfProcesses(request), HasErrorCode(ErrorCode::kInvalidArgument));
}

TEST_F(Processes, DefinitionsThatAreWrongChangeNothing) {
  const std::string key = Open("Mail is slow");
  EXPECT_THAT(client->DefineProcesses({{"roles.yaml", "roles:\n  - {name: x}\n"}}),
              HasErrorCode(ErrorCode::kModelInvalid));
  EXPECT_THAT(hanako->DefineProcesses({}), HasErrorCode(ErrorCode::kPermissionDenied));
  EXPECT_OK(client->LookAtProcess(key));
}

TEST_F(Processes, EightClientsWhoFightOverOneRecordLoseNoUpdate) {
  const std::string key = Open("Mail is slow");
  constexpr int kClients = 8;
  constexpr int kEach = 25;
  std::vector<std::unique_ptr<client::Client>> clients;
  for (int i = 0; i < kClients; ++i) clients.push_back(ConnectAs("p" + std::to_string(i)));
  std::vector<std::thread> threads;
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < kEach; ++k)
        EXPECT_OK(clients[static_cast<std::size_t>(i)]->NoteProcess(
            {.key = key, .text = std::to_string(i)}));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(Rows("MATCH (c:Comment) RETURN toString(count(*))"), ElementsAre("200"));
}

TEST_F(Processes, AChangeOwnsItsPlanWhicheverWayItIsWorkedOn) {
  Put({MakeRecord(
           "Person", "mia",
           {{"login", "mia"},
            {"roles", Value(ValueList{Value("change_manager"), Value("change_requester")})}}),
       MakeRecord("Server", "host:1", {{"name", "one"}, {"status", "live"}})});
  const auto mia = ConnectAs("mia");
  const auto opened =
      mia->OpenProcess({.class_name = "Change",
                        .attributes = Given({{"name", "More memory"}, {"kind", "normal"}}),
                        .links = {{"targets", "host:1"}, {"reported_by", "taro"}}});
  ASSERT_OK(opened);
  const std::string key = opened->key;
  ASSERT_OK(mia->WorkOnPlanOf(key, client::PlanDeed::kOpen));
  client::Mutation edits;
  edits.put_records.push_back({MakeRecord("Server", "host:1", {{"name", "another"}}), {}});
  EXPECT_OK(mia->EditPlan(key, edits));
  // hanako has no role for it, and nobody may carry it out yet.
  EXPECT_THAT(hanako->EditPlan(key, edits), HasErrorCode(ErrorCode::kGuardRefused));
  EXPECT_THAT(mia->MergePlan(key, {}), HasErrorCode(ErrorCode::kGuardRefused));
  EXPECT_THAT(mia->DropPlan(key), HasErrorCode(ErrorCode::kGuardRefused));
  EXPECT_THAT(mia->WorkOnPlanOf(key, client::PlanDeed::kMerge),
              HasErrorCode(ErrorCode::kGuardRefused));
  ASSERT_OK_AND_ASSIGN(const client::ChangeAssessment assessment, mia->AssessChange(key, true));
  ASSERT_EQ(assessment.items.size(), 1U);
  EXPECT_TRUE(assessment.items[0].planned);
  EXPECT_NE(assessment.kept, 0U);
  EXPECT_FALSE(assessment.factors.empty());
  EXPECT_THAT(Rows("MATCH (c:Change) RETURN c.impact_hash"), ElementsAre(assessment.impact_hash));
  // A reader may look and not keep.
  ASSERT_OK_AND_ASSIGN(const client::NewToken token, client->CreateToken("r", "reader", 30));
  const auto reader = Connect(token.token);
  EXPECT_OK(reader->AssessChange(key, false));
  EXPECT_THAT(reader->AssessChange(key, true), HasErrorCode(ErrorCode::kPermissionDenied));
  ASSERT_OK_AND_ASSIGN(const client::ChangePlanResult compared,
                       mia->WorkOnPlanOf(key, client::PlanDeed::kCompare));
  EXPECT_EQ(compared.result, client::CarriedOut::kNotAtAll);
  ASSERT_EQ(compared.missing.size(), 1U);
  EXPECT_EQ(compared.missing[0].planned, "another");
}

TEST_F(Processes, WhatChangedWithoutAChangeIsFound) {
  Put({MakeRecord("Server", "host:1", {{"name", "one"}, {"status", "live"}})});
  Put({MakeRecord("Server", "host:1", {{"name", "two"}})});
  ASSERT_OK_AND_ASSIGN(const client::ChangeIntake intake, client->FindUnauthorised(1));
  ASSERT_EQ(intake.found.size(), 1U);
  EXPECT_EQ(intake.found[0].key, "host:1");
  ASSERT_EQ(intake.found[0].values.size(), 1U);
  EXPECT_EQ(intake.found[0].values[0].before, "one");
  EXPECT_EQ(intake.found[0].values[0].after, "two");
  EXPECT_TRUE(intake.whole);
}

}  // namespace
}  // namespace kosei::e2e
