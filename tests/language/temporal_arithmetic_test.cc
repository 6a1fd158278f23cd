// Durations made, scaled, added to instants, and found between them.
#include <gtest/gtest.h>

#include "temporal_caller.h"

namespace kosei::language {
namespace {

Datum D(std::string text) { return Made("duration", std::move(text)); }

std::string Added(const Datum& a, const Datum& b) {
  Evaluation evaluation;
  const Datum sum = AddTemporal(a, b, {}, evaluation);
  return TextOrError(sum, evaluation);
}
std::string Subtracted(const Datum& a, const Datum& b) {
  Evaluation evaluation;
  const Datum difference = SubtractTemporal(a, b, {}, evaluation);
  return TextOrError(difference, evaluation);
}
std::string Times(const Datum& duration, const Datum& by) {
  Evaluation evaluation;
  const Datum product = MultiplyDuration(duration, by, {}, evaluation);
  return TextOrError(product, evaluation);
}
std::string Times(const Datum& duration, double by) { return Times(duration, Datum::Float(by)); }
std::string Divided(const Datum& duration, double by) {
  Evaluation evaluation;
  const Datum quotient = DivideDuration(duration, Datum::Float(by), {}, evaluation);
  return TextOrError(quotient, evaluation);
}
std::string Between(const Datum& a, const Datum& b) { return Called("duration.between", {a, b}); }

TEST(DurationTest, FractionsOfUnitsGoToSmallerOnes) {
  const auto of = [](std::string key, const Datum& value) {
    return Called("duration", {Datum::Map({{std::move(key), value}})});
  };
  EXPECT_EQ(of("years", Datum::Float(0.5)), "P6M");
  EXPECT_EQ(of("quarters", Datum::Integer(5)), "P1Y3M");
  EXPECT_EQ(of("months", Datum::Float(-0.5)), "P-15DT-5H-14M-33S");
  EXPECT_EQ(of("weeks", Datum::Float(0.1)), "PT16H48M");
  EXPECT_EQ(of("seconds", Datum::Float(2.3)), "PT2.3S");
  EXPECT_EQ(of("milliseconds", Datum::Float(1.5)), "PT0.0015S");
  EXPECT_EQ(of("nanoseconds", Datum::Float(1.9)), "PT0.000000001S");
  EXPECT_EQ(
      of("days", Datum::Float(1e300)),
      "error NumberOutOfRange: the duration is too large: months, days and seconds are 64-bit "
      "numbers");
  EXPECT_TRUE(of("hours", Datum::Integer(INT64_MAX)).starts_with("error NumberOutOfRange"));
  EXPECT_TRUE(of("fortnights", Datum::Integer(1)).starts_with("error InvalidArgumentValue"));
}

TEST(DurationTest, ScalesInDecimal) {
  EXPECT_EQ(Times(D("PT5H21M"), 14), "PT74H54M");
  EXPECT_EQ(Divided(D("PT3H16M"), 2), "PT1H38M");
  EXPECT_EQ(Divided(D("PT1.5S"), 3), "PT0.5S");
  EXPECT_EQ(Times(D("PT1S"), 0.1), "PT0.1S");
  EXPECT_EQ(Times(D("P1M"), 0.5), "P15DT5H14M33S");
  EXPECT_EQ(Times(D("P1DT-1H"), -1), "P-1DT1H");
  EXPECT_EQ(Divided(D("P1D"), -0.5), "P-2D");
  EXPECT_EQ(Times(D("P1D"), 0), "PT0S");
  EXPECT_EQ(Divided(D("P1D"), 0), "error DivisionByZero: a duration cannot be divided by zero");
  EXPECT_TRUE(Times(D("P1D"), 1e300).starts_with("error NumberOutOfRange"));
  EXPECT_TRUE(Times(D("PT999999999999999999S"), 1e17).starts_with("error NumberOutOfRange"));
}

TEST(DurationTest, IntegersScaleExactly) {
  // Not 9007199254740992, which is the nearest float.
  EXPECT_EQ(Times(D("PT0.000000001S"), Datum::Integer(9'007'199'254'740'993)),
            "PT2501H59M59.254740993S");
  EXPECT_TRUE(Times(D("PT1S"), Datum::Integer(INT64_MAX)).starts_with("error NumberOutOfRange"));
}

// Sums that end within what is added for rounding of the largest number of 128 bits.
TEST(DurationTest, SumsAtTheEndOfTheirRangeAreRefused) {
  const auto error = [](std::string text) { return Called("duration", {Datum::String(text)}); };
  EXPECT_TRUE(error("PT47261439850130342H531.687303715884105727S").starts_with("error Number"));
  EXPECT_TRUE(error("-PT47261439850130342H531.687303715884105727S").starts_with("error Number"));
  const Datum months = Datum::Map({{"months", Datum::Integer(9'000'000'000'000'000'000)}});
  Evaluation evaluation;
  const Datum most = CallTemporal("duration", {months}, evaluation);
  EXPECT_TRUE(Times(most, 18.904575940052137).starts_with("error NumberOutOfRange"));
  EXPECT_TRUE(Times(most, 18.904575940052136).starts_with("error NumberOutOfRange"));
}

TEST(TemporalArithmeticTest, MonthsAreClampedBeforeDaysAreAdded) {
  const Datum january = Made("date", "2011-01-31");
  EXPECT_EQ(Added(january, D("P1M")), "2011-02-28");
  EXPECT_EQ(Added(january, D("P13M")), "2012-02-29");
  EXPECT_EQ(Added(january, D("P1M1D")), "2011-03-01");
  EXPECT_EQ(Subtracted(Made("date", "2011-03-31"), D("P1M")), "2011-02-28");
  EXPECT_EQ(Added(D("P1D"), january), "2011-02-01");
}

TEST(TemporalArithmeticTest, PartsThatAKindLacksAreLeftOut) {
  EXPECT_EQ(Added(Made("date", "2024-01-01"), D("PT47H")), "2024-01-02");
  EXPECT_EQ(Subtracted(Made("date", "2024-01-01"), D("PT47H")), "2023-12-31");
  EXPECT_EQ(Added(Made("time", "13:42:19Z"), D("P1DT12H")), "01:42:19Z");
  EXPECT_EQ(Subtracted(Made("localtime", "00:00"), D("P1YT0.000000001S")), "23:59:59.999999999");
}

TEST(TemporalArithmeticTest, DaysFollowClocksAndHoursFollowInstants) {
  const Datum eve = Made("datetime", "2024-03-30T12:00[Europe/Paris]");
  EXPECT_EQ(Added(eve, D("P1D")), "2024-03-31T12:00+02:00[Europe/Paris]");
  EXPECT_EQ(Added(eve, D("PT24H")), "2024-03-31T13:00+02:00[Europe/Paris]");
  // In the hour that comes twice the second stays the second.
  const Datum second = Made("datetime", "2024-10-27T02:30+01:00[Europe/Paris]");
  EXPECT_EQ(Added(second, D("PT1M")), "2024-10-27T02:31+01:00[Europe/Paris]");
}

TEST(TemporalArithmeticTest, TheEndsOfTimeHold) {
  EXPECT_TRUE(Added(Made("date", "+999999999-12-31"), D("P1D")).starts_with("error"));
  EXPECT_TRUE(Subtracted(Made("localdatetime", "-999999999-01-01"), D("PT0.000000001S"))
                  .starts_with("error"));
  EXPECT_TRUE(Added(Made("date", "2024-01-01"), D("P999999999999999999D")).starts_with("error"));
  EXPECT_TRUE(Added(Made("date", "2024-01-01"), D("P99999999999999999Y")).starts_with("error"));
  EXPECT_TRUE(
      Added(Made("datetime", "2024-01-01"), D("PT999999999999999999S")).starts_with("error"));
  EXPECT_TRUE(Added(D("P999999999999999999D"), D("PT999999999999999999S")).starts_with("P"));
  EXPECT_EQ(Added(Made("date", "2024-01-01"), Made("date", "2024-01-01")),
            "error InvalidArgumentType: DATE and DATE cannot be added: add a duration");
  EXPECT_EQ(Between(Made("date", "-999999999-01-01"), Made("date", "+999999999-12-31")),
            "P1999999998Y11M30D");
  EXPECT_EQ(Called("duration.inseconds", {Made("localdatetime", "-999999999-01-01"),
                                          Made("localdatetime", "+999999999-12-31T23:59:59")}),
            "PT17531639991215H59M59S");
}

TEST(DurationBetweenTest, MonthsThenDaysThenSeconds) {
  EXPECT_EQ(Between(Made("date", "1984-10-11"), Made("date", "2015-06-24")), "P30Y8M13D");
  EXPECT_EQ(Between(Made("date", "2015-06-24"), Made("date", "1984-10-11")), "P-30Y-8M-13D");
  EXPECT_EQ(Between(Made("date", "2024-01-31"), Made("date", "2024-03-01")), "P1M1D");
  EXPECT_EQ(
      Between(Made("localdatetime", "2024-01-01T12:00"), Made("localdatetime", "2024-01-02T11:59")),
      "PT23H59M");
  EXPECT_EQ(
      Between(Made("localdatetime", "2024-01-02T11:59"), Made("localdatetime", "2024-01-01T12:00")),
      "PT-23H-59M");
  EXPECT_EQ(Between(Made("localdatetime", "2024-02-01T00:00:00.4"),
                    Made("localdatetime", "2024-03-01T00:00:00.1")),
            "P28DT23H59M59.7S");
}

TEST(DurationBetweenTest, OneUnitAlone) {
  const Datum a = Made("localdatetime", "2023-12-31T12:00");
  const Datum b = Made("localdatetime", "2025-01-31T11:00");
  EXPECT_EQ(Called("duration.inmonths", {a, b}), "P1Y");
  EXPECT_EQ(Called("duration.indays", {a, b}), "P396D");
  EXPECT_EQ(Called("duration.inseconds", {a, b}), "PT9527H");
  EXPECT_EQ(Called("duration.indays", {b, a}), "P-396D");
  EXPECT_EQ(Called("duration.inmonths", {a, Made("localtime", "13:00")}), "PT0S");
}

TEST(DurationBetweenTest, WhatOneLacksIsTakenFromTheOther) {
  const Datum date = Made("date", "2024-05-06");
  EXPECT_EQ(Between(date, Made("localdatetime", "2024-05-07T01:00")), "P1DT1H");
  EXPECT_EQ(Between(date, Made("time", "16:30+01:00")), "PT16H30M");
  EXPECT_EQ(Between(Made("localtime", "14:30"), date), "PT-14H-30M");
  EXPECT_EQ(Between(Made("time", "12:00+02:00"), Made("time", "12:00Z")), "PT2H");
  EXPECT_EQ(Between(Made("datetime", "2024-05-06T12:00+02:00"),
                    Made("localdatetime", "2024-05-06T13:00")),
            "PT1H");
  EXPECT_EQ(
      Between(Made("datetime", "2024-05-06T12:00+02:00"), Made("datetime", "2024-06-06T10:00Z")),
      "P1M");
}

TEST(DurationBetweenTest, OnTheDayThatSummerTimeEnds) {
  const Datum midnight = Made("datetime", "2024-10-27T00:00[Europe/Paris]");
  EXPECT_EQ(Between(midnight, Made("localtime", "04:00")), "PT5H");
  EXPECT_EQ(Between(midnight, Made("localdatetime", "2024-10-27T04:00")), "PT5H");
  EXPECT_EQ(Between(Made("date", "2024-10-27"), Made("datetime", "2024-10-27T04:00[Europe/Paris]")),
            "PT5H");
  EXPECT_EQ(Called("duration.inseconds", {midnight, Made("date", "2024-10-28")}), "PT25H");
  EXPECT_EQ(Between(midnight, Made("date", "2024-10-28")), "P1D");
}

TEST(DurationBetweenTest, OnlyInstantsHaveADifference) {
  EXPECT_TRUE(
      Between(D("P1D"), Made("date", "2024-01-01")).starts_with("error InvalidArgumentType"));
}

}  // namespace
}  // namespace kosei::language
