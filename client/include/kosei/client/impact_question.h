// The question about impact, and its answer in columns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/base/time.h"
#include "kosei/client/view.h"

namespace kosei::client {

enum class Direction : std::uint8_t { kDown = 1, kUp = 2 };
enum class ImpactDetail : std::uint8_t { kCounts = 0, kDistances = 1, kPaths = 2 };
enum class TruncationReason : std::uint8_t {
  kNone = 0,
  kDepth = 1,
  kSteps = 2,
  kMemory = 3,
  kTime = 4
};
enum class State : std::uint8_t { kUp = 0, kDegraded = 1, kFailed = 2 };
struct Assumption {
  std::string key;
  State state = State::kFailed;
};
// What is assumed besides the View; direction down only.
struct ImpactScenario {
  std::vector<Assumption> assumptions = {};
  std::vector<std::string> blocked = {};   // "not impacted, checked by a person"
  std::vector<std::string> contexts = {};  // of the model: what they find is down already
  bool all_contexts = false;               // all that the model has
  // Contexts with times of their own count when they overlap it; none: the View's instant.
  std::optional<std::pair<Timestamp, Timestamp>> time = {};
  bool empty() const {
    return assumptions.empty() && blocked.empty() && contexts.empty() && !all_contexts && !time;
  }
};
struct ImpactRequest {
  std::vector<std::string> roots = {};  // these fail
  Direction direction = Direction::kDown;
  std::optional<std::uint32_t> depth = {};
  std::uint64_t limit = UINT64_MAX;  // how many affected are listed; never what is counted
  ImpactDetail detail = ImpactDetail::kPaths;
  ViewName view = {};
  std::uint32_t deadline_ms = 0;
  ImpactScenario scenario = {};
  bool want_hash = false;
  bool want_needs = false;  // direction up: of each record what it does alone, and its gate
};
// A record that is down already, and the record that says so: itself, or an incident or change.
struct ContextFinding {
  std::string key;
  State state = State::kFailed;
  std::string because_of, context;
};
struct ImpactSummary {
  View view;
  std::vector<std::string> roots;
  std::uint64_t total = 0;
  std::vector<std::pair<ClassNumber, std::uint64_t>> by_class;
  TruncationReason truncated = TruncationReason::kNone;
  std::uint32_t truncated_depth = 0;
  std::uint64_t truncated_frontier = 0;
  std::uint64_t degraded = 0;            // of the total; the others failed
  std::vector<State> root_states;        // as roots; empty: all failed
  std::uint64_t already = 0;             // records that are down without the assumptions
  std::vector<ContextFinding> contexts;  // the first 1,000 of what makes them so
  std::string hash;                      // 32 bytes, when asked for
};
// What the failure of a record alone would do to what rests on it.
struct ImpactNeed {
  State alone = State::kFailed;  // of a root; kUp: it is borne, and takes others as well
  std::uint32_t gated = 0;       // position of the record whose gate it stands behind, + 1; 0: none
  double needed = 0, there = 0;  // of that gate: members, or what they count
};
// Affected records in columns, nearest first. Positions count the roots first, then the affected
// over all batches.
struct ImpactBatch {
  std::vector<std::string_view> keys;  // valid during the visit
  std::vector<ClassNumber> classes;
  std::vector<std::uint32_t> distances;
  std::vector<std::uint32_t> predecessors;  // with ImpactDetail::kPaths
  std::vector<RelationshipTypeNumber> vias;
  std::vector<State> states;
  // Of the link of the step into it; empty: as the type's direction says.
  std::vector<bool> is_source;
  std::vector<bool> by_gate;  // a gate opened, and the step before is a member that fell
  // Steps of paths only, not counted: the record has a later row in which it is worse, or is a
  // root.
  std::vector<bool> steps_only;
  std::vector<ImpactNeed> needs;  // when asked for
};

}  // namespace kosei::client
