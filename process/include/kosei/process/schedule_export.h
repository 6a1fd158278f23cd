// Windows, changes and meetings as an iCalendar file (RFC 5545) that calendar programs read.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/time.h"
#include "kosei/process/schedule.h"

namespace kosei::process {

// All texts are UTF-8; lines end in LF.
struct ScheduleEntry {
  std::string
      uid;  // the same for the same thing in every export: its key, and a number if it recurs
  Occurrence window;
  std::string summary;
  std::string description = {};              // empty: none
  std::string location = {};                 // empty: none
  std::vector<std::string> categories = {};  // "freeze", "maintenance", "change", "meeting"
};

// One VCALENDAR of version 2.0 with a VEVENT for each entry, in their order. Instants are in UTC
// and rounded down to seconds. `stamp` is when the export was made: equal arguments, equal bytes.
// Lines end in CRLF and are folded at 75 octets, never within a character. kInvalidArgument, naming
// the entry, when its uid or summary is empty, a uid is there twice, its window is empty, or a text
// is not UTF-8 or has control characters.
absl::StatusOr<std::string> ExportSchedule(std::span<const ScheduleEntry> entries,
                                           std::string_view name, Timestamp stamp);

}  // namespace kosei::process
