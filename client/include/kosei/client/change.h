// Changes: what carrying one out would do, and the plan that it owns (docs/processes/change.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/base/time.h"
#include "kosei/client/collisions.h"
#include "kosei/client/types.h"

namespace kosei::client {

struct AssessedItem {
  std::string key, class_name, name;
  bool planned = false;  // its plan changes it; otherwise it is a target only
};
struct AssessedService {
  std::string key, name;
  std::string criticality;  // empty: none is recorded
  State state = State::kFailed;
  std::uint32_t distance = 0;  // links from an item
};
// A group of which the next loss would be the last while the work is done.
struct LostReserve {
  std::string key, gate;
  std::uint32_t in_service = 0, up_after = 0;
};
// By the same failure, once the plan is carried out.
struct AfterwardsDifference {
  std::string key;
  State before = State::kUp, after = State::kUp;
};
struct RiskFactor {
  std::string measure, en, ja;
  double measured = 0, coefficient = 0, points = 0;
  bool at_ceiling = false;
};

struct ChangeAssessment {
  std::string key;
  std::uint64_t commit = 0;  // that was looked at
  Timestamp time;
  std::optional<WorkWindow> window;       // its planned time
  std::optional<PlanInfo> plan;           // that it owns
  std::vector<AssessedItem> items;        // that it works on, by key
  std::uint64_t affected = 0;             // items that are hit, without those worked on
  std::uint64_t degraded = 0;             // of these
  std::vector<AssessedService> services;  // the most critical first
  std::vector<LostReserve> lost_reserve;
  std::vector<AfterwardsDifference> afterwards;  // worse ones first, as many as are told
  std::uint64_t worse = 0, better = 0;           // of all
  std::vector<Collision> collisions;             // worst first, as many as are told
  std::uint64_t collision_count = 0;
  double score = 0;
  std::vector<RiskFactor> factors;  // most points first
  std::string rules;                // names and versions of what weighed it
  std::string risk_level, level_en, level_ja;
  std::string worst_criticality;
  std::string impact_hash;  // equal as long as what is hit stands still
  std::uint64_t kept = 0;   // the commit that keeps it; 0: it was not kept
};

// On the wire: never renumber.
enum class PlanDeed : std::uint8_t { kOpen = 1, kCompare = 2, kMerge = 3, kTakeBack = 4 };
enum class CarriedOut : std::uint8_t { kAsPlanned = 1, kPartly = 2, kNotAtAll = 3 };
std::string_view NameOf(CarriedOut result);  // "as_planned"

struct PlannedThing {
  std::string key;               // of a record, or the source of a link
  std::string attribute, other;  // or relationship type and target; both empty: the record
  std::string planned, present;  // values as text
};
struct ChangePlanResult {
  PlanInfo plan;
  CarriedOut result = CarriedOut::kNotAtAll;
  std::uint64_t things = 0, things_done = 0;
  std::vector<PlannedThing> missing;  // not done, as many as are told
  std::vector<Conflict> conflicts;    // with any nothing was written
  std::vector<WriteCounts> commits;
};

// An item under control that changed without a change.
struct UnauthorisedChange {
  std::uint64_t commit = 0;
  Timestamp time;
  std::string actor, source, cause;  // of the commit
  std::string key, class_name;       // of the item
  bool ended = false;                // the item as a whole
  struct Value {
    std::string attribute;
    std::string before, after;  // as text; empty: none
  };
  std::vector<Value> values;
  std::string discrepancy;  // its record, when there is one already
};
struct ChangeIntake {
  std::vector<UnauthorisedChange> found;  // in the order of commits
  std::uint64_t next = 0;                 // to go on from
  bool whole = true;                      // up to the newest commit
};

}  // namespace kosei::client
