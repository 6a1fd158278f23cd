// Dates and times of iCalendar, and the instants at which clocks show them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "kosei/base/time.h"
#include "kosei/language/working_calendar.h"

namespace kosei::process {

// "20261206", "20261206T010000", "20261206T010000Z".
struct WrittenTime {
  std::int64_t seconds = 0;  // since 1970-01-01T00:00 of the clock that is meant
  bool is_date = false;
  bool is_utc = false;
};
// Nothing when it has another form, or there is no such date or time. Years 1800 to 2299.
std::optional<WrittenTime> ReadWrittenTime(std::string_view text);

// A zone, and what its clocks show. Immutable; thread-safe.
class PlaceClock {
 public:
  // kQueryArgument for an unknown zone.
  static absl::StatusOr<PlaceClock> Of(std::string_view zone);

  // The first instant at which the clock shows it; one that is skipped, by the offset before the
  // jump. Nothing outside of the years that are reckoned with.
  std::optional<Timestamp> InstantOf(std::int64_t local_seconds) const;
  // What the clock shows, in whole seconds.
  std::int64_t ShownAt(Timestamp instant) const;
  // As InstantOf, but nothing for a time that is skipped.
  std::optional<Timestamp> InstantThatShows(std::int64_t local_seconds) const;

 private:
  explicit PlaceClock(language::WorkingCalendar calendar) : calendar_(std::move(calendar)) {}

  language::WorkingCalendar calendar_;  // without hours
};

}  // namespace kosei::process
