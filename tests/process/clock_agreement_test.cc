// Agreements as they are written: what every key means, and that what is wrong is told with its
// line and how to mend it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "clock_support.h"
#include "kosei/base/error.h"
#include "kosei/process/agreement_definition.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using kosei::testing::IsError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

CalendarBook Calendars() {
  const auto definitions = ParseCalendars(std::vector<model::ModelFile>{{"c.yaml", R"(
calendars:
  - {name: tokyo, label: {en: Tokyo, ja: 東京}, zone: Asia/Tokyo, week: {mon: ["09:00-18:00"]}}
)"}});
  EXPECT_TRUE(definitions.ok()) << definitions.status();
  return CalendarBook::Make(*definitions).value();
}

absl::StatusOr<std::vector<AgreementDefinition>> Parse(std::vector<std::string> texts) {
  std::vector<model::ModelFile> files;
  for (std::string& text : texts)
    files.push_back({"a" + std::to_string(files.size() + 1) + ".yaml", std::move(text)});
  return ParseAgreements(files, Calendars());
}

constexpr std::string_view kGold = R"(agreements:
  - name: gold
    label: {en: Gold, ja: ゴールド}
    default_for: [Incident, Problem]
    ends: 2027-04-01T00:00:00+09:00
    versions:
      - effective_from: 2026-01-01T00:00:00+09:00
        calendar: tokyo
        targets:
          - {kind: respond, working_time: PT1H30M}
          - {kind: resolve, priority: p1, type: mail, elapsed_time: P1DT4H, warn: [50, 75]}
          - {kind: resolve, priority: p2, working_days: 2, cut_off: "15:00"}
          - {kind: resolve, priority: p3, clock_time: "17:00", days: 1}
          - {kind: resolve, priority: p4, months: 1}
          - {kind: resolve, priority: p5, date: 2026-12-24T18:00:00+09:00}
        pauses:
          - {owner: customer}
          - {owner: planned_change, reason: freeze, granted: false}
        counted_states: [assigned, in_progress]
        responded_states: [in_progress]
      - {effective_from: 2026-07-01T00:00:00+09:00, calendar: tokyo, choice: follow, targets: []}
)";
constexpr std::string_view kNested = R"(agreements:
  - name: gold-network
    label: {en: Network team, ja: ネットワーク}
    level: internal
    party: team:network
    under: gold
    versions:
      - {effective_from: 2026-01-01T00:00:00+09:00, calendar: tokyo,
         targets: [{kind: resolve, working_time: PT4H}]}
)";

// The text with the first `from` in it replaced.
std::string With(std::string_view text, std::string_view from, std::string_view to) {
  std::string changed(text);
  const std::size_t at = changed.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) changed.replace(at, from.size(), to);
  return changed;
}

TEST(AgreementParserTest, EveryKeyIsRead) {
  const auto parsed = Parse({std::string(kGold)});
  ASSERT_OK(parsed);
  ASSERT_EQ(parsed->size(), 1U);
  const AgreementDefinition& definition = parsed->front();
  const Agreement& gold = definition.agreement;
  EXPECT_EQ(gold.name, "gold");
  EXPECT_EQ(gold.label.ja, "ゴールド");
  EXPECT_EQ(gold.level, AgreementLevel::kCustomer);
  EXPECT_EQ(gold.ends, At("2027-04-01T00:00+09:00"));
  EXPECT_THAT(definition.default_for, ElementsAre("Incident", "Problem"));
  EXPECT_EQ(definition.origin, "a1.yaml:2");
  ASSERT_EQ(gold.versions.size(), 2U);
  const AgreementVersion& first = gold.versions[0];
  EXPECT_EQ(first.effective_from, At("2026-01-01T00:00+09:00"));
  EXPECT_EQ(first.calendar, "tokyo");
  EXPECT_EQ(first.choice, VersionChoice::kAtOpening);
  EXPECT_EQ(gold.versions[1].choice, VersionChoice::kFollow);
  EXPECT_THAT(first.counted_states, ElementsAre("assigned", "in_progress"));
  EXPECT_THAT(first.responded_states, ElementsAre("in_progress"));
  EXPECT_TRUE(IsGranted(first, PauseOwner::kCustomer, "logs"));
  EXPECT_FALSE(IsGranted(first, PauseOwner::kPlannedChange, "freeze"));
}

TEST(AgreementParserTest, ATargetGivesTimeInSixWays) {
  const auto parsed = Parse({std::string(kGold)});
  ASSERT_OK(parsed);
  const std::vector<Target>& targets = parsed->front().agreement.versions[0].targets;
  ASSERT_EQ(targets.size(), 6U);
  EXPECT_EQ(targets[0].kind, TargetKind::kRespond);
  EXPECT_EQ(targets[0].priority, "");
  EXPECT_EQ(targets[0].measure.kind, MeasureKind::kWorkingTime);
  EXPECT_EQ(targets[0].measure.micros, 90 * kMinute);
  EXPECT_EQ(targets[1].request_type, "mail");
  EXPECT_EQ(targets[1].measure.kind, MeasureKind::kElapsedTime);
  EXPECT_EQ(targets[1].measure.micros, 28 * kHour);
  EXPECT_THAT(targets[1].warn_percent, ElementsAre(50, 75));
  EXPECT_EQ(targets[2].measure.kind, MeasureKind::kWorkingDays);
  EXPECT_EQ(targets[2].measure.count, 2);
  EXPECT_EQ(targets[2].measure.cut_off, 15 * 60);
  EXPECT_EQ(targets[3].measure.kind, MeasureKind::kClockTime);
  EXPECT_EQ(targets[3].measure.minute, 17 * 60);
  EXPECT_EQ(targets[3].measure.count, 1);
  EXPECT_EQ(targets[4].measure.kind, MeasureKind::kCalendarMonths);
  EXPECT_EQ(targets[4].measure.count, 1);
  EXPECT_EQ(targets[5].measure.kind, MeasureKind::kDate);
  EXPECT_EQ(targets[5].measure.date, At("2026-12-24T18:00+09:00"));
}

TEST(AgreementParserTest, ANestedOneMaySupportOneOfAnotherFile) {
  // Whichever file comes first.
  const auto parsed = Parse({std::string(kNested), std::string(kGold)});
  ASSERT_OK(parsed);
  ASSERT_EQ(parsed->size(), 2U);
  EXPECT_EQ(parsed->front().agreement.level, AgreementLevel::kInternal);
  EXPECT_EQ(parsed->front().agreement.party, "team:network");
  EXPECT_EQ(parsed->front().agreement.under, "gold");
}

TEST(AgreementParserTest, WhatIsWrongIsToldWithItsLine) {
  struct Case {
    std::string_view from, to;  // in kGold
    std::string_view where;
    std::string_view message;
  };
  const Case cases[] = {
      {"agreements:", "agreement:", "a1.yaml:1", "did you mean \"agreements\""},
      {"name: gold", "name: Gold!", "a1.yaml:2", "lower-case"},
      {"ja: ゴールド", "ja: ''", "a1.yaml:3", "empty"},
      {"default_for: [Incident, Problem]", "default_for: [A, A]", "a1.yaml:4", "twice"},
      {"2027-04-01T00:00:00+09:00", "2027-04-01", "a1.yaml:5", "with its offset"},
      {"ends: 2027-04-01", "ends: 2026-02-01", "a1.yaml:2", "it ends at"},
      {"calendar: tokyo", "calendar: tokio", "a1.yaml:2", "no calendar \"tokio\""},
      {"kind: respond", "kind: respnd", "a1.yaml:10", "did you mean \"respond\""},
      {"{kind: respond, ", "{", "a1.yaml:10", "has no kind"},
      {"working_time: PT1H30M", "working_time: P1D", "a1.yaml:10", "working_days"},
      {"working_time: PT1H30M", "working_time: P1M", "a1.yaml:10", "working_days"},
      {"working_time: PT1H30M", "working_time: 90", "a1.yaml:10", "PT8H"},
      {"P1DT4H", "P1M", "a1.yaml:11", "months"},
      {", working_time: PT1H30M", "", "a1.yaml:10", "not how much time"},
      {"working_time: PT1H30M", "working_time: PT1H, months: 1", "a1.yaml:10", "keep one"},
      {"warn: [50, 75]", "warn: [75, 50]", "a1.yaml:2", "ascending"},
      {"warn: [50, 75]", "warn: [half]", "a1.yaml:11", "whole number"},
      {"\"15:00\"", "\"25:00\"", "a1.yaml:12", "24:00"},
      {"working_days: 2, cut_off", "elapsed_time: PT1H, cut_off", "a1.yaml:12", "leave it out"},
      {"\"17:00\", days: 1", "\"17:00\"", "a1.yaml:13", "has no days"},
      {"months: 1", "months: 1, days: 2", "a1.yaml:14", "clock_time alone"},
      {"priority: p2", "priority: p3", "a1.yaml:2", "keep one"},
      {"owner: customer", "owner: client", "a1.yaml:17", "one of customer"},
      {"granted: false", "granted: maybe", "a1.yaml:18", "true, false"},
      {"2026-07-01", "2025-07-01", "a1.yaml:2", "order versions"},
      {"choice: follow", "choice: newest", "a1.yaml:21", "at_opening"},
      {"    versions:", "    version:", "a1.yaml:6", "did you mean \"versions\""},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.to);
    const auto refused = Parse({With(kGold, each.from, each.to)});
    ASSERT_THAT(refused, IsError(ErrorCode::kModelInvalid, std::string(each.message)));
    EXPECT_THAT(std::string(MessageOf(refused.status())), HasSubstr(each.where));
  }
}

TEST(AgreementParserTest, WhatFilesSayOfEachOtherFitsTogether) {
  const auto twice = Parse({std::string(kGold), std::string(kGold)});
  EXPECT_THAT(twice, IsError(ErrorCode::kModelInvalid, "a2.yaml:2: the agreement gold is defined"));
  const auto defaults = Parse({std::string(kGold), With(kGold, "name: gold", "name: silver")});
  EXPECT_THAT(defaults, IsError(ErrorCode::kModelInvalid, "both the default for Incident"));
  const auto alone = Parse({std::string(kNested)});
  EXPECT_THAT(alone, IsError(ErrorCode::kModelInvalid, "a1.yaml:2: agreement gold-network"));
  const auto nameless = Parse({std::string(kGold), With(kNested, "    party: team:network\n", "")});
  EXPECT_THAT(nameless, IsError(ErrorCode::kModelInvalid, "names no party"));
  const auto common = Parse({std::string(kGold), With(kNested, "level: internal",
                                                      "level: internal\n"
                                                      "    default_for: [Change]")});
  EXPECT_THAT(common, IsError(ErrorCode::kModelInvalid, "a2.yaml:5"));
}

// With the calendars that are shipped.
absl::StatusOr<std::vector<AgreementDefinition>> ParseShipped(std::string text) {
  const std::string folder = KOSEI_CALENDAR_FOLDER;
  const auto calendars = ParseCalendars(std::vector<model::ModelFile>{
      FileOf(folder + "/default.yaml"), FileOf(folder + "/japan_holidays.yaml")});
  EXPECT_TRUE(calendars.ok()) << calendars.status();
  return ParseAgreements(std::vector<model::ModelFile>{{"a.yaml", std::move(text)}},
                         CalendarBook::Make(*calendars).value());
}

TEST(AgreementParserTest, TheExampleOfTheDocumentIsTaken) {
  const std::string document =
      FileOf(KOSEI_CALENDAR_FOLDER "/../../../docs/processes/service_clock.md").text;
  const std::size_t begin = document.find("agreements:\n");
  ASSERT_NE(begin, std::string::npos);
  const auto parsed = ParseShipped(document.substr(begin, document.find("```", begin) - begin));
  ASSERT_OK(parsed);
  ASSERT_EQ(parsed->size(), 2U);
  EXPECT_EQ(parsed->back().agreement.under, "gold");
}

TEST(AgreementParserTest, TheShippedOnesGiveEveryPriorityAnAnswerAndAnEnd) {
  const auto parsed = ParseShipped(FileOf(KOSEI_CALENDAR_FOLDER "/../agreements.yaml").text);
  ASSERT_OK(parsed);
  ASSERT_EQ(parsed->size(), 2U);
  EXPECT_THAT(parsed->front().default_for, ElementsAre("Incident"));
  EXPECT_THAT(parsed->back().default_for, ElementsAre("ServiceRequest"));
  for (const AgreementDefinition& each : *parsed) {
    const AgreementVersion& version = each.agreement.versions.front();
    for (const TargetKind kind : {TargetKind::kRespond, TargetKind::kResolve}) {
      for (const std::string_view priority : {"p1", "p2", "p3", "p4", "p5", ""})
        EXPECT_NE(FindTarget(version, kind, priority, "mail"), nullptr) << priority;
    }
    EXPECT_TRUE(IsGranted(version, PauseOwner::kCustomer, "logs"));
    EXPECT_FALSE(IsGranted(version, PauseOwner::kSupplier, ""));
  }
  const Target* const first =
      FindTarget(parsed->front().agreement.versions.front(), TargetKind::kResolve, "p1", "");
  EXPECT_EQ(first->measure.kind, MeasureKind::kElapsedTime);
  EXPECT_EQ(first->measure.micros, 4 * kHour);
}

TEST(AgreementParserTest, NothingAtAllIsNoAgreement) {
  const auto parsed = Parse({"", "# nothing yet\n"});
  ASSERT_OK(parsed);
  EXPECT_TRUE(parsed->empty());
}

}  // namespace
}  // namespace kosei::process
