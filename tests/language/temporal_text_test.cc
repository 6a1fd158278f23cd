// Text to values and back.
#include "kosei/language/temporal_text.h"

#include <gtest/gtest.h>

#include "kosei/base/value.h"
#include "temporal_caller.h"

namespace kosei::language {
namespace {

struct Case {
  std::string_view function;
  std::string text;
  std::string expected;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.function << " " << one.text; }

class TemporalTextTest : public testing::TestWithParam<Case> {};

TEST_P(TemporalTextTest, ReadsAndIsWrittenShort) {
  EXPECT_EQ(Called(GetParam().function, {Datum::String(GetParam().text)}), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Dates, TemporalTextTest,
    testing::Values(Case{"date", "2024-02-29", "2024-02-29"},
                    Case{"date", "20240229", "2024-02-29"}, Case{"date", "2024-02", "2024-02-01"},
                    Case{"date", "202402", "2024-02-01"}, Case{"date", "2020-W53-7", "2021-01-03"},
                    Case{"date", "2020W537", "2021-01-03"}, Case{"date", "2020-W53", "2020-12-28"},
                    Case{"date", "2024-366", "2024-12-31"}, Case{"date", "2024366", "2024-12-31"},
                    Case{"date", "2024-Q2-91", "2024-06-30"}, Case{"date", "2024", "2024-01-01"},
                    Case{"date", "-0044-03-15", "-0044-03-15"},
                    Case{"date", "+2015-W13-4", "2015-03-26"}, Case{"date", "-7", "-0007-01-01"},
                    Case{"date", "+12024-07-21", "+12024-07-21"},
                    Case{"date", "-999999999-01-01", "-999999999-01-01"},
                    Case{"date", "+999999999-12-31", "+999999999-12-31"}));

INSTANTIATE_TEST_SUITE_P(
    Times, TemporalTextTest,
    testing::Values(Case{"localtime", "09:05", "09:05"}, Case{"localtime", "T0905", "09:05"},
                    Case{"localtime", "09", "09:00"}, Case{"localtime", "090507,5", "09:05:07.500"},
                    Case{"localtime", "09:05:07.000250", "09:05:07.000250"},
                    Case{"localtime", "00:00:00.000000001", "00:00:00.000000001"},
                    Case{"time", "09:05+0530", "09:05+05:30"}, Case{"time", "0905", "09:05Z"},
                    Case{"time", "09:05:00-00:00", "09:05Z"},
                    Case{"time", "09-02:05:07", "09:00-02:05:07"}));

INSTANTIATE_TEST_SUITE_P(
    DateTimes, TemporalTextTest,
    testing::Values(
        Case{"localdatetime", "2024-366T2305", "2024-12-31T23:05"},
        Case{"localdatetime", "-999999999-01-01", "-999999999-01-01T00:00"},
        Case{"datetime", "2024-07-01T12:00", "2024-07-01T12:00Z"},
        Case{"datetime", "2024-07-01T12:00[Asia/Tokyo]", "2024-07-01T12:00+09:00[Asia/Tokyo]"},
        Case{"datetime", "2024-01-01T12:00Z[Europe/London]", "2024-01-01T12:00Z[Europe/London]"},
        // Oslo and Berlin are one zone since 1970, and their history before is not told apart.
        Case{"datetime", "1700-01-01T00:00[Europe/Oslo]", "1700-01-01T00:00+00:53:28[Europe/Oslo]"},
        // The hour that comes twice when summer time ends, and the one that never comes.
        Case{"datetime", "2024-10-27T02:30[Europe/Paris]", "2024-10-27T02:30+02:00[Europe/Paris]"},
        Case{"datetime", "2024-10-27T02:30+01:00[Europe/Paris]",
             "2024-10-27T02:30+01:00[Europe/Paris]"},
        Case{"datetime", "2024-03-31T02:30[Europe/Paris]",
             "2024-03-31T03:30+02:00[Europe/Paris]"}));

INSTANTIATE_TEST_SUITE_P(
    Durations, TemporalTextTest,
    testing::Values(Case{"duration", "P1Y2M10DT2H30M14.5S", "P1Y2M10DT2H30M14.5S"},
                    Case{"duration", "PT-0.5S", "PT-0.5S"}, Case{"duration", "-PT1M", "PT-1M"},
                    Case{"duration", "P1.5Y", "P1Y6M"}, Case{"duration", "P0.5M", "P15DT5H14M33S"},
                    Case{"duration", "P1W2D", "P9D"}, Case{"duration", "PT90M", "PT1H30M"},
                    Case{"duration", "PT0.000000001S", "PT0.000000001S"},
                    Case{"duration", "P-1DT1H", "P-1DT1H"}, Case{"duration", "PT1M-61S", "PT-1S"},
                    Case{"duration", "P0001-02-03T04:05:06", "P1Y2M3DT4H5M6S"},
                    Case{"duration", "P00010203T040506.7", "P1Y2M3DT4H5M6.7S"},
                    Case{"duration", "PT0S", "PT0S"}));

std::string ErrorOf(std::string_view function, std::string text) {
  return Called(function, {Datum::String(std::move(text))});
}

// Each says which part is wrong and what it may be.
TEST(TemporalTextErrorTest, NamesThePart) {
  EXPECT_EQ(ErrorOf("date", "2024-13-01"),
            "error InvalidArgumentValue: date \"2024-13-01\": month is 13: it must be 1 to 12");
  EXPECT_EQ(ErrorOf("date", "2023-02-29"),
            "error InvalidArgumentValue: date \"2023-02-29\": day is 29: it must be 1 to 28");
  EXPECT_EQ(ErrorOf("localtime", "24:00"),
            "error InvalidArgumentValue: time \"24:00\": hour is 24: it must be 0 to 23");
  EXPECT_EQ(ErrorOf("datetime", "2024-07-01T12:00+18:01"),
            "error InvalidArgumentValue: time zone \"+18:01\": offsets are -18:00 to +18:00");
  EXPECT_EQ(ErrorOf("datetime", "2024-07-01T12:00+08:00[Asia/Tokyo]"),
            "error InvalidArgumentValue: date-time \"2024-07-01T12:00+08:00[Asia/Tokyo]\": the "
            "zone's offset is +09:00 then");
  EXPECT_EQ(ErrorOf("datetime", "2024-07-01T12:00[Asia/Nowhere]"),
            "error InvalidArgumentValue: there is no time zone \"Asia/Nowhere\": write a name of "
            "the IANA database such as 'Asia/Tokyo', or an offset such as '+09:00'");
}

TEST(TemporalTextErrorTest, OtherFormsAreRefused) {
  for (const std::string_view text :
       {"", "24", "2024-", "2024-1-1", "2024-0101", "202401-01", "+20240101T", "2024-W1",
        "2024-W01-", "2024-W01-8", "2024-W54", "2023-366", "2024-Q5", "+1000000000", "2024-01-01x",
        "-", "2024-01-01T12:00", "99999999999999999999", "+99999999999999999999-01-01"}) {
    EXPECT_TRUE(ErrorOf("date", std::string(text)).starts_with("error")) << text;
  }
  for (const std::string_view text :
       {"", "T", "1", "12:0", "12:", "1200:30", "12:0030", "12:00:00.", "12:00:00.1234567890",
        "12.5", "12:00Z", "12:00:60", "12:00+09"}) {
    EXPECT_TRUE(ErrorOf("localtime", std::string(text)).starts_with("error")) << text;
  }
  for (const std::string_view text :
       {"", "P", "PT", "P1", "1D", "P1S", "PT1D", "P1DT", "P1M1Y", "P1D1D", "P--1D", "P1.D", "P.5D",
        "P2012-13-01", "P2012-02-02T24:00", "P2012-02", "P1DT1HT1M", "P99999999999999999999999D",
        "P999999999999999999YT"}) {
    EXPECT_TRUE(ErrorOf("duration", std::string(text)).starts_with("error")) << text;
  }
  for (const std::string_view text :
       {"2024-01-01T12:00[]", "2024-01-01T12:00[Asia/Tokyo", "2024-01-01T12:00[../etc/passwd]",
        "2024-01-01T12:00[/etc/localtime]", "2024-01-01T12:00[Asia]", "2024-01-01T12:00+9",
        "2024-01-01T12:00+09:0", "2024-01-01T12:00+09:00:", "2024-01-01T12:00+0900:30",
        "2024-01-01T", "T12:00"}) {
    EXPECT_TRUE(ErrorOf("datetime", std::string(text)).starts_with("error")) << text;
  }
}

TEST(TemporalTextTest, InstantsOfTheStoreAndBack) {
  const auto moment = DateTimeOf(Timestamp{-1}, "Asia/Tokyo");
  ASSERT_TRUE(moment.ok());
  EXPECT_EQ(TextOf(*moment), "1970-01-01T08:59:59.999999+09:00[Asia/Tokyo]");
  EXPECT_EQ(TimestampOf(Datum::Of(*moment), "Z")->micros, -1);
  EXPECT_EQ(TimestampOf(Datum::String("1970-01-01T09:00"), "+09:00")->micros, 0);
  EXPECT_EQ(TimestampOf(Made("date", "1970-01-02"), "Z")->micros, 86'400'000'000);
  EXPECT_EQ(CodeOf(TimestampOf(Datum::Integer(1), "Z").status()), ErrorCode::kQueryType);
  EXPECT_EQ(CodeOf(TimestampOf(Made("date", "+999999999"), "Z").status()),
            ErrorCode::kQueryArgument);
}

// What messages show of a long text ends between two characters.
TEST(TemporalTextErrorTest, LongTextsAreCutBetweenCharacters) {
  for (std::size_t before = 0; before < 3; ++before) {
    std::string text(before, 'x');
    for (int i = 0; i < 60; ++i) text += "日";
    for (const std::string_view function : {"date", "datetime", "localtime", "time", "duration"}) {
      const std::string error = Called(function, {Datum::String(text)});
      EXPECT_TRUE(IsValidUtf8(error)) << error;
      EXPECT_LT(error.size(), 300U);
    }
    const std::string zone = Called("datetime", {Datum::String("2024-07-01T12:00[" + text + "]")});
    EXPECT_TRUE(IsValidUtf8(zone)) << zone;
    const Datum map = Datum::Map({{text, Datum::Integer(1)}});
    EXPECT_TRUE(IsValidUtf8(Called("date", {map})));
    EXPECT_TRUE(IsValidUtf8(Called("duration", {map})));
    const std::string unit =
        Called("date.truncate", {Datum::String(text), Made("date", "2024-07-01")});
    EXPECT_TRUE(IsValidUtf8(unit)) << unit;
  }
}

}  // namespace
}  // namespace kosei::language
