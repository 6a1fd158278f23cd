// Impact analysis, first form: what is hit when these records fail (down), or what they rest on
// (up). Breadth-first over the topology, so a depth limit is exact and each result has a shortest
// causal path. Which links carry failure, and which way, is the model's to say
// (RelationshipTypeDefinition::impact).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
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
  std::vector<RecordId> roots;  // duplicates are fine
  ImpactDirection direction = ImpactDirection::kDown;
  std::optional<std::uint32_t> depth;  // links from a root; none: unlimited
};

enum class TruncationReason : std::uint8_t { kDepth = 1, kSteps = 2, kMemory = 3, kTime = 4 };

struct Truncation {
  TruncationReason reason;
  std::uint32_t depth;     // the last depth that is complete
  std::uint64_t frontier;  // records at that depth from which unseen ones were left
};

// The whole answer in a few arrays: entries in breadth-first order, the roots first. Entry i was
// reached over a link of type via[i] from entry parent[i].
struct ImpactAnswer {
  storage::View view;
  std::vector<storage::NodeIndex> nodes;  // roots, then affected, nearest first
  std::vector<std::uint32_t> parents;  // position of the one before it on its shortest causal path
  std::vector<storage::TypeIndex> vias;
  std::vector<std::uint64_t>
      level_ends;  // nodes of distance d end before level_ends[d]; [0] is the root count
  std::vector<std::pair<ClassNumber, std::uint64_t>>
      counts_by_class;  // affected only, ascending by class
  std::optional<Truncation> truncated;
  std::uint64_t links_seen = 0;

  std::uint64_t root_count() const { return level_ends.empty() ? 0 : level_ends.front(); }
  std::uint64_t affected_count() const { return nodes.size() - root_count(); }
  std::uint32_t DistanceOf(std::uint64_t position) const;
};

struct PathStep {
  RecordId from;
  RelationshipTypeNumber type;
  RecordId to;
};

// A root that does not hold in the View is kNotFound (never "no impact"). Reaching a budget for
// time, steps or memory is not an error: the answer is cut and says so. Cancelling is (kCancelled).
absl::StatusOr<ImpactAnswer> Impact(const storage::Reader& reader, const storage::View& view,
                                    const ImpactRequest& request, const Budget& budget);

// The shortest causal path to the entry at `position`, from a root on. Each step goes the way
// failure travels (down), or from dependent to what it needs (up).
std::vector<PathStep> PathTo(const ImpactAnswer& answer, std::uint64_t position);

}  // namespace kosei::query
