// Impact analysis: what is hit when these records fail or are degraded (down), or what they rest on
// (up). Which links carry failure, which way, and what arrives, is the model's to say
// (model::ImpactRule); gates say what a record makes of a group of those it depends on
// (query/gate.h). States worsen round by round, so a depth limit is exact and each result has a
// shortest causal path. docs/impact.md tells users the same in plain words.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/model/state.h"
#include "kosei/query/budget.h"
#include "kosei/query/group_finding.h"
#include "kosei/query/scenario.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

enum class ImpactDirection : std::uint8_t {
  kDown = 1,  // who is hit when the roots fail
  kUp = 2,    // what the roots need
};

// Either `roots` or assumptions of the scenario; duplicates are fine. kUp takes roots only, and
// nothing else of a scenario.
struct ImpactRequest {
  std::vector<RecordId> roots = {};  // these fail; they come before the assumptions
  ImpactDirection direction = ImpactDirection::kDown;
  std::optional<std::uint32_t> depth = std::nullopt;  // links from a root; none: unlimited
  Scenario scenario = {};
  // Fill ImpactAnswer::groups. Of no consequence for the rest of the answer.
  bool want_groups = false;
};

// What ImpactAnswer::states holds of a row: its model::State, and these bits.
struct RowState {
  static constexpr std::uint8_t kState = 0x03;
  // Of the link over which it was reached, this record is the source.
  static constexpr std::uint8_t kIsSource = 0x20;
  static constexpr std::uint8_t kByGate = 0x40;  // a gate opened; `via` is of a member that fell
  // A step of paths only: the record has a later row in which it is worse, or is a root.
  static constexpr std::uint8_t kUnlisted = 0x80;
};

// A record that is down already, and why: because of itself, or of an incident or change.
struct ImpactContextFinding {
  Assumption assumption;
  RecordId because_of;
  std::uint32_t context = 0;  // position in model::Schema::impact_contexts() of the View's day
};

enum class TruncationReason : std::uint8_t { kDepth = 1, kSteps = 2, kMemory = 3, kTime = 4 };

struct Truncation {
  TruncationReason reason;
  std::uint32_t depth;  // the last depth that is complete
  // Records at that depth from which more may be reached. kDepth: exactly those with a link to a
  // record that is not in the answer. Otherwise those whose links were not looked at any more.
  std::uint64_t frontier;
};

// The whole answer in a few arrays: entries in breadth-first order, the roots first. Entry i was
// reached over a link of type vias[i] from entry parents[i] (a root: from itself, via 0).
//
// Two stores with the same records and links give the same answer, in whatever order the links were
// written: roots stand as asked, the records of each distance ascend by id, and the path to a
// record comes from the first entry that leads to it. Where several links join the two, a link of
// `nodes[i]` as source (down: that depends on its parent) comes before one as target, and then the
// lowest type.
//
// When a budget cut the answer, the records of the depth after truncated->depth that were found
// until then are in it: each is right, but others may be missing.
//
// A record that is degraded first and fails at a greater distance has two rows; the first is a step
// of paths and is not listed (RowState::kUnlisted).
struct ImpactAnswer {
  storage::View view;
  bool upward = false;                    // asked with kUp
  std::vector<storage::NodeIndex> nodes;  // roots, then affected, nearest first
  std::vector<std::uint32_t> parents;  // position of the one before it on its shortest causal path
  std::vector<storage::TypeIndex> vias;
  // Nodes of distance d end before level_ends[d]; [0] is the root count.
  std::vector<std::uint64_t> level_ends;
  // Affected only, ascending by class.
  std::vector<std::pair<ClassNumber, std::uint64_t>> counts_by_class;
  std::optional<Truncation> truncated;
  std::uint64_t links_seen = 0;  // that carry failure, each counted once
  // As nodes. Empty: all failed, over links of types that go one way whatever the classes. kUp:
  // all are said to have failed.
  std::vector<std::uint8_t> states;
  std::uint64_t unlisted_count = 0;
  std::uint64_t degraded_count = 0;  // affected and degraded; the others failed
  // What the scenario's contexts found, and all that is down because of it. None of it is affected,
  // unless it gets worse.
  std::vector<ImpactContextFinding> contexts;
  std::vector<Assumption> already;
  // With want_groups: those of which a member worsened, ascending by record, open or not; before:
  // with what is down already; after: with the assumptions.
  std::vector<GroupFinding> groups;

  std::uint64_t root_count() const { return level_ends.empty() ? 0 : level_ends.front(); }
  std::uint64_t affected_count() const { return nodes.size() - root_count() - unlisted_count; }
  bool Listed(std::uint64_t position) const {
    return states.empty() || (states[position] & RowState::kUnlisted) == 0;
  }
  model::State StateAt(std::uint64_t position) const {
    return states.empty() ? model::State::kFailed
                          : static_cast<model::State>(states[position] & RowState::kState);
  }
  std::uint32_t DistanceOf(std::uint64_t position) const;
};

struct PathStep {
  RecordId from;
  RelationshipTypeNumber type;
  RecordId to;
  friend bool operator==(const PathStep&, const PathStep&) = default;
};

// A root that does not hold in the View is kNotFound (never "no impact"); no root at all is
// kInvalidArgument. Reaching a budget for time, steps or memory is not an error: the answer is cut
// and says so. Cancelling is (kCancelled).
absl::StatusOr<ImpactAnswer> Impact(const storage::Reader& reader, const storage::View& view,
                                    const ImpactRequest& request, const Budget& budget);

// Whether the link of a step of a causal path has its beginning as target; `down`: the step goes
// the way failure travels.
bool FromIsTarget(const storage::GraphView& graph, const model::Schema& schema,
                  const PathStep& step, bool down);

// The shortest causal path to the entry at `position`, from a root on; empty for a root. Each step
// goes the way failure travels (down), or from dependent to what it needs (up).
std::vector<PathStep> PathTo(const ImpactAnswer& answer, std::uint64_t position);

}  // namespace kosei::query
