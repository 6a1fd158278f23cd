#include "meeting_walks.h"

#include <cstdint>
#include <utility>

#include "followed_links.h"
#include "kosei/base/status_macros.h"
#include "step_meter.h"

namespace kosei::query {

using storage::NodeIndex;

MeetingWalks::MeetingWalks(const storage::GraphView& graph, const model::Schema& schema,
                           const Budget& budget)
    : graph_(graph),
      budget_(budget),
      down_(FollowedLinks(schema, ImpactDirection::kDown)),
      up_(FollowedLinks(schema, ImpactDirection::kUp)),
      forward_(graph, down_, budget),
      backward_(graph, up_, budget) {}

absl::StatusOr<std::optional<std::vector<NodeIndex>>> MeetingWalks::Meet(NodeIndex from,
                                                                         NodeIndex to) {
  forward_.Start({&from, 1});
  backward_.Start({&to, 1});
  while (!forward_.exhausted() && !backward_.exhausted()) {
    const bool ahead = forward_.newest().size() <= backward_.newest().size();
    BreadthFirst& moving = ahead ? forward_ : backward_;
    const BreadthFirst& waiting = ahead ? backward_ : forward_;
    KOSEI_ASSIGN_OR_RETURN(const std::optional<Truncation> cut, moving.Advance());
    if (cut.has_value()) return SpentError(budget_, cut->reason, "path");
    KOSEI_RETURN_IF_ERROR(CheckSum());
    std::vector<NodeIndex> shared;
    for (const NodeIndex node : moving.newest()) {
      if (waiting.Reached(node)) shared.push_back(node);
    }
    if (!shared.empty()) return shared;
  }
  return std::nullopt;
}

// Each walk minds the limits for itself; here they are minded for both.
absl::Status MeetingWalks::CheckSum() const {
  const std::uint64_t links = forward_.links_seen() + backward_.links_seen();
  if (links > budget_.limits().steps) return SpentError(budget_, TruncationReason::kSteps, "path");
  return budget_.CheckMemory(kBytesPerEntry * (forward_.nodes().size() + backward_.nodes().size()));
}

std::vector<std::vector<NodeIndex>> MeetingWalks::LevelsOnTheWay(
    std::vector<NodeIndex> shared) const {
  std::vector<std::vector<NodeIndex>> levels(std::size_t{backward_.depth()} + 1);
  levels.back() = std::move(shared);
  for (std::size_t depth = backward_.depth(); depth > 1; --depth) {
    const std::span<const NodeIndex> nearer = backward_.Level(depth - 1);
    std::vector<NodeIndex>& reached = levels[depth - 1];
    for (const NodeIndex node : levels[depth]) {
      ForEachFollowed(graph_, down_, node, [&](NodeIndex neighbour, storage::TypeIndex, bool) {
        if (PlaceOf(nearer, neighbour) != nearer.size()) reached.push_back(neighbour);
      });
    }
    std::sort(reached.begin(), reached.end());
    reached.erase(std::unique(reached.begin(), reached.end()), reached.end());
  }
  return levels;
}

}  // namespace kosei::query
