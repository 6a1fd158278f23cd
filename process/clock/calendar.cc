// Compiling calendars, and sums of working time.
#include "kosei/process/calendar.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_format.h"
#include "clock/calendar_parts.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

using language::WorkDay;
using language::WorkHours;
using language::WorkingCalendar;
using language::WorkingRules;

constexpr std::int32_t kMinutesOfDay = 1'440;
// As much of a joined calendar is looked at in one go when the end is not known.
constexpr std::int64_t kStride = 32 * kMicrosOfDay;

WorkDay Sorted(WorkDay day) {
  std::ranges::sort(day, {}, &WorkHours::begin);
  return day;
}

WorkDay Complement(const WorkDay& day) {
  WorkDay rest;
  std::int32_t at = 0;
  for (const WorkHours& hours : Sorted(day)) {
    if (at < hours.begin) rest.push_back({at, hours.begin});
    at = hours.end;
  }
  if (at < kMinutesOfDay) rest.push_back({at, kMinutesOfDay});
  return rest;
}

const HolidayList* ListOf(const CalendarDefinitions& all, std::string_view name) {
  const auto found = std::ranges::find(all.holiday_lists, name, &HolidayList::name);
  return found == all.holiday_lists.end() ? nullptr : &*found;
}

absl::Status Invalid(const CalendarDefinition& calendar, std::string_view origin,
                     std::string_view message) {
  return MakeError(ErrorCode::kModelInvalid,
                   absl::StrFormat("%s: calendar %s: %s", origin.empty() ? "calendars" : origin,
                                   calendar.name, message));
}

absl::Status NeverWorked(std::string_view name) {
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("so much working time is not reached by 2300 with the calendar "
                                   "%s; give it more hours, or ask for less",
                                   name));
}

}  // namespace

language::DateTime DateTimeOf(Timestamp instant) {
  const std::int64_t rest = instant.micros % kMicrosOfSecond;
  const std::int64_t micros = rest < 0 ? rest + kMicrosOfSecond : rest;
  return {(instant.micros - micros) / kMicrosOfSecond, static_cast<std::int32_t>(micros * 1'000)};
}

Timestamp TimestampOf(const language::DateTime& time) {
  return {time.seconds * kMicrosOfSecond + time.nanos / 1'000};
}

language::Duration DurationOf(std::int64_t micros) {
  const language::DateTime parts = DateTimeOf({micros});
  return {0, 0, parts.seconds, parts.nanos};
}

absl::Status CheckInstant(Timestamp instant) {
  if (instant >= kFirstInstant && instant < kEndInstant) return absl::OkStatus();
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("calendars reckon from 1800 up to 2300, and not with %d "
                                   "microseconds since 1970",
                                   instant.micros));
}

std::size_t Calendar::Parts::SegmentAt(Timestamp instant) const {
  const auto after = std::ranges::upper_bound(segments, instant, {}, &Segment::from);
  return static_cast<std::size_t>(after - segments.begin()) - (after == segments.begin() ? 0 : 1);
}

const std::string& Calendar::name() const { return parts_->name; }
const model::Label& Calendar::label() const { return parts_->label; }
const std::string& Calendar::zone() const { return parts_->zone; }

absl::StatusOr<std::int64_t> Calendar::Between(Timestamp from, Timestamp to) const {
  KOSEI_RETURN_IF_ERROR(CheckInstant(from));
  KOSEI_RETURN_IF_ERROR(CheckInstant(to));
  std::int64_t sum = 0;
  if (!parts_->any_of.empty()) {
    if (from >= to) return sum;
    KOSEI_RETURN_IF_ERROR(parts_->JoinedSpans(from, to, [&](const CalendarSpan& span) {
      if (span.kind == SpanKind::kWorked) sum += span.to.micros - span.from.micros;
    }));
    return sum;
  }
  for (std::size_t i = parts_->SegmentAt(from); from < to; ++i) {
    const Timestamp end = std::min(to, parts_->EndOf(i));
    const Timestamp last = std::min(end, Timestamp{kEndInstant.micros - 1});
    KOSEI_ASSIGN_OR_RETURN(const language::Duration worked,
                           parts_->segments[i].worked.Between(DateTimeOf(from), DateTimeOf(last)));
    sum += worked.seconds * kMicrosOfSecond + worked.nanos / 1'000;
    from = end;
  }
  return sum;
}

absl::StatusOr<Timestamp> Calendar::After(Timestamp from, std::int64_t work) const {
  KOSEI_RETURN_IF_ERROR(CheckInstant(from));
  if (work <= 0) return from;
  if (!parts_->any_of.empty()) {
    std::optional<Timestamp> reached;
    while (!reached.has_value() && from < kEndInstant) {
      const Timestamp end{std::min(from.micros + kStride, kEndInstant.micros)};
      KOSEI_RETURN_IF_ERROR(parts_->JoinedSpans(from, end, [&](const CalendarSpan& span) {
        if (span.kind != SpanKind::kWorked || reached.has_value()) return;
        const std::int64_t length = span.to.micros - span.from.micros;
        if (work <= length) reached = Timestamp{span.from.micros + work};
        work -= length;
      }));
      from = end;
    }
    if (!reached.has_value()) return NeverWorked(name());
    return *reached;
  }
  for (std::size_t i = parts_->SegmentAt(from); i < parts_->segments.size(); ++i) {
    const Timestamp end = parts_->EndOf(i);
    if (i + 1 < parts_->segments.size()) {
      KOSEI_ASSIGN_OR_RETURN(const std::int64_t worked, Between(from, end));
      if (worked < work) {
        work -= worked;
        from = end;
        continue;
      }
    }
    const auto reached = parts_->segments[i].worked.After(DateTimeOf(from), DurationOf(work));
    if (!reached.ok()) return NeverWorked(name());
    return TimestampOf(*reached);
  }
  return NeverWorked(name());
}

namespace {

// The rules of a version: its week, the holidays of its lists, and its own days.
absl::Status ReadVersion(const CalendarDefinitions& all, const CalendarDefinition& calendar,
                         const CalendarVersion& version, WorkingRules& worked,
                         std::map<std::int64_t, std::pair<model::Label, bool>>& named) {
  worked.zone = calendar.zone;
  worked.week = version.week;
  for (const std::string& name : version.holidays) {
    const HolidayList* list = ListOf(all, name);
    if (list == nullptr) {
      return Invalid(
          calendar, version.origin,
          absl::StrFormat("there is no list of holidays %s; define it, or take it out", name));
    }
    for (const auto& [day, label] : list->days) {
      named.try_emplace(day, label, true);
      worked.days[day] = {};
    }
  }
  for (const auto& [day, own] : version.days) {
    worked.days[day] = own.hours;
    named[day] = {own.label, own.hours.empty()};
  }
  return absl::OkStatus();
}

WorkingRules RestOf(const WorkingRules& worked) {
  WorkingRules rest;
  rest.zone = worked.zone;
  std::ranges::transform(worked.week, rest.week.begin(), Complement);
  for (const auto& [day, hours] : worked.days) rest.days[day] = Complement(hours);
  return rest;
}

}  // namespace

absl::StatusOr<CalendarBook> CalendarBook::Make(const CalendarDefinitions& definitions) {
  CalendarBook book;
  const auto open =
      [](const CalendarDefinition& calendar) -> absl::StatusOr<std::shared_ptr<Calendar::Parts>> {
    auto place = WorkingCalendar::Make({.zone = calendar.zone, .week = {}, .days = {}});
    if (!place.ok()) return Invalid(calendar, calendar.origin, MessageOf(place.status()));
    return std::make_shared<Calendar::Parts>(
        Calendar::Parts{calendar.name, calendar.label, calendar.zone, *std::move(place), {}, {}});
  };
  for (const CalendarDefinition& calendar : definitions.calendars) {
    if (!calendar.any_of.empty()) continue;
    KOSEI_ASSIGN_OR_RETURN(const auto parts, open(calendar));
    for (const CalendarVersion& version : calendar.versions) {
      WorkingRules rules;
      std::map<std::int64_t, std::pair<model::Label, bool>> named;
      KOSEI_RETURN_IF_ERROR(ReadVersion(definitions, calendar, version, rules, named));
      auto worked = WorkingCalendar::Make(rules);
      if (!worked.ok()) return Invalid(calendar, version.origin, MessageOf(worked.status()));
      KOSEI_ASSIGN_OR_RETURN(auto unworked, WorkingCalendar::Make(RestOf(rules)));
      Calendar::Parts::Segment segment{
          kFirstInstant, *std::move(worked), std::move(unworked), {}, {}};
      if (version.effective_from.has_value()) {
        KOSEI_ASSIGN_OR_RETURN(segment.from, parts->At(*version.effective_from, 0));
      }
      for (std::size_t i = 0; i < 7; ++i) segment.free_days[i] = version.week[i].empty();
      for (auto& [day, entry] : named) segment.named[day] = {std::move(entry.first), entry.second};
      parts->segments.push_back(std::move(segment));
    }
    if (parts->segments.empty())
      return Invalid(calendar, calendar.origin, "it has no hours; give it a week, or any_of");
    book.calendars_.emplace(calendar.name, Calendar(parts));
  }
  for (const CalendarDefinition& calendar : definitions.calendars) {
    if (calendar.any_of.empty()) continue;
    KOSEI_ASSIGN_OR_RETURN(const auto parts, open(calendar));
    for (const std::string& name : calendar.any_of) {
      const Calendar* part = book.Find(name);
      if (part == nullptr || !part->parts_->any_of.empty()) {
        return Invalid(calendar, calendar.origin,
                       absl::StrFormat("any_of names %s, which is no calendar with hours of its "
                                       "own; name one that is",
                                       name));
      }
      parts->any_of.push_back(*part);
    }
    book.calendars_.emplace(calendar.name, Calendar(parts));
  }
  return book;
}

const Calendar* CalendarBook::Find(std::string_view name) const {
  const auto found = calendars_.find(name);
  return found == calendars_.end() ? nullptr : &found->second;
}

}  // namespace kosei::process
