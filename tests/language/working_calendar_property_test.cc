// Working time against a count of minutes, one by one, by what the clock of a place shows: random
// calendars over years with changes of the clock of many kinds. And zones' spans of one offset,
// which it is made of, for every zone there is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "calendar.h"
#include "kosei/language/temporal_text.h"
#include "kosei/language/working_calendar.h"
#include "temporal_values.h"
#include "time_zone.h"
#include "zone_links.h"

namespace kosei::language {
namespace {

constexpr std::int64_t kMinutesOfDay = 1'440;

struct Span {
  std::string zone;
  std::string_view from;
  int days;
};

void PrintTo(const Span& span, std::ostream* out) { *out << span.zone << " " << span.from; }

class WorkingCalendarPropertyTest : public testing::TestWithParam<Span> {
 protected:
  std::int64_t Below(std::int64_t bound) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(bound));
  }

  WorkDay RandomDay() {
    std::vector<std::int32_t> bounds;
    const std::int64_t count = Below(4) * 2;
    for (std::int64_t i = 0; i < count; ++i)
      bounds.push_back(static_cast<std::int32_t>(Below(kMinutesOfDay + 1)));
    if (count > 0 && Below(4) == 0) bounds = {0, kMinutesOfDay};
    std::ranges::sort(bounds);
    WorkDay day;
    for (std::size_t i = 0; i + 1 < bounds.size(); i += 2) {
      if (bounds[i] < bounds[i + 1]) day.push_back({bounds[i], bounds[i + 1]});
    }
    std::ranges::shuffle(day, random_);
    return day;
  }

  WorkingRules RandomRules(const std::string& zone, std::int64_t first_day, int days) {
    WorkingRules rules;
    rules.zone = zone;
    for (WorkDay& day : rules.week) day = RandomDay();
    for (std::int64_t i = Below(60); i > 0; --i)
      rules.days[first_day - 10 + Below(days + 20)] = Below(2) == 0 ? WorkDay() : RandomDay();
    return rules;
  }

  static bool IsWorked(const WorkingRules& rules, std::int64_t local) {
    const std::int64_t day = FloorDivide(local, kSecondsOfDay);
    const std::int64_t minute = FloorModulo(local, kSecondsOfDay) / 60;
    const auto special = rules.days.find(day);
    const WorkDay& hours = special != rules.days.end()
                               ? special->second
                               : rules.week[static_cast<std::size_t>(DayOfWeek(day) - 1)];
    return std::ranges::any_of(hours, [minute](const WorkHours& each) {
      return minute >= each.begin && minute < each.end;
    });
  }

  std::mt19937_64 random_{20'261'130};
};

// So many nanoseconds after the first second.
DateTime At(std::int64_t first, std::int64_t nanos) {
  return {first + FloorDivide(nanos, kNanosOfSecond),
          static_cast<std::int32_t>(FloorModulo(nanos, kNanosOfSecond)),
          0,
          {}};
}
std::int64_t NanosSince(std::int64_t first, const DateTime& at) {
  return (at.seconds - first) * kNanosOfSecond + at.nanos;
}
std::int64_t NanosOf(const Duration& duration) {
  EXPECT_EQ(duration.months, 0);
  EXPECT_EQ(duration.days, 0);
  return duration.seconds * kNanosOfSecond + duration.nanos;
}
Duration DurationOf(std::int64_t nanos) {
  return {0, 0, FloorDivide(nanos, kNanosOfSecond),
          static_cast<std::int32_t>(FloorModulo(nanos, kNanosOfSecond))};
}

TEST_P(WorkingCalendarPropertyTest, IsTheCountOfMinutes) {
  constexpr std::int64_t kMinute = 60 * kNanosOfSecond;
  const Span& span = GetParam();
  const auto zone = TimeZone::Parse(span.zone);
  ASSERT_TRUE(zone.ok()) << zone.status();
  const std::int64_t first_day = ReadDate(span.from)->days;
  // Where clocks show a whole minute: long ago offsets had seconds.
  const std::int64_t first =
      first_day * kSecondsOfDay - zone->OffsetAt(first_day * kSecondsOfDay) % 60;
  const std::int64_t minutes = span.days * kMinutesOfDay;
  for (int round = 0; round < 2; ++round) {
    const WorkingRules rules = RandomRules(span.zone, first_day, span.days);
    const auto calendar = WorkingCalendar::Make(rules);
    ASSERT_TRUE(calendar.ok()) << calendar.status();
    // Minutes worked before each minute.
    std::vector<std::int64_t> before(static_cast<std::size_t>(minutes) + 1);
    for (std::int64_t i = 0; i < minutes; ++i) {
      const std::int64_t instant = first + i * 60;
      before[static_cast<std::size_t>(i) + 1] =
          before[static_cast<std::size_t>(i)] +
          (IsWorked(rules, instant + zone->OffsetAt(instant)) ? 1 : 0);
    }
    // Before an instant, given in nanoseconds since the first.
    const auto counted = [&](std::int64_t nanos) {
      const auto minute = static_cast<std::size_t>(nanos / kMinute);
      const bool worked = minute + 1 < before.size() && before[minute + 1] > before[minute];
      return before[minute] * kMinute + (worked ? nanos % kMinute : 0);
    };
    for (int i = 0; i < 2'000; ++i) {
      const std::int64_t grain = i % 2 == 0 ? kMinute : 1;
      const std::int64_t a = Below(minutes * kMinute / grain) * grain;
      const std::int64_t b = Below(minutes * kMinute / grain) * grain;
      const std::int64_t work = counted(b) - counted(a);
      const auto between = calendar->Between(At(first, a), At(first, b));
      ASSERT_TRUE(between.ok()) << between.status();
      ASSERT_EQ(NanosOf(*between), work) << TextOf(At(first, a)) << " " << TextOf(At(first, b));
      // The first instant with so much work behind it, or the last with so much ahead of it.
      const auto reached = calendar->After(At(first, a), DurationOf(work));
      ASSERT_TRUE(reached.ok()) << reached.status();
      const std::int64_t at = NanosSince(first, *reached);
      ASSERT_EQ(counted(at) - counted(a), work) << TextOf(*reached);
      if (work > 0) {
        ASSERT_LE(at, b);
        ASSERT_LT(counted(at - 1) - counted(a), work) << TextOf(*reached);
      } else if (work < 0) {
        ASSERT_GE(at, b);
        ASSERT_GT(counted(at + 1) - counted(a), work) << TextOf(*reached);
      } else {
        ASSERT_EQ(at, a);
      }
      ASSERT_EQ(reached->offset, zone->OffsetAt(reached->seconds));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Zones, WorkingCalendarPropertyTest,
    testing::Values(Span{"Asia/Tokyo", "2025-11-01", 365}, Span{"Europe/Paris", "2023-01-01", 420},
                    Span{"America/New_York", "2024-01-01", 420},
                    Span{"Australia/Lord_Howe", "2024-01-01", 420},  // changes by half an hour
                    Span{"Antarctica/Troll", "2024-01-01", 420},     // by two hours
                    Span{"Africa/Casablanca", "2024-01-01", 420},    // four times a year
                    Span{"America/Sao_Paulo", "2017-09-01", 420},    // at midnight
                    Span{"Pacific/Apia", "2011-06-01", 420},         // without a day
                    Span{"Pacific/Kwajalein", "1969-08-01", 100},    // with a day that comes twice
                    Span{"Asia/Kathmandu", "1985-10-01", 200},       // by a quarter of an hour
                    Span{"Europe/London", "1800-01-10", 90},
                    Span{"Europe/Paris", "2298-01-01", 420}, Span{"+05:45", "2024-01-01", 200}));

// Spans follow each other without a gap up to where working time ends, and their offset is that of
// their instants.
TEST(ZoneSpanTest, OfEveryZoneCoverAllTime) {
  std::ifstream table(ZoneFolder() + "/zone1970.tab");
  std::vector<std::string> names = {"UTC", "EST5EDT", "Asia/Gaza", "Africa/El_Aaiun"};
  for (std::string line; std::getline(table, line);) {
    const std::vector<std::string> columns = absl::StrSplit(line, '\t');
    if (columns.size() >= 3 && !line.starts_with('#')) names.push_back(columns[2]);
  }
  ASSERT_GT(names.size(), 300U);
  for (const std::string& name : names) {
    const auto zone = TimeZone::Parse(name);
    ASSERT_TRUE(zone.ok()) << zone.status();
    std::int64_t at = WorkingCalendar::kFirstSecond;
    while (at < WorkingCalendar::kEndSecond) {
      const TimeZone::Span span = zone->SpanAt(at);
      ASSERT_LE(span.begin, at) << name;
      ASSERT_GT(span.end, at) << name;
      const std::int64_t end = std::min(span.end, WorkingCalendar::kEndSecond);
      for (const std::int64_t inside : {at, at + (end - at) / 2, end - 1}) {
        ASSERT_EQ(zone->OffsetAt(inside), span.offset) << name << " " << inside;
        const TimeZone::Span same = zone->SpanAt(inside);
        ASSERT_EQ(same.end, span.end) << name;
        ASSERT_EQ(same.begin, span.begin) << name;
      }
      // What has no end in sight must not have one: summer time comes back every year.
      if (span.end == INT64_MAX) {
        for (std::int64_t later = at; later < WorkingCalendar::kEndSecond; later += 20 * 86'400)
          ASSERT_EQ(zone->OffsetAt(later), span.offset) << name << " " << later;
      }
      at = end;
    }
  }
}

}  // namespace
}  // namespace kosei::language
