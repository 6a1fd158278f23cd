#include "kosei/base/period.h"

#include "kosei/base/error.h"
#include "pch.h"
#include "status_matchers.h"

namespace kosei {
namespace {

TEST(Period, ReadsAndWritesIso8601) {
  struct Case {
    const char* text;
    const char* written;
  };
  for (const Case& one : {Case{"P2Y", "P2Y"},
                          {"P18M", "P1Y6M"},
                          {"P1Y2M10DT2H30M15S", "P1Y2M10DT2H30M15S"},
                          {"P4W", "P28D"},
                          {"PT36H", "P1DT12H"},
                          {"P0Y90D", "P90D"},
                          {"PT1S", "PT1S"},
                          {"P1000Y", "P1000Y"}}) {
    SCOPED_TRACE(one.text);
    const auto period = ParsePeriod(one.text);
    ASSERT_OK(period.status());
    EXPECT_EQ(FormatPeriod(*period), one.written);
    EXPECT_EQ(*ParsePeriod(FormatPeriod(*period)), *period);
  }
}

TEST(Period, RefusesWhatIsNone) {
  for (const char* text :
       {"", "P", "2Y", "P2", "PT", "P1YT", "P0D", "P-1D", "P1.5D", "P1D2Y", "P1H", "PT1D", "P1001Y",
        "P99999999999999999999D", "P1Y P1D", "p1y", "P1M1M"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(ParsePeriod(text), testing::HasErrorCode(ErrorCode::kWrongType));
  }
}

TEST(Period, GoesBackByTheCalendar) {
  struct Case {
    const char* from;
    const char* period;
    const char* to;
  };
  for (const Case& one : {Case{"2026-11-22T10:00:00Z", "P2Y", "2024-11-22T10:00:00Z"},
                          {"2024-02-29T00:00:00Z", "P1Y", "2023-02-28T00:00:00Z"},
                          {"2026-03-31T12:00:00Z", "P1M", "2026-02-28T12:00:00Z"},
                          {"2026-01-15T00:00:00Z", "P1M", "2025-12-15T00:00:00Z"},
                          {"2026-03-01T00:00:00Z", "P1D", "2026-02-28T00:00:00Z"},
                          {"2026-11-22T10:00:00Z", "P1M1DT1H", "2026-10-21T09:00:00Z"}}) {
    SCOPED_TRACE(one.from);
    EXPECT_EQ(FormatTimestamp(Before(*ParseTimestamp(one.from), *ParsePeriod(one.period))), one.to);
  }
  EXPECT_EQ(FormatTimestamp(After(*ParseTimestamp("2026-01-31T10:00:00Z"), *ParsePeriod("P1M"))),
            "2026-02-28T10:00:00Z");
  EXPECT_EQ(FormatTimestamp(After(*ParseTimestamp("2026-11-30T23:00:00Z"), *ParsePeriod("P3DT2H"))),
            "2026-12-04T01:00:00Z");
  EXPECT_EQ(After(kBeginningOfTime, {1, 1}), kBeginningOfTime);
  EXPECT_EQ(After(Timestamp{INT64_MAX - 5}, {0, 10}), kEndOfTime);
  EXPECT_EQ(Before(kEndOfTime, {1, 1}), kEndOfTime);
  EXPECT_EQ(Before(Timestamp{INT64_MIN + 5}, {0, 10}), kBeginningOfTime);
}

}  // namespace
}  // namespace kosei
