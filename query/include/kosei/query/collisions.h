// Collisions of planned work: which changes get in each other's way, and in that of the calendar.
// Changes under way at the same time collide when they work on the same record, when the same
// record is within reach of both, and when they bring down together what neither does alone: one
// takes a node of a pair, the other the other node. docs/collisions.md tells users the same in
// plain words.
//
// What the changes of a moment bring down together is what each does alone, unless a gate opens
// that two or more of them touch; so everything is followed once for each change, and together only
// where a gate says so.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/base/time.h"
#include "kosei/model/state.h"
#include "kosei/query/budget.h"
#include "kosei/query/scenario.h"
#include "kosei/query/time_window.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

struct PlannedChange {
  std::string id;
  TimeWindow window;
  std::vector<Assumption> assumed = {};  // what is down while it is carried out
  std::vector<RecordId> written = {};    // what it changes; may be the same, or not there yet
};

enum class CalendarKind : std::uint8_t { kFreeze = 1, kMaintenance = 2 };

// A span of the calendar and the records it is about; with neither classes, records nor services
// it is about all. In a freeze they may not be hit; of records with maintenance windows each may be
// hit within its windows only.
struct CalendarWindow {
  std::string id;
  CalendarKind kind = CalendarKind::kFreeze;
  TimeWindow window;
  std::vector<ClassNumber> classes = {};  // these and below
  std::vector<RecordId> records = {};     // these alone
  std::vector<RecordId> services = {};    // these and all that they rest on
};

// On the wire: never renumber. Worst first is kGate, kFreeze, kSameRecord, kOutsideMaintenance,
// kReach.
enum class CollisionKind : std::uint8_t {
  kSameRecord = 1,          // worked on by both
  kReach = 2,               // worked on or hit by both, and not the same of kSameRecord
  kGate = 3,                // hit, or hit worse, because two or more are under way together
  kFreeze = 4,              // one change, and a freeze window
  kOutsideMaintenance = 5,  // one change, and records with maintenance windows that do not hold it
};
inline constexpr std::size_t kCollisionKinds = 6;  // as an array's size, by number

struct CollisionRecord {
  RecordId record;
  // kGate: as with all under way; kReach: the worst of either; else of the one change. kUp: worked
  // on, and up.
  model::State state = model::State::kUp;
  bool service = false;
  std::string criticality = {};  // empty: none
};

// A gate that holds with fewer of the changes.
struct OpenedGate {
  RecordId record;
  model::State state = model::State::kFailed;
  std::string text;  // canonical
};

struct Collision {
  CollisionKind kind = CollisionKind::kReach;
  std::vector<std::string> changes = {};  // ascending
  TimeWindow window = {};  // in which all are under way; kOutsideMaintenance: the change's
  std::vector<CollisionRecord> records =
      {};  // most critical first, at most CalendarOptions::listed
  std::uint64_t record_count = 0;
  std::uint64_t service_count = 0;
  std::vector<OpenedGate> gates = {};  // kGate, ascending by record, at most so many
  std::vector<std::string> windows =
      {};  // ids: the freeze; the maintenance windows, at most so many
};

struct ChangeSummary {
  std::string id;
  TimeWindow window;
  std::uint64_t affected_count = 0;  // not counting what it assumes to be down
  std::uint64_t service_count = 0;   // of these and those
  std::uint64_t collision_count = 0;
};

struct CollisionReport {
  std::vector<Collision> collisions;                    // worst first
  std::array<std::uint64_t, kCollisionKinds> counts{};  // of all, by kind
  std::vector<ChangeSummary> changes;                   // ascending by id
  std::uint64_t total() const;
};

struct SlotRequest {
  PlannedChange
      change;  // of its window only the length matters; one of its id in the calendar does not
  TimeWindow within;      // where to look: a slot lies in it as a whole
  std::size_t count = 1;  // at most kSlotsMax
};
inline constexpr std::size_t kSlotsMax = 100;

struct FreeSlot {
  TimeWindow window;
  Timestamp latest;  // it may begin so late and is still free, all the way from window.from
};

struct CalendarOptions {
  std::size_t listed = 20;                     // records told of a collision
  std::string rank_attribute = "criticality";  // an enum, the worst value first
  std::vector<std::string> contexts = {};      // as Scenario::contexts: what is down anyway
  std::vector<RecordId> blocked = {};          // as Scenario::blocked
};

// The changes and windows of one View, with what each change alone brings down. Adding, replacing
// or taking away one change looks again only at what it touches. Belongs to one thread.
class ChangeCalendar {
 public:
  // The errors of contexts (Impact). `reader` must outlive it.
  static absl::StatusOr<std::unique_ptr<ChangeCalendar>> Open(const storage::Reader& reader,
                                                              const storage::View& view,
                                                              CalendarOptions options,
                                                              const Budget& budget);
  ~ChangeCalendar();
  ChangeCalendar(const ChangeCalendar&) = delete;
  ChangeCalendar& operator=(const ChangeCalendar&) = delete;

  const storage::View& view() const;
  std::size_t size() const;
  // About; counted against a budget's memory.
  std::uint64_t bytes() const;

  // Adds it, or replaces the one of its id. kInvalidArgument, naming the change, when its window
  // ends before it begins or is empty, it has no id, or assumes a record to be up; kNotFound when
  // what it assumes to be down does not hold in the View; kDeadlineExceeded, kMemoryBudget,
  // kRowBudget (steps) and kCancelled when the budget is spent. On an error nothing has changed.
  absl::Status Put(PlannedChange change, const Budget& budget);
  // Whether there was one.
  bool Remove(std::string_view id);
  // Replaces them all. kInvalidArgument, kNotFound and budgets as above.
  absl::Status SetWindows(std::vector<CalendarWindow> windows, const Budget& budget);

  // At most `limit` collisions; the counts are of all. The same whatever the order in which changes
  // came. Budgets as above; what was found until then is kept for the next time.
  absl::StatusOr<CollisionReport> Check(std::size_t limit, const Budget& budget);
  // Those of one change. kNotFound.
  absl::StatusOr<CollisionReport> CheckOne(std::string_view id, std::size_t limit,
                                           const Budget& budget);

  // The earliest spans in which the change collides with nothing, and that lie one after another.
  // Empty when there is none. As Put, and kInvalidArgument for a span to look in that is empty or a
  // count beyond the limit.
  absl::StatusOr<std::vector<FreeSlot>> FreeSlots(const SlotRequest& request, const Budget& budget);

 private:
  class Impl;
  explicit ChangeCalendar(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kosei::query
