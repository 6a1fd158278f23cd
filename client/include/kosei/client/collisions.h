// Planned work: which changes get in each other's way and in that of the calendar, and when one of
// them has the way to itself. docs/collisions.md says what collides.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/base/time.h"
#include "kosei/client/types.h"

namespace kosei::client {

// Half-open, UTC.
struct WorkWindow {
  Timestamp from;
  Timestamp to;
};

struct PlannedChange {
  std::string id;  // its own among the changes
  WorkWindow window;
  std::vector<std::string> failed = {};    // keys of what is down while it is carried out
  std::vector<std::string> degraded = {};  // of what still works, but not well
  std::vector<std::string> changes = {};   // of what it works on
  std::string plan = {};                   // what the steps of this plan change, it changes
  bool change_is_failure = false;          // what it changes has failed meanwhile
};

enum class CalendarKind : std::uint8_t { kFreeze = 1, kMaintenance = 2 };
// With neither classes, records nor services it is about all records.
struct CalendarWindow {
  std::string id;
  CalendarKind kind = CalendarKind::kFreeze;
  WorkWindow window;
  std::vector<std::string> classes = {};   // these and below
  std::vector<std::string> records = {};   // these alone
  std::vector<std::string> services = {};  // these and all that they rest on
};

struct PlannedWork {
  std::vector<PlannedChange> changes;
  std::vector<CalendarWindow> windows = {};
  std::vector<std::string> contexts = {};  // impact contexts: what they find is down anyway
  std::vector<std::string> blocked = {};   // keys of what cannot be hit
  bool all_contexts = false;               // all that the model has
};

enum class CollisionKind : std::uint8_t {
  kSameRecord = 1,          // worked on by both
  kReach = 2,               // worked on or hit by both
  kGate = 3,                // hit, or hit worse, because they are under way together
  kFreeze = 4,              // one change in a freeze
  kOutsideMaintenance = 5,  // one change outside of the maintenance windows of what it reaches
};
std::string_view NameOf(CollisionKind kind);  // "same_record", "reach", ...

struct CollidingRecord {
  std::string key;
  ClassNumber class_number;
  State state = State::kUp;
  bool service = false;
  std::string criticality = {};
};
struct CollidingGate {
  std::string key;
  State state = State::kFailed;
  std::string gate;
};
struct Collision {
  CollisionKind kind = CollisionKind::kReach;
  std::vector<std::string> changes;
  WorkWindow window;                     // in which all of them are under way
  std::vector<CollidingRecord> records;  // the most critical first
  std::uint64_t record_count = 0;        // of all
  std::uint64_t service_count = 0;
  std::vector<CollidingGate> gates;  // kGate: those that open
  std::vector<std::string> windows;  // ids of the windows of the calendar
};
struct ChangeSummary {
  std::string id;
  WorkWindow window;
  std::uint64_t affected = 0, services = 0, collisions = 0;
};

struct CollisionsRequest {
  PlannedWork work;
  ViewName view = {};
  std::uint32_t limit = 1'000;  // collisions told; never what is counted
  std::uint32_t listed = 20;    // records told of each
  std::string only = {};        // those of this change
};
struct CollisionsResult {
  View view;
  std::uint64_t total = 0;
  std::array<std::uint64_t, 6> counts{};  // by CollisionKind
  std::vector<Collision> collisions;      // worst first
  std::vector<ChangeSummary> changes;     // by id
};

struct FreeSlotsRequest {
  PlannedWork work;
  ViewName view = {};
  std::string change;       // its id
  WorkWindow within;        // where to look
  std::int64_t length = 0;  // us; 0: as long as its window
  std::uint32_t count = 1;  // at most 100
};
struct FreeSlot {
  WorkWindow window;
  Timestamp latest;  // it may begin at any time until then
};
struct FreeSlotsResult {
  View view;
  std::vector<FreeSlot> slots;  // earliest first
};

}  // namespace kosei::client
