// Two walks, one along failure from `from`, one against it from `to`; the smaller frontier moves.
// Where they meet, both levels are complete, so every shortest path goes through the records that
// the newest levels share. Among these paths the one is taken that a walk from `from` alone would
// have given (impact.h, ImpactAnswer): seen from `to`, each step comes from the lowest record id.
#include "kosei/query/path.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "breadth_first.h"
#include "causal_links.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "roots.h"

namespace kosei::query {
namespace {

using storage::LinkDirection;
using storage::NodeIndex;
using storage::TypeIndex;

// Position of `node` in a span of ascending nodes; its size when it is not there.
std::size_t PlaceOf(std::span<const NodeIndex> nodes, NodeIndex node) {
  const auto place = std::lower_bound(nodes.begin(), nodes.end(), node);
  return place != nodes.end() && *place == node ? static_cast<std::size_t>(place - nodes.begin())
                                                : nodes.size();
}

// Calls visit(neighbour, type, whether `node` is the link's source) for each link that is followed.
template <typename Visit>
void ForEachFollowed(const storage::GraphView& graph, const CausalLinks& links, NodeIndex node,
                     Visit&& visit) {
  graph.ForEach(LinkDirection::kOut, node, [&](NodeIndex neighbour, TypeIndex type) {
    if (links.out[type] != 0) visit(neighbour, type, true);
  });
  graph.ForEach(LinkDirection::kIn, node, [&](NodeIndex neighbour, TypeIndex type) {
    if (links.in[type] != 0) visit(neighbour, type, false);
  });
}

class PathSearch {
 public:
  PathSearch(const storage::GraphView& graph, const model::Schema& schema, const Budget& budget)
      : graph_(graph),
        budget_(budget),
        down_(FollowedLinks(schema, ImpactDirection::kDown)),
        up_(FollowedLinks(schema, ImpactDirection::kUp)),
        forward_(graph, down_, budget),
        backward_(graph, up_, budget) {}

  absl::StatusOr<std::optional<std::vector<PathStep>>> Run(NodeIndex from, NodeIndex to) {
    forward_.Start({&from, 1});
    backward_.Start({&to, 1});
    while (!forward_.exhausted() && !backward_.exhausted()) {
      const bool ahead = forward_.newest().size() <= backward_.newest().size();
      BreadthFirst& moving = ahead ? forward_ : backward_;
      const BreadthFirst& waiting = ahead ? backward_ : forward_;
      KOSEI_ASSIGN_OR_RETURN(const std::optional<Truncation> cut, moving.Advance());
      if (cut.has_value()) return SpentError(cut->reason);
      KOSEI_RETURN_IF_ERROR(CheckSum());
      std::vector<NodeIndex> shared;
      for (const NodeIndex node : moving.newest()) {
        if (waiting.Reached(node)) shared.push_back(node);
      }
      if (!shared.empty()) return Join(std::move(shared), to);
    }
    return std::nullopt;
  }

 private:
  // Each walk minds the limits for itself; here they are minded for both.
  absl::Status CheckSum() const {
    const std::uint64_t links = forward_.links_seen() + backward_.links_seen();
    if (links > budget_.limits().steps) return SpentError(TruncationReason::kSteps);
    return budget_.CheckMemory(kBytesPerEntry *
                               (forward_.nodes().size() + backward_.nodes().size()));
  }

  absl::Status SpentError(TruncationReason reason) const {
    switch (reason) {
      case TruncationReason::kSteps:
        return MakeError(
            ErrorCode::kRowBudget,
            absl::StrFormat("path: no path found within the limit of %d links; allow more steps",
                            budget_.limits().steps));
      case TruncationReason::kMemory:
        return MakeError(
            ErrorCode::kMemoryBudget,
            absl::StrFormat("path: no path found within the memory limit of %d bytes; allow more",
                            budget_.limits().memory_bytes));
      case TruncationReason::kTime:
      case TruncationReason::kDepth:
        break;
    }
    return MakeError(ErrorCode::kDeadlineExceeded,
                     "path: no path found within the time limit; allow more time");
  }

  // Which records of each level of the backward walk failure of `from` reaches on a shortest path:
  // `shared`, then what they lead to, one level nearer to `to` each time. Ascending.
  std::vector<std::vector<NodeIndex>> LevelsOnTheWay(std::vector<NodeIndex> shared) const {
    std::vector<std::vector<NodeIndex>> levels(std::size_t{backward_.depth()} + 1);
    levels.back() = std::move(shared);
    for (std::size_t depth = backward_.depth(); depth > 1; --depth) {
      const std::span<const NodeIndex> nearer = backward_.Level(depth - 1);
      std::vector<NodeIndex>& reached = levels[depth - 1];
      for (const NodeIndex node : levels[depth]) {
        ForEachFollowed(graph_, down_, node, [&](NodeIndex neighbour, TypeIndex, bool) {
          if (PlaceOf(nearer, neighbour) != nearer.size()) reached.push_back(neighbour);
        });
      }
      std::sort(reached.begin(), reached.end());
      reached.erase(std::unique(reached.begin(), reached.end()), reached.end());
    }
    return levels;
  }

  std::vector<PathStep> Join(std::vector<NodeIndex> shared, NodeIndex to) const {
    const std::vector<std::vector<NodeIndex>> levels = LevelsOnTheWay(std::move(shared));
    std::vector<PathStep> path;  // last step first
    NodeIndex node = to;
    for (std::size_t depth = 1; depth < levels.size(); ++depth) {
      path.push_back(StepInto(node, levels[depth]));
      node = storage::NodeOf(path.back().from);
    }
    const std::span<const NodeIndex> meeting = forward_.newest();
    std::uint64_t position = forward_.level_begin() + PlaceOf(meeting, node);
    while (position >= forward_.level_ends().front()) {
      const std::uint64_t parent = forward_.parents()[position];
      path.push_back({storage::RecordOf(forward_.nodes()[parent]),
                      RelationshipTypeNumber{forward_.vias()[position]},
                      storage::RecordOf(forward_.nodes()[position])});
      position = parent;
    }
    std::reverse(path.begin(), path.end());
    return path;
  }

  // The step into `node` from the lowest of `candidates` that leads to it: over a link of which
  // `node` is the source before one of which it is the target, then of the lowest type.
  PathStep StepInto(NodeIndex node, std::span<const NodeIndex> candidates) const {
    std::tuple<NodeIndex, bool, TypeIndex> best{UINT32_MAX, true, UINT8_MAX};
    ForEachFollowed(graph_, up_, node, [&](NodeIndex neighbour, TypeIndex type, bool is_source) {
      const std::tuple<NodeIndex, bool, TypeIndex> step{neighbour, !is_source, type};
      if (step < best && PlaceOf(candidates, neighbour) != candidates.size()) best = step;
    });
    return {storage::RecordOf(std::get<0>(best)), RelationshipTypeNumber{std::get<2>(best)},
            storage::RecordOf(node)};
  }

  const storage::GraphView& graph_;
  const Budget& budget_;
  const CausalLinks down_;
  const CausalLinks up_;
  BreadthFirst forward_;
  BreadthFirst backward_;
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
