// Calendars from files: what they say, what is refused, and the ones that are shipped. Japan's
// holidays are worked out here from the rules of the law and compared with the file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "clock_support.h"
#include "kosei/base/error.h"
#include "kosei/process/calendar.h"
#include "kosei/process/calendar_definition.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using kosei::testing::IsError;
using ::testing::HasSubstr;

std::vector<model::ModelFile> Shipped() {
  const std::string folder = KOSEI_CALENDAR_FOLDER;
  return {FileOf(folder + "/default.yaml"), FileOf(folder + "/japan_holidays.yaml")};
}

CalendarBook ShippedBook() {
  const auto definitions = ParseCalendars(Shipped());
  EXPECT_TRUE(definitions.ok()) << definitions.status();
  const auto book = CalendarBook::Make(*definitions);
  EXPECT_TRUE(book.ok()) << book.status();
  return *book;
}

// Days since 1970-01-01 to and from civil dates, counted year by year.
bool IsLeap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
std::int64_t DayOf(int year, int month, int day) {
  constexpr int kLengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  std::int64_t days = day - 1;
  for (int y = 1970; y < year; ++y) days += IsLeap(y) ? 366 : 365;
  for (int m = 1; m < month; ++m) days += kLengths[m - 1] + (m == 2 && IsLeap(year) ? 1 : 0);
  return days;
}
int WeekDayOf(std::int64_t day) { return static_cast<int>((day + 4) % 7); }  // Sunday is 0
std::int64_t NthMonday(int year, int month, int nth) {
  std::int64_t day = DayOf(year, month, 1);
  while (WeekDayOf(day) != 1) ++day;
  return day + 7 * (nth - 1);
}
// The formula of the almanac for 1980 to 2099, in millionths of a day.
int Equinox(int year, std::int64_t base_millionths) {
  const std::int64_t years = year - 1980;
  return static_cast<int>((base_millionths + 242'194 * years) / 1'000'000 - years / 4);
}

// The Act on National Holidays, with the special laws of 2018 (accession) and 2018/2020 (games).
std::map<std::int64_t, std::string> HolidaysOf(int year) {
  std::map<std::int64_t, std::string> named = {
      {DayOf(year, 1, 1), "元日"},          {NthMonday(year, 1, 2), "成人の日"},
      {DayOf(year, 2, 11), "建国記念の日"}, {DayOf(year, 3, Equinox(year, 20'843'100)), "春分の日"},
      {DayOf(year, 4, 29), "昭和の日"},     {DayOf(year, 5, 3), "憲法記念日"},
      {DayOf(year, 5, 4), "みどりの日"},    {DayOf(year, 5, 5), "こどもの日"},
      {NthMonday(year, 9, 3), "敬老の日"},  {DayOf(year, 9, Equinox(year, 23'248'800)), "秋分の日"},
      {DayOf(year, 11, 3), "文化の日"},     {DayOf(year, 11, 23), "勤労感謝の日"},
  };
  if (year >= 2020) named[DayOf(year, 2, 23)] = "天皇誕生日";
  if (year == 2019) {
    named[DayOf(2019, 5, 1)] = "天皇の即位の日";
    named[DayOf(2019, 10, 22)] = "即位礼正殿の儀の行われる日";
  }
  if (year == 2020) {
    named[DayOf(2020, 7, 23)] = "海の日";
    named[DayOf(2020, 7, 24)] = "スポーツの日";
    named[DayOf(2020, 8, 10)] = "山の日";
  } else if (year == 2021) {
    named[DayOf(2021, 7, 22)] = "海の日";
    named[DayOf(2021, 7, 23)] = "スポーツの日";
    named[DayOf(2021, 8, 8)] = "山の日";
  } else {
    named[NthMonday(year, 7, 3)] = "海の日";
    named[DayOf(year, 8, 11)] = "山の日";
    named[NthMonday(year, 10, 2)] = year == 2019 ? "体育の日" : "スポーツの日";
  }
  std::map<std::int64_t, std::string> all = named;
  for (std::int64_t day = DayOf(year, 1, 1); day < DayOf(year + 1, 1, 1); ++day) {
    if (named.contains(day)) continue;
    // The first day behind a holiday on a Sunday that is no holiday itself.
    std::int64_t run = day - 1;
    while (named.contains(run) && WeekDayOf(run) != 0) --run;
    if (named.contains(run)) {
      all[day] = "振替休日";
    } else if (named.contains(day - 1) && named.contains(day + 1)) {
      all[day] = "国民の休日";
    }
  }
  return all;
}

TEST(ShippedCalendarTest, JapansHolidaysAreThoseOfTheLaw) {
  ASSERT_OK_AND_ASSIGN(const CalendarDefinitions definitions, ParseCalendars(Shipped()));
  ASSERT_EQ(definitions.holiday_lists.size(), 1U);
  std::map<std::int64_t, std::string> expected;
  for (int year = 2019; year <= 2030; ++year) expected.merge(HolidaysOf(year));
  std::map<std::int64_t, std::string> listed;
  std::map<std::string, std::string> english;
  for (const auto& [day, label] : definitions.holiday_lists[0].days) {
    listed[day] = label.ja;
    // One name in English for one in Japanese.
    EXPECT_EQ(english.try_emplace(label.ja, label.en).first->second, label.en);
  }
  for (const auto& [day, name] : expected) EXPECT_EQ(listed[day], name) << FormatDate(day);
  EXPECT_EQ(listed.size(), expected.size());
  // Days that people remember.
  for (const std::string_view date : {"2019-04-30", "2020-05-06", "2026-05-06", "2026-09-22"})
    EXPECT_TRUE(listed.contains(*ParseDate(date))) << date;
  EXPECT_FALSE(listed.contains(*ParseDate("2021-10-11")));
}

TEST(ShippedCalendarTest, BusinessHoursLeaveOutHolidaysAndSayWhich) {
  const CalendarBook book = ShippedBook();
  const Calendar* hours = book.Find("japan_business_hours");
  ASSERT_NE(hours, nullptr);
  // Silver week of 2026: Saturday 19 September to Wednesday 23 September.
  EXPECT_EQ(*hours->Between(At("2026-09-18T17:00+09:00"), At("2026-09-24T10:00+09:00")), 2 * kHour);
  EXPECT_EQ(*hours->After(At("2026-09-18T17:00+09:00"), 2 * kHour), At("2026-09-24T10:00+09:00"));
  std::vector<std::string> seen;
  ASSERT_OK(hours->ForEachSpan(At("2026-09-18T17:00+09:00"), At("2026-09-24T10:00+09:00"),
                               [&](const CalendarSpan& span) {
                                 seen.push_back(span.name == nullptr ? "-" : span.name->ja);
                               }));
  EXPECT_THAT(seen, ::testing::ElementsAre("-", "-", "-", "-", "敬老の日", "国民の休日", "秋分の日",
                                           "-", "-"));
  const Calendar* always = book.Find("always");
  ASSERT_NE(always, nullptr);
  EXPECT_EQ(*always->Between(At("2026-01-01T00:00Z"), At("2026-03-01T00:00Z")), 59 * 24 * kHour);
}

TEST(ShippedCalendarTest, TheDeskThatFollowsTheSunWorksWhileAnyPlaceDoes) {
  const CalendarBook book = ShippedBook();
  const Calendar* desk = book.Find("follow_the_sun");
  ASSERT_NE(desk, nullptr);
  // In winter Tokyo has 00:00-08:00 UTC, Berlin 07:00-15:00 and New York 14:00-24:00.
  EXPECT_EQ(*desk->Between(At("2026-12-01T00:00Z"), At("2026-12-02T00:00Z")), 24 * kHour);
  // In summer the others are an hour earlier: New York ends at 23:00 UTC.
  EXPECT_EQ(*desk->Between(At("2026-07-01T00:00Z"), At("2026-07-02T00:00Z")), 23 * kHour);
  // On a holiday of Tokyo the desk begins in Berlin.
  EXPECT_EQ(*desk->After(At("2026-11-02T23:00Z"), 10 * kHour + kHour), At("2026-11-03T17:00Z"));
  EXPECT_EQ(*desk->After(At("2026-12-05T01:00Z"), 1),
            Timestamp{At("2026-12-07T00:00Z").micros + 1});
  const auto monday = desk->WorkOf(*ParseDate("2026-12-07"));
  ASSERT_OK(monday);
  ASSERT_TRUE(monday->has_value());
  EXPECT_EQ((*monday)->begin, At("2026-12-07T09:00+09:00"));
}

constexpr std::string_view kVersions = R"(
holiday_lists:
  - name: ours
    label: {en: Ours, ja: 自社}
    days:
      - {date: 2026-05-01, en: Founding day, ja: 創立記念日}
calendars:
  - name: office
    label: {en: Office, ja: 事務所}
    zone: Asia/Tokyo
    week: {mon: ["09:00-12:00", "13:00-18:00"], fri: ["13:00-18:00", "09:00-12:00"]}
    holidays: [ours]
    days:
      - {date: 2026-03-30, hours: ["09:00-12:00"], label: {en: Stocktaking, ja: 棚卸し}}
      - {date: 2026-03-29, hours: ["10:00-11:00"], label: {en: Fair, ja: 展示会}}
    versions:
      - effective_from: 2026-04-01
        week: {mon: ["10:00-16:00"], tue: ["10:00-16:00"]}
      - effective_from: 2026-06-01
        holidays: []
        days: []
)";

CalendarBook BookOf(std::string_view yaml) {
  const auto definitions =
      ParseCalendars(std::vector<model::ModelFile>{{"t.yaml", std::string(yaml)}});
  EXPECT_TRUE(definitions.ok()) << definitions.status();
  return *CalendarBook::Make(*definitions);
}

TEST(CalendarFileTest, VersionsHoldFromTheirDayOn) {
  const CalendarBook book = BookOf(kVersions);
  const Calendar& office = *book.Find("office");
  const auto worked = [&](std::string_view from, std::string_view to) {
    return *office.Between(At(from), At(to)) / kHour;
  };
  EXPECT_EQ(worked("2026-03-23T00:00+09:00", "2026-03-28T00:00+09:00"), 16);  // Monday and Friday
  EXPECT_EQ(worked("2026-03-29T00:00+09:00", "2026-03-30T00:00+09:00"), 1);   // the fair
  EXPECT_EQ(worked("2026-03-30T00:00+09:00", "2026-03-31T00:00+09:00"), 3);   // half a day
  EXPECT_EQ(worked("2026-04-01T00:00+09:00", "2026-04-08T00:00+09:00"), 12);  // the new week
  // Over the change: stocktaking, then Monday and Tuesday of the new week.
  EXPECT_EQ(*office.After(At("2026-03-30T10:00+09:00"), 9 * kHour), At("2026-04-07T11:00+09:00"));
  EXPECT_EQ(*office.Between(At("2026-03-30T10:00+09:00"), At("2026-04-07T11:00+09:00")), 9 * kHour);
  // Friday is off now anyway; the founding day is left out from June on.
  const auto first_of_may = office.WorkOf(*ParseDate("2026-05-01"));
  ASSERT_OK(first_of_may);
  EXPECT_FALSE(first_of_may->has_value());
  std::vector<SpanKind> kinds;
  ASSERT_OK(office.ForEachSpan(At("2026-05-01T00:00+09:00"), At("2026-05-02T00:00+09:00"),
                               [&](const CalendarSpan& span) { kinds.push_back(span.kind); }));
  EXPECT_THAT(kinds, ::testing::ElementsAre(SpanKind::kHoliday));
}

TEST(CalendarFileTest, MonthsAreTrueOnes) {
  const CalendarBook book = BookOf(kVersions);
  const Calendar& office = *book.Find("office");
  EXPECT_EQ(*office.PlusMonths(At("2026-01-31T10:00+09:00"), 1), At("2026-02-28T10:00+09:00"));
  EXPECT_EQ(*office.PlusMonths(At("2027-11-30T23:59:59.5+09:00"), 3),
            At("2028-02-29T23:59:59.5+09:00"));
  EXPECT_EQ(*office.PlusMonths(At("2026-12-31T15:00Z"), 12), At("2027-12-31T15:00Z"));
}

TEST(CalendarFileTest, WhatIsWrongIsSaidWithItsLine) {
  struct Case {
    std::string_view name;
    std::string_view from;
    std::string_view to;
    std::string_view said;
  };
  constexpr Case kCases[] = {
      {"no YAML", "calendars:", "calendars: [", "t.yaml:"},
      {"unknown key", "    zone:", "    zones:",
       "t.yaml:10: unknown key \"zones\" of a calendar; "
       "did you mean \"zone\"?"},
      {"unknown zone", "Asia/Tokyo", "Asia/Nowhere",
       "t.yaml:10: zone of the calendar office: there is no time zone \"Asia/Nowhere\""},
      {"overlapping hours", "13:00-18:00\"], fri", "11:59-18:00\"], fri",
       "t.yaml:11: the hours 11:59-18:00 of week.mon overlap"},
      {"hours that end first", "10:00-11:00", "11:00-10:00", "t.yaml:15: hours of 2026-03-29 is"},
      {"hours over midnight", "10:00-11:00", "22:00-06:00", "('22:00-24:00')"},
      {"unknown list", "[ours]", "[our]",
       "there is no list of holidays \"our\"; did you mean \"ours\"?"},
      {"a list twice in a calendar", "[ours]", "[ours, ours]",
       "t.yaml:12: holidays of a calendar "
       "names \"ours\" twice"},
      {"a day twice", "2026-03-29", "2026-03-30",
       "t.yaml:15: days has 2026-03-30 twice, first as \"Stocktaking\""},
      {"a day that does not exist", "2026-03-29", "2026-02-29",
       "t.yaml:15: date of a day is \"2026-02-29\""},
      {"a version without a date", "effective_from: 2026-06-01", "week: {}",
       "t.yaml:19: a version of a calendar has no effective_from"},
      {"versions in the wrong order", "2026-06-01", "2026-03-01",
       "t.yaml:19: the version of office"},
      {"two versions of a day", "2026-06-01", "2026-04-01", "order the versions"},
      {"a label in one language", "{en: Office, ja: 事務所}", "{en: Office}",
       "t.yaml:9: label of a calendar has no ja"},
      {"an empty label", "ja: 事務所", "ja: \"\"", "ja of label of a calendar is empty"},
      {"a name that is none", "name: office", "name: Office", "t.yaml:8: the name \"Office\""},
      {"no week", "week: {mon: [\"09", "weak: {mon: [\"09", "did you mean \"week\"?"},
      {"hours of its own and of others", "holidays: [ours]", "any_of: [office]",
       "has both any_of and week"},
      {"a holiday without a name", ", ja: 創立記念日", "", "t.yaml:6: a holiday has no ja"},
      {"a year out of range", "2026-05-01", "1500-05-01", "from 1800 up to 2299"},
      {"a list for a text", "zone: Asia/Tokyo", "zone: [Asia/Tokyo]", "is a list, expected text"},
      {"a text for a list", "holidays: [ours]", "holidays: ours", "expected a list"},
      {"a key twice", "zone: Asia/Tokyo", "zone: Z\n    zone: Z",
       "is given twice, first at t.yaml:10"},
  };
  for (const Case& each : kCases) {
    SCOPED_TRACE(each.name);
    std::string yaml(kVersions);
    const std::size_t at = yaml.find(each.from);
    ASSERT_NE(at, std::string::npos);
    yaml.replace(at, each.from.size(), each.to);
    EXPECT_THAT(ParseCalendars(std::vector<model::ModelFile>{{"t.yaml", yaml}}),
                IsError(ErrorCode::kModelInvalid, std::string(each.said)));
  }
}

TEST(CalendarFileTest, FilesAreOneSet) {
  const model::ModelFile file{"a.yaml", std::string(kVersions)};
  EXPECT_THAT(ParseCalendars(std::vector{file, model::ModelFile{"b.yaml", file.text}}),
              IsError(ErrorCode::kModelInvalid,
                      "b.yaml:3: the list of holidays ours is defined twice, first at a.yaml:3"));
  const model::ModelFile joined{
      "b.yaml",
      "calendars:\n  - {name: both, label: {en: b, ja: b}, zone: Z, any_of: [office, offices]}\n"};
  EXPECT_THAT(ParseCalendars(std::vector{file, joined}),
              IsError(ErrorCode::kModelInvalid, "b.yaml:2: there is no calendar \"offices\""));
  const model::ModelFile nested{
      "c.yaml",
      "calendars:\n  - {name: one, label: {en: b, ja: b}, zone: Z, any_of: [office]}\n"
      "  - {name: two, label: {en: b, ja: b}, zone: Z, any_of: [one]}\n"};
  EXPECT_THAT(
      ParseCalendars(std::vector{file, nested}),
      IsError(ErrorCode::kModelInvalid, "c.yaml:3: any_of of two names one, which is made"));
}

TEST(CalendarTest, WhatCanNotBeReckonedIsSaid) {
  const CalendarBook book = BookOf(
      "calendars:\n  - {name: never, label: {en: Never, ja: なし}, zone: Z, week: {}}\n"
      "  - {name: any, label: {en: Any, ja: 何れか}, zone: Z, any_of: [never]}\n");
  const Timestamp at = At("2026-01-01T00:00Z");
  EXPECT_THAT(
      book.Find("never")->After(at, 1),
      IsError(ErrorCode::kInvalidArgument, "is not reached by 2300 with the calendar never"));
  EXPECT_THAT(book.Find("any")->After(at, 1),
              IsError(ErrorCode::kInvalidArgument, "with the calendar any"));
  EXPECT_EQ(*book.Find("never")->After(at, 0), at);
  EXPECT_EQ(*book.Find("never")->Between(at, At("2299-12-31T23:59Z")), 0);
  EXPECT_EQ(*book.Find("any")->Between(at, At("2026-12-31T23:59Z")), 0);
  EXPECT_THAT(book.Find("never")->Between(at, At("2300-01-01T00:00Z")),
              IsError(ErrorCode::kInvalidArgument, "from 1800 up to 2300"));
  EXPECT_EQ(book.Find("nowhere"), nullptr);
}

}  // namespace
}  // namespace kosei::process
