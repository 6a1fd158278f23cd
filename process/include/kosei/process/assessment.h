// Assessment: what carrying out a change would do, worked out from the graph at one moment: what is
// hit while its items are down, what loses its reserve, what its plan makes better or worse, with
// which other changes and windows it collides, and its risk, explained (ISO/IEC 20000-1, 9.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/base/time.h"
#include "kosei/model/state.h"
#include "kosei/process/decision_table.h"
#include "kosei/process/risk_vector.h"
#include "kosei/query/collisions.h"
#include "kosei/query/time_window.h"
#include "kosei/storage/plans.h"
#include "kosei/storage/view.h"

namespace kosei::process {

// An item that the change works on: a target of it, or what its plan changes or ends.
struct AssessedItem {
  std::string key;
  std::string class_name;
  std::string name;
  bool planned = false;  // its plan changes it; otherwise it is a target only
};

struct AssessedService {
  std::string key;
  std::string name;
  std::string criticality;  // empty: none is recorded
  model::State state = model::State::kFailed;
  std::uint32_t distance = 0;  // links from an item
};

// A group of which the next loss would be the last while the work is done.
struct LostReserve {
  std::string key;
  std::string gate;
  std::uint32_t in_service = 0;
  std::uint32_t up_after = 0;
};

// A record that the failure of the same items would leave otherwise once the change is done.
struct AfterwardsDifference {
  std::string key;
  model::State before = model::State::kUp;
  model::State after = model::State::kUp;
};

struct Assessment {
  std::string key;
  storage::View view;  // the present that was looked at
  Timestamp time;
  std::optional<query::TimeWindow> window;       // its planned time
  std::optional<storage::PlanInfo> plan;         // that it owns
  std::vector<AssessedItem> items;               // ascending by key
  std::uint64_t affected_count = 0;              // items that are hit, without those worked on
  std::uint64_t degraded_count = 0;              // of these
  std::vector<AssessedService> services;         // the most critical first
  std::vector<LostReserve> lost_reserve;         // ascending by key
  std::vector<AfterwardsDifference> afterwards;  // worse ones first; at most kAssessmentListMax
  std::uint64_t worse_count = 0;                 // of all
  std::uint64_t better_count = 0;
  // With other changes that are recorded, not done, and planned for the same time, and with the
  // windows of the calendar. Empty without a planned time.
  std::vector<query::Collision> collisions;  // records by id; at most kAssessmentListMax
  std::uint64_t collision_count = 0;
  RiskScore risk;
  Decision level;                 // by the decision table change_risk
  std::string risk_level;         // empty: no table, or no row of it holds
  std::string worst_criticality;  // "none": no service is hit; empty: it names no item
  // SHA-256 in hex of what is hit (items, states, criticality, reserve, afterwards): equal as long
  // as the relevant part of the world stands still, whatever else is committed.
  std::string impact_hash;
  // Where the answer was kept on the record: the commit; kNoCommit: it was not.
  CommitNumber kept;
};
inline constexpr std::size_t kAssessmentListMax = 200;

}  // namespace kosei::process
