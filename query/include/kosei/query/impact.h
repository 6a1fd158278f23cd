// Impact analysis, first form: what is hit when these records fail (down), or what they rest on
// (up). Breadth-first over the topology, so a depth limit is exact and each result has a shortest
// causal path. Which links carry failure, and which way, is the model's to say
// (RelationshipTypeDefinition::impact). docs/impact.md tells users the same in plain words.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/query/budget.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

enum class ImpactDirection : std::uint8_t {
  kDown = 1,  // who is hit when the roots fail
  kUp = 2,    // what the roots need
};

struct ImpactRequest {
  std::vector<RecordId> roots = {};  // at least one; duplicates are fine
  ImpactDirection direction = ImpactDirection::kDown;
  std::optional<std::uint32_t> depth = std::nullopt;  // links from a root; none: unlimited
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
struct ImpactAnswer {
  storage::View view;
  std::vector<storage::NodeIndex> nodes;  // roots, then affected, nearest first
  std::vector<std::uint32_t> parents;  // position of the one before it on its shortest causal path
  std::vector<storage::TypeIndex> vias;
  // Nodes of distance d end before level_ends[d]; [0] is the root count.
  std::vector<std::uint64_t> level_ends;
  // Affected only, ascending by class.
  std::vector<std::pair<ClassNumber, std::uint64_t>> counts_by_class;
  std::optional<Truncation> truncated;
  std::uint64_t links_seen = 0;  // that carry failure, each counted once

  std::uint64_t root_count() const { return level_ends.empty() ? 0 : level_ends.front(); }
  std::uint64_t affected_count() const { return nodes.size() - root_count(); }
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

// The shortest causal path to the entry at `position`, from a root on; empty for a root. Each step
// goes the way failure travels (down), or from dependent to what it needs (up).
std::vector<PathStep> PathTo(const ImpactAnswer& answer, std::uint64_t position);

}  // namespace kosei::query
