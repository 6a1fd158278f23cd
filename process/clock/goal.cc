#include "clock/goal.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "clock/calendar_parts.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

// So many days in a row without work are taken for a calendar that has none.
constexpr std::int64_t kDaysWithoutWorkMax = 3'660;

struct DayOfWork {
  std::int64_t day = 0;
  WorkedDay work;
};

// The first day with work from `day` on.
absl::StatusOr<DayOfWork> NextDayOfWork(const Calendar& calendar, std::int64_t day) {
  for (std::int64_t i = 0; i < kDaysWithoutWorkMax; ++i) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<WorkedDay> work, calendar.WorkOf(day + i));
    if (work.has_value()) return DayOfWork{day + i, *work};
  }
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("the calendar %s has no day with work for ten years from %s on; "
                                   "give it hours",
                                   calendar.name(), FormatDate(day)));
}

// The working day that counts as the one of the opening.
absl::StatusOr<DayOfWork> DayOfOpening(const Measure& measure, const Calendar& calendar,
                                       Timestamp start) {
  KOSEI_ASSIGN_OR_RETURN(const std::int64_t day, calendar.DayAt(start));
  KOSEI_ASSIGN_OR_RETURN(const std::optional<WorkedDay> work, calendar.WorkOf(day));
  if (!work.has_value() || start >= work->end) return NextDayOfWork(calendar, day + 1);
  if (measure.cut_off.has_value()) {
    KOSEI_ASSIGN_OR_RETURN(const Timestamp cut_off, calendar.At(day, *measure.cut_off));
    if (start >= cut_off) return NextDayOfWork(calendar, day + 1);
  }
  return DayOfWork{day, *work};
}

absl::StatusOr<Timestamp> GoalByDays(const Measure& measure, const Calendar& calendar,
                                     Timestamp start) {
  KOSEI_ASSIGN_OR_RETURN(DayOfWork at, DayOfOpening(measure, calendar, start));
  for (std::int64_t i = 0; i < measure.count; ++i) {
    KOSEI_ASSIGN_OR_RETURN(at, NextDayOfWork(calendar, at.day + 1));
  }
  if (measure.kind == MeasureKind::kWorkingDays) return at.work.end;
  for (;;) {
    KOSEI_ASSIGN_OR_RETURN(const Timestamp shown, calendar.At(at.day, measure.minute));
    const Timestamp goal = std::clamp(shown, at.work.begin, at.work.end);
    // A time that has passed at the opening is that of the next day with work.
    if (goal > start) return goal;
    KOSEI_ASSIGN_OR_RETURN(at, NextDayOfWork(calendar, at.day + 1));
  }
}

}  // namespace

bool Basis::works_around_the_clock() const {
  return kind_ == MeasureKind::kElapsedTime || kind_ == MeasureKind::kCalendarMonths ||
         kind_ == MeasureKind::kDate;
}

absl::StatusOr<std::int64_t> Basis::Between(Timestamp from, Timestamp to) const {
  if (!works_around_the_clock()) return calendar_->Between(from, to);
  KOSEI_RETURN_IF_ERROR(CheckInstant(from));
  KOSEI_RETURN_IF_ERROR(CheckInstant(to));
  return std::max<std::int64_t>(0, to.micros - from.micros);
}

absl::StatusOr<Timestamp> Basis::After(Timestamp from, std::int64_t micros) const {
  if (!works_around_the_clock()) return calendar_->After(from, micros);
  KOSEI_RETURN_IF_ERROR(CheckInstant(from));
  if (micros >= kEndInstant.micros - from.micros) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("a deadline %d microseconds after %s is beyond 2300; ask for "
                                     "less time",
                                     micros, FormatTimestamp(from)));
  }
  return Timestamp{from.micros + std::max<std::int64_t>(0, micros)};
}

absl::StatusOr<Goal> GoalOf(const Measure& measure, const Basis& basis, Timestamp start) {
  Goal goal;
  switch (measure.kind) {
    case MeasureKind::kWorkingTime:
    case MeasureKind::kElapsedTime:
      goal.given = measure.micros;
      return goal;
    case MeasureKind::kWorkingDays:
    case MeasureKind::kClockTime: {
      KOSEI_ASSIGN_OR_RETURN(goal.not_before, GoalByDays(measure, basis.calendar(), start));
      break;
    }
    case MeasureKind::kCalendarMonths: {
      KOSEI_ASSIGN_OR_RETURN(goal.not_before, basis.calendar().PlusMonths(start, measure.count));
      break;
    }
    case MeasureKind::kDate:
      goal.not_before = measure.date;
      break;
  }
  KOSEI_ASSIGN_OR_RETURN(goal.given, basis.Between(start, *goal.not_before));
  return goal;
}

}  // namespace kosei::process
