// Series against an evaluator that looks at each day by itself, for random daily, weekly and
// monthly rules in zones with and without summer time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "clock_support.h"
#include "kosei/process/schedule.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

constexpr std::string_view kDayNames[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

struct OrdinalDay {
  int ordinal = 0;  // 0: each
  int day = 0;      // Monday is 0
};

struct NaiveRule {
  std::string frequency;
  int interval = 1;
  int week_start = 0;
  std::vector<OrdinalDay> by_day;
  std::vector<int> by_month_day;
  std::vector<int> by_month;
  std::vector<int> by_year_day;
  std::vector<int> by_hour;
  std::vector<int> by_position;
  std::optional<int> count;
  std::optional<absl::Time> until;
  absl::CivilDay start;

  static int WeekDay(absl::CivilDay day) { return static_cast<int>(absl::GetWeekday(day)); }

  bool IsInPeriod(absl::CivilDay day) const {
    if (frequency == "DAILY") return (day - start) % interval == 0;
    if (frequency == "YEARLY") return (day.year() - start.year()) % interval == 0;
    if (frequency == "MONTHLY")
      return (absl::CivilMonth(day) - absl::CivilMonth(start)) % interval == 0;
    const auto week_of = [this](absl::CivilDay each) {
      return each - ((WeekDay(each) - week_start + 7) % 7);
    };
    return (week_of(day) - week_of(start)) / 7 % interval == 0;
  }

  bool FitsMonthDay(absl::CivilDay day) const {
    const auto last = static_cast<int>((absl::CivilDay(absl::CivilMonth(day) + 1) - 1).day());
    return std::ranges::any_of(by_month_day, [&](int each) {
      return each > 0 ? each == day.day() : last + 1 + each == day.day();
    });
  }

  bool FitsDay(absl::CivilDay day) const {
    const absl::CivilDay last = absl::CivilDay(absl::CivilMonth(day) + 1) - 1;
    int nth = (day.day() - 1) / 7 + 1;
    int nth_last = static_cast<int>((last - day) / 7) + 1;
    if (frequency == "YEARLY" && by_month.empty()) {
      nth = (absl::GetYearDay(day) - 1) / 7 + 1;
      nth_last = static_cast<int>((absl::CivilDay(day.year(), 12, 31) - day) / 7) + 1;
    }
    return std::ranges::any_of(by_day, [&](const OrdinalDay& each) {
      if (each.day != WeekDay(day)) return false;
      return each.ordinal == 0 || each.ordinal == nth || each.ordinal == -nth_last;
    });
  }

  bool IsCandidate(absl::CivilDay day) const {
    if (!by_month.empty() && std::ranges::find(by_month, day.month()) == by_month.end())
      return false;
    if (!by_month_day.empty() && !FitsMonthDay(day)) return false;
    if (!by_year_day.empty()) {
      const int from_the_end = static_cast<int>(day - absl::CivilDay(day.year(), 12, 31)) - 1;
      return std::ranges::any_of(by_year_day, [&](int each) {
        return each == absl::GetYearDay(day) || each == from_the_end;
      });
    }
    if (!by_day.empty() && !FitsDay(day)) return false;
    if (!by_day.empty() || !by_month_day.empty()) return true;
    if (frequency == "WEEKLY") return WeekDay(day) == WeekDay(start);
    if (frequency == "YEARLY" && by_month.empty() && day.month() != start.month()) return false;
    return frequency == "DAILY" || day.day() == start.day();
  }

  bool Matches(absl::CivilDay day) const {
    if (!IsInPeriod(day) || !IsCandidate(day)) return false;
    if (by_position.empty()) return true;
    const bool yearly = frequency == "YEARLY";
    std::vector<absl::CivilDay> period;
    for (absl::CivilDay each(day.year(), yearly ? 1 : day.month(), 1);
         yearly ? each.year() == day.year() : each.month() == day.month(); ++each) {
      if (IsCandidate(each)) period.push_back(each);
    }
    const auto at = static_cast<int>(std::ranges::find(period, day) - period.begin());
    const int size = static_cast<int>(period.size());
    return std::ranges::any_of(by_position,
                               [&](int each) { return each == at + 1 || each == at - size; });
  }

  std::string Text() const {
    std::string text = "FREQ=" + frequency;
    const auto add = [&](std::string_view name, const auto& items, auto&& write) {
      for (std::size_t i = 0; i < items.size(); ++i)
        text += (i == 0 ? ";" + std::string(name) + "=" : ",") + write(items[i]);
    };
    const auto number = [](int each) { return std::to_string(each); };
    if (interval != 1) text += ";INTERVAL=" + std::to_string(interval);
    add("BYDAY", by_day, [](const OrdinalDay& each) {
      return (each.ordinal == 0 ? "" : std::to_string(each.ordinal)) +
             std::string(kDayNames[each.day]);
    });
    add("BYMONTHDAY", by_month_day, number);
    add("BYMONTH", by_month, number);
    add("BYYEARDAY", by_year_day, number);
    add("BYHOUR", by_hour, number);
    add("BYSETPOS", by_position, number);
    if (week_start != 0) text += ";WKST=" + std::string(kDayNames[week_start]);
    if (count) text += ";COUNT=" + std::to_string(*count);
    if (until) text += ";UNTIL=" + absl::FormatTime("%Y%m%dT%H%M%SZ", *until, absl::UTCTimeZone());
    return text;
  }
};

class SeriesPropertyTest : public ::testing::TestWithParam<std::string> {
 protected:
  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  bool OneIn(int bound) { return Below(bound) == 0; }

  NaiveRule RandomRule() {
    NaiveRule rule;
    if (OneIn(20)) {
      rule.frequency = "YEARLY";
      rule.interval = 1 + Below(2);
      rule.by_year_day = {1 + Below(180), 181 + Below(186), -1 - Below(100)};
      return rule;
    }
    rule.frequency = std::vector<std::string>{"DAILY", "WEEKLY", "MONTHLY",
                                              "YEARLY"}[static_cast<std::size_t>(Below(4))];
    rule.interval = OneIn(2) ? 1 : 1 + Below(5);
    rule.week_start = OneIn(2) ? 0 : Below(7);
    const bool yearly = rule.frequency == "YEARLY";
    const bool monthly = rule.frequency == "MONTHLY" || yearly;
    std::set<int> days;
    for (int n = OneIn(3) ? 0 : 1 + Below(3); n > 0; --n) days.insert(Below(7));
    for (const int day : days) {
      int ordinal = 0;
      if (monthly && OneIn(2)) ordinal = OneIn(3) ? -1 - Below(5) : 1 + Below(5);
      rule.by_day.push_back({ordinal, day});
    }
    if (rule.frequency != "WEEKLY" && OneIn(3)) {
      for (int n = 1 + Below(4); n > 0; --n) {
        const bool from_the_end = monthly && OneIn(3);
        const int day = from_the_end ? -1 - Below(31) : 1 + Below(31);
        if (std::ranges::find(rule.by_month_day, day) == rule.by_month_day.end())
          rule.by_month_day.push_back(day);
      }
      for (OrdinalDay& each : rule.by_day) each.ordinal = 0;
    }
    if (OneIn(5) || (yearly && !rule.by_month_day.empty()))
      rule.by_month = {1 + Below(6), 7 + Below(6)};
    const bool plain =
        std::ranges::all_of(rule.by_day, [](const OrdinalDay& each) { return each.ordinal == 0; });
    if (monthly && !yearly && plain && !rule.by_day.empty() && rule.by_month_day.empty() &&
        OneIn(2)) {
      rule.by_position = OneIn(2) ? std::vector<int>{-1} : std::vector<int>{1, 2};
    } else if (!plain && OneIn(3)) {
      rule.by_day = {{1, 2}, {3, 2}, {-1, 4}};  // the first and third Wednesday, the last Friday
    }
    return rule;
  }

  // The first day of the rule, which depends on it: it is tried which one it can be.
  bool FindStart(NaiveRule& rule) {
    rule.start = absl::CivilDay(2023, 1, 1) + Below(600);
    for (int i = 0; i < 800; ++i, ++rule.start) {
      if (rule.Matches(rule.start)) return true;
    }
    return false;
  }

  std::mt19937_64 random_{20'261'130};
};

TEST_P(SeriesPropertyTest, IsWhatEachDaySays) {
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone(GetParam(), &zone));
  int tried = 0;
  std::size_t found = 0;
  for (int round = 0; round < 700; ++round) {
    NaiveRule rule = RandomRule();
    if (!FindStart(rule)) continue;
    // Half of them in the hours in which clocks change.
    const int hour = OneIn(2) ? 1 + Below(3) : Below(24);
    const int minute = OneIn(2) ? 30 : 0;
    const absl::CivilSecond first(rule.start.year(), rule.start.month(), rule.start.day(), hour,
                                  minute, 0);
    if (zone.At(first).kind == absl::TimeZone::TimeInfo::SKIPPED) continue;
    std::vector<int> hours = {hour};
    if (OneIn(4) && hour < 12 && rule.by_position.empty()) {
      hours = {hour, hour + 1, hour + 9};
      rule.by_hour = hours;
    }
    if (OneIn(3)) {
      rule.count = 1 + Below(60);
    } else if (OneIn(2)) {
      rule.until = zone.At(first + 86'400 * (1 + Below(500))).pre;
    }
    SCOPED_TRACE(::testing::Message() << rule.Text() << " from " << absl::FormatCivilTime(first));
    ++tried;
    // Day by day.
    const absl::Time from = absl::FromCivil(rule.start + Below(300), absl::UTCTimeZone());
    const absl::Time to = from + absl::Hours(24 * (1 + Below(700)));
    std::vector<Occurrence> expected;
    std::vector<absl::CivilSecond> excluded;
    int counted = 0;
    std::vector<absl::CivilSecond> times;
    for (absl::CivilDay day = rule.start; day < rule.start + 1'100; ++day) {
      if (!rule.Matches(day)) continue;
      for (const int each : hours)
        times.emplace_back(day.year(), day.month(), day.day(), each, minute, 0);
    }
    for (const absl::CivilSecond local : times) {
      const absl::TimeZone::TimeInfo info = zone.At(local);
      if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) continue;
      if (rule.until && info.pre > *rule.until) break;
      if (rule.count && counted >= *rule.count) break;
      ++counted;
      if (OneIn(12) && excluded.size() < 10) {
        excluded.push_back(local);
        continue;
      }
      const absl::Time end = info.pre + absl::Minutes(150);
      if (info.pre < to && end > from)
        expected.push_back({{absl::ToUnixMicros(info.pre)}, {absl::ToUnixMicros(end)}});
    }
    const auto text_of = [](absl::CivilSecond local) {
      return absl::StrFormat("%04d%02d%02dT%02d%02d%02d", local.year(), local.month(), local.day(),
                             local.hour(), local.minute(), local.second());
    };
    std::string text = "DTSTART;TZID=" + GetParam() + ":" + text_of(first) +
                       "\nDURATION:PT2H30M\nRRULE:" + rule.Text() + "\n";
    for (const absl::CivilSecond each : excluded)
      text += "EXDATE;TZID=" + GetParam() + ":" + text_of(each) + "\n";
    ASSERT_OK_AND_ASSIGN(const Series series, Series::Parse(text, "Z"));
    ASSERT_OK_AND_ASSIGN(const auto windows, series.Expand({absl::ToUnixMicros(from)},
                                                           {absl::ToUnixMicros(to)}, 2'000));
    ASSERT_EQ(windows.size(), expected.size());
    for (std::size_t i = 0; i < windows.size(); ++i) {
      ASSERT_EQ(FormatTimestamp(windows[i].from), FormatTimestamp(expected[i].from));
      ASSERT_EQ(FormatTimestamp(windows[i].to), FormatTimestamp(expected[i].to));
    }
    found += windows.size();
  }
  EXPECT_GT(tried, 400);
  EXPECT_GT(found, 5'000U);
}

INSTANTIATE_TEST_SUITE_P(Zones, SeriesPropertyTest,
                         ::testing::Values("Asia/Tokyo", "Europe/Berlin", "America/New_York",
                                           "Australia/Lord_Howe"));

}  // namespace
}  // namespace kosei::process
