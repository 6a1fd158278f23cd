// Temporal functions called with maps and values: making, selecting, truncating, clocks.
#include <gtest/gtest.h>

#include "temporal_caller.h"

namespace kosei::language {
namespace {

Datum Text(std::string text) { return Datum::String(std::move(text)); }
Datum Number(std::int64_t number) { return Datum::Integer(number); }

std::string Made(std::string_view function, DatumMap map) {
  return Called(function, {Datum::Map(std::move(map))});
}

TEST(TemporalMakeTest, DatesByEachFormOfNamingADay) {
  EXPECT_EQ(Made("date", {{"year", Number(2024)}, {"month", Number(2)}, {"day", Number(29)}}),
            "2024-02-29");
  EXPECT_EQ(Made("date", {{"year", Number(2020)}, {"week", Number(53)}, {"dayOfWeek", Number(7)}}),
            "2021-01-03");
  EXPECT_EQ(Made("date", {{"year", Number(2024)}, {"ordinalDay", Number(366)}}), "2024-12-31");
  EXPECT_EQ(
      Made("date", {{"year", Number(2023)}, {"quarter", Number(1)}, {"dayOfQuarter", Number(90)}}),
      "2023-03-31");
}

TEST(TemporalMakeTest, PartsAreTakenFromOtherValuesAndOverridden) {
  const Datum leap = kosei::language::Made("date", "2024-02-29");
  EXPECT_EQ(Made("date", {{"date", leap}, {"month", Number(3)}}), "2024-03-29");
  // A day of the base that does not exist becomes the month's last; one that is given must exist.
  EXPECT_EQ(Made("date", {{"date", leap}, {"year", Number(2023)}}), "2023-02-28");
  EXPECT_EQ(Made("date", {{"date", leap}, {"year", Number(2023)}, {"day", Number(29)}}),
            "error InvalidArgumentValue: day is 29: that date does not exist, as the last is 28");
  const Datum time = kosei::language::Made("time", "10:15:30.5+01:00");
  EXPECT_EQ(Made("datetime", {{"date", leap}, {"time", time}}), "2024-02-29T10:15:30.500+01:00");
  EXPECT_EQ(Made("datetime", {{"date", leap}, {"time", time}, {"timezone", Text("Asia/Tokyo")}}),
            "2024-02-29T18:15:30.500+09:00[Asia/Tokyo]");
  EXPECT_EQ(Made("time", {{"time", time}, {"hour", Number(23)}, {"timezone", Text("+03:00")}}),
            "01:15:30.500+03:00");
  EXPECT_EQ(Made("localtime", {{"time", time}, {"millisecond", Number(7)}}), "10:15:30.007");
  const Datum summer = kosei::language::Made("datetime", "2024-07-01T12:00[Europe/Paris]");
  EXPECT_EQ(Made("datetime", {{"datetime", summer}, {"month", Number(1)}}),
            "2024-01-01T12:00+01:00[Europe/Paris]");
  EXPECT_EQ(Called("time", {summer}), "12:00+02:00");
}

TEST(TemporalMakeTest, FractionsOfASecondAddUp) {
  const DatumMap base = {{"hour", Number(1)}, {"minute", Number(2)}, {"second", Number(3)}};
  DatumMap all = base;
  all.emplace_back("millisecond", Number(4));
  all.emplace_back("microsecond", Number(5));
  all.emplace_back("nanosecond", Number(6));
  EXPECT_EQ(Made("localtime", all), "01:02:03.004005006");
  all[4].second = Number(1'000);
  EXPECT_EQ(
      Made("localtime", all),
      "error InvalidArgumentValue: microsecond, given with millisecond, is 1000: it must be 0 "
      "to 999");
}

TEST(TemporalMakeTest, WhatIsMissingOrTooMuchIsNamed) {
  const auto error = [](std::string_view function, DatumMap map) {
    return Made(function, std::move(map));
  };
  EXPECT_EQ(error("date", {{"year", Number(2024)}, {"day", Number(1)}}),
            "error InvalidArgumentValue: day is given without month: give both");
  EXPECT_EQ(error("date", {{"month", Number(1)}}),
            "error InvalidArgumentValue: a date needs a year, or a date or datetime to take it "
            "from");
  EXPECT_EQ(error("localtime", {{"hour", Number(1)}, {"second", Number(1)}}),
            "error InvalidArgumentValue: second is given without minute: give both");
  EXPECT_EQ(error("date", {{"year", Number(2024)}, {"hour", Number(1)}}),
            "error InvalidArgumentValue: a time of day is no part of a date");
  EXPECT_EQ(error("date", {{"year", Text("2024")}}),
            "error InvalidArgumentType: year must be an integer, and is of type STRING");
  EXPECT_EQ(error("date", {{"year", Number(1'000'000'000)}}),
            "error InvalidArgumentValue: year is 1000000000: it must be -999999999 to 999999999");
  for (const DatumMap& map :
       {DatumMap{{"year", Number(2024)}, {"month", Number(1)}, {"week", Number(1)}},
        DatumMap{{"year", Number(2023)}, {"week", Number(53)}},
        DatumMap{{"year", Number(2023)}, {"ordinalDay", Number(366)}},
        DatumMap{{"year", Number(2023)}, {"moon", Number(1)}},
        DatumMap{{"date", Text("2023-01-01")}},
        DatumMap{{"year", Number(2023)}, {"timezone", Text("Z")}}}) {
    EXPECT_TRUE(error("date", map).starts_with("error")) << error("date", map);
  }
}

TEST(TemporalMakeTest, NullIsNull) {
  EXPECT_EQ(Called("date", {Datum()}), "null");
  EXPECT_EQ(Made("date", {{"year", Datum()}}), "null");
  EXPECT_EQ(Made("duration", {{"days", Datum()}}), "null");
  EXPECT_EQ(Called("duration.between", {Datum(), kosei::language::Made("date", "2024")}), "null");
  EXPECT_EQ(Called("date.truncate", {Text("day"), Datum()}), "null");
}

TEST(TemporalMakeTest, EpochsAreInstants) {
  EXPECT_EQ(Called("datetime.fromepoch", {Number(-1), Number(5)}),
            "1969-12-31T23:59:59.000000005Z");
  EXPECT_EQ(Called("datetime.fromepochmillis", {Number(-1)}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(Made("datetime", {{"epochSeconds", Number(0)}, {"timezone", Text("Asia/Tokyo")}}),
            "1970-01-01T09:00+09:00[Asia/Tokyo]");
  EXPECT_TRUE(Called("datetime.fromepoch", {Number(INT64_MAX), Number(0)}).starts_with("error"));
}

TEST(TemporalClockTest, AStatementHasOneInstantShownInItsZone) {
  Evaluation evaluation;
  evaluation.now = Timestamp{1'700'000'000'123'456};
  evaluation.time_zone = "Asia/Tokyo";
  const auto now = [&evaluation](std::string_view function, const DatumList& arguments) {
    return TextOrError(CallTemporal(function, arguments, evaluation), evaluation);
  };
  EXPECT_EQ(now("datetime", {}), "2023-11-15T07:13:20.123456+09:00[Asia/Tokyo]");
  EXPECT_EQ(now("date", {}), "2023-11-15");
  EXPECT_EQ(now("date", {Datum::Map({{"timezone", Text("Z")}})}), "2023-11-14");
  EXPECT_EQ(now("time.transaction", {}), "07:13:20.123456+09:00");
  EXPECT_EQ(now("localtime.statement", {Text("-01:00")}), "21:13:20.123456");
  EXPECT_EQ(now("localdatetime", {Datum::Map({})}), "2023-11-15T07:13:20.123456");
  EXPECT_EQ(now("datetime",
                {Datum::Map({{"year", Number(2024)}, {"month", Number(1)}, {"day", Number(1)}})}),
            "2024-01-01T00:00+09:00[Asia/Tokyo]");
  EXPECT_NE(now("datetime.realtime", {}), now("datetime", {}));
}

std::string Truncated(std::string_view function, std::string unit, const Datum& value,
                      DatumMap map = {}) {
  return Called(std::string(function) + ".truncate",
                {Text(std::move(unit)), value, Datum::Map(std::move(map))});
}

TEST(TemporalTruncateTest, ToTheUnitsBeginning) {
  const Datum value = kosei::language::Made("localdatetime", "-0001-11-12T13:14:15.123456789");
  EXPECT_EQ(Truncated("date", "millennium", value), "-1000-01-01");
  EXPECT_EQ(Truncated("date", "century", value), "-0100-01-01");
  EXPECT_EQ(Truncated("date", "decade", value), "-0010-01-01");
  EXPECT_EQ(Truncated("date", "quarter", value), "-0001-10-01");
  const Datum sunday = kosei::language::Made("date", "2021-01-03");
  EXPECT_EQ(Truncated("date", "year", sunday), "2021-01-01");
  EXPECT_EQ(Truncated("date", "weekYear", sunday), "2019-12-30");
  EXPECT_EQ(Truncated("date", "month", sunday), "2021-01-01");
  EXPECT_EQ(Truncated("date", "week", sunday), "2020-12-28");
  EXPECT_EQ(Truncated("localdatetime", "day", value), "-0001-11-12T00:00");
  EXPECT_EQ(Truncated("localdatetime", "minute", value), "-0001-11-12T13:14");
  EXPECT_EQ(Truncated("localtime", "second", value), "13:14:15");
  EXPECT_EQ(Truncated("localtime", "millisecond", value), "13:14:15.123");
  EXPECT_EQ(Truncated("localtime", "microsecond", value), "13:14:15.123456");
  EXPECT_EQ(Truncated("datetime", "hour", value, {{"timezone", Text("+02:00")}}),
            "-0001-11-12T13:00+02:00");
  EXPECT_EQ(
      Truncated("datetime", "week", kosei::language::Made("date", "2021-01-03"),
                {{"dayOfWeek", Number(2)}, {"time", kosei::language::Made("time", "10:00Z")}}),
      "2020-12-29T10:00Z");
}

TEST(TemporalTruncateTest, WhatDoesNotFitIsSaid) {
  const Datum date = kosei::language::Made("date", "2024-05-06");
  EXPECT_EQ(Truncated("date", "hour", date),
            "error InvalidArgumentValue: date.truncate('hour', ...): a date is truncated to day or "
            "a larger unit");
  EXPECT_EQ(Truncated("date", "month", date, {{"year", Number(1)}}),
            "error InvalidArgumentValue: date.truncate('month', ...): year is not smaller than the "
            "unit: leave it out");
  EXPECT_TRUE(Truncated("time", "hour", date).starts_with("error InvalidArgumentType"));
  EXPECT_TRUE(Truncated("date", "fortnight", date).starts_with("error InvalidArgumentValue"));
  EXPECT_TRUE(Called("date.truncate", {Number(1), date}).starts_with("error InvalidArgumentType"));
}

std::string Part(const Datum& value, std::string_view name) {
  Evaluation evaluation;
  const Datum part = TemporalComponent(value, name, {}, evaluation);
  if (evaluation.failed()) return TextOrError(part, evaluation);
  return part.kind() == DatumKind::kString ? part.string() : std::to_string(part.integer());
}

TEST(TemporalComponentTest, OfInstants) {
  const Datum value = kosei::language::Made("datetime", "2021-01-03T01:02:03.004005006+05:30");
  EXPECT_EQ(Part(value, "weekYear"), "2020");
  EXPECT_EQ(Part(value, "week"), "53");
  EXPECT_EQ(Part(value, "dayOfWeek"), "7");
  EXPECT_EQ(Part(value, "microsecond"), "4005");
  EXPECT_EQ(Part(value, "offsetMinutes"), "330");
  EXPECT_EQ(Part(value, "timezone"), "+05:30");
  EXPECT_EQ(Part(value, "epochMillis"), "1609615923004");
  EXPECT_EQ(Part(kosei::language::Made("datetime", "1969-12-31T23:59:59.5Z"), "epochMillis"),
            "-500");
  EXPECT_EQ(Part(kosei::language::Made("localtime", "10:00"), "year"),
            "error InvalidArgumentValue: a localtime has no year: it has hour, minute, second, "
            "millisecond, microsecond, nanosecond");
}

TEST(TemporalComponentTest, OfDurations) {
  const Datum value = kosei::language::Made("duration", "P-1Y-4MT-1H-1M-1.5S");
  EXPECT_EQ(Part(value, "years"), "-1");
  EXPECT_EQ(Part(value, "monthsOfYear"), "-4");
  EXPECT_EQ(Part(value, "seconds"), "-3661");
  EXPECT_EQ(Part(value, "millisecondsOfSecond"), "-500");
  EXPECT_TRUE(Part(kosei::language::Made("duration", "PT99999999999H"), "nanoseconds")
                  .starts_with("error NumberOutOfRange"));
}

}  // namespace
}  // namespace kosei::language
