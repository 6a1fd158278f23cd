// The service clock of records of a store: an incident over a weekend in Tokyo, asked then, later,
// for the past, and after a mistake was mended; and which agreement it is judged by.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clock_support.h"
#include "desk_store.h"
#include "kosei/base/error.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::kosei::testing::HasErrorCode;
using ::kosei::testing::IsError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Of a service of its own, and what its desk promises inside.
constexpr std::string_view kMail = R"(agreements:
  - name: sla-mail
    label: {en: Mail, ja: メール}
    versions:
      - effective_from: 2020-01-01T00:00:00+09:00
        calendar: always
        targets: [{kind: resolve, elapsed_time: PT1H}]
  - name: sla-mail-desk
    label: {en: Desk, ja: デスク}
    level: internal
    party: team:desk
    under: sla-mail
    versions:
      - effective_from: 2020-01-01T00:00:00+09:00
        calendar: always
        targets: [{kind: resolve, elapsed_time: PT30M}]
)";

class ClockDeskTest : public ::testing::Test {
 protected:
  ClockDeskTest() {
    store_.PutPerson("hanako", {"service_desk", "support"});
    store_.Put("Team", "team:desk", {{"name", "Service desk"}});
    store_.Put("BusinessService", "svc:mail", {{"name", "Mail"}});
    store_.Put("Contract", "sla-mail", {{"name", "Mail"}});
  }
  Desk& desk() { return store_.desk(); }
  void Now(std::string_view time) { store_.clock().JumpTo(At(time)); }
  std::string Open(const std::string& class_name = "Incident") {
    const auto opened =
        desk().New(As("hanako"), {.class_name = class_name,
                                  .attributes = Given({{"name", "Mail is slow"}}),
                                  .links = {{"concerns", "svc:mail"}, {"reported_by", "hanako"}}});
    EXPECT_EQ(Refused(opened), "");
    return opened.ok() ? opened->key : std::string();
  }
  void Do(const std::string& key, const std::string& event,
          const std::vector<std::pair<std::string, std::string>>& attributes = {}) {
    EXPECT_EQ(Refused(desk().Do(As("hanako"),
                                {.key = key, .event = event, .attributes = Given(attributes)})),
              "")
        << event;
  }
  // p3 has sixteen hours of work to be resolved, and two to be answered. Each waits for half an
  // hour.
  std::vector<std::string> OverTheWeekend(std::size_t count) {
    Now("2026-10-30T17:00+09:00");  // Friday
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < count; ++i) keys.push_back(Open());
    const auto each = [&](std::string_view time, auto&& work) {
      Now(time);
      for (const std::string& key : keys) work(key);
    };
    each("2026-10-30T17:10+09:00", [&](const std::string& key) {
      Do(key, "triage",
         {{"category", "mail"},
          {"impact", "medium"},
          {"urgency", "medium"},
          {"priority", "p3"},
          {"assignment_group", "team:desk"}});
      Do(key, "start", {{"assigned_to", "hanako"}});
    });
    each("2026-11-02T09:30+09:00", [&](const std::string& key) {
      Do(key, "wait_for_customer", {{"pending_reason", "logs"}});
    });
    each("2026-11-02T10:00+09:00", [&](const std::string& key) { Do(key, "resume"); });
    // Tuesday was Culture Day.
    each("2026-11-04T15:10+09:00", [&](const std::string& key) {
      Do(key, "resolve", {{"resolution", "restarted"}, {"resolution_code", "restarted"}});
    });
    return keys;
  }
  std::string OverTheWeekend() { return OverTheWeekend(1).front(); }
  std::vector<TargetState> States(const std::string& key, std::optional<Timestamp> at = {}) {
    const auto states = desk().Clock(key, at);
    EXPECT_OK(states);
    return states.ok() ? *states : std::vector<TargetState>();
  }
  void Define(const std::function<void(DefinitionFile&)>& change) {
    auto files = ReadDefinitionFiles(KOSEI_PROCESS_FOLDER);
    ASSERT_OK(files);
    for (DefinitionFile& file : *files) change(file);
    ASSERT_OK(desk().Define(Administrator(), *std::move(files)));
  }
  void DefineMail() {
    Define([](DefinitionFile& file) {
      if (file.name == "agreements.yaml")
        file.text += std::string(kMail.substr(kMail.find('\n') + 1));
    });
  }

  DeskStore store_;
};

TEST_F(ClockDeskTest, AnIncidentOverAWeekendIsCountedByTheHoursOfTokyo) {
  const std::string key = OverTheWeekend();
  const std::vector<TargetState> states = States(key);
  ASSERT_EQ(states.size(), 2U);
  EXPECT_EQ(states[0].agreement, "incidents");
  EXPECT_EQ(states[0].kind, TargetKind::kRespond);
  EXPECT_EQ(states[0].verdict, Verdict::kMet);
  EXPECT_EQ(states[0].counted, 10 * kMinute);
  EXPECT_EQ(states[1].verdict, Verdict::kMet);
  EXPECT_EQ(states[1].priority, "p3");
  EXPECT_EQ(states[1].calendar, "japan_business_hours");
  EXPECT_EQ(states[1].given, 16 * kHour);
  EXPECT_EQ(states[1].started, At("2026-10-30T17:00+09:00"));
  EXPECT_EQ(states[1].stopped, At("2026-11-04T15:10+09:00"));
  EXPECT_EQ(states[1].deadline, At("2026-11-04T15:30+09:00"));
  EXPECT_EQ(states[1].counted, 15 * kHour + 40 * kMinute);
}

TEST_F(ClockDeskTest, TheExplanationSaysOfEachHourWhyItCounts) {
  const std::string key = OverTheWeekend();
  const auto explained = desk().ExplainClock(key, "incidents", TargetKind::kResolve, {});
  ASSERT_OK(explained);
  std::int64_t counted = 0;
  std::vector<std::string> rows;
  for (const Interval& each : explained->intervals) {
    if (each.counted) counted += each.to.micros - each.from.micros;
    if (each.reason == IntervalReason::kPaused || each.reason == IntervalReason::kHoliday)
      rows.push_back(FormatTimestamp(each.from) + " " + each.why.en);
  }
  EXPECT_EQ(counted, explained->state.counted);
  EXPECT_EQ(explained->state.counted, 15 * kHour + 40 * kMinute);
  EXPECT_THAT(rows, ElementsAre("2026-11-02T00:30:00Z waiting for the customer (logs)",
                                HasSubstr("2026-11-02T15:00:00Z a holiday: Culture Day")));
  ASSERT_EQ(explained->parties.size(), 2U);  // nobody for the first ten minutes
  EXPECT_EQ(explained->parties[0].counted, 10 * kMinute);
  EXPECT_EQ(explained->parties[1].party, "team:desk");
  EXPECT_EQ(explained->paused[static_cast<std::size_t>(PauseOwner::kCustomer)], 30 * kMinute);
}

TEST_F(ClockDeskTest, ThePastIsAskedForAgain) {
  const std::string key = OverTheWeekend();
  const std::vector<TargetState> sunday = States(key, At("2026-11-01T12:00+09:00"));
  ASSERT_EQ(sunday.size(), 2U);
  EXPECT_EQ(sunday[1].verdict, Verdict::kRunning);
  EXPECT_EQ(sunday[1].counted, kHour);
  EXPECT_EQ(sunday[1].deadline, At("2026-11-04T15:00+09:00"));
  const std::vector<TargetState> waiting = States(key, At("2026-11-02T09:45+09:00"));
  EXPECT_EQ(waiting[1].verdict, Verdict::kPaused);
  EXPECT_EQ(waiting[1].deadline, std::nullopt);
  EXPECT_EQ(waiting[1].counted, 90 * kMinute);
  // Before it had a priority it counted as p3; before it was opened nothing did.
  EXPECT_EQ(States(key, At("2026-10-30T17:05+09:00"))[1].given, 16 * kHour);
  EXPECT_THAT(States(key, At("2026-10-30T16:59+09:00")), IsEmpty());
}

TEST_F(ClockDeskTest, TheFutureIsWhatComesWhenNothingElseHappens) {
  Now("2026-10-30T17:00+09:00");
  const std::string key = Open();
  EXPECT_EQ(States(key)[1].verdict, Verdict::kRunning);
  EXPECT_EQ(States(key, At("2026-11-05T09:00+09:00"))[1].verdict, Verdict::kMissed);
}

TEST_F(ClockDeskTest, ACalendarThatIsMendedMendsTheVerdict) {
  const std::string key = OverTheWeekend();
  EXPECT_EQ(States(key)[1].verdict, Verdict::kMet);
  // There are no holidays after all.
  Define([](DefinitionFile& file) {
    const std::string line = "    holidays: [japan]\n";
    if (file.name != "calendars/default.yaml") return;
    for (std::size_t at = 0; (at = file.text.find(line)) != std::string::npos;)
      file.text.erase(at, line.size());
  });
  EXPECT_EQ(States(key)[1].verdict, Verdict::kMetLate);
  EXPECT_EQ(States(key)[1].deadline, At("2026-11-03T15:30+09:00"));
}

TEST_F(ClockDeskTest, AReopenedIncidentGoesOnFromWhatWasCounted) {
  const std::string key = OverTheWeekend();
  Now("2026-11-05T09:00+09:00");
  EXPECT_EQ(Refused(desk().Do(
                As("hanako"),
                {.key = key, .event = "reopen", .inputs = Given({{"reason", "slow again"}})})),
            "");
  Now("2026-11-05T09:30+09:00");
  const TargetState state = States(key)[1];
  EXPECT_EQ(state.verdict, Verdict::kMissed);
  EXPECT_EQ(state.deadline, At("2026-11-05T09:20+09:00"));
  EXPECT_EQ(state.counted, 16 * kHour + 10 * kMinute);
}

TEST_F(ClockDeskTest, TheAgreementThatItsServiceHadAtTheOpeningGoverns) {
  DefineMail();
  Now("2026-10-30T10:00+09:00");
  const std::string before = Open();
  Now("2026-10-30T11:00+09:00");
  store_.Link("svc:mail", "covered_by", "sla-mail");
  Now("2026-10-30T12:00+09:00");
  const std::string after = Open();
  Now("2026-10-30T13:30+09:00");
  EXPECT_EQ(States(before)[1].agreement, "incidents");
  const std::vector<TargetState> states = States(after);
  ASSERT_EQ(states.size(), 4U);
  EXPECT_EQ(states[1].agreement, "sla-mail");
  EXPECT_EQ(states[1].verdict, Verdict::kMissed);
  // The one under it waits for its party.
  EXPECT_EQ(states[3].agreement, "sla-mail-desk");
  EXPECT_EQ(states[3].verdict, Verdict::kNotStarted);
  Do(after, "triage",
     {{"category", "mail"},
      {"impact", "high"},
      {"urgency", "high"},
      {"priority", "p1"},
      {"assignment_group", "team:desk"}});
  EXPECT_EQ(States(after)[3].verdict, Verdict::kRunning);
  EXPECT_EQ(States(after)[3].deadline, At("2026-10-30T14:00+09:00"));
}

TEST_F(ClockDeskTest, WithoutAnAgreementThereIsNothingToKeep) {
  Now("2026-10-30T10:00+09:00");
  EXPECT_THAT(States(Open("Problem")), IsEmpty());
  const std::string key = Open();
  EXPECT_THAT(desk().ExplainClock(key, "requests", TargetKind::kResolve, {}),
              HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(desk().Clock("INC-9", {}), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(desk().Clock("svc:mail", {}), HasErrorCode(ErrorCode::kInvalidArgument));
}

TEST_F(ClockDeskTest, AnAgreementThatNamesWhatIsNotThereIsNotTaken) {
  const auto refused = [&](std::string_view from, std::string_view to) {
    auto files = ReadDefinitionFiles(KOSEI_PROCESS_FOLDER);
    EXPECT_OK(files);
    for (DefinitionFile& file : *files) {
      const std::size_t at = file.text.find(from);
      if (file.name == "agreements.yaml" && at != std::string::npos)
        file.text.replace(at, from.size(), to);
    }
    return desk().Define(Administrator(), *std::move(files)).status();
  };
  EXPECT_THAT(refused("default_for: [Incident]", "default_for: [Incidnet]"),
              IsError(ErrorCode::kModelInvalid, "Incidnet"));
  EXPECT_THAT(refused("responded_states: [in_progress]", "responded_states: [in_progres]"),
              IsError(ErrorCode::kModelInvalid, "did you mean \"in_progress\""));
  EXPECT_THAT(refused("calendar: japan_business_hours", "calendar: japan"),
              IsError(ErrorCode::kModelInvalid, "no calendar \"japan\""));
}

// The files about time, without any holiday.
std::vector<DefinitionFile> WithoutHolidays() {
  auto files = ReadDefinitionFiles(KOSEI_PROCESS_FOLDER);
  EXPECT_OK(files);
  std::vector<DefinitionFile> kept;
  for (DefinitionFile& file : *files) {
    const std::string line = "    holidays: [japan]\n";
    if (file.name != "calendars/default.yaml") continue;
    for (std::size_t at = 0; (at = file.text.find(line)) != std::string::npos;)
      file.text.erase(at, line.size());
    kept.push_back(file);
  }
  return kept;
}

std::string TextOf(const VerdictFlip& flip) {
  return flip.ticket + " " + std::string(NameOf(flip.before)) + " " +
         std::string(NameOf(flip.after)) + " " +
         (flip.deadline_after ? FormatTimestamp(*flip.deadline_after) : "-");
}

TEST_F(ClockDeskTest, WhatAMendedCalendarWouldChangeIsToldBeforeItIs) {
  const std::string key = OverTheWeekend();
  const std::string in_time = Open();  // a new one, which no holiday bears on
  const auto review = desk().ReviewClocks({.proposed = WithoutHolidays()});
  ASSERT_OK(review);
  EXPECT_EQ(review->looked_at, 2U);
  ASSERT_EQ(review->flips.size(), 1U);
  EXPECT_EQ(TextOf(review->flips[0]), key + " met met_late 2026-11-03T06:30:00Z");
  EXPECT_EQ(review->next, "");
  // Nothing has changed by asking.
  EXPECT_EQ(States(key)[1].verdict, Verdict::kMet);
}

TEST_F(ClockDeskTest, WhatAMendedCalendarHasChangedIsToldBehindIt) {
  const std::string key = OverTheWeekend();
  const CommitNumber before = store_.engine().reader().Newest().commit;
  EXPECT_THAT(desk().ReviewClocks({.since = before})->flips, IsEmpty());
  auto files = ReadDefinitionFiles(KOSEI_PROCESS_FOLDER);
  ASSERT_OK(files);
  for (DefinitionFile& file : *files) {
    if (file.name == "calendars/default.yaml") file = WithoutHolidays().front();
  }
  ASSERT_OK(desk().Define(Administrator(), *files));
  const auto review = desk().ReviewClocks({.since = before, .classes = {"Incident"}});
  ASSERT_OK(review);
  ASSERT_EQ(review->flips.size(), 1U);
  EXPECT_EQ(TextOf(review->flips[0]), key + " met met_late 2026-11-03T06:30:00Z");
  // Of other classes and other times nothing is asked.
  EXPECT_EQ(desk().ReviewClocks({.since = before, .classes = {"ServiceRequest"}})->looked_at, 0U);
  EXPECT_EQ(desk().ReviewClocks({.since = before, .from = At("2026-11-01T00:00+09:00")})->looked_at,
            0U);
  EXPECT_EQ(
      desk().ReviewClocks({.since = before, .to = At("2026-10-30T17:00:01+09:00")})->looked_at, 1U);
  // As of a moment at which it was open, the verdict was the same.
  EXPECT_THAT(desk().ReviewClocks({.since = before, .at = At("2026-10-31T00:00+09:00")})->flips,
              IsEmpty());
}

TEST_F(ClockDeskTest, AReviewGoesOnWhereItStopped) {
  const std::vector<std::string> keys = OverTheWeekend(5);
  ClockReviewQuestion question{.proposed = WithoutHolidays(), .limit = 2};
  std::vector<std::string> flipped;
  std::size_t looked_at = 0;
  int pages = 0;
  do {
    const auto review = desk().ReviewClocks(question);
    ASSERT_OK(review);
    looked_at += review->looked_at;
    for (const VerdictFlip& flip : review->flips) flipped.push_back(flip.ticket);
    question.after = review->next;
    ++pages;
  } while (!question.after.empty() && pages < 10);
  EXPECT_EQ(looked_at, 5U);
  EXPECT_EQ(flipped, keys);
  EXPECT_EQ(pages, 3);
  question.after = "INC-999999";
  EXPECT_THAT(desk().ReviewClocks(question), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(ClockDeskTest, AnAgreementThatGovernsOtherRecordsIsToldAsWell) {
  const std::string key = OverTheWeekend();
  auto files = ReadDefinitionFiles(KOSEI_PROCESS_FOLDER);
  ASSERT_OK(files);
  std::erase_if(*files, [](const DefinitionFile& file) { return file.name != "agreements.yaml"; });
  const std::size_t at = files->front().text.find("default_for: [Incident]");
  ASSERT_NE(at, std::string::npos);
  files->front().text.replace(at, std::string_view("default_for: [Incident]").size(),
                              "default_for: [Problem]");
  const auto review = desk().ReviewClocks({.proposed = *files});
  ASSERT_OK(review);
  ASSERT_EQ(review->flips.size(), 2U);
  EXPECT_EQ(TextOf(review->flips[1]), key + " met no_target -");
}

TEST_F(ClockDeskTest, AReviewThatCannotBeIsRefusedWithTheReason) {
  EXPECT_THAT(desk().ReviewClocks({.proposed = {{"roles.yaml", "roles: []\n"}}}),
              IsError(ErrorCode::kInvalidArgument, "no file is about calendars"));
  EXPECT_THAT(desk().ReviewClocks({.proposed = {{"agreements.yaml", "agreements:\n  - nme: x\n"}}}),
              IsError(ErrorCode::kModelInvalid, "agreements.yaml:2"));
  EXPECT_THAT(desk().ReviewClocks({.since = CommitNumber{1'000'000}}),
              HasErrorCode(ErrorCode::kOutOfRange));
  EXPECT_THAT(desk().ReviewClocks({.classes = {"Incidnt"}}),
              HasErrorCode(ErrorCode::kUnknownClass));
}

}  // namespace
}  // namespace kosei::process
