#include "calendar.h"

#include <algorithm>
#include <array>

namespace kosei::language {
namespace {

constexpr std::int64_t kDaysOfYear = 365;
constexpr std::int64_t kDaysOfFourYears = 4 * kDaysOfYear + 1;
constexpr std::int64_t kDaysOfCentury = 25 * kDaysOfFourYears - 1;
constexpr std::int64_t kDaysOfFourCenturies = 4 * kDaysOfCentury + 1;

// Days of the year before each month, of a year that is not a leap year.
constexpr std::array<std::int64_t, 13> kDaysBefore = [] {
  constexpr std::array<std::int64_t, 12> lengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  std::array<std::int64_t, 13> before = {};
  for (std::size_t i = 0; i < lengths.size(); ++i) before[i + 1] = before[i] + lengths[i];
  return before;
}();

// Days from 0001-01-01 to January 1st of the year.
constexpr std::int64_t DaysBeforeYear(std::int64_t year) {
  const std::int64_t past = year - 1;
  return past * kDaysOfYear + FloorDivide(past, 4) - FloorDivide(past, 100) +
         FloorDivide(past, 400);
}
constexpr std::int64_t kEpoch = DaysBeforeYear(1970);

std::int64_t DaysBeforeMonth(std::int64_t year, std::int64_t month) {
  const std::int64_t leap = month > 2 && IsLeapYear(year) ? 1 : 0;
  return kDaysBefore[static_cast<std::size_t>(month - 1)] + leap;
}

// The Monday of week 1: that of the week which has January 4th.
std::int64_t FirstMonday(std::int64_t year) {
  const std::int64_t fourth = DaysOf(CalendarDate{year, 1, 4});
  return fourth - (DayOfWeek(fourth) - 1);
}

}  // namespace

bool IsLeapYear(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

std::int64_t DaysInMonth(std::int64_t year, std::int64_t month) {
  const auto at = static_cast<std::size_t>(month);
  return kDaysBefore[at] - kDaysBefore[at - 1] + (month == 2 && IsLeapYear(year) ? 1 : 0);
}

std::int64_t DaysInYear(std::int64_t year) { return kDaysOfYear + (IsLeapYear(year) ? 1 : 0); }

std::int64_t DaysInQuarter(std::int64_t year, std::int64_t quarter) {
  const std::int64_t first = FirstMonthOf(quarter);
  return DaysInMonth(year, first) + DaysInMonth(year, first + 1) + DaysInMonth(year, first + 2);
}

std::int64_t WeeksInYear(std::int64_t year) {
  return (FirstMonday(year + 1) - FirstMonday(year)) / 7;
}

bool IsValidDay(std::int64_t days) {
  constexpr std::int64_t first = DaysBeforeYear(kYearMin) - kEpoch;
  constexpr std::int64_t end = DaysBeforeYear(kYearMax + 1) - kEpoch;
  return days >= first && days < end;
}

std::int64_t DaysOf(const CalendarDate& date) {
  return DaysBeforeYear(date.year) - kEpoch + DaysBeforeMonth(date.year, date.month) + date.day - 1;
}

CalendarDate CalendarDateOf(std::int64_t days) {
  // Within four centuries from 0001-01-01 the leap day that is out of step comes last, so that the
  // last century, and the last year of four, is allowed to be a day longer than the others.
  const std::int64_t since = days + kEpoch;
  const std::int64_t cycle = FloorDivide(since, kDaysOfFourCenturies);
  std::int64_t rest = FloorModulo(since, kDaysOfFourCenturies);
  const std::int64_t century = std::min<std::int64_t>(rest / kDaysOfCentury, 3);
  rest -= century * kDaysOfCentury;
  const std::int64_t fours = rest / kDaysOfFourYears;
  rest -= fours * kDaysOfFourYears;
  const std::int64_t single = std::min<std::int64_t>(rest / kDaysOfYear, 3);
  rest -= single * kDaysOfYear;

  CalendarDate date;
  date.year = 1 + cycle * 400 + century * 100 + fours * 4 + single;
  date.month = std::min<std::int64_t>(rest / 29 + 1, 12);
  while (DaysBeforeMonth(date.year, date.month) > rest) --date.month;
  date.day = rest - DaysBeforeMonth(date.year, date.month) + 1;
  return date;
}

std::int64_t DaysOf(const WeekDate& date) {
  return FirstMonday(date.year) + (date.week - 1) * 7 + date.day - 1;
}

WeekDate WeekDateOf(std::int64_t days) {
  const std::int64_t day = DayOfWeek(days);
  const std::int64_t thursday = days + 4 - day;
  const std::int64_t year = CalendarDateOf(thursday).year;
  return {year, (OrdinalDay(thursday) - 1) / 7 + 1, day};
}

std::int64_t DayOfWeek(std::int64_t days) {
  constexpr std::int64_t epoch_day = 3;  // 1970-01-01 was a Thursday; Monday is 0 here
  return FloorModulo(days + epoch_day, 7) + 1;
}

std::int64_t OrdinalDay(std::int64_t days) {
  return days - DaysOf(CalendarDate{CalendarDateOf(days).year, 1, 1}) + 1;
}

std::int64_t DayOfQuarter(std::int64_t days) {
  const CalendarDate date = CalendarDateOf(days);
  return days - DaysOf(CalendarDate{date.year, FirstMonthOf(QuarterOf(date.month)), 1}) + 1;
}

}  // namespace kosei::language
