// A working calendar ready to reckon with: what of the time between two instants is worked, when so
// much has been worked, and why a span is not. Exact to the microsecond; a day is that of the clock
// of the calendar's place, so that nights in which clocks change are as long as they are.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/time.h"
#include "kosei/model/definition.h"
#include "kosei/process/calendar_definition.h"

namespace kosei::process {

enum class SpanKind : std::uint8_t {
  kWorked = 1,
  kOutsideHours = 2,  // of a day that has hours
  kDayOff = 3,        // a day of the week that has none
  kHoliday = 4,       // of a list, or a day of the calendar's own without hours
};

struct CalendarSpan {
  Timestamp from;
  Timestamp to;
  SpanKind kind = SpanKind::kWorked;
  // Of the holiday, or of the day with hours of its own; owned by the calendar. nullptr: none.
  const model::Label* name = nullptr;
};

// From the first to the last instant of work of one day.
struct WorkedDay {
  Timestamp begin;
  Timestamp end;
};

// Immutable; thread-safe. Copies share what they hold. Instants are from 1800 up to, and without,
// 2300; others, and what leads to others, are kInvalidArgument.
class Calendar {
 public:
  const std::string& name() const;
  const model::Label& label() const;
  const std::string& zone() const;

  // The working time in [from, to), in microseconds; 0 when `to` does not come after `from`.
  absl::StatusOr<std::int64_t> Between(Timestamp from, Timestamp to) const;
  // The first instant at which `work` microseconds, 0 or more, have been worked since `from`.
  // kInvalidArgument when that is never so.
  absl::StatusOr<Timestamp> After(Timestamp from, std::int64_t work) const;
  // Parts [from, to) in order and without a gap. Two that follow each other may be alike.
  absl::Status ForEachSpan(Timestamp from, Timestamp to,
                           absl::FunctionRef<void(const CalendarSpan&)> visit) const;

  // The day, since 1970-01-01, that the clock of the place shows.
  absl::StatusOr<std::int64_t> DayAt(Timestamp instant) const;
  // The instant at which the clock of the place shows so many minutes (0 to 1440) of a day. A time
  // that comes twice is the first; one that is skipped comes that much later.
  absl::StatusOr<Timestamp> At(std::int64_t day, std::int32_t minute) const;
  // Nothing for a day without work.
  absl::StatusOr<std::optional<WorkedDay>> WorkOf(std::int64_t day) const;
  // The same time by the clock so many months later; a day that the month does not have is its
  // last.
  absl::StatusOr<Timestamp> PlusMonths(Timestamp from, std::int64_t months) const;

 private:
  friend class CalendarBook;
  struct Parts;
  explicit Calendar(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

  std::shared_ptr<const Parts> parts_;
};

// Calendars by name. Immutable; thread-safe.
class CalendarBook {
 public:
  CalendarBook() = default;
  // Of what ParseCalendars made, or of the same put together by a program. kModelInvalid.
  static absl::StatusOr<CalendarBook> Make(const CalendarDefinitions& definitions);
  // nullptr when there is none.
  const Calendar* Find(std::string_view name) const;
  const std::map<std::string, Calendar, std::less<>>& calendars() const { return calendars_; }

 private:
  std::map<std::string, Calendar, std::less<>> calendars_;
};

}  // namespace kosei::process
