// Working calendars as they are written: named lists of holidays, and calendars with a zone, hours
// of the week, days of their own and versions. docs/processes/service_clock.md has the grammar;
// calendar.h compiles them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/language/working_calendar.h"
#include "kosei/model/definition.h"

namespace kosei::process {

// Days are since 1970-01-01, of the clock of the calendar's place.
struct HolidayList {
  std::string name;  // snake_case
  model::Label label;
  std::map<std::int64_t, model::Label> days;
  std::string origin;  // "file:line"
};

// A day that differs from the week: shorter, longer, off, or worked although it is a holiday.
struct OwnDay {
  language::WorkDay hours;  // empty: a day off
  model::Label label;
};

// What a calendar says from a day on.
struct CalendarVersion {
  std::optional<std::int64_t> effective_from;  // nothing: from the beginning; the first one only
  std::array<language::WorkDay, 7> week;       // Monday first
  // Names of lists. Of a day that several have, the first names it.
  std::vector<std::string> holidays;
  std::map<std::int64_t, OwnDay> days;  // before holidays, and they before the week
  std::string origin;
};

// Either hours of its own, or the hours of any of other calendars (a desk that follows the sun).
struct CalendarDefinition {
  std::string name;  // snake_case
  model::Label label;
  std::string zone;  // of the IANA database, 'Asia/Tokyo', or an offset: '+09:00', 'Z'
  std::vector<CalendarVersion> versions;  // ascending; empty when any_of is not
  std::vector<std::string> any_of;        // names of calendars with hours of their own
  std::string origin;
};

struct CalendarDefinitions {
  std::vector<HolidayList> holiday_lists;
  std::vector<CalendarDefinition> calendars;
};

// Reads files (model::ReadModelFiles lists a folder) as one set: lists and calendars may use those
// of other files. kModelInvalid, with file and line and how to mend it, for what is no YAML, an
// unknown or double key, a label without both languages, a name given twice, hours that are not
// within a day or overlap, an unknown zone, list or calendar, a date that does not exist or comes
// twice in one list, versions that do not ascend, and `any_of` of what is one itself.
absl::StatusOr<CalendarDefinitions> ParseCalendars(std::span<const model::ModelFile> files);

}  // namespace kosei::process
