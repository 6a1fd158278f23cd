// kosei calendar show, add, export; kosei change slots: their options, and what runs them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "commands.h"

namespace kosei::cli {

// Which part of the calendar.
struct CalendarSpan {
  std::string from, to;            // RFC 3339
  std::vector<std::string> kinds;  // "freeze", ...; empty: all
  ViewOptions view;
};

struct CalendarShowOptions {
  CalendarSpan span;
};
// Exit code 1 when there is nothing.
CommandResult RunCalendarShow(Context& context, const CalendarShowOptions& options);

struct CalendarAddOptions {
  std::string kind;  // "freeze", "maintenance", "meetings"
  std::string title;
  std::string from, to;    // RFC 3339
  std::string recurrence;  // RFC 5545, properties between blanks or on lines
  std::string time_zone;
  std::vector<std::string> about;    // keys
  std::vector<std::string> classes;  // names
  std::string overlap;               // what it means that it overlaps another one
  std::vector<std::string> assignments;
  bool draft = false;
  std::string reason;
};
// Exit code 6 when it is not put in force; then it is cancelled.
CommandResult RunCalendarAdd(Context& context, const CalendarAddOptions& options);

struct CalendarExportOptions {
  CalendarSpan span;
  std::string file;  // empty: standard output
  std::string title = "kosei";
};
CommandResult RunCalendarExport(Context& context, const CalendarExportOptions& options);

struct ChangeSlotsOptions {
  std::string key;
  std::string within = "30d";
  std::string after;   // RFC 3339; empty: now
  std::string length;  // empty: as the change's window
  std::uint32_t count = 5;
  std::vector<std::string> contexts;
};
// Exit code 1 when there is none.
CommandResult RunChangeSlots(Context& context, const ChangeSlotsOptions& options);

}  // namespace kosei::cli
