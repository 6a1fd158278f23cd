// The calendar of a store, and what keeps it sound: entries with times that cannot be, two that
// overlap, windows that recur and meetings that were opened from them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
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

using Texts = std::vector<std::pair<std::string, std::string>>;

constexpr char kTuesdays[] =
    "DTSTART;TZID=Asia/Tokyo:20261201T100000 DURATION:PT1H RRULE:FREQ=WEEKLY;BYDAY=TU";

class CalendarDesk : public ::testing::Test {
 protected:
  CalendarDesk() {
    store_.PutPerson("manager", {"change_manager"});
    store_.Put("Server", "db-1", {{"name", "db-1"}});
    store_.Put("Server", "db-2", {{"name", "db-2"}});
    store_.Put("BusinessService", "payroll", {{"name", "Payroll"}});
    store_.clock().JumpTo(At("2026-11-30T09:00+09:00"));
  }
  // A draft; its key.
  std::string Open(const std::string& class_name, Texts attributes,
                   const std::vector<std::string>& about = {}) {
    attributes.emplace_back("name", class_name);
    NewRecord record{.class_name = class_name, .attributes = Given(attributes)};
    for (const std::string& key : about) record.links.push_back({"applies_to", key});
    const auto opened = store_.desk().New(As("manager"), std::move(record));
    EXPECT_OK(opened);
    return opened.ok() ? opened->key : std::string();
  }
  absl::StatusOr<Outcome> Do(const std::string& key, const std::string& event,
                             const Texts& attributes = {}) {
    return store_.desk().Do(As("manager"),
                            {.key = key, .event = event, .attributes = Given(attributes)});
  }
  // In force; empty when it was refused, which the test then fails on.
  std::string Enter(const std::string& class_name, const Texts& attributes,
                    const std::vector<std::string>& about = {}) {
    std::string key = Open(class_name, attributes, about);
    EXPECT_EQ(Refused(Do(key, "enter")), "");
    return key;
  }
  // Why one like this is not put in force.
  std::string WhyNot(const std::string& class_name, const Texts& attributes,
                     const std::vector<std::string>& about = {}) {
    return Refused(Do(Open(class_name, attributes, about), "enter"));
  }
  std::vector<std::string> Shown(CalendarQuestion question) {
    const auto items = store_.desk().Calendar(question);
    EXPECT_OK(items);
    std::vector<std::string> lines;
    if (!items.ok()) return lines;
    for (const CalendarItem& item : *items)
      lines.push_back(item.uid + " " + FormatTimestamp(item.window.from));
    return lines;
  }
  std::vector<std::string> December() {
    return Shown({At("2026-12-01T00:00+09:00"), At("2027-01-01T00:00+09:00")});
  }
  static Texts Times(const std::string& from, const std::string& to) {
    return {{"planned_start", from}, {"planned_end", to}};
  }

  DeskStore store_;
};

const Texts kYearEnd = {{"planned_start", "2026-12-25T00:00:00Z"},
                        {"planned_end", "2027-01-05T00:00:00Z"}};

TEST_F(CalendarDesk, ADraftHoldsNobodyUp) {
  const std::string key = Open("Freeze", kYearEnd);
  EXPECT_EQ(key, "FRZ-000001");
  EXPECT_THAT(December(), IsEmpty());
  // Whoever asks for it sees it.
  EXPECT_THAT(Shown({At("2026-12-01T00:00Z"), At("2027-01-01T00:00Z"), {}, {key}}),
              ElementsAre("FRZ-000001 2026-12-25T00:00:00Z"));
  EXPECT_EQ(Refused(Do(key, "enter")), "");
  EXPECT_THAT(December(), ElementsAre("FRZ-000001 2026-12-25T00:00:00Z"));
  EXPECT_EQ(Refused(Do(key, "cancel", {{"cancellation_reason", "not this year"}})), "");
  EXPECT_THAT(December(), IsEmpty());
}

TEST_F(CalendarDesk, PlannedWorkWindowsAndMeetingsStandInTheOrderOfTheirTimes) {
  Enter("Freeze", kYearEnd);
  Enter("MaintenanceWindow",
        {{"recurrence",
          "DTSTART;TZID=Asia/Tokyo:20261206T010000\nDURATION:PT4H\nRRULE:FREQ=MONTHLY;BYDAY=1SU"}},
        {"db-1"});
  Texts change = Times("2026-12-10T00:00:00Z", "2026-12-10T02:00:00Z");
  change.insert(change.end(), {{"name", "Larger disk"}, {"kind", "normal"}});
  ASSERT_OK(store_.desk().New(
      As("manager"),
      {.class_name = "Change", .attributes = Given(change), .links = {{"targets", "db-1"}}}));
  EXPECT_THAT(December(),
              ElementsAre("MNT-000001-20261205T160000Z 2026-12-05T16:00:00Z",
                          "CHG-000001 2026-12-10T00:00:00Z", "FRZ-000001 2026-12-25T00:00:00Z"));
  const auto items =
      store_.desk().Calendar({At("2026-12-01T00:00Z"), At("2026-12-20T00:00Z"), {}, {}});
  ASSERT_OK(items);
  ASSERT_EQ(items->size(), 2U);
  EXPECT_EQ((*items)[0].kind, CalendarKind::kMaintenance);
  EXPECT_TRUE((*items)[0].recurs);
  EXPECT_THAT((*items)[0].records, ElementsAre("db-1"));
  EXPECT_THAT((*items)[1].records, ElementsAre("db-1"));
  EXPECT_THAT(
      Shown({At("2026-12-01T00:00Z"), At("2027-01-01T00:00Z"), {CalendarKind::kChange}, {}}),
      ElementsAre("CHG-000001 2026-12-10T00:00:00Z"));
}

TEST_F(CalendarDesk, TimesThatCannotBeAreRefusedWithTheReason) {
  EXPECT_THAT(WhyNot("Freeze", {}), HasSubstr("planned_start and planned_end, or a recurrence"));
  EXPECT_THAT(WhyNot("Freeze", Times("2026-12-02T00:00:00Z", "2026-12-01T00:00:00Z")),
              HasSubstr("before the planned end"));
  Texts both = kYearEnd;
  both.emplace_back("recurrence", kTuesdays);
  EXPECT_THAT(WhyNot("Freeze", both), HasSubstr("both times and a recurrence"));
  EXPECT_THAT(WhyNot("Freeze", {{"recurrence", "DTSTART:20261201T100000 RRULE:FREQ=WEEKLI"}}),
              HasSubstr("cannot be kept"));
  EXPECT_THAT(
      WhyNot("Freeze",
             {{"recurrence", "DTSTART:20261201T100000Z DURATION:PT26H RRULE:FREQ=DAILY;COUNT=3"}}),
      HasSubstr("cannot be kept"));
  EXPECT_THAT(WhyNot("Freeze", {{"recurrence", "DTSTART:20201201T100000Z DURATION:PT1H"}}),
              HasSubstr("three years to come"));
  Texts unknown = kYearEnd;
  unknown.emplace_back("about_classes", "Sever");
  EXPECT_THAT(WhyNot("Freeze", unknown), HasSubstr("did you mean \"Server\""));
}

TEST_F(CalendarDesk, AnEntryThatOverlapsOneOfItsKindNeedsAWordAboutIt) {
  Enter("Freeze", kYearEnd);
  const Texts within = Times("2026-12-28T00:00:00Z", "2026-12-29T00:00:00Z");
  const std::string why = WhyNot("Freeze", within, {"payroll"});
  EXPECT_THAT(why, HasSubstr("FRZ-000001 (Freeze)"));
  EXPECT_THAT(why, HasSubstr("from 2026-12-28T00:00:00Z to 2026-12-29T00:00:00Z"));
  // Half-open: what begins as it ends is apart; and another kind is none of its business.
  Enter("Freeze", Times("2027-01-05T00:00:00Z", "2027-01-06T00:00:00Z"));
  Enter("MaintenanceWindow", within, {"db-1"});
  // With a word about it, given along.
  EXPECT_EQ(Refused(Do(Open("Freeze", within, {"payroll"}), "enter",
                       {{"overlap_statement", "month end"}})),
            "");
}

TEST_F(CalendarDesk, EntriesOverlapWhereTheyAreAboutTheSame) {
  Enter("Freeze", kYearEnd, {"db-1"});
  Enter("Freeze", kYearEnd, {"db-2"});
  Enter("Freeze", kYearEnd, {"payroll"});
  EXPECT_THAT(WhyNot("Freeze", kYearEnd, {"payroll", "db-2"}), HasSubstr("holds for the same"));
  Texts servers = kYearEnd;
  servers.emplace_back("about_classes", "Node");  // servers are nodes
  EXPECT_THAT(WhyNot("Freeze", servers), HasSubstr("FRZ-000001"));
  Texts databases = kYearEnd;
  databases.emplace_back("about_classes", "Database");
  Enter("Freeze", databases);
  EXPECT_THAT(WhyNot("Freeze", kYearEnd), HasSubstr("FRZ-000001"));
}

TEST_F(CalendarDesk, WhatRecursIsComparedWindowByWindow) {
  Enter("MaintenanceWindow", {{"recurrence", kTuesdays}}, {"db-1"});
  EXPECT_THAT(WhyNot("MaintenanceWindow",
                     {{"recurrence",
                       "DTSTART;TZID=Asia/Tokyo:20261203T100000 DURATION:PT1H "
                       "RRULE:FREQ=DAILY;INTERVAL=5"}},
                     {"db-1"}),
              HasSubstr("from 2026-12-08T01:00:00Z"));
  Enter("MaintenanceWindow",
        {{"recurrence",
          "DTSTART;TZID=Asia/Tokyo:20261202T100000 DURATION:PT1H "
          "RRULE:FREQ=WEEKLY;BYDAY=WE"}},
        {"db-1"});
}

TEST_F(CalendarDesk, InForceItsTimesAreMovedAndNotSet) {
  const std::string key = Enter("Freeze", kYearEnd, {"db-1"});
  Enter("Freeze", Times("2027-02-01T00:00:00Z", "2027-02-02T00:00:00Z"), {"db-1"});
  EXPECT_THAT(Refused(Do(key, "", {{"planned_end", "2027-03-01T00:00:00Z"}})), HasSubstr("move"));
  EXPECT_EQ(Refused(Do(key, "", {{"description", "as every year"}})), "");
  EXPECT_THAT(Refused(Do(key, "move", {{"planned_end", "2027-03-01T00:00:00Z"}})),
              HasSubstr("FRZ-000002"));
  EXPECT_EQ(Refused(Do(key, "move", {{"planned_end", "2027-01-07T00:00:00Z"}})), "");
}

TEST_F(CalendarDesk, OfOneThatWasEndedStaysWhatBegan) {
  const std::string key = Enter("MaintenanceWindow", {{"recurrence", kTuesdays}}, {"db-1"});
  store_.clock().JumpTo(At("2026-12-08T10:30+09:00"));
  EXPECT_EQ(Refused(Do(key, "end")), "");
  const auto items =
      store_.desk().Calendar({At("2026-12-01T00:00Z"), At("2027-01-01T00:00Z"), {}, {}});
  ASSERT_OK(items);
  ASSERT_EQ(items->size(), 2U);
  EXPECT_EQ((*items)[1].window.to, At("2026-12-08T10:30+09:00"));
}

TEST_F(CalendarDesk, OfManyThatOverlapOneIsPutInForce) {
  constexpr int kMany = 8;
  std::vector<std::string> keys;
  for (int i = 0; i < kMany; ++i) keys.push_back(Open("Freeze", kYearEnd));
  std::atomic<int> entered = 0;
  std::vector<std::thread> threads;
  for (const std::string& key : keys) {
    threads.emplace_back([&, key] {
      const auto outcome = Do(key, "enter");
      EXPECT_OK(outcome);
      if (outcome.ok() && outcome->done()) ++entered;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(entered, 1);
}

TEST_F(CalendarDesk, AMeetingOfASeriesStandsInItsPlace) {
  const std::string series = Enter("CabSeries", {{"recurrence", kTuesdays}});
  const auto weeks = [&] {
    return Shown({At("2026-12-01T00:00+09:00"), At("2026-12-10T00:00+09:00"), {}, {}});
  };
  EXPECT_THAT(weeks(), ElementsAre("SER-000001-20261201T010000Z 2026-12-01T01:00:00Z",
                                   "SER-000001-20261208T010000Z 2026-12-08T01:00:00Z"));
  const auto opened = store_.desk().New(
      As("manager"), {.class_name = "CabMeeting",
                      .attributes = Given({{"name", "CAB"},
                                           {"series", series},
                                           {"occurrence", "2026-12-01T01:00:00Z"},
                                           {"planned_start", "2026-12-03T01:00:00Z"},
                                           {"planned_end", "2026-12-03T02:00:00Z"}})});
  ASSERT_OK(opened);
  EXPECT_THAT(weeks(), ElementsAre("CAB-000001 2026-12-03T01:00:00Z",
                                   "SER-000001-20261208T010000Z 2026-12-08T01:00:00Z"));
  // One that is cancelled is not held after all, and is not opened again.
  EXPECT_EQ(Refused(Do("CAB-000001", "cancel", {{"cancellation_reason", "nobody is there"}})), "");
  EXPECT_THAT(weeks(), ElementsAre("SER-000001-20261208T010000Z 2026-12-08T01:00:00Z"));
}

TEST_F(CalendarDesk, WhatCannotBeAnsweredWholeIsAnError) {
  Enter("MaintenanceWindow", {{"recurrence", kTuesdays}}, {"db-1"});
  CalendarQuestion question{At("2026-12-01T00:00Z"), At("2027-12-01T00:00Z"), {}, {}};
  question.limit = 10;
  EXPECT_THAT(store_.desk().Calendar(question), HasErrorCode(ErrorCode::kOutOfRange));
  question.limit = 0;
  EXPECT_THAT(store_.desk().Calendar(question), HasErrorCode(ErrorCode::kOutOfRange));
  EXPECT_THAT(store_.desk().Calendar({At("2026-12-01T00:00Z"), At("2026-12-01T00:00Z"), {}, {}}),
              IsError(ErrorCode::kInvalidArgument, "is empty"));
}

TEST_F(CalendarDesk, ThePastOfTheCalendarIsKnown) {
  const std::string key = Open("Freeze", kYearEnd);
  const auto entered = Do(key, "enter");
  ASSERT_OK(entered);
  EXPECT_EQ(Refused(Do(key, "move", {{"planned_start", "2026-12-20T00:00:00Z"}})), "");
  CalendarQuestion question{At("2026-12-01T00:00Z"), At("2027-01-01T00:00Z"), {}, {}};
  EXPECT_THAT(Shown(question), ElementsAre("FRZ-000001 2026-12-20T00:00:00Z"));
  question.view = storage::View{.commit = entered->commit, .valid_at = entered->time, .plan = {}};
  EXPECT_THAT(Shown(question), ElementsAre("FRZ-000001 2026-12-25T00:00:00Z"));
}

}  // namespace
}  // namespace kosei::process
