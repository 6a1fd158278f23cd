// The calendar and the figures of the processes of a store (docs/processes/calendar.md,
// figures.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/client/collisions.h"
#include "kosei/client/view.h"

namespace kosei::client {

enum class EntryKind : std::uint8_t {
  kChange = 1,
  kFreeze = 2,
  kMaintenance = 3,
  kMeeting = 4,
  kRelease = 5,
  kDeployment = 6,
};
std::string_view NameOf(EntryKind kind);  // "change", "freeze", ...

struct CalendarRequest {
  WorkWindow window;
  std::vector<EntryKind> kinds = {};   // empty: all
  std::vector<std::string> keys = {};  // of these records alone, drafts too
  std::uint32_t limit = 10'000;        // more entries are an error
  ViewName view = {};
  bool as_file = false;    // as iCalendar, too
  std::string title = {};  // of that file
};

// Something that has a part in the window; it may begin before it.
struct CalendarEntry {
  std::string uid;  // its own, and the same each time
  std::string key;  // of the record
  EntryKind kind = EntryKind::kChange;
  WorkWindow window;
  std::string title, state;
  std::string place;    // of a meeting
  std::string plan;     // of a change
  bool recurs = false;  // it is one of a series
  // What a freeze or a maintenance window is about; with none of the three: all. Of planned work
  // `records` are what it works on.
  std::vector<std::string> classes, records, services;
};
struct CalendarResult {
  std::vector<CalendarEntry> entries;  // by beginning
  std::string file;
};

// A key performance indicator. Its statement is asked with the parameters from and to, and gives
// the columns value (null: nothing was counted) and counted, and perhaps part.
struct ProcessFigure {
  std::string name, process, en, ja;
  std::string unit;  // percent, minutes, hours, days, count
  bool up_is_better = true;
  std::optional<double> target;  // in the unit
  std::string statement;
};

}  // namespace kosei::client
