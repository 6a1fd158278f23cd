// The shortest path through the records at which two walks meet (meeting_walks.h). Among several
// the one is taken that a walk from `from` alone would have given (impact.h, ImpactAnswer): seen
// from `to`, each step comes from the lowest record id.
#include "kosei/query/path.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <tuple>
#include <utility>

#include "followed_links.h"
#include "kosei/base/status_macros.h"
#include "meeting_walks.h"
#include "roots.h"

namespace kosei::query {
namespace {

using storage::NodeIndex;
using storage::TypeIndex;

class PathSearch {
 public:
  PathSearch(const storage::GraphView& graph, const model::Schema& schema, const Budget& budget)
      : graph_(graph), walks_(graph, schema, budget) {}

  absl::StatusOr<std::optional<std::vector<PathStep>>> Run(NodeIndex from, NodeIndex to) {
    KOSEI_ASSIGN_OR_RETURN(std::optional<std::vector<NodeIndex>> shared, walks_.Meet(from, to));
    if (!shared.has_value()) return std::nullopt;
    return Join(*std::move(shared), to);
  }

 private:
  std::vector<PathStep> Join(std::vector<NodeIndex> shared, NodeIndex to) const {
    const std::vector<std::vector<NodeIndex>> levels = walks_.LevelsOnTheWay(std::move(shared));
    const BreadthFirst& forward = walks_.forward();
    std::vector<PathStep> path;  // last step first
    NodeIndex node = to;
    for (std::size_t depth = 1; depth < levels.size(); ++depth) {
      path.push_back(StepInto(node, levels[depth]));
      node = storage::NodeOf(path.back().from);
    }
    const std::span<const NodeIndex> meeting = forward.newest();
    std::uint64_t position = forward.level_begin() + PlaceOf(meeting, node);
    while (position >= forward.level_ends().front()) {
      const std::uint64_t parent = forward.parents()[position];
      path.push_back({storage::RecordOf(forward.nodes()[parent]),
                      RelationshipTypeNumber{forward.vias()[position]},
                      storage::RecordOf(forward.nodes()[position])});
      position = parent;
    }
    std::reverse(path.begin(), path.end());
    return path;
  }

  // The step into `node` from the lowest of `candidates` that leads to it: over a link of which
  // `node` is the source before one of which it is the target, then of the lowest type.
  PathStep StepInto(NodeIndex node, std::span<const NodeIndex> candidates) const {
    std::tuple<NodeIndex, bool, TypeIndex> best{UINT32_MAX, true, UINT8_MAX};
    ForEachFollowed(
        graph_, walks_.up(), node, [&](NodeIndex neighbour, TypeIndex type, bool is_source) {
          const std::tuple<NodeIndex, bool, TypeIndex> step{neighbour, !is_source, type};
          if (step < best && PlaceOf(candidates, neighbour) != candidates.size()) best = step;
        });
    return {storage::RecordOf(std::get<0>(best)), RelationshipTypeNumber{std::get<2>(best)},
            storage::RecordOf(node)};
  }

  const storage::GraphView& graph_;
  MeetingWalks walks_;
};

}  // namespace

absl::StatusOr<std::optional<std::vector<PathStep>>> CausalPath(const storage::Reader& reader,
                                                                const storage::View& view,
                                                                RecordId from, RecordId to,
                                                                const Budget& budget) {
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  KOSEI_RETURN_IF_ERROR(CheckHolds(reader, graph, from, "path from"));
  KOSEI_RETURN_IF_ERROR(CheckHolds(reader, graph, to, "path to"));
  if (from == to) return std::vector<PathStep>{};
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
  PathSearch search(graph, *schema, budget);
  return search.Run(storage::NodeOf(from), storage::NodeOf(to));
}

}  // namespace kosei::query
