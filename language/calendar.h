// The proleptic Gregorian calendar of ISO 8601: days since 1970-01-01 from and to calendar, week,
// ordinal and quarter dates. Years are -999,999,999 to 999,999,999; year 0 is 1 BCE. Functions that
// take parts of a date want them in range (the Valid... functions say so).
#pragma once

#include <cstdint>

namespace kosei::language {

inline constexpr std::int64_t kYearMax = 999'999'999;
inline constexpr std::int64_t kYearMin = -kYearMax;

struct CalendarDate {
  std::int64_t year = 1970;
  std::int64_t month = 1;  // 1 to 12
  std::int64_t day = 1;    // 1 to 31
  friend bool operator==(const CalendarDate&, const CalendarDate&) = default;
};

// Week 1 is the one that has the year's first Thursday; Monday is day 1. The year is that of the
// week, and may differ by one from the calendar's.
struct WeekDate {
  std::int64_t year = 1970;
  std::int64_t week = 1;  // 1 to 53
  std::int64_t day = 1;   // 1 to 7
  friend bool operator==(const WeekDate&, const WeekDate&) = default;
};

bool IsLeapYear(std::int64_t year);
std::int64_t DaysInMonth(std::int64_t year, std::int64_t month);
std::int64_t DaysInYear(std::int64_t year);
std::int64_t DaysInQuarter(std::int64_t year, std::int64_t quarter);
std::int64_t WeeksInYear(std::int64_t year);

// Whether the days are those of a year that is allowed.
bool IsValidDay(std::int64_t days);

std::int64_t DaysOf(const CalendarDate& date);
CalendarDate CalendarDateOf(std::int64_t days);
std::int64_t DaysOf(const WeekDate& date);
WeekDate WeekDateOf(std::int64_t days);

std::int64_t DayOfWeek(std::int64_t days);     // 1 to 7, Monday to Sunday
std::int64_t OrdinalDay(std::int64_t days);    // 1 to 366
std::int64_t DayOfQuarter(std::int64_t days);  // 1 to 92
constexpr std::int64_t QuarterOf(std::int64_t month) { return (month + 2) / 3; }
constexpr std::int64_t FirstMonthOf(std::int64_t quarter) { return quarter * 3 - 2; }

// Division that rounds down, and what it leaves (never negative). `by` is positive.
constexpr std::int64_t FloorDivide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}
constexpr std::int64_t FloorModulo(std::int64_t value, std::int64_t by) {
  const std::int64_t rest = value % by;
  return rest < 0 ? rest + by : rest;
}

}  // namespace kosei::language
