#include "calendar.h"

#include <gtest/gtest.h>

namespace kosei::language {
namespace {

// Counts on from one known day, as a wall calendar does.
class WallCalendar {
 public:
  explicit WallCalendar(CalendarDate first) : date_(first) {}
  const CalendarDate& date() const { return date_; }
  std::int64_t ordinal() const { return ordinal_; }
  void Next() {
    ++ordinal_;
    if (++date_.day <= Length()) return;
    date_.day = 1;
    if (++date_.month <= 12) return;
    date_.month = 1;
    ++date_.year;
    ordinal_ = 1;
  }

 private:
  std::int64_t Length() const {
    if (date_.month == 2) {
      const bool leap = date_.year % 400 == 0 || (date_.year % 4 == 0 && date_.year % 100 != 0);
      return leap ? 29 : 28;
    }
    return date_.month == 4 || date_.month == 6 || date_.month == 9 || date_.month == 11 ? 30 : 31;
  }
  CalendarDate date_;
  std::int64_t ordinal_ = 1;
};

// Days, dates, weekdays and weeks go on one by one over 1,300 years that have year 0 and leap
// centuries among them.
TEST(CalendarTest, AgreesWithACalendarThatCountsDays) {
  WallCalendar wall({-250, 1, 1});
  std::int64_t days = DaysOf(CalendarDate{-250, 1, 1});
  std::int64_t weekday = DayOfWeek(days);
  WeekDate week = WeekDateOf(days);
  for (; wall.date().year < 1050; wall.Next(), ++days) {
    ASSERT_EQ(DaysOf(wall.date()), days);
    ASSERT_EQ(CalendarDateOf(days), wall.date());
    ASSERT_EQ(OrdinalDay(days), wall.ordinal());
    ASSERT_EQ(DayOfWeek(days), weekday);
    const WeekDate now = WeekDateOf(days);
    ASSERT_EQ(DaysOf(now), days);
    if (weekday == 1 && now != week) {
      // A Monday begins a week; week 1 has January 4th.
      const bool first = (wall.date().month == 12 && wall.date().day >= 29) ||
                         (wall.date().month == 1 && wall.date().day <= 4);
      ASSERT_EQ(now.week, first ? 1 : week.week + 1);
    }
    week = now;
    weekday = weekday % 7 + 1;
  }
}

TEST(CalendarTest, KnownDays) {
  EXPECT_EQ(DaysOf(CalendarDate{1970, 1, 1}), 0);
  EXPECT_EQ(DayOfWeek(0), 4);
  EXPECT_EQ(DaysOf(CalendarDate{2000, 3, 1}), 11'017);
  EXPECT_EQ(CalendarDateOf(-1), (CalendarDate{1969, 12, 31}));
  EXPECT_EQ(WeekDateOf(DaysOf(CalendarDate{2021, 1, 3})), (WeekDate{2020, 53, 7}));
  EXPECT_EQ(DayOfQuarter(DaysOf(CalendarDate{2016, 3, 31})), 91);
  EXPECT_EQ(DaysInQuarter(2015, 1), 90);
  EXPECT_EQ(WeeksInYear(2020), 53);
  EXPECT_EQ(WeeksInYear(2021), 52);
}

TEST(CalendarTest, TheEndsOfTimeAreDates) {
  for (const CalendarDate date : {CalendarDate{kYearMin, 1, 1}, CalendarDate{kYearMax, 12, 31}}) {
    EXPECT_EQ(CalendarDateOf(DaysOf(date)), date);
    EXPECT_TRUE(IsValidDay(DaysOf(date)));
  }
  EXPECT_FALSE(IsValidDay(DaysOf(CalendarDate{kYearMin, 1, 1}) - 1));
  EXPECT_FALSE(IsValidDay(DaysOf(CalendarDate{kYearMax, 12, 31}) + 1));
}

}  // namespace
}  // namespace kosei::language
