// The calendar of a store: planned changes, releases and deployments, freezes, maintenance windows
// and meetings, out of its records, with what recurs expanded (docs/processes/calendar.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/base/time.h"
#include "kosei/process/schedule.h"
#include "kosei/storage/view.h"

namespace kosei::process {

// On the wire: never renumber.
enum class CalendarKind : std::uint8_t {
  kChange = 1,
  kFreeze = 2,
  kMaintenance = 3,
  kMeeting = 4,
  kRelease = 5,
  kDeployment = 6,
};
inline constexpr std::size_t kCalendarKinds = 7;  // as an array's size, by number
std::string_view NameOf(CalendarKind kind);       // "change", "freeze", ...

inline constexpr std::size_t kCalendarItemsMax = 100'000;

struct CalendarQuestion {
  Timestamp from;  // half-open
  Timestamp to;
  std::vector<CalendarKind> kinds = {};  // empty: all
  // Of these records alone, and of drafts of entries too; empty: all that are not drafts.
  std::vector<std::string> keys = {};
  std::size_t limit = 10'000;
  std::optional<storage::View> view = {};  // nothing: the newest
};

// Something that has a part in the span that was asked about; it may begin before it.
struct CalendarItem {
  // The same for the same thing each time: the key, and of one of a series when it begins.
  std::string uid;
  std::string key;
  CalendarKind kind = CalendarKind::kChange;
  Occurrence window;
  std::string title;
  std::string state;
  std::string place = {};  // of a meeting
  std::string plan = {};   // of a change
  bool recurs = false;     // it is one of a series
  // What a freeze or a maintenance window is about, all of it when none of the three is there. Of
  // planned work `records` are what it works on, `services` what it is about.
  std::vector<std::string> classes = {};
  std::vector<std::string> records = {};   // keys
  std::vector<std::string> services = {};  // keys
};

}  // namespace kosei::process
