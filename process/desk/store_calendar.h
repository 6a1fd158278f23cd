// The calendar out of records: what the store has, and the two checks that keep entries sound.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "desk/asking.h"
#include "desk/case.h"
#include "kosei/process/life_cycle.h"
#include "kosei/process/store_calendar.h"

namespace kosei::process {

// Entries of the calendar are held together by this, so that two that overlap are judged one after
// the other. No key of a record has a blank.
inline constexpr std::string_view kCalendarLock = "the calendar";
bool IsCalendarEntry(const Definitions& definitions, const model::Class& owner);

// kInvalidArgument for an empty span or a recurrence that cannot be read, naming its record;
// kOutOfRange beyond `limit`.
absl::StatusOr<std::vector<CalendarItem>> CalendarOf(const DeskParts& parts, const Asking& asking,
                                                     const CalendarQuestion& question);

// A freeze, a maintenance window or a series of meetings.
struct EntryTimes {
  std::optional<Timestamp> start, end;
  std::string recurrence;
  std::string zone;
  std::optional<Timestamp> ended;  // nothing begins from then on
};
// Those that have a part in [from, to).
absl::StatusOr<std::vector<Occurrence>> WindowsOf(const EntryTimes& times, Timestamp from,
                                                  Timestamp to, std::size_t limit);

// The checks windows_sound and no_overlap. `attributes` are those of the record with what changes
// along, `links` are made along.
absl::StatusOr<GuardRunner::CheckAnswer> CheckWindows(const DeskParts& parts,
                                                      const Definitions& definitions,
                                                      const language::DatumMap& attributes);
absl::StatusOr<GuardRunner::CheckAnswer> CheckOverlap(const DeskParts& parts,
                                                      const Definitions& definitions,
                                                      const Asking& asking, std::string_view key,
                                                      const language::DatumMap& attributes,
                                                      const std::vector<RecordLink>& links);

// What of an edit would change the times or the scope of an entry that is in force; empty: nothing.
std::string MovedByEdit(const Change& change);

}  // namespace kosei::process
