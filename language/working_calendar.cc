#include "kosei/language/working_calendar.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "calendar.h"
#include "duration.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/temporal_text.h"
#include "temporal_values.h"
#include "text_reader.h"
#include "time_zone.h"

namespace kosei::language {
namespace {

using Wide = __int128;  // nanoseconds: five centuries of them do not fit into 64 bits

constexpr std::int64_t kMinutesOfDay = 1'440;
constexpr std::int64_t kNanosOfMinute = 60 * kNanosOfSecond;

Wide NanosOf(std::int64_t seconds, std::int64_t nanos) {
  return Wide{seconds} * kNanosOfSecond + nanos;
}

std::string HoursText(const WorkHours& hours) {
  return absl::StrFormat("%02d:%02d-%02d:%02d", hours.begin / 60, hours.begin % 60, hours.end / 60,
                         hours.end % 60);
}

absl::Status SortHours(std::string_view day, WorkDay& hours) {
  std::ranges::sort(hours, {}, &WorkHours::begin);
  for (std::size_t i = 0; i < hours.size(); ++i) {
    if (hours[i].begin < 0 || hours[i].begin >= hours[i].end || hours[i].end > kMinutesOfDay)
      return BadValue(absl::StrFormat("calendar: the hours %s of %s are not within the day",
                                      HoursText(hours[i]), day));
    if (i > 0 && hours[i].begin < hours[i - 1].end) {
      return BadValue(absl::StrFormat("calendar: the hours %s and %s of %s overlap",
                                      HoursText(hours[i - 1]), HoursText(hours[i]), day));
    }
  }
  return absl::OkStatus();
}

std::int64_t MinutesIn(const WorkDay& day) {
  std::int64_t minutes = 0;
  for (const WorkHours& hours : day) minutes += hours.end - hours.begin;
  return minutes;
}

// Of a time of day, "09:00": minutes; 24:00 is the end of the day.
std::optional<std::int32_t> TakeTime(TextReader& reader) {
  const auto hour = reader.TakeNumber(2);
  if (!hour.has_value() || !reader.Take(':')) return std::nullopt;
  const auto minute = reader.TakeNumber(2);
  if (!minute.has_value() || *minute > 59) return std::nullopt;
  const std::int64_t minutes = *hour * 60 + *minute;
  if (minutes > kMinutesOfDay) return std::nullopt;
  return static_cast<std::int32_t>(minutes);
}

}  // namespace

absl::StatusOr<WorkHours> ReadWorkHours(std::string_view text) {
  TextReader reader(text);
  const auto begin = TakeTime(reader);
  const bool dash = begin.has_value() && reader.Take('-');
  const auto end = dash ? TakeTime(reader) : std::nullopt;
  if (!end.has_value() || !reader.at_end())
    return BadValue("write hours as in '09:00-17:30', with 24:00 for the end of the day");
  if (*end <= *begin) {
    return BadValue(
        "the end must be after the beginning; of work over midnight write the part before it "
        "with the first day ('22:00-24:00') and the rest with the next ('00:00-06:00')");
  }
  return WorkHours{*begin, *end};
}

// Work as a sum along the clock of the place, which knows no time zone: of any two times the
// difference is what lies between. Over instants that sum is made for each span of one offset.
struct WorkingCalendar::Reckoning {
  // A day with hours of its own.
  struct Special {
    std::int64_t day;
    std::int64_t more_before;  // minutes that such days before it have more than the week has
    const WorkDay* hours;
  };

  TimeZone zone;
  WorkingRules rules;
  std::array<std::int64_t, 8> before = {};  // minutes of the week before each of its days
  std::vector<Special> special;             // ascending
  std::int64_t more = 0;                    // of all of them

  static std::int64_t MondayBased(std::int64_t day) { return day + 3; }
  std::size_t WeekDay(std::int64_t day) const {
    return static_cast<std::size_t>(FloorModulo(MondayBased(day), 7));
  }
  std::vector<Special>::const_iterator SpecialFrom(std::int64_t day) const {
    return std::ranges::lower_bound(special, day, {}, &Special::day);
  }
  const WorkDay& HoursOf(std::int64_t day) const {
    const auto found = SpecialFrom(day);
    return found != special.end() && found->day == day ? *found->hours : rules.week[WeekDay(day)];
  }
  // Minutes before the day.
  std::int64_t MinutesBefore(std::int64_t day) const {
    const auto next = SpecialFrom(day);
    return FloorDivide(MondayBased(day), 7) * before[7] + before[WeekDay(day)] +
           (next == special.end() ? more : next->more_before);
  }
  Wide Before(std::int64_t day) const { return Wide{MinutesBefore(day)} * kNanosOfMinute; }
  // Before a time on the clock.
  Wide Before(const LocalDateTime& local) const {
    const std::int64_t day = FloorDivide(local.seconds, kSecondsOfDay);
    const Wide within = NanosOf(FloorModulo(local.seconds, kSecondsOfDay), local.nanos);
    Wide sum = Before(day);
    for (const WorkHours& hours : HoursOf(day)) {
      const Wide begin = Wide{hours.begin} * kNanosOfMinute;
      const Wide end = Wide{hours.end} * kNanosOfMinute;
      sum += std::clamp(within, begin, end) - begin;
    }
    return sum;
  }
  LocalDateTime FirstWith(Wide sum, const LocalDateTime& from, const LocalDateTime& to) const;
  LocalDateTime LastWith(Wide sum, const LocalDateTime& from, const LocalDateTime& to) const;
};

namespace {

LocalDateTime TimeOf(std::int64_t day, Wide nanos) {
  return {day * kSecondsOfDay + static_cast<std::int64_t>(nanos / kNanosOfSecond),
          static_cast<std::int32_t>(nanos % kNanosOfSecond)};
}

// The first of the days [from, to] for which it holds; it holds for `to` and all days behind the
// first.
template <typename Holds>
std::int64_t FirstDay(std::int64_t from, std::int64_t to, const Holds& holds) {
  while (from < to) {
    const std::int64_t middle = from + (to - from) / 2;
    if (holds(middle)) {
      to = middle;
    } else {
      from = middle + 1;
    }
  }
  return from;
}

}  // namespace

// The first time at which the sum is reached: between Before(from), which it is above, and
// Before(to).
LocalDateTime WorkingCalendar::Reckoning::FirstWith(Wide sum, const LocalDateTime& from,
                                                    const LocalDateTime& to) const {
  const std::int64_t day =
      FirstDay(FloorDivide(from.seconds, kSecondsOfDay), FloorDivide(to.seconds, kSecondsOfDay),
               [&](std::int64_t each) { return Before(each + 1) >= sum; });
  Wide rest = sum - Before(day);
  for (const WorkHours& hours : HoursOf(day)) {
    const Wide length = Wide{hours.end - hours.begin} * kNanosOfMinute;
    if (rest <= length) return TimeOf(day, Wide{hours.begin} * kNanosOfMinute + rest);
    rest -= length;
  }
  return to;
}

// The last time at which the sum is not exceeded: between Before(from) and Before(to), which it is
// below.
LocalDateTime WorkingCalendar::Reckoning::LastWith(Wide sum, const LocalDateTime& from,
                                                   const LocalDateTime& to) const {
  const std::int64_t day =
      FirstDay(FloorDivide(from.seconds, kSecondsOfDay), FloorDivide(to.seconds, kSecondsOfDay),
               [&](std::int64_t each) { return Before(each + 1) > sum; });
  Wide rest = sum - Before(day);
  for (const WorkHours& hours : HoursOf(day)) {
    const Wide length = Wide{hours.end - hours.begin} * kNanosOfMinute;
    if (rest < length) return TimeOf(day, Wide{hours.begin} * kNanosOfMinute + rest);
    rest -= length;
  }
  return from;
}

namespace {

absl::Status CheckInstant(const DateTime& instant) {
  if (instant.seconds >= WorkingCalendar::kFirstSecond &&
      instant.seconds < WorkingCalendar::kEndSecond) {
    return absl::OkStatus();
  }
  return BadValue("working time is reckoned from 1800 up to 2300, and not at " + TextOf(instant));
}

absl::Status NeverWorked(std::string_view when) {
  return BadValue(
      absl::StrFormat("so much working time is not reached %s with this calendar", when));
}

LocalDateTime ClockAt(std::int64_t seconds, std::int32_t nanos, std::int32_t offset) {
  return {seconds + offset, nanos};
}

}  // namespace

absl::StatusOr<WorkingCalendar> WorkingCalendar::Make(WorkingRules rules) {
  constexpr std::array names = {"week.mon", "week.tue", "week.wed", "week.thu",
                                "week.fri", "week.sat", "week.sun"};
  auto reckoning = std::make_shared<Reckoning>();
  KOSEI_ASSIGN_OR_RETURN(reckoning->zone, TimeZone::Parse(rules.zone));
  reckoning->rules = std::move(rules);
  auto& week = reckoning->rules.week;
  for (std::size_t i = 0; i < week.size(); ++i) {
    KOSEI_RETURN_IF_ERROR(SortHours(names[i], week[i]));
    reckoning->before[i + 1] = reckoning->before[i] + MinutesIn(week[i]);
  }
  for (auto& [day, hours] : reckoning->rules.days) {
    if (!IsValidDay(day)) return OutOfYears();
    KOSEI_RETURN_IF_ERROR(SortHours(TextOf(Date{day}), hours));
    reckoning->special.push_back({day, reckoning->more, &hours});
    reckoning->more += MinutesIn(hours) - MinutesIn(week[reckoning->WeekDay(day)]);
  }
  return WorkingCalendar(std::move(reckoning));
}

absl::StatusOr<Duration> WorkingCalendar::Between(const DateTime& from, const DateTime& to) const {
  KOSEI_RETURN_IF_ERROR(CheckInstant(from));
  KOSEI_RETURN_IF_ERROR(CheckInstant(to));
  const bool turned = NanosOf(to.seconds, to.nanos) < NanosOf(from.seconds, from.nanos);
  const DateTime& first = turned ? to : from;
  const DateTime& last = turned ? from : to;
  Wide sum = 0;
  std::int64_t seconds = first.seconds;
  std::int32_t nanos = first.nanos;
  for (;;) {
    const TimeZone::Span span = reckoning_->zone.SpanAt(seconds);
    const bool ends = span.end > last.seconds;
    const LocalDateTime begin = ClockAt(seconds, nanos, span.offset);
    const LocalDateTime end =
        ClockAt(ends ? last.seconds : span.end, ends ? last.nanos : 0, span.offset);
    sum += reckoning_->Before(end) - reckoning_->Before(begin);
    if (ends) break;
    seconds = span.end;
    nanos = 0;
  }
  return DurationOf(0, 0, turned ? -sum : sum);
}

absl::StatusOr<DateTime> WorkingCalendar::After(const DateTime& from, const Duration& work) const {
  KOSEI_RETURN_IF_ERROR(CheckInstant(from));
  if (work.months != 0 || work.days != 0) {
    return BadValue("working time is given in hours, minutes and seconds, as in PT8H, and not as " +
                    TextOf(work) + ": how long a day's or a month's work is differs");
  }
  Wide left = NanosOf(work);
  std::int64_t seconds = from.seconds;
  std::int32_t nanos = from.nanos;
  while (left > 0) {
    const TimeZone::Span span = reckoning_->zone.SpanAt(seconds);
    const LocalDateTime begin = ClockAt(seconds, nanos, span.offset);
    seconds = std::min(span.end, kEndSecond);
    nanos = 0;
    const LocalDateTime end = ClockAt(seconds, nanos, span.offset);
    const Wide worked = reckoning_->Before(end) - reckoning_->Before(begin);
    if (left <= worked) {
      const LocalDateTime reached =
          reckoning_->FirstWith(reckoning_->Before(begin) + left, begin, end);
      return AtInstant(reached.seconds - span.offset, reached.nanos, reckoning_->zone);
    }
    left -= worked;
    if (seconds == kEndSecond) return NeverWorked("by 2300");
  }
  while (left < 0) {
    // The span that ends at, or holds, the instant.
    const TimeZone::Span span = reckoning_->zone.SpanAt(nanos == 0 ? seconds - 1 : seconds);
    const LocalDateTime end = ClockAt(seconds, nanos, span.offset);
    seconds = std::max(span.begin, kFirstSecond);
    nanos = 0;
    const LocalDateTime begin = ClockAt(seconds, nanos, span.offset);
    const Wide worked = reckoning_->Before(end) - reckoning_->Before(begin);
    if (-left <= worked) {
      const LocalDateTime reached =
          reckoning_->LastWith(reckoning_->Before(end) + left, begin, end);
      return AtInstant(reached.seconds - span.offset, reached.nanos, reckoning_->zone);
    }
    left += worked;
    if (seconds == kFirstSecond) return NeverWorked("since 1800");
  }
  return AtInstant(from.seconds, from.nanos, reckoning_->zone);
}

absl::StatusOr<DateTime> WorkingCalendar::InstantOf(const Datum& value) const {
  if (value.kind() == DatumKind::kDateTime) return value.date_time();
  if (value.kind() == DatumKind::kLocalDateTime)
    return InZone(value.local_date_time(), reckoning_->zone, std::nullopt);
  if (value.kind() == DatumKind::kDate)
    return InZone(LocalOf(value.date().days, 0), reckoning_->zone, std::nullopt);
  return MakeError(ErrorCode::kQueryType,
                   absl::StrFormat("working time lies between date-times or dates, and not values "
                                   "of type %s",
                                   NameOf(value.kind())),
                   "InvalidArgumentType");
}

}  // namespace kosei::language
