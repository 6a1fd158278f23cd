// The service clock as users tell it: weekends, reopened tickets, priorities that change, nights in
// which clocks change, agreements that end, and whose time it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clock_support.h"
#include "kosei/base/error.h"
#include "kosei/process/service_clock.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using kosei::testing::IsError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kCalendars = R"(
holiday_lists:
  - name: japan
    label: {en: Japan, ja: 日本}
    days:
      - {date: 2026-11-03, en: Culture Day, ja: 文化の日}
calendars:
  - name: tokyo
    label: {en: Tokyo, ja: 東京}
    zone: Asia/Tokyo
    week: {mon: ["09:00-18:00"], tue: ["09:00-18:00"], wed: ["09:00-18:00"], thu: ["09:00-18:00"],
           fri: ["09:00-18:00"]}
    holidays: [japan]
  - name: berlin_nights
    label: {en: Nights, ja: 夜間}
    zone: Europe/Berlin
    week: {sat: ["22:00-24:00"], sun: ["00:00-06:00"]}
)";

CalendarBook Calendars(std::string yaml = std::string(kCalendars)) {
  const auto definitions =
      ParseCalendars(std::vector<model::ModelFile>{{"t.yaml", std::move(yaml)}});
  EXPECT_TRUE(definitions.ok()) << definitions.status();
  return CalendarBook::Make(*definitions).value();
}

Measure Working(std::int64_t micros) {
  return {.kind = MeasureKind::kWorkingTime, .micros = micros};
}

// Four hours to resolve for priority 1, eight otherwise; one hour to respond.
Agreement Gold() {
  Agreement gold;
  gold.name = "gold";
  gold.label = {"Gold", "ゴールド"};
  AgreementVersion version;
  version.effective_from = At("2026-01-01T00:00+09:00");
  version.calendar = "tokyo";
  version.targets = {{TargetKind::kRespond, "", "", Working(kHour), {50}},
                     {TargetKind::kResolve, "p1", "", Working(4 * kHour), {50, 75}},
                     {TargetKind::kResolve, "", "", Working(8 * kHour), {75}}};
  version.pauses = {{PauseOwner::kCustomer, "", true}, {PauseOwner::kCustomer, "meeting", false}};
  gold.versions = {version};
  return gold;
}

ServiceBook Book(std::vector<Agreement> agreements) {
  auto book = ServiceBook::Make(std::move(agreements), Calendars());
  EXPECT_TRUE(book.ok()) << book.status();
  return *std::move(book);
}

// Opened with priority 2 under "gold".
Ticket Opened(std::string_view at, std::vector<TicketEvent> more = {}) {
  Ticket ticket{"INC-1", {{.at = At(at), .state = "new", .priority = "p2"}}};
  ticket.events.push_back(
      {.at = At(at), .kind = EventKind::kAgreementAttached, .agreement = "gold"});
  for (TicketEvent& event : more) ticket.events.push_back(std::move(event));
  return ticket;
}
TicketEvent Paused(std::string_view at, std::string_view reason = "") {
  return {.at = At(at), .kind = EventKind::kPaused, .reason = std::string(reason)};
}
TicketEvent Event(std::string_view at, EventKind kind) { return {.at = At(at), .kind = kind}; }

TargetState Resolve(const Ticket& ticket, const ServiceBook& book, std::string_view at) {
  const auto states = JudgeTicket(ticket, book, At(at));
  EXPECT_TRUE(states.ok()) << states.status();
  return states->at(1);
}

TEST(ServiceClockTest, ATicketOfFridayEveningIsDueOnMonday) {
  const ServiceBook book = Book({Gold()});
  const Ticket ticket = Opened("2026-12-04T17:00+09:00");
  const TargetState state = Resolve(ticket, book, "2026-12-05T12:00+09:00");
  EXPECT_EQ(state.verdict, Verdict::kRunning);
  EXPECT_EQ(state.deadline, At("2026-12-07T16:00+09:00"));
  EXPECT_EQ(state.counted, kHour);
  EXPECT_EQ(state.remaining, 7 * kHour);
  EXPECT_EQ(state.percent_hundredths, 1'250);
  ASSERT_EQ(state.warnings.size(), 1U);
  EXPECT_EQ(state.warnings[0].at, At("2026-12-07T14:00+09:00"));
  EXPECT_FALSE(state.warnings[0].reached);
}

TEST(ServiceClockTest, APauseOverTheWeekendMovesNothing) {
  const ServiceBook book = Book({Gold()});
  const Ticket ticket = Opened(
      "2026-12-04T17:00+09:00",
      {Paused("2026-12-04T18:00+09:00"), Event("2026-12-07T09:00+09:00", EventKind::kResumed)});
  EXPECT_EQ(Resolve(ticket, book, "2026-12-07T09:30+09:00").deadline, At("2026-12-07T16:00+09:00"));
  const TargetState paused = Resolve(ticket, book, "2026-12-06T09:30+09:00");
  EXPECT_EQ(paused.verdict, Verdict::kPaused);
  EXPECT_EQ(paused.deadline, std::nullopt);
  EXPECT_EQ(paused.warnings[0].at, std::nullopt);
  EXPECT_EQ(NextInstant(std::span(&paused, 1), At("2026-12-06T09:30+09:00")), std::nullopt);
}

TEST(ServiceClockTest, ByWorkingDaysToo) {
  Agreement gold = Gold();
  gold.versions[0].targets = {{TargetKind::kResolve,
                               "",
                               "",
                               {.kind = MeasureKind::kWorkingDays, .count = 2, .cut_off = 900},
                               {}}};
  const ServiceBook book = Book({gold});
  // Friday 14:00: the end of Tuesday. Friday 15:00 is behind the cut-off and counts as Monday.
  EXPECT_EQ(Resolve(Opened("2026-12-04T14:00+09:00"), book, "2026-12-04T16:00+09:00").deadline,
            At("2026-12-08T18:00+09:00"));
  EXPECT_EQ(Resolve(Opened("2026-12-04T15:00+09:00"), book, "2026-12-04T16:00+09:00").deadline,
            At("2026-12-09T18:00+09:00"));
  const Ticket weekend = Opened(
      "2026-12-04T14:00+09:00",
      {Paused("2026-12-05T01:00+09:00"), Event("2026-12-06T23:00+09:00", EventKind::kResumed)});
  EXPECT_EQ(Resolve(weekend, book, "2026-12-07T09:00+09:00").deadline,
            At("2026-12-08T18:00+09:00"));
  // Two hours of Monday are two hours more, and no more than that.
  const Ticket monday = Opened(
      "2026-12-04T14:00+09:00",
      {Paused("2026-12-05T01:00+09:00"), Event("2026-12-07T11:00+09:00", EventKind::kResumed)});
  EXPECT_EQ(Resolve(monday, book, "2026-12-07T12:00+09:00").deadline, At("2026-12-09T11:00+09:00"));
}

TEST(ServiceClockTest, ByTheClockOfTheNextWorkingDay) {
  Agreement gold = Gold();
  gold.versions[0].targets = {{TargetKind::kResolve,
                               "",
                               "",
                               {.kind = MeasureKind::kClockTime, .count = 1, .minute = 1'020},
                               {}},
                              {TargetKind::kRespond,
                               "",
                               "",
                               {.kind = MeasureKind::kClockTime, .count = 0, .minute = 1'020},
                               {}}};
  const ServiceBook book = Book({gold});
  const auto due = [&](std::string_view opened) {
    const auto states = JudgeTicket(Opened(opened), book, At(opened)).value();
    return std::pair(FormatTimestamp(*states[0].deadline), FormatTimestamp(*states[1].deadline));
  };
  // On Monday, before a holiday on Tuesday: 17:00 of the same day, and of Wednesday.
  EXPECT_EQ(due("2026-11-02T10:00+09:00"),
            std::pair(std::string("2026-11-02T08:00:00Z"), std::string("2026-11-04T08:00:00Z")));
  // At 17:30 the time of this day has passed.
  EXPECT_EQ(due("2026-11-02T17:30+09:00").first, "2026-11-04T08:00:00Z");
  // On Saturday: Monday counts as the day of opening.
  EXPECT_EQ(due("2026-11-07T10:00+09:00"),
            std::pair(std::string("2026-11-09T08:00:00Z"), std::string("2026-11-10T08:00:00Z")));
}

TEST(ServiceClockTest, AReopenedTicketGoesOnAndIsNotPending) {
  const ServiceBook book = Book({Gold()});
  Ticket ticket = Opened(
      "2026-12-04T09:00+09:00",
      {Paused("2026-12-04T12:00+09:00"), Event("2026-12-04T13:00+09:00", EventKind::kResolved)});
  const TargetState met = Resolve(ticket, book, "2026-12-06T13:00+09:00");
  EXPECT_EQ(met.verdict, Verdict::kMet);
  EXPECT_EQ(met.counted, 3 * kHour);
  EXPECT_EQ(met.stopped, At("2026-12-04T13:00+09:00"));
  ticket.events.push_back(Event("2026-12-07T10:00+09:00", EventKind::kReopened));
  const TargetState again = Resolve(ticket, book, "2026-12-07T11:00+09:00");
  EXPECT_EQ(again.verdict, Verdict::kRunning);
  EXPECT_EQ(again.counted, 4 * kHour);
  EXPECT_EQ(again.deadline, At("2026-12-07T15:00+09:00"));
  ticket.events.push_back(Event("2026-12-07T15:00+09:00", EventKind::kResolved));
  EXPECT_EQ(Resolve(ticket, book, "2026-12-31T00:00+09:00").verdict, Verdict::kMet);
  ticket.events.back().at.micros += 1;
  EXPECT_EQ(Resolve(ticket, book, "2026-12-31T00:00+09:00").verdict, Verdict::kMetLate);
}

TEST(ServiceClockTest, ARaisedPriorityCountsFromTheOpeningAndKeepsThePauses) {
  const ServiceBook book = Book({Gold()});
  Ticket ticket = Opened("2026-12-07T09:00+09:00", {Paused("2026-12-07T10:00+09:00"),
                                                    {.at = At("2026-12-07T11:00+09:00"),
                                                     .kind = EventKind::kPriorityChanged,
                                                     .priority = "p1"}});
  const TargetState paused = Resolve(ticket, book, "2026-12-07T12:00+09:00");
  EXPECT_EQ(paused.verdict, Verdict::kPaused);
  EXPECT_EQ(paused.given, 4 * kHour);
  EXPECT_EQ(paused.counted, kHour);
  ticket.events.push_back(Event("2026-12-07T13:00+09:00", EventKind::kResumed));
  EXPECT_EQ(Resolve(ticket, book, "2026-12-07T14:00+09:00").deadline, At("2026-12-07T16:00+09:00"));
  // Raised when more than the new target has passed: missed at once, and at what time is said.
  const Ticket late = Opened("2026-12-07T09:00+09:00", {{.at = At("2026-12-07T15:00+09:00"),
                                                         .kind = EventKind::kPriorityChanged,
                                                         .priority = "p1"}});
  EXPECT_EQ(Resolve(late, book, "2026-12-07T14:59+09:00").verdict, Verdict::kRunning);
  const TargetState missed = Resolve(late, book, "2026-12-07T15:00+09:00");
  EXPECT_EQ(missed.verdict, Verdict::kMissed);
  EXPECT_EQ(missed.deadline, At("2026-12-07T13:00+09:00"));
  // What comes after the resolution changes nothing.
  const Ticket done =
      Opened("2026-12-07T09:00+09:00", {Event("2026-12-07T14:00+09:00", EventKind::kResolved),
                                        {.at = At("2026-12-07T15:00+09:00"),
                                         .kind = EventKind::kPriorityChanged,
                                         .priority = "p1"}});
  EXPECT_EQ(Resolve(done, book, "2026-12-08T15:00+09:00").verdict, Verdict::kMet);
}

TEST(ServiceClockTest, APauseThatIsNotGrantedIsCountedAndSaid) {
  const ServiceBook book = Book({Gold()});
  const Ticket ticket =
      Opened("2026-12-07T09:00+09:00", {Paused("2026-12-07T10:00+09:00", "meeting")});
  EXPECT_EQ(Resolve(ticket, book, "2026-12-07T12:00+09:00").counted, 3 * kHour);
  ASSERT_OK_AND_ASSIGN(
      const Explanation why,
      ExplainTarget(ticket, book, "gold", TargetKind::kResolve, At("2026-12-07T12:00+09:00")));
  ASSERT_EQ(why.intervals.size(), 2U);
  EXPECT_EQ(why.intervals[1].reason, IntervalReason::kPauseRefused);
  EXPECT_EQ(why.intervals[1].why.en,
            "waiting for the customer (meeting), which the agreement does not grant");
  EXPECT_EQ(why.intervals[1].why.ja, "顧客待ち（meeting）：合意では停止を認めない");
}

TEST(ServiceClockTest, ExplainsEachHourOfALongWeekend) {
  const ServiceBook book = Book({Gold()});
  const Ticket ticket =
      Opened("2026-10-30T17:00+09:00", {Paused("2026-11-02T09:30+09:00", "logs"),
                                        Event("2026-11-02T10:00+09:00", EventKind::kResumed)});
  ASSERT_OK_AND_ASSIGN(
      const Explanation why,
      ExplainTarget(ticket, book, "gold", TargetKind::kResolve, At("2026-11-04T10:00+09:00")));
  std::vector<std::string> said;
  for (const Interval& interval : why.intervals)
    said.push_back(FormatTimestamp(interval.from).substr(5, 11) + " " + interval.why.en);
  EXPECT_THAT(said,
              ElementsAre("10-30T08:00 counted", "10-30T09:00 outside working hours",
                          "10-30T15:00 a day of the week without work",
                          "11-01T15:00 outside working hours", "11-02T00:00 counted",
                          "11-02T00:30 waiting for the customer (logs)", "11-02T01:00 counted",
                          "11-02T09:00 outside working hours", "11-02T15:00 a holiday: Culture Day",
                          "11-03T15:00 outside working hours", "11-04T00:00 counted"));
  EXPECT_EQ(why.intervals[8].why.ja, "休日：文化の日");
  EXPECT_EQ(why.paused[static_cast<std::size_t>(PauseOwner::kCustomer)], kHour / 2);
}

TEST(ServiceClockTest, NightsInWhichClocksChangeAreAsLongAsTheyAre) {
  Agreement gold = Gold();
  gold.versions[0].calendar = "berlin_nights";
  const ServiceBook book = Book({gold});
  // Eight hours by the clock: 22:00 to 06:00. In March the night has seven hours.
  EXPECT_EQ(Resolve(Opened("2026-03-21T22:00+01:00"), book, "2026-03-21T23:00+01:00").deadline,
            At("2026-03-22T06:00+01:00"));
  EXPECT_EQ(Resolve(Opened("2026-03-28T22:00+01:00"), book, "2026-03-28T23:00+01:00").deadline,
            At("2026-04-04T23:00+02:00"));
  // In October it has nine, and eight of them are over at 05:00.
  EXPECT_EQ(Resolve(Opened("2026-10-24T22:00+02:00"), book, "2026-10-24T23:00+02:00").deadline,
            At("2026-10-25T05:00+01:00"));
}

TEST(ServiceClockTest, AlmostAllIsNotAll) {
  Agreement gold = Gold();
  gold.versions[0].targets = {{TargetKind::kResolve, "", "", Working(100'000'000), {}}};
  const ServiceBook book = Book({gold});
  Ticket ticket = Opened("2026-12-07T09:00+09:00");
  ticket.events.push_back(
      {.at = {At("2026-12-07T09:00+09:00").micros + 99'951'000}, .kind = EventKind::kResolved});
  const TargetState state = Resolve(ticket, book, "2026-12-08T09:00+09:00");
  EXPECT_EQ(state.percent_hundredths, 9'995);
  EXPECT_EQ(state.verdict, Verdict::kMet);
  ticket.events.back().at.micros = At("2026-12-07T09:00+09:00").micros + 99'999'999;
  EXPECT_EQ(Resolve(ticket, book, "2026-12-08T09:00+09:00").percent_hundredths, 9'999);
}

TEST(ServiceClockTest, WhatIsDoneBehindTheDeadlineIsLateOutsideOfHoursToo) {
  const ServiceBook book = Book({Gold()});
  const Ticket ticket =
      Opened("2026-12-07T10:00+09:00", {Event("2026-12-07T20:00+09:00", EventKind::kResolved)});
  const TargetState state = Resolve(ticket, book, "2026-12-08T09:00+09:00");
  EXPECT_EQ(state.deadline, At("2026-12-07T18:00+09:00"));
  EXPECT_EQ(state.verdict, Verdict::kMetLate);
  EXPECT_EQ(state.percent_hundredths, 10'000);
}

TEST(ServiceClockTest, AnEventThatIsWrittenDownLateCountsFromWhenItHappened) {
  const ServiceBook book = Book({Gold()});
  const Ticket ticket = Opened(
      "2026-12-07T09:00+09:00",
      {Event("2026-12-07T15:00+09:00", EventKind::kResumed), Paused("2026-12-07T12:00+09:00")});
  const TargetState state = Resolve(ticket, book, "2026-12-07T16:00+09:00");
  EXPECT_EQ(state.counted, 4 * kHour);
  EXPECT_EQ(state.verdict, Verdict::kRunning);
}

TEST(ServiceClockTest, AnAnswerIsGivenOnce) {
  const ServiceBook book = Book({Gold()});
  const Ticket ticket =
      Opened("2026-12-07T09:00+09:00",
             {{.at = At("2026-12-07T09:20+09:00"), .kind = EventKind::kAssigned, .party = "desk"},
              {.at = At("2026-12-07T09:30+09:00"), .kind = EventKind::kAssigned, .party = ""}});
  ASSERT_OK_AND_ASSIGN(const auto states, JudgeTicket(ticket, book, At("2026-12-09T09:00+09:00")));
  EXPECT_EQ(states[0].verdict, Verdict::kMet);
  EXPECT_EQ(states[0].stopped, At("2026-12-07T09:20+09:00"));
  EXPECT_EQ(states[1].verdict, Verdict::kMissed);
}

TEST(ServiceClockTest, AnAgreementThatEndsInMidClockIsNoVerdictButAnError) {
  Agreement gold = Gold();
  gold.ends = At("2026-12-07T12:00+09:00");
  const ServiceBook book = Book({gold});
  Ticket ticket = Opened("2026-12-07T09:00+09:00");
  EXPECT_EQ(Resolve(ticket, book, "2026-12-07T11:59+09:00").verdict, Verdict::kRunning);
  const TargetState state = Resolve(ticket, book, "2026-12-07T12:00+09:00");
  EXPECT_EQ(state.verdict, Verdict::kError);
  EXPECT_THAT(state.error,
              HasSubstr("agreement gold ended at 2026-12-07T03:00:00Z while the clock"));
  ticket.events.push_back(Event("2026-12-07T11:00+09:00", EventKind::kResolved));
  EXPECT_EQ(Resolve(ticket, book, "2026-12-08T12:00+09:00").verdict, Verdict::kMet);
  EXPECT_THAT(Resolve(Opened("2026-12-08T09:00+09:00"), book, "2026-12-08T10:00+09:00").error,
              HasSubstr("had ended, at 2026-12-07T03:00:00Z, when its clock started"));
  EXPECT_THAT(Resolve(Opened("2025-12-08T09:00+09:00"), book, "2026-12-07T10:00+09:00").error,
              HasSubstr("was not yet in force (it is from 2025-12-31T15:00:00Z on)"));
  Ticket other = Opened("2026-12-08T09:00+09:00");
  other.events[1].agreement = "silver";
  const auto states = JudgeTicket(other, book, At("2026-12-08T10:00+09:00")).value();
  ASSERT_EQ(states.size(), 1U);
  EXPECT_THAT(states[0].error, HasSubstr("there is no agreement \"silver\""));
}

TEST(ServiceClockTest, ANewVersionGovernsWhatIsOpenedUnderItUnlessItIsFollowed) {
  Agreement gold = Gold();
  gold.versions.push_back(gold.versions[0]);
  gold.versions[1].effective_from = At("2026-12-07T12:00+09:00");
  gold.versions[1].targets[2].measure = Working(2 * kHour);
  const Ticket ticket = Opened("2026-12-07T09:00+09:00");
  EXPECT_EQ(Resolve(ticket, Book({gold}), "2026-12-07T13:00+09:00").verdict, Verdict::kRunning);
  EXPECT_EQ(
      Resolve(Opened("2026-12-07T12:00+09:00"), Book({gold}), "2026-12-07T13:00+09:00").deadline,
      At("2026-12-07T14:00+09:00"));
  gold.versions[0].choice = VersionChoice::kFollow;
  EXPECT_EQ(Resolve(ticket, Book({gold}), "2026-12-07T11:59+09:00").verdict, Verdict::kRunning);
  EXPECT_EQ(Resolve(ticket, Book({gold}), "2026-12-07T12:00+09:00").verdict, Verdict::kMissed);
}

// An operational level and a supplier's contract under the same events.
TEST(ServiceClockTest, TheShareOfEachPartyFallsOut) {
  Agreement ola = Gold();
  ola.name = "network_ola";
  ola.level = AgreementLevel::kInternal;
  ola.party = "network";
  ola.under = "gold";
  ola.versions[0].targets = {{TargetKind::kResolve, "", "", Working(2 * kHour), {}}};
  Agreement contract = ola;
  contract.name = "carrier_contract";
  contract.level = AgreementLevel::kSupplier;
  contract.party = "carrier";
  const ServiceBook book = Book({Gold(), ola, contract});
  const auto assigned = [](std::string_view at, std::string_view party) {
    return TicketEvent{.at = At(at), .kind = EventKind::kAssigned, .party = std::string(party)};
  };
  const Ticket ticket =
      Opened("2026-12-07T09:00+09:00", {assigned("2026-12-07T09:30+09:00", "network"),
                                        assigned("2026-12-07T11:00+09:00", "carrier"),
                                        assigned("2026-12-07T14:30+09:00", "network"),
                                        Event("2026-12-07T15:00+09:00", EventKind::kResolved)});
  ASSERT_OK_AND_ASSIGN(const auto states, JudgeTicket(ticket, book, At("2026-12-08T09:00+09:00")));
  ASSERT_EQ(states.size(), 6U);
  const TargetState& supplier = states[3];
  EXPECT_EQ(supplier.agreement, "carrier_contract");
  EXPECT_EQ(supplier.counted, 3 * kHour + kHour / 2);
  EXPECT_EQ(supplier.verdict, Verdict::kMetLate);
  EXPECT_EQ(supplier.deadline, At("2026-12-07T13:00+09:00"));
  const TargetState& internal = states[5];
  EXPECT_EQ(internal.counted, 2 * kHour);
  EXPECT_EQ(internal.verdict, Verdict::kMet);
  ASSERT_OK_AND_ASSIGN(
      const Explanation why,
      ExplainTarget(ticket, book, "gold", TargetKind::kResolve, At("2026-12-08T09:00+09:00")));
  ASSERT_EQ(why.parties.size(), 3U);
  EXPECT_EQ(why.parties[0].counted, kHour / 2);  // nobody
  EXPECT_EQ(why.parties[1].party, "carrier");
  EXPECT_EQ(why.parties[1].counted, 3 * kHour + kHour / 2);
  EXPECT_EQ(why.parties[2].counted, 2 * kHour);
}

TEST(ServiceClockTest, AfterAMendedCalendarTheVerdictsThatFlipAreListed) {
  const ServiceBook before = Book({Gold()});
  std::string mended(kCalendars);
  mended.replace(mended.find("2026-11-03, en: Culture Day"), 10, "2026-12-07");
  const ServiceBook after = ServiceBook::Make({Gold()}, Calendars(mended)).value();
  Ticket late =
      Opened("2026-12-07T09:00+09:00", {Event("2026-12-08T10:00+09:00", EventKind::kResolved)});
  Ticket fine =
      Opened("2026-12-08T09:00+09:00", {Event("2026-12-08T10:00+09:00", EventKind::kResolved)});
  fine.id = "INC-2";
  const std::vector<Ticket> tickets = {late, fine};
  ASSERT_OK_AND_ASSIGN(const auto flips,
                       CompareVerdicts(tickets, before, after, At("2026-12-09T09:00+09:00")));
  // One hour to respond and eight to resolve: both were late for INC-1.
  ASSERT_EQ(flips.size(), 2U);
  EXPECT_EQ(flips[1].ticket, "INC-1");
  EXPECT_EQ(flips[1].kind, TargetKind::kResolve);
  EXPECT_EQ(flips[1].before, Verdict::kMetLate);
  EXPECT_EQ(flips[1].after, Verdict::kMet);
  EXPECT_EQ(flips[1].deadline_before, At("2026-12-07T17:00+09:00"));
  EXPECT_EQ(flips[1].deadline_after, At("2026-12-08T17:00+09:00"));
}

TEST(ServiceClockTest, WhatIsWrongWithATicketIsSaid) {
  const ServiceBook book = Book({Gold()});
  Ticket twice =
      Opened("2026-12-07T09:00+09:00", {Event("2026-12-07T10:00+09:00", EventKind::kOpened)});
  EXPECT_THAT(JudgeTicket(twice, book, At("2026-12-08T09:00+09:00")),
              IsError(ErrorCode::kInvalidArgument, "ticket INC-1 is opened twice"));
  const std::vector<Ticket> tickets = {twice};
  EXPECT_THAT(CompareVerdicts(tickets, book, book, At("2026-12-08T09:00+09:00")),
              IsError(ErrorCode::kInvalidArgument, "INC-1"));
  EXPECT_THAT(JudgeTicket(twice, book, kEndOfTime), IsError(ErrorCode::kInvalidArgument, "1800"));
  EXPECT_THAT(
      JudgeTicket(Opened("2026-12-07T09:00+09:00"), book, At("2026-12-06T09:00+09:00")).value(),
      ::testing::IsEmpty());
  EXPECT_THAT(ExplainTarget(Opened("2026-12-07T09:00+09:00"), book, "silver", TargetKind::kResolve,
                            At("2026-12-08T09:00+09:00")),
              IsError(ErrorCode::kNotFound, "attached is \"gold\""));
}

TEST(ServiceBookTest, WhatIsWrongIsSaid) {
  struct Case {
    std::string_view name;
    void (*spoil)(std::vector<Agreement>&);
    std::string_view said;
  };
  const Case cases[] = {
      {"twice", [](auto& all) { all.push_back(all[0]); }, "agreement gold: it is there twice"},
      {"label", [](auto& all) { all[0].label.ja.clear(); }, "not in both languages"},
      {"no version", [](auto& all) { all[0].versions.clear(); }, "it has no version"},
      {"order", [](auto& all) { all[0].versions.push_back(all[0].versions[0]); }, "order versions"},
      {"end", [](auto& all) { all[0].ends = At("2025-01-01T00:00Z"); }, "before its last version"},
      {"calendar", [](auto& all) { all[0].versions[0].calendar = "x"; },
       "there is no calendar \"x\""},
      {"no time", [](auto& all) { all[0].versions[0].targets[0].measure.micros = 0; }, "no time"},
      {"warning", [](auto& all) { all[0].versions[0].targets[0].warn_percent = {80, 50}; },
       "ascending"},
      {"targets", [](auto& all) { all[0].versions[0].targets[1].priority.clear(); },
       "two targets to resolve"},
      {"pauses", [](auto& all) { all[0].versions[0].pauses[1].reason.clear(); }, "two rules"},
      {"party", [](auto& all) { all[0].level = AgreementLevel::kInternal; }, "names no party"},
      {"under", [](auto& all) { all[0].under = "gold"; }, "a customer's agreement has no party"},
      {"unknown top",
       [](auto& all) {
         all[0].level = AgreementLevel::kSupplier;
         all[0].party = "p";
         all[0].under = "silver";
       },
       "it supports \"silver\", which is no customer's agreement"},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    std::vector<Agreement> all = {Gold()};
    each.spoil(all);
    EXPECT_THAT(ServiceBook::Make(all, Calendars()),
                IsError(ErrorCode::kModelInvalid, std::string(each.said)));
  }
}

TEST(ServiceBookTest, TheTargetThatNamesMoreCounts) {
  AgreementVersion version;
  const auto add = [&](std::string_view priority, std::string_view type) {
    version.targets.push_back(
        {TargetKind::kResolve, std::string(priority), std::string(type), {}, {}});
  };
  add("", "");
  add("p1", "");
  add("", "request");
  add("p1", "request");
  const auto index = [&](std::string_view priority, std::string_view type) {
    return FindTarget(version, TargetKind::kResolve, priority, type) - version.targets.data();
  };
  EXPECT_EQ(index("p2", "incident"), 0);
  EXPECT_EQ(index("p1", "incident"), 1);
  EXPECT_EQ(index("p2", "request"), 2);
  EXPECT_EQ(index("p1", "request"), 3);
  EXPECT_EQ(FindTarget(version, TargetKind::kRespond, "p1", ""), nullptr);
}

}  // namespace
}  // namespace kosei::process
