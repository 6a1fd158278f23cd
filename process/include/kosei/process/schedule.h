// Recurring windows of the schedule: freezes, maintenance, meetings. A series is written in the
// properties of RFC 5545 (iCalendar), one a line:
//
//   DTSTART;TZID=Asia/Tokyo:20261206T010000
//   DURATION:PT4H
//   RRULE:FREQ=MONTHLY;BYDAY=1SU
//   EXDATE;TZID=Asia/Tokyo:20270103T010000
//
// DTSTART; DTEND or DURATION; at most one RRULE; any number of RDATE and EXDATE, each with a list
// of dates. docs/processes/schedule.md tells users the same.
//
// Times go by the clock of the place (RFC 5545 3.3.5, 3.3.10):
// - A rule repeats what the clock shows. A time that clocks skip is left out and not counted; of
//   one that comes twice the first is meant. The DTSTART itself and RDATE, when skipped, are read
//   with the offset before the jump.
// - A length with DTEND is the same time in each window. One with DURATION has its days and weeks
//   by the clock and its hours, minutes and seconds as they pass. Dates without time are whole
//   days, DTEND not included.
// - Dates, and times without TZID and Z, are in the zone that the caller names.
// - DTSTART is the first window and has to be one of the rule's.
//
// FREQ is DAILY, WEEKLY, MONTHLY or YEARLY. Refused, as libical 3.0 carries them out wrongly, or
// RFC 5545 does not say what they mean, are BYSECOND, BYWEEKNO, BYSETPOS but with MONTHLY and
// BYDAY, BYMONTHDAY from the end of the month with DAILY, BYMONTHDAY with YEARLY and without
// BYMONTH, numbered days with BYMONTHDAY, and BYYEARDAY with other days.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/time.h"

namespace kosei::process {

// [from, to).
struct Occurrence {
  Timestamp from;
  Timestamp to;
  friend bool operator==(const Occurrence&, const Occurrence&) = default;
};

inline constexpr std::size_t kSeriesTextBytesMax = 16 * 1024;
inline constexpr std::size_t kSeriesDatesMax = 1'000;  // of RDATE and EXDATE together
// As many steps of a rule are taken at most, so that no rule is without end.
inline constexpr std::size_t kRuleStepsMax = 200'000;

// Immutable; thread-safe. Copies share what they hold.
class Series {
 public:
  // Lines end in LF or CRLF and may be folded. kInvalidArgument with the line, what is wrong and
  // how to mend it. `default_zone` is of the IANA database, or an offset.
  static absl::StatusOr<Series> Parse(std::string_view text, std::string_view default_zone);

  // The windows that have a part in [from, to), by beginning, each once; they may begin before it.
  // kOutOfRange when there are more than `limit`, or the rule takes too many steps; naming how far
  // it got.
  absl::StatusOr<std::vector<Occurrence>> Expand(Timestamp from, Timestamp to,
                                                 std::size_t limit) const;

  const std::string& zone() const;  // of DTSTART

 private:
  struct Parts;
  explicit Series(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

  std::shared_ptr<const Parts> parts_;
};

// kInvalidArgument, naming the first two, when windows overlap; those that touch do not. `windows`
// by beginning, as Expand gives them; `zone` is for the message.
absl::Status CheckApart(std::span<const Occurrence> windows, std::string_view zone);

}  // namespace kosei::process
