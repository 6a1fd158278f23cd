#include "kosei/base/time.h"

#include "pch.h"
#include "status_matchers.h"

namespace kosei {
namespace {

TEST(Timestamp, ReadsRfc3339) {
  struct Case {
    std::string_view text;
    std::int64_t micros;
    std::string_view printed;
  };
  const Case cases[] = {
      {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
      {"2026-11-22T10:00:00+09:00", 1'795'309'200'000'000, "2026-11-22T01:00:00Z"},
      {"2026-11-22t01:00:00z", 1'795'309'200'000'000, "2026-11-22T01:00:00Z"},
      {"2026-11-22 01:00:00.25Z", 1'795'309'200'250'000, "2026-11-22T01:00:00.250000Z"},
      {"0007-01-01T00:00:00Z", -61'946'294'400'000'000, "0007-01-01T00:00:00Z"},
      {"1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    ASSERT_OK_AND_ASSIGN(const Timestamp instant, ParseTimestamp(c.text));
    EXPECT_EQ(instant.micros, c.micros);
    EXPECT_EQ(FormatTimestamp(instant), c.printed);
  }
}

TEST(Timestamp, RefusesWhatHasNoOffsetOrIsNoTime) {
  for (const std::string_view text :
       {"", "2026-11-22", "2026-11-22T10:00:00", "yesterday", "2026-13-01T00:00:00Z",
        "2026-11-22T10:00:00+0900x", "20261122T100000Z"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(ParseTimestamp(text), testing::IsError(ErrorCode::kWrongType, "RFC 3339"));
  }
}

TEST(Date, ReadsCalendarDates) {
  ASSERT_OK_AND_ASSIGN(const std::int64_t day, ParseDate("2026-11-22"));
  EXPECT_EQ(FormatDate(day), "2026-11-22");
  EXPECT_EQ(FormatDate(0), "1970-01-01");
  ASSERT_OK_AND_ASSIGN(const std::int64_t early, ParseDate("0007-01-02"));
  EXPECT_EQ(FormatDate(early), "0007-01-02");
  for (const std::string_view text : {"", "2026-2-1", "2026-02-30", "22.11.2026", "2026-11-22x"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(ParseDate(text), testing::HasErrorCode(ErrorCode::kWrongType));
  }
}

TEST(SystemClock, MonotonicTimeDoesNotGoBack) {
  const auto first = SystemClock().Monotonic();
  EXPECT_GE(SystemClock().Monotonic(), first);
}

}  // namespace
}  // namespace kosei
