// The inside of ChangeCalendar: the changes with their reaches, the pairs of them that meet, and
// the sets of three and more that bring down together what no two of them do.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "calendar_scopes.h"
#include "change_reach.h"
#include "kosei/model/schema.h"
#include "kosei/query/collisions.h"
#include "kosei/query/gate.h"
#include "record_ranks.h"

namespace kosei::query {

// A change of the calendar. Never changed: a replaced one is another, with another serial.
struct CalendarEntry {
  PlannedChange change;
  std::uint64_t serial = 0;  // never reused
  ChangeReach reach;
  std::uint64_t affected = 0;
  std::uint64_t services = 0;
  bool paired = false;            // its pairs are found
  std::optional<ScopeHits> hits;  // none: to be found
};
// Ascending by id, each once: so that nothing depends on the order in which changes came.
using EntrySet = std::vector<const CalendarEntry*>;
using SerialSet = std::vector<std::uint64_t>;  // of an EntrySet, in its order

struct GateOpening {
  storage::NodeIndex node;
  std::uint8_t state;
  std::string text;
};

// What two changes have to do with each other, whenever they are.
struct PairFinding {
  RankedSummary same;
  RankedSummary reach;
  ChangeReach beyond;  // what they bring down together only
  RankedSummary joint;
  std::vector<GateOpening> gates;
  bool empty() const { return same.count + reach.count + joint.count == 0; }
  std::uint64_t bytes() const {
    return sizeof(*this) + beyond.bytes() + same.bytes() + reach.bytes() + joint.bytes();
  }
};

// What a set of three or more brings down and none of its parts does, in one span.
struct SetFinding {
  SerialSet set = {};
  std::vector<std::string> ids = {};
  TimeWindow window = {};
  ChangeReach beyond = {};
  RankedSummary joint = {};
  std::vector<GateOpening> gates = {};
};

inline bool Overlap(const TimeWindow& a, const TimeWindow& b) {
  return a.from < b.to && b.from < a.to;
}
inline TimeWindow Common(const TimeWindow& a, const TimeWindow& b) {
  return {std::max(a.from, b.from), std::min(a.to, b.to)};
}

// A part of what a moment brings down: one change, two together, or more.
struct MomentPart {
  std::shared_ptr<const ChangeReach> kept;  // holds `reach` where nobody else does
  const ChangeReach* reach = nullptr;
  EntrySet changes;
};

// By set: its changes, and what these bring down together only.
struct SetOfRecords {
  EntrySet changes;
  std::map<storage::NodeIndex, model::State> records;
};
using SetRecords = std::map<SerialSet, SetOfRecords>;

class ChangeCalendar::Impl {
 public:
  Impl(const storage::Reader& reader, storage::GraphView graph,
       std::shared_ptr<const model::Schema> schema, CalendarOptions options);

  absl::Status Settle(const Budget& budget);
  absl::StatusOr<std::unique_ptr<CalendarEntry>> MakeEntry(PlannedChange change,
                                                           const Budget& budget);
  absl::Status Put(PlannedChange change, const Budget& budget);
  bool Remove(std::string_view id);
  absl::Status SetWindows(std::vector<CalendarWindow> windows, const Budget& budget);
  // `id`: of one change; nullptr: of all.
  absl::StatusOr<CollisionReport> Report(const std::string* id, std::size_t limit,
                                         const Budget& budget);
  absl::StatusOr<std::vector<FreeSlot>> FreeSlots(const SlotRequest& request, const Budget& budget);

  const storage::GraphView& graph() const { return graph_; }
  std::size_t size() const { return entries_.size(); }
  std::uint64_t bytes() const;

 private:
  using PairKey = std::pair<std::uint64_t, std::uint64_t>;  // serials, ascending
  static PairKey KeyOf(const CalendarEntry& a, const CalendarEntry& b) {
    return std::minmax(a.serial, b.serial);
  }

  // collisions.cc
  absl::Status CheckChange(const PlannedChange& change) const;
  absl::Status CheckMemory(const Budget& budget) const;
  absl::Status FindReach(CalendarEntry& entry, const Budget& budget);
  void Forget(const CalendarEntry& entry);
  absl::Status CatchUp(const Budget& budget);
  absl::Status FindHits(CalendarEntry& entry, const Budget& budget);

  // collision_pairs.cc
  // The reach of `a` is marked.
  absl::StatusOr<PairFinding> Meet(const CalendarEntry& a, const CalendarEntry& b,
                                   const Budget& budget);
  void Mark(const ChangeReach& reach);
  void Unmark(const ChangeReach& reach);
  absl::Status FindPairs(const CalendarEntry& entry, const Budget& budget);
  absl::StatusOr<std::vector<GateOpening>> GatesOpened(const ChangeReach& beyond,
                                                       const ChangeReach& whole);

  // collision_sets.cc
  absl::StatusOr<std::shared_ptr<const ChangeReach>> Joint(const EntrySet& set,
                                                           const Budget& budget);
  std::vector<MomentPart> PartsOf(const EntrySet& moment) const;
  absl::Status AddLargerParts(std::vector<MomentPart>& parts, const Budget& budget);
  absl::Status FindSets(const TimeWindow& window, const EntrySet& moment, const Budget& budget);
  absl::Status Explain(const MomentPart& whole, const ReachParts& less, const Budget& budget,
                       SetRecords& found);
  absl::Status FindSetsWithin(const TimeWindow& window, const Budget& budget);
  void JoinSets();

  // free_slots.cc
  void ForbidWindows(const CalendarEntry& entry, const TimeWindow& within,
                     std::vector<TimeWindow>& busy) const;
  absl::Status ForbidChanges(const CalendarEntry& entry, const TimeWindow& within,
                             const Budget& budget, std::vector<TimeWindow>& busy);
  // Whether some gate that `reach` touches makes its record worse than the parts say.
  absl::StatusOr<bool> OpensMore(const ChangeReach& reach, const std::vector<MomentPart>& parts);

  // collision_report.cc
  struct Draft;
  void AddPairs(const CalendarEntry* only, std::vector<Draft>& drafts) const;
  void AddSets(const CalendarEntry* only, std::vector<Draft>& drafts) const;
  void AddHits(const CalendarEntry& entry, std::vector<Draft>& drafts) const;
  Collision Tell(const Draft& draft) const;

  const storage::Reader& reader_;
  const storage::GraphView graph_;
  const std::shared_ptr<const model::Schema> schema_;
  const CalendarOptions options_;
  GateBook gates_;
  ReachFinder finder_;
  RecordRanks ranks_;
  CalendarScopes scopes_;

  std::map<std::string, std::unique_ptr<CalendarEntry>, std::less<>> entries_;
  absl::flat_hash_map<std::uint64_t, CalendarEntry*> by_serial_;
  std::uint64_t next_serial_ = 1;
  std::vector<std::uint64_t> pending_;  // serials whose pairs are to be found
  absl::flat_hash_map<PairKey, PairFinding> pairs_;
  std::vector<TimeWindow> dirty_;  // in which sets are to be found
  std::vector<SetFinding> sets_;
  std::vector<SetFinding> new_sets_;
  std::map<SerialSet, std::shared_ptr<const ChangeReach>> joints_;
  std::uint64_t reach_bytes_ = 0;
  std::uint64_t pair_bytes_ = 0;
  std::uint64_t joint_bytes_ = 0;
  std::vector<std::uint64_t> marks_;  // a bit a node; all zero between calls
};

}  // namespace kosei::query
