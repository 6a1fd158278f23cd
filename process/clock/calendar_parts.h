// What a compiled calendar is made of.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kosei/language/temporal.h"
#include "kosei/process/calendar.h"

namespace kosei::process {

inline constexpr std::int64_t kMicrosOfSecond = 1'000'000;
inline constexpr std::int64_t kMicrosOfMinute = 60 * kMicrosOfSecond;
inline constexpr std::int64_t kMicrosOfDay = 86'400 * kMicrosOfSecond;
// What calendars reckon with.
inline constexpr Timestamp kFirstInstant{language::WorkingCalendar::kFirstSecond * kMicrosOfSecond};
inline constexpr Timestamp kEndInstant{language::WorkingCalendar::kEndSecond * kMicrosOfSecond};

struct Calendar::Parts {
  // A version from its first instant up to that of the next one. `unworked` has the hours that
  // `worked` has not, so that the ends of work are found like its beginnings.
  struct Segment {
    Timestamp from = kFirstInstant;
    language::WorkingCalendar worked;
    language::WorkingCalendar unworked;
    std::array<bool, 7> free_days = {};  // of the week
    struct NamedDay {
      model::Label label;
      bool off = false;
    };
    std::map<std::int64_t, NamedDay> named;
  };

  std::string name;
  model::Label label;
  std::string zone;
  language::WorkingCalendar place;  // of the zone alone
  std::vector<Segment> segments;    // ascending; empty when `any_of` is not
  std::vector<Calendar> any_of;

  Timestamp EndOf(std::size_t segment) const {
    return segment + 1 < segments.size() ? segments[segment + 1].from : kEndInstant;
  }
  // The one that an instant is in.
  std::size_t SegmentAt(Timestamp instant) const;
  // What the clock of the place shows, as microseconds since 1970-01-01T00:00 of that clock.
  absl::StatusOr<std::int64_t> LocalMicros(Timestamp instant) const;
  absl::StatusOr<std::int64_t> DayAt(Timestamp instant) const;
  absl::StatusOr<Timestamp> At(std::int64_t day, std::int32_t minute) const;
  absl::Status PlainSpans(Timestamp from, Timestamp to,
                          absl::FunctionRef<void(const CalendarSpan&)> visit) const;
  absl::Status JoinedSpans(Timestamp from, Timestamp to,
                           absl::FunctionRef<void(const CalendarSpan&)> visit) const;
  absl::Status Unworked(const Segment& segment, Timestamp from, Timestamp to,
                        absl::FunctionRef<void(const CalendarSpan&)> visit) const;
};

language::DateTime DateTimeOf(Timestamp instant);
// Of a whole number of microseconds.
Timestamp TimestampOf(const language::DateTime& time);
language::Duration DurationOf(std::int64_t micros);
// kInvalidArgument outside of what calendars reckon with.
absl::Status CheckInstant(Timestamp instant);

}  // namespace kosei::process
