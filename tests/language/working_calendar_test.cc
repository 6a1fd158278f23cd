// Working time by hand: hours, holidays, days with hours of their own, changes of the clock, and
// what is said of a calendar that is wrong.
#include "kosei/language/working_calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "evaluation_of.h"

namespace kosei::language {
namespace {

using testing::HasSubstr;

// Monday to Friday, 7 hours and 30 minutes.
constexpr std::string_view kTokyo =
    "{zone: 'Asia/Tokyo', week: {mon: $day, tue: $day, wed: $day, thu: $day, fri: $day}, "
    "holidays: [date('2025-12-29'), date('2025-12-30'), date('2025-12-31'), '2026-01-01', "
    "date('2026-01-02')], extra: [{date: date('2026-01-04'), hours: ['10:00-12:00']}]}";

std::string Asked(std::string_view function, std::string_view from, std::string_view to,
                  std::string_view calendar = kTokyo) {
  const DatumMap parameters = {
      {"day", Datum::List({Datum::String("13:00-17:30"), Datum::String("09:00-12:00")})}};
  return Worth(std::string(function) + "(" + std::string(from) + ", " + std::string(to) + ", " +
                   std::string(calendar) + ")",
               parameters);
}
std::string Time(std::string_view from, std::string_view to, std::string_view calendar = kTokyo) {
  return Asked("kosei.working_time", "datetime('" + std::string(from) + "')",
               "datetime('" + std::string(to) + "')", calendar);
}
std::string Later(std::string_view from, std::string_view work,
                  std::string_view calendar = kTokyo) {
  return Asked("kosei.add_working_time", "datetime('" + std::string(from) + "')",
               "duration('" + std::string(work) + "')", calendar);
}

TEST(WorkingTimeTest, CountsTheHoursThatAreWorked) {
  // Friday 1:30, Sunday 2:00, Monday 7:30, Tuesday 1:00; the five days between are holidays.
  EXPECT_EQ(Time("2025-12-26T16:00+09:00", "2026-01-06T10:00+09:00"), "'PT12H'");
  EXPECT_EQ(Time("2026-03-02T09:00+09:00", "2026-03-02T17:30+09:00"), "'PT7H30M'");
  EXPECT_EQ(Time("2026-03-02T00:00+09:00", "2026-03-09T00:00+09:00"), "'PT37H30M'");
  EXPECT_EQ(Time("2026-03-07T00:00+09:00", "2026-03-09T00:00+09:00"), "'PT0S'");
  EXPECT_EQ(Time("2026-03-02T11:59:59.5+09:00", "2026-03-02T13:00:00.25+09:00"), "'PT0.75S'");
  // The same instants as other clocks show them.
  EXPECT_EQ(Time("2026-03-02T00:00Z", "2026-03-01T21:30-11:00"), "'PT7H30M'");
  EXPECT_EQ(Time("2026-01-06T10:00+09:00", "2025-12-26T16:00+09:00"), "'PT-12H'");
  EXPECT_EQ(Time("2026-03-02T10:00+09:00", "2026-03-02T10:00+09:00"), "'PT0S'");
}

TEST(WorkingTimeTest, DatesAndLocalTimesAreThoseOfTheCalendarsPlace) {
  EXPECT_EQ(Asked("kosei.working_time", "date('2026-03-02')", "date('2026-03-03')"), "'PT7H30M'");
  EXPECT_EQ(Asked("kosei.working_time", "localdatetime('2026-03-02T10:00')",
                  "datetime('2026-03-02T02:00Z')"),
            "'PT1H'");
  EXPECT_EQ(Asked("kosei.add_working_time", "date('2026-03-02')", "duration('PT1H')"),
            "'2026-03-02T10:00+09:00[Asia/Tokyo]'");
}

TEST(WorkingTimeTest, AddsWorkThatEndsWhenItIsDone) {
  EXPECT_EQ(Later("2026-03-06T16:00+09:00", "PT4H"), "'2026-03-09T11:30+09:00[Asia/Tokyo]'");
  // At the end of the day, and not at the beginning of the next; and back the other way round.
  EXPECT_EQ(Later("2026-03-06T09:00+09:00", "PT7H30M"), "'2026-03-06T17:30+09:00[Asia/Tokyo]'");
  EXPECT_EQ(Later("2026-03-07T12:00+09:00", "-PT7H30M"), "'2026-03-06T09:00+09:00[Asia/Tokyo]'");
  EXPECT_EQ(Later("2026-03-09T09:00+09:00", "-PT0.5S"),
            "'2026-03-06T17:29:59.500+09:00[Asia/Tokyo]'");
  EXPECT_EQ(Later("2026-03-07T12:00+09:00", "PT0S"), "'2026-03-07T12:00+09:00[Asia/Tokyo]'");
  EXPECT_EQ(Later("2026-03-07T12:00+09:00", "PT0.000000001S"),
            "'2026-03-09T09:00:00.000000001+09:00[Asia/Tokyo]'");
  EXPECT_EQ(Later("2026-01-06T10:00+09:00", "-PT12H"), "'2025-12-26T16:00+09:00[Asia/Tokyo]'");
}

// Summer time ends in Paris on 2024-10-27, when 02:00 to 03:00 comes twice, and begins on
// 2024-03-31, when it does not come.
TEST(WorkingTimeTest, TheClockCountsAndNotTheHoursOfADay) {
  constexpr std::string_view kNight =
      "{zone: 'Europe/Paris', week: {sun: ['00:00-04:00'], sat: ['22:00-24:00']}}";
  EXPECT_EQ(Time("2024-10-26T12:00Z", "2024-10-27T12:00Z", kNight), "'PT7H'");
  EXPECT_EQ(Time("2024-03-30T12:00Z", "2024-03-31T12:00Z", kNight), "'PT5H'");
  EXPECT_EQ(Later("2024-10-26T22:00+02:00[Europe/Paris]", "PT5H30M", kNight),
            "'2024-10-27T02:30+01:00[Europe/Paris]'");
  EXPECT_EQ(Later("2024-03-30T22:00+01:00[Europe/Paris]", "PT4H", kNight),
            "'2024-03-31T03:00+02:00[Europe/Paris]'");
  constexpr std::string_view kHalf = "{zone: 'Europe/Paris', week: {sun: ['02:30-10:00']}}";
  // 02:30 to 03:00 summer time, and 02:30 to 10:00.
  EXPECT_EQ(Time("2024-10-27T00:00Z", "2024-10-28T00:00Z", kHalf), "'PT8H'");
  EXPECT_EQ(Later("2024-10-27T00:00Z", "PT30M", kHalf), "'2024-10-27T02:00+01:00[Europe/Paris]'");
  EXPECT_EQ(Later("2024-10-27T00:00Z", "PT30M1S", kHalf),
            "'2024-10-27T02:30:01+01:00[Europe/Paris]'");
  // Samoa went over the date line: there was no Friday, 2011-12-30.
  EXPECT_EQ(Time("2011-12-29T00:00Z", "2012-01-01T00:00Z",
                 "{zone: 'Pacific/Apia', week: {fri: ['09:00-17:00'], sat: ['09:00-10:00']}}"),
            "'PT1H'");
}

TEST(WorkingTimeTest, ACalendarWithoutAZoneIsInThatOfTheStatement) {
  EXPECT_EQ(Time("2026-03-02T08:00Z", "2026-03-02T10:00Z", "{week: {mon: ['09:00-12:00']}}"),
            "'PT1H'");
  EXPECT_EQ(Time("2026-03-02T08:00Z", "2026-03-02T10:00Z",
                 "{zone: '-01:00', week: {mon: ['09:00-12:00']}}"),
            "'PT0S'");
  EXPECT_EQ(Time("2026-03-02T08:00Z", "2026-03-02T10:00Z", "{}"), "'PT0S'");
  EXPECT_EQ(Asked("kosei.working_time", "null", "date()"), "null");
}

TEST(WorkingTimeTest, OnOneDayAHolidayCanBeWorked) {
  constexpr std::string_view kWorked =
      "{week: {mon: ['09:00-17:00']}, holidays: ['2026-03-02', '2026-03-02', '2026-03-09'], "
      "extra: [{date: '2026-03-02', hours: ['10:00-11:00', '08:00-09:30']}, "
      "{date: '2026-03-16', hours: []}]}";
  EXPECT_EQ(Time("2026-03-02T00:00Z", "2026-03-03T00:00Z", kWorked), "'PT2H30M'");
  EXPECT_EQ(Time("2026-03-02T00:00Z", "2026-03-23T00:00Z", kWorked), "'PT2H30M'");
  EXPECT_EQ(Time("2026-03-02T00:00Z", "2026-03-24T00:00Z", kWorked), "'PT10H30M'");
}

TEST(WorkingTimeTest, WhatIsWrongIsNamed) {
  struct Wrong {
    std::string_view calendar;
    std::string_view said;
  };
  constexpr Wrong kCases[] = {
      {"{zone: 'Asia/Nowhere'}", "there is no time zone \"Asia/Nowhere\""},
      {"{zone: 9}", "calendar: zone is of type INTEGER"},
      {"{weeks: {}}", "there is no weeks in a calendar, expected zone, week, holidays or extra"},
      {"{week: []}", "calendar: week is of type LIST"},
      {"{week: {monday: []}}", "there is no monday in week, expected mon, tue"},
      {"{week: {mon: '09:00-12:00'}}", "calendar: week.mon is of type STRING"},
      {"{week: {mon: ['09:00-12:00', 9]}}", "calendar: week.mon[1] is of type INTEGER"},
      {"{week: {tue: ['09:00-12:00', '13:00-12:00']}}", "week.tue[1] is '13:00-12:00': the end"},
      {"{week: {tue: ['22:00-06:00']}}", "('22:00-24:00') and the rest with the next"},
      {"{week: {wed: ['9-12']}}", "calendar: week.wed[0] is '9-12': write hours as in"},
      {"{week: {wed: ['09:00-24:01']}}", "write hours as in '09:00-17:30'"},
      {"{week: {wed: ['09:60-10:00']}}", "write hours as in '09:00-17:30'"},
      {"{week: {wed: ['09:00-10:00 ']}}", "write hours as in '09:00-17:30'"},
      {"{week: {thu: ['13:00-17:00', '09:00-13:01']}}",
       "the hours 09:00-13:01 and 13:00-17:00 of week.thu overlap"},
      {"{holidays: date('2026-01-01')}", "calendar: holidays is of type DATE"},
      {"{holidays: ['2026-01-01', '2026-02-30']}", "calendar: holidays[1]: date \"2026-02-30\""},
      {"{holidays: [datetime()]}", "calendar: holidays[0] is of type ZONED DATETIME"},
      {"{extra: ['2026-01-01']}", "calendar: extra[0] is of type STRING, expected a map"},
      {"{extra: [{hours: []}]}", "calendar: extra[0] has no date"},
      {"{extra: [{date: date(), time: []}]}", "there is no time in extra[0]"},
      {"{extra: [{date: 5, hours: []}]}", "calendar: extra[0].date is of type INTEGER"},
      {"{extra: [{date: date('2026-01-01')}]}", "calendar: extra[0].hours is of type NULL"},
      {"{extra: [{date: '2026-01-01', hours: ['1']}]}", "calendar: extra[0].hours[0] is '1'"},
      {"{extra: [{date: '2026-01-01', hours: ['09:00-11:00', '10:00-12:00']}]}",
       "the hours 09:00-11:00 and 10:00-12:00 of 2026-01-01 overlap"},
      {"{extra: [{date: '2026-01-01', hours: []}, {date: date('2026-01-01'), hours: []}]}",
       "extra[0] and extra[1] are of one day, 2026-01-01"},
      {"{holidays: [x IN range(1, 10001) | date('2026-01-01') + duration({days: x})]}",
       "more than 10000 holidays"},
  };
  for (const auto& [calendar, said] : kCases) {
    const std::string text = "kosei.working_time(date(), date(), " + std::string(calendar) + ")";
    EXPECT_THAT(MessageOfError(text), HasSubstr(std::string(said))) << calendar;
  }
}

TEST(WorkingTimeTest, ArgumentsAreChecked) {
  EXPECT_EQ(Worth("kosei.working_time(1, date(), {})"),
            "compile QUERY_SYNTAX: InvalidArgumentType");
  EXPECT_EQ(Worth("kosei.working_time(date(), time(), {})"), "run QUERY_TYPE: InvalidArgumentType");
  EXPECT_EQ(Worth("kosei.working_time(date(), date(), 1)"), "run QUERY_TYPE: InvalidArgumentType");
  EXPECT_EQ(Worth("kosei.working_time(date(), date())"),
            "compile QUERY_SYNTAX: InvalidNumberOfArguments");
  EXPECT_EQ(Worth("kosei.add_working_time(date(), 1, {})"), "run QUERY_TYPE: InvalidArgumentType");
  EXPECT_EQ(Worth("KOSEI.Working_Time(date(), date(), {})"), "'PT0S'");
  const auto said = [](std::string_view from, std::string_view work, std::string_view week) {
    return MessageOfError("kosei.add_working_time(date('" + std::string(from) + "'), duration('" +
                          std::string(work) + "'), {week: {mon: [" + std::string(week) + "]}})");
  };
  EXPECT_THAT(said("2026-01-01", "P1D", "'09:00-10:00'"), HasSubstr("and not as P1D"));
  EXPECT_THAT(said("2026-01-01", "P1MT1H", "'09:00-10:00'"), HasSubstr("and not as P1MT1H"));
  EXPECT_THAT(said("2026-01-01", "PT1S", ""), HasSubstr("is not reached by 2300"));
  EXPECT_THAT(said("2026-01-01", "-PT1S", ""), HasSubstr("is not reached since 1800"));
  EXPECT_THAT(said("2299-12-31", "PT2H", "'09:00-10:00'"), HasSubstr("is not reached by 2300"));
  EXPECT_THAT(said("2300-01-01", "PT1H", "'09:00-10:00'"),
              HasSubstr("up to 2300, and not at 2300"));
  EXPECT_THAT(said("-0044-03-15", "PT1H", "'09:00-10:00'"), HasSubstr("not at -0044-03-15"));
  EXPECT_THAT(said("2026-01-01", "PT999999999999999999S", "'00:00-24:00'"),
              HasSubstr("is not reached by 2300"));
}

// A calendar that is the same value in every row is read once: other calendars, and those that were
// made anew, are not mistaken for it.
TEST(WorkingTimeTest, CalendarsOfRowsAreToldApart) {
  EXPECT_EQ(Worth("[hour IN range(1, 20) + range(1, 20) | kosei.working_time(date('2026-03-02'), "
                  "date('2026-03-03'), {week: {mon: ['00:00-' + (CASE WHEN hour < 10 THEN '0' ELSE "
                  "'' END) + hour + ':00']}}).hours] = range(1, 20) + range(1, 20)"),
            "true");
}

}  // namespace
}  // namespace kosei::language
