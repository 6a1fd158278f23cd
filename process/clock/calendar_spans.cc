// Spans of a calendar one by one, and its days.
#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "clock/calendar_parts.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "kosei/language/datum.h"
#include "kosei/process/calendar.h"

namespace kosei::process {
namespace {

// Where the hours of a calendar go on or begin, at or behind an instant; `end` when that is beyond.
Timestamp NextWithin(const language::WorkingCalendar& calendar, Timestamp from, Timestamp end) {
  const auto first = calendar.After(DateTimeOf(from), DurationOf(1));
  if (!first.ok()) return end;
  return std::min(end, Timestamp{TimestampOf(*first).micros - 1});
}

std::int64_t FloorDay(std::int64_t micros) {
  const std::int64_t days = micros / kMicrosOfDay;
  return micros % kMicrosOfDay < 0 ? days - 1 : days;
}

std::size_t WeekDay(std::int64_t day) {  // Monday is 0
  return static_cast<std::size_t>(((day + 3) % 7 + 7) % 7);
}

}  // namespace

absl::Status Calendar::ForEachSpan(Timestamp from, Timestamp to,
                                   absl::FunctionRef<void(const CalendarSpan&)> visit) const {
  KOSEI_RETURN_IF_ERROR(CheckInstant(from));
  KOSEI_RETURN_IF_ERROR(CheckInstant(to));
  if (from >= to) return absl::OkStatus();
  if (!parts_->any_of.empty()) return parts_->JoinedSpans(from, to, visit);
  return parts_->PlainSpans(from, to, visit);
}

absl::Status Calendar::Parts::PlainSpans(Timestamp from, Timestamp to,
                                         absl::FunctionRef<void(const CalendarSpan&)> visit) const {
  for (std::size_t i = SegmentAt(from); from < to; ++i) {
    const Segment& segment = segments[i];
    const Timestamp end = std::min(to, EndOf(i));
    while (from < end) {
      const Timestamp work = NextWithin(segment.worked, from, end);
      if (from < work) KOSEI_RETURN_IF_ERROR(Unworked(segment, from, work, visit));
      if (work == end) break;
      from = NextWithin(segment.unworked, work, end);
      visit({work, from, SpanKind::kWorked, nullptr});
    }
    from = end;
  }
  return absl::OkStatus();
}

// Cut at midnights, so that each part is of one day and has its reason.
absl::Status Calendar::Parts::Unworked(const Segment& segment, Timestamp from, Timestamp to,
                                       absl::FunctionRef<void(const CalendarSpan&)> visit) const {
  while (from < to) {
    KOSEI_ASSIGN_OR_RETURN(const std::int64_t day, DayAt(from));
    Timestamp end = to;
    // The last day that is reckoned with has no midnight behind it. Where clocks go back over a
    // midnight the next one may have been before.
    if (const auto midnight = At(day + 1, 0); midnight.ok() && *midnight > from)
      end = std::min(to, *midnight);
    const auto named = segment.named.find(day);
    CalendarSpan span{from, end, SpanKind::kOutsideHours, nullptr};
    if (named != segment.named.end()) {
      span.name = &named->second.label;
      if (named->second.off) span.kind = SpanKind::kHoliday;
    } else if (segment.free_days[WeekDay(day)]) {
      span.kind = SpanKind::kDayOff;
    }
    visit(span);
    from = end;
  }
  return absl::OkStatus();
}

absl::Status Calendar::Parts::JoinedSpans(
    Timestamp from, Timestamp to, absl::FunctionRef<void(const CalendarSpan&)> visit) const {
  std::vector<std::pair<Timestamp, Timestamp>> worked;
  for (const Calendar& part : any_of) {
    KOSEI_RETURN_IF_ERROR(part.parts_->PlainSpans(from, to, [&](const CalendarSpan& span) {
      if (span.kind == SpanKind::kWorked) worked.emplace_back(span.from, span.to);
    }));
  }
  std::ranges::sort(worked);
  Timestamp at = from;
  for (std::size_t i = 0; i < worked.size();) {
    const Timestamp begin = worked[i].first;
    Timestamp end = worked[i].second;
    for (++i; i < worked.size() && worked[i].first <= end; ++i)
      end = std::max(end, worked[i].second);
    if (at < begin) visit({at, begin, SpanKind::kOutsideHours, nullptr});
    visit({begin, end, SpanKind::kWorked, nullptr});
    at = end;
  }
  if (at < to) visit({at, to, SpanKind::kOutsideHours, nullptr});
  return absl::OkStatus();
}

absl::StatusOr<std::int64_t> Calendar::Parts::LocalMicros(Timestamp instant) const {
  KOSEI_RETURN_IF_ERROR(CheckInstant(instant));
  KOSEI_ASSIGN_OR_RETURN(const language::DateTime shown, place.After(DateTimeOf(instant), {}));
  return instant.micros + shown.offset * kMicrosOfSecond;
}

absl::StatusOr<std::int64_t> Calendar::Parts::DayAt(Timestamp instant) const {
  KOSEI_ASSIGN_OR_RETURN(const std::int64_t local, LocalMicros(instant));
  return FloorDay(local);
}

absl::StatusOr<Timestamp> Calendar::Parts::At(std::int64_t day, std::int32_t minute) const {
  const language::LocalDateTime local{day * 86'400 + std::int64_t{minute} * 60, 0};
  const auto instant = place.InstantOf(language::Datum::Of(local));
  if (!instant.ok() || instant->seconds < language::WorkingCalendar::kFirstSecond ||
      instant->seconds >= language::WorkingCalendar::kEndSecond) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("calendars reckon from 1800 up to 2300, and not with day %d "
                                     "since 1970",
                                     day));
  }
  return TimestampOf(*instant);
}

absl::StatusOr<std::int64_t> Calendar::DayAt(Timestamp instant) const {
  return parts_->DayAt(instant);
}
absl::StatusOr<Timestamp> Calendar::At(std::int64_t day, std::int32_t minute) const {
  return parts_->At(day, minute);
}

absl::StatusOr<std::optional<WorkedDay>> Calendar::WorkOf(std::int64_t day) const {
  KOSEI_ASSIGN_OR_RETURN(const Timestamp from, At(day, 0));
  KOSEI_ASSIGN_OR_RETURN(const Timestamp to, At(day + 1, 0));
  std::optional<WorkedDay> found;
  KOSEI_RETURN_IF_ERROR(ForEachSpan(from, to, [&](const CalendarSpan& span) {
    if (span.kind != SpanKind::kWorked) return;
    if (!found.has_value()) found = WorkedDay{span.from, span.to};
    found->end = span.to;
  }));
  return found;
}

absl::StatusOr<Timestamp> Calendar::PlusMonths(Timestamp from, std::int64_t months) const {
  KOSEI_ASSIGN_OR_RETURN(const std::int64_t local, parts_->LocalMicros(from));
  const std::int64_t day = FloorDay(local);
  const std::string date = FormatDate(day);  // within four-digit years
  const auto number = [&](std::size_t at, std::size_t length) {
    std::int64_t value = 0;
    for (const char c : date.substr(at, length)) value = value * 10 + (c - '0');
    return value;
  };
  const std::int64_t sum = number(0, 4) * 12 + number(5, 2) - 1 + months;
  const std::int64_t last = number(8, 2);
  for (std::int64_t wanted = last; wanted > last - 4; --wanted) {
    const auto target =
        ParseDate(absl::StrFormat("%04d-%02d-%02d", sum / 12, sum % 12 + 1, wanted));
    if (!target.ok()) continue;
    const std::int64_t time = local - day * kMicrosOfDay;
    KOSEI_ASSIGN_OR_RETURN(const Timestamp minute,
                           At(*target, static_cast<std::int32_t>(time / kMicrosOfMinute)));
    const Timestamp reached{minute.micros + time % kMicrosOfMinute};
    KOSEI_RETURN_IF_ERROR(CheckInstant(reached));
    return reached;
  }
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("%d months from %s are beyond 2300", months, date));
}

}  // namespace kosei::process
