// Series and exports as users write and read them, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libical/ical.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clock_support.h"
#include "kosei/base/error.h"
#include "kosei/process/schedule.h"
#include "kosei/process/schedule_export.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using kosei::testing::IsError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Windows(std::string_view text, std::string_view from, std::string_view to,
                                 std::string_view zone = "Asia/Tokyo") {
  const auto series = Series::Parse(text, zone);
  EXPECT_TRUE(series.ok()) << series.status();
  const auto windows = series->Expand(At(from), At(to), 1'000);
  EXPECT_TRUE(windows.ok()) << windows.status();
  std::vector<std::string> shown;
  for (const Occurrence& each : *windows)
    shown.push_back(FormatTimestamp(each.from) + "/" + FormatTimestamp(each.to));
  return shown;
}

TEST(SeriesTest, TheFirstSundayOfTheMonthAtOneInTokyo) {
  constexpr std::string_view kText =
      "DTSTART;TZID=Asia/Tokyo:20261206T010000\r\nDURATION:PT4H\r\nRRULE:FREQ=MONTHLY;BYDAY=1SU\r\n"
      "EXDATE;TZID=Asia/Tokyo:20270103T010000\r\n";
  EXPECT_THAT(Windows(kText, "2026-11-01T00:00Z", "2027-04-01T00:00Z"),
              ElementsAre("2026-12-05T16:00:00Z/2026-12-05T20:00:00Z",
                          "2027-02-06T16:00:00Z/2027-02-06T20:00:00Z",
                          "2027-03-06T16:00:00Z/2027-03-06T20:00:00Z"));
  // One that is under way counts, one that has just ended does not.
  EXPECT_EQ(Windows(kText, "2026-12-05T19:59Z", "2026-12-06T00:00Z").size(), 1U);
  EXPECT_EQ(Windows(kText, "2026-12-05T20:00Z", "2026-12-06T00:00Z").size(), 0U);
}

TEST(SeriesTest, AFreezeOverNewYearIsWholeDays) {
  EXPECT_THAT(Windows("DTSTART;VALUE=DATE:20261229\nDTEND;VALUE=DATE:20270104\nRRULE:FREQ=YEARLY",
                      "2026-01-01T00:00Z", "2028-06-01T00:00Z"),
              ElementsAre("2026-12-28T15:00:00Z/2027-01-03T15:00:00Z",
                          "2027-12-28T15:00:00Z/2028-01-03T15:00:00Z"));
  EXPECT_THAT(Windows("DTSTART:20261229", "2026-01-01T00:00Z", "2028-06-01T00:00Z"),
              ElementsAre("2026-12-28T15:00:00Z/2026-12-29T15:00:00Z"));
}

TEST(SeriesTest, AWeeklyMeetingStaysAtTenWhenClocksChange) {
  EXPECT_THAT(Windows("DTSTART;TZID=Europe/Berlin:20261019T100000\nDTEND;TZID=Europe/"
                      "Berlin:20261019T110000\nRRULE:FREQ=WEEKLY;COUNT=3",
                      "2026-01-01T00:00Z", "2027-01-01T00:00Z"),
              ElementsAre("2026-10-19T08:00:00Z/2026-10-19T09:00:00Z",
                          "2026-10-26T09:00:00Z/2026-10-26T10:00:00Z",
                          "2026-11-02T09:00:00Z/2026-11-02T10:00:00Z"));
}

TEST(SeriesTest, ATimeThatClocksSkipIsLeftOutAndNotCounted) {
  // 2026-03-29 02:30 does not come in Berlin.
  EXPECT_THAT(Windows("DTSTART;TZID=Europe/Berlin:20260328T023000\nDURATION:PT1H\n"
                      "RRULE:FREQ=DAILY;COUNT=3",
                      "2026-01-01T00:00Z", "2027-01-01T00:00Z"),
              ElementsAre("2026-03-28T01:30:00Z/2026-03-28T02:30:00Z",
                          "2026-03-30T00:30:00Z/2026-03-30T01:30:00Z",
                          "2026-03-31T00:30:00Z/2026-03-31T01:30:00Z"));
  // Of the hour that comes twice the first is meant.
  EXPECT_THAT(Windows("DTSTART;TZID=Europe/Berlin:20261025T023000\nDURATION:PT1H",
                      "2026-01-01T00:00Z", "2027-01-01T00:00Z"),
              ElementsAre("2026-10-25T00:30:00Z/2026-10-25T01:30:00Z"));
}

TEST(SeriesTest, ADayIsADayByTheClockAndAnHourIsAnHour) {
  // The day of 2026-03-29 has 23 hours in Berlin.
  EXPECT_THAT(Windows("DTSTART;TZID=Europe/Berlin:20260328T120000\nDURATION:P1D",
                      "2026-01-01T00:00Z", "2027-01-01T00:00Z"),
              ElementsAre("2026-03-28T11:00:00Z/2026-03-29T10:00:00Z"));
  EXPECT_THAT(Windows("DTSTART;TZID=Europe/Berlin:20260328T120000\nDURATION:PT24H",
                      "2026-01-01T00:00Z", "2027-01-01T00:00Z"),
              ElementsAre("2026-03-28T11:00:00Z/2026-03-29T11:00:00Z"));
  // With DTEND each window is as long as the first, 23 hours.
  EXPECT_THAT(Windows("DTSTART;TZID=Europe/Berlin:20260328T120000\nDTEND;TZID=Europe/"
                      "Berlin:20260329T120000\nRRULE:FREQ=WEEKLY;COUNT=2",
                      "2026-01-01T00:00Z", "2027-01-01T00:00Z"),
              ElementsAre("2026-03-28T11:00:00Z/2026-03-29T10:00:00Z",
                          "2026-04-04T10:00:00Z/2026-04-05T09:00:00Z"));
}

TEST(SeriesTest, DatesAreAddedAndTakenOut) {
  EXPECT_THAT(Windows("DTSTART:20261201T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL="
                      "20261203T000000Z\nRDATE:20261210T000000Z,20261202T000000Z\n"
                      "EXDATE:20261201T000000Z",
                      "2026-01-01T00:00Z", "2027-01-01T00:00Z"),
              ElementsAre("2026-12-02T00:00:00Z/2026-12-02T01:00:00Z",
                          "2026-12-03T00:00:00Z/2026-12-03T01:00:00Z",
                          "2026-12-10T00:00:00Z/2026-12-10T01:00:00Z"));
}

TEST(SeriesTest, TwoTimesADay) {
  EXPECT_THAT(Windows("DTSTART;TZID=Asia/Tokyo:20261201T091500\nDURATION:PT15M\n"
                      "RRULE:FREQ=DAILY;BYHOUR=9,17;BYMINUTE=15,45;COUNT=5",
                      "2026-01-01T00:00Z", "2027-01-01T00:00Z"),
              ElementsAre("2026-12-01T00:15:00Z/2026-12-01T00:30:00Z",
                          "2026-12-01T00:45:00Z/2026-12-01T01:00:00Z",
                          "2026-12-01T08:15:00Z/2026-12-01T08:30:00Z",
                          "2026-12-01T08:45:00Z/2026-12-01T09:00:00Z",
                          "2026-12-02T00:15:00Z/2026-12-02T00:30:00Z"));
}

TEST(SeriesTest, YearlyRulesAndLeapDays) {
  const auto days = [](std::string_view start, std::string_view rule) {
    std::vector<std::string> shown;
    for (const std::string& window :
         Windows("DTSTART;VALUE=DATE:" + std::string(start) + "\nRRULE:" + std::string(rule),
                 "2020-01-01T00:00Z", "2033-01-01T00:00Z", "Z"))
      shown.push_back(window.substr(0, 10));
    return shown;
  };
  EXPECT_THAT(days("20240229", "FREQ=YEARLY"),
              ElementsAre("2024-02-29", "2028-02-29", "2032-02-29"));
  EXPECT_THAT(days("20260131", "FREQ=MONTHLY;COUNT=4"),
              ElementsAre("2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"));
  EXPECT_THAT(days("20260131", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3"),
              ElementsAre("2026-01-31", "2026-02-28", "2026-03-31"));
  EXPECT_THAT(days("20261126", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2"),
              ElementsAre("2026-11-26", "2027-11-25"));
  EXPECT_THAT(days("20260130", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3"),
              ElementsAre("2026-01-30", "2026-02-27", "2026-03-31"));
  EXPECT_THAT(days("20261231", "FREQ=YEARLY;BYYEARDAY=-1;COUNT=2"),
              ElementsAre("2026-12-31", "2027-12-31"));
}

TEST(SeriesTest, NoRuleIsWithoutEnd) {
  ASSERT_OK_AND_ASSIGN(
      const Series daily,
      Series::Parse("DTSTART:20261201T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY", "Z"));
  EXPECT_THAT(daily.Expand(At("2026-12-01T00:00Z"), At("2028-12-01T00:00Z"), 100),
              IsError(ErrorCode::kOutOfRange, "more than 100 windows, up to 2027-03-11T00:00Z"));
  EXPECT_EQ(daily.Expand(At("2026-12-01T00:00Z"), At("2027-03-11T00:00Z"), 100)->size(), 100U);
  ASSERT_OK_AND_ASSIGN(
      const Series often,
      Series::Parse("DTSTART:20200101T000000Z\nDURATION:PT1M\n"
                    "RRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,"
                    "21,22,23;BYMINUTE=0,10,20,30,40,50",
                    "Z"));
  EXPECT_THAT(often.Expand(At("2290-01-01T00:00Z"), At("2290-01-02T00:00Z"), 1'000),
              IsError(ErrorCode::kOutOfRange, "takes more than 200000 steps"));
}

TEST(SeriesTest, WindowsThatOverlapAreNamed) {
  ASSERT_OK_AND_ASSIGN(const Series series,
                       Series::Parse("DTSTART;TZID=Asia/Tokyo:20261201T220000\nDURATION:PT26H\n"
                                     "RRULE:FREQ=DAILY;COUNT=3",
                                     "Z"));
  ASSERT_OK_AND_ASSIGN(auto windows,
                       series.Expand(At("2026-01-01T00:00Z"), At("2027-01-01T00:00Z"), 9));
  EXPECT_THAT(CheckApart(windows, series.zone()),
              IsError(ErrorCode::kInvalidArgument,
                      "one from 2026-12-01T22:00+09:00[Asia/Tokyo] to 2026-12-03T00:00+09:00"));
  windows.resize(1);
  EXPECT_OK(CheckApart(windows, "Z"));
  EXPECT_OK(CheckApart(std::vector<Occurrence>{{{0}, {5}}, {{5}, {6}}}, "Z"));
}

TEST(SeriesTest, WhatIsWrongIsSaidWithItsLine) {
  struct Case {
    std::string_view text;
    std::string_view said;
  };
  constexpr std::string_view kStart = "DTSTART;TZID=Asia/Tokyo:20261206T010000\nDURATION:PT4H\n";
  const Case cases[] = {
      {"DURATION:PT1H", "the series has no DTSTART"},
      {"DTSTART:20261206T010000",
       "line 1 of the series: the series has neither DTEND nor DURATION"},
      {"DTSTART:20260230T010000\nDURATION:PT1H", "no date or time that exists"},
      {"DTSTART:2026-12-06\nDURATION:PT1H", "no date or time that exists"},
      {"DTSTART;TZID=Asia/Nowhere:20261206T010000\nDURATION:PT1H",
       "there is no time zone \"Asia/Nowhere\""},
      {"DTSTART;TZID=Asia/Tokyo:20261206T010000Z\nDURATION:PT1H", "both TZID and Z"},
      {"DTSTART;VALUE=DATE:20261206T010000\nDURATION:PT1H", "says VALUE=DATE and has a time"},
      {"DTSTART;X=1:20261206T010000\nDURATION:PT1H", "X=1 is not known here"},
      {"DTSTART:20261206T010000\nDTEND:20261206T010000",
       "line 2 of the series: DTEND does not come"},
      {"DTSTART:20261206T010000\nDTEND:20261207", "one of DTSTART and DTEND has a time"},
      {"DTSTART:20261206T010000\nDTEND:20261207T000000\nDURATION:PT1H", "both DTEND and DURATION"},
      {"DTSTART:20261206\nDURATION:PT1H", "DTSTART is a date and DURATION has a time"},
      {"DTSTART:20261206T010000\nDURATION:P1M", "\"P1M\" is no DURATION"},
      {"DTSTART:20261206T010000\nDURATION:-PT1H", "is no DURATION"},
      {"DTSTART:20261206T010000\nDTSTART:20261206T010000\nDURATION:PT1H",
       "line 2 of the series: DTSTART is there twice, first in line 1"},
      {"DTSTART 20261206", "has no colon"},
      {"DTSTART;TZID:20261206", "\"TZID\" is no parameter of DTSTART"},
      {"DTSTRAT:20261206", "did you mean \"DTSTART\"?"},
  };
  for (const auto& [text, said] : cases) {
    SCOPED_TRACE(text);
    EXPECT_THAT(Series::Parse(text, "Asia/Tokyo"),
                IsError(ErrorCode::kInvalidArgument, std::string(said)));
  }
  const Case rules[] = {
      {"BYDAY=SU", "RRULE has no FREQ"},
      {"FREQ=HOURLY", "windows recur daily at most"},
      {"FREQ=WEEKLY;BYDAY=SU;BYDAY=MO", "BYDAY of RRULE: it is there twice"},
      {"FREQ=WEEKLY;BYDAY=1SU", "numbered days"},
      {"FREQ=WEEKLY;BYDAY=XX", "\"XX\" is no day of the week"},
      {"FREQ=MONTHLY;BYDAY=0SU", "is no day of the week"},
      {"FREQ=WEEKLY;BYMONTHDAY=1", "it does not go with this FREQ"},
      {"FREQ=MONTHLY;BYYEARDAY=1", "it does not go with this FREQ"},
      {"FREQ=MONTHLY;BYMONTHDAY=32", "numbers from 1 to 31, or the same from the end"},
      {"FREQ=WEEKLY;INTERVAL=0", "a number from 1 to 1000"},
      {"FREQ=WEEKLY;INTERVAL=1,2", "a number from 1 to 1000"},
      {"FREQ=WEEKLY;COUNT=2;UNTIL=20270101T000000Z", "both COUNT and UNTIL"},
      {"FREQ=WEEKLY;UNTIL=20270101", "write it in UTC"},
      {"FREQ=MONTHLY;BYSETPOS=1", "it chooses among days of the week"},
      {"FREQ=WEEKLY;BYDAY=SU,MO;BYSETPOS=1", "it does not go with this FREQ"},
      {"FREQ=WEEKLY;WKST=XX", "WKST of RRULE"},
      {"FREQ=WEEKLY;BYDY=SU", "did you mean \"BYDAY\"?"},
      {"FREQ=MONTHLY;BYDAY=1SU;BYMONTHDAY=6", "do not go with days of the month"},
      {"FREQ=YEARLY;BYYEARDAY=340;BYDAY=SU", "BYYEARDAY of RRULE: it does not go with BYMONTH"},
      {"FREQ=MONTHLY;BYDAY=SU;BYHOUR=1;BYSETPOS=1", "it chooses among days of the week"},
      {"FREQ=YEARLY;BYMONTHDAY=6", "with YEARLY it needs BYMONTH"},
      {"FREQ=DAILY;BYMONTHDAY=-1", "use it instead of DAILY"},
      {"FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "BYWEEKNO of RRULE: weeks by number are not known here"},
      {"FREQ=WEEKLY;", "is no part of an RRULE"},
      {"FREQ=WEEKLY;BYDAY=MO", "whose first is 2026-12-07T01:00; begin there"},
      {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "has no day at all"},
  };
  for (const auto& [rule, said] : rules) {
    SCOPED_TRACE(rule);
    EXPECT_THAT(Series::Parse(std::string(kStart) + "RRULE:" + std::string(rule), "Z"),
                IsError(ErrorCode::kInvalidArgument, std::string(said)));
  }
  std::string many(kStart);
  for (int i = 0; i < 1'001; ++i) many += "RDATE:20261206T010000Z\n";
  EXPECT_THAT(Series::Parse(many, "Z"), IsError(ErrorCode::kInvalidArgument, "at most 16384"));
  EXPECT_THAT(Series::Parse(std::string(kStart) + "EXDATE;VALUE=DATE:20261206", "Z"),
              IsError(ErrorCode::kInvalidArgument, "one of DTSTART and EXDATE has a time"));
}

TEST(SeriesTest, FoldedLinesAreOne) {
  EXPECT_EQ(Windows("DTSTART;TZID=Asia/To\r\n kyo:20261206T010000\r\nDURATION:PT4H\r\n\r\n",
                    "2026-01-01T00:00Z", "2027-01-01T00:00Z")
                .size(),
            1U);
}

struct Free {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};

std::string Property(icalcomponent* event, icalproperty_kind kind) {
  icalproperty* property = icalcomponent_get_first_property(event, kind);
  if (property == nullptr) return "";
  return icalvalue_get_text(icalproperty_get_value(property));
}

std::vector<ScheduleEntry> Entries() {
  std::vector<ScheduleEntry> entries;
  std::string text = "改行と、コンマ, セミコロン; 逆斜線\\ を\n含む説明：";
  for (int i = 0; i < 60; ++i) {
    text += i % 3 == 0 ? "構成管理データベース" : (i % 3 == 1 ? "a" : "😀é");
    entries.push_back({.uid = "CHG-" + std::to_string(i) + "@kosei",
                       .window = {At("2026-12-06T01:00+09:00"), At("2026-12-06T05:00+09:00")},
                       .summary = "定期メンテナンス " + std::to_string(i),
                       .description = text,
                       .location = i % 2 == 0 ? "" : "東京DC; 3F",
                       .categories = {"maintenance", "週次, 定例"}});
  }
  return entries;
}

TEST(ScheduleExportTest, ReadsBackToTheSame) {
  const std::vector<ScheduleEntry> entries = Entries();
  ASSERT_OK_AND_ASSIGN(const std::string text,
                       ExportSchedule(entries, "変更カレンダー", At("2026-11-30T12:00Z")));
  icalerror_set_errors_are_fatal(0);
  const std::unique_ptr<icalcomponent, Free> read(icalparser_parse_string(text.c_str()));
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(icalcomponent_count_errors(read.get()), 0);
  EXPECT_EQ(icalcomponent_isa(read.get()), ICAL_VCALENDAR_COMPONENT);
  std::size_t index = 0;
  for (icalcomponent* event = icalcomponent_get_first_component(read.get(), ICAL_VEVENT_COMPONENT);
       event != nullptr;
       event = icalcomponent_get_next_component(read.get(), ICAL_VEVENT_COMPONENT)) {
    const ScheduleEntry& entry = entries.at(index++);
    EXPECT_EQ(icalcomponent_get_uid(event), entry.uid);
    EXPECT_EQ(icalcomponent_get_summary(event), entry.summary);
    EXPECT_EQ(Property(event, ICAL_DESCRIPTION_PROPERTY), entry.description);
    EXPECT_EQ(Property(event, ICAL_LOCATION_PROPERTY), entry.location);
    EXPECT_EQ(icaltime_as_timet(icalcomponent_get_dtstart(event)) * 1'000'000,
              entry.window.from.micros);
    EXPECT_EQ(icaltime_as_timet(icalcomponent_get_dtend(event)) * 1'000'000,
              entry.window.to.micros);
    EXPECT_EQ(icaltime_as_timet(icalcomponent_get_dtstamp(event)) * 1'000'000,
              At("2026-11-30T12:00Z").micros);
  }
  EXPECT_EQ(index, entries.size());
  EXPECT_THAT(text, HasSubstr("\r\nCATEGORIES:maintenance,週次\\, 定例\r\n"));
}

TEST(ScheduleExportTest, LinesAreFoldedAndNoCharacterIsCut) {
  ASSERT_OK_AND_ASSIGN(const std::string text,
                       ExportSchedule(Entries(), "", At("2026-11-30T12:00Z")));
  std::size_t longest = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    const std::string line = text.substr(at, end - at);
    longest = std::max(longest, line.size());
    EXPECT_EQ(line.find('\n'), std::string::npos);
    // A line that goes on begins with a blank and then a whole character.
    const std::size_t first = line.starts_with(' ') ? 1 : 0;
    EXPECT_NE(static_cast<unsigned char>(line.at(first)) & 0xC0U, 0x80U);
    at = end + 2;
  }
  EXPECT_LE(longest, 75U);
  EXPECT_GE(longest, 73U);
}

TEST(ScheduleExportTest, TheSameIsTheSameBytes) {
  const std::vector<ScheduleEntry> one = {
      {.uid = "FRZ-1",
       .window = {At("2026-12-28T15:00Z"), At("2027-01-03T15:00Z")},
       .summary = "Freeze"}};
  EXPECT_EQ(
      *ExportSchedule(one, "kosei", At("2026-11-30T12:00:00.5Z")),
      "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//kosei//schedule//EN\r\nCALSCALE:GREGORIAN\r\n"
      "X-WR-CALNAME:kosei\r\nBEGIN:VEVENT\r\nUID:FRZ-1\r\nDTSTAMP:20261130T120000Z\r\n"
      "DTSTART:20261228T150000Z\r\nDTEND:20270103T150000Z\r\nSUMMARY:Freeze\r\nEND:VEVENT\r\n"
      "END:VCALENDAR\r\n");
}

TEST(ScheduleExportTest, WhatIsWrongIsSaid) {
  const auto said = [](ScheduleEntry entry) {
    return ExportSchedule(std::vector<ScheduleEntry>{std::move(entry)}, "", {0});
  };
  const ScheduleEntry good{.uid = "a", .window = {{0}, {1'000'000}}, .summary = "s"};
  EXPECT_OK(said(good));
  ScheduleEntry bad = good;
  bad.uid.clear();
  EXPECT_THAT(said(bad), IsError(ErrorCode::kInvalidArgument, "entry 0 (\"\"): it has no uid"));
  bad = good;
  bad.summary.clear();
  EXPECT_THAT(said(bad), IsError(ErrorCode::kInvalidArgument, "no summary"));
  bad = good;
  bad.window.to = bad.window.from;
  EXPECT_THAT(said(bad), IsError(ErrorCode::kInvalidArgument, "its window is empty"));
  for (const std::string_view text :
       {"\x01", "\xff", "\xc3", "\xed\xa0\x80", "\xc0\xaf", "a\r\nb"}) {
    bad = good;
    bad.description = text;
    EXPECT_THAT(said(bad), IsError(ErrorCode::kInvalidArgument, "a text is not UTF-8"));
  }
  EXPECT_THAT(ExportSchedule(std::vector<ScheduleEntry>{good, good}, "", {0}),
              IsError(ErrorCode::kInvalidArgument, "entry 1 (\"a\"): its uid is there twice"));
}

}  // namespace
}  // namespace kosei::process
