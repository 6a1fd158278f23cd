#include "kosei/query/impact.h"

#include <algorithm>
#include <cstddef>
#include <memory>

#include "breadth_first.h"
#include "causal_links.h"
#include "class_counts.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "roots.h"

namespace kosei::query {

std::uint32_t ImpactAnswer::DistanceOf(std::uint64_t position) const {
  const auto level = std::upper_bound(level_ends.begin(), level_ends.end(), position);
  return static_cast<std::uint32_t>(level - level_ends.begin());
}

absl::StatusOr<ImpactAnswer> Impact(const storage::Reader& reader, const storage::View& view,
                                    const ImpactRequest& request, const Budget& budget) {
  if (request.roots.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "impact: no record was named, expected at least one; name what fails",
                     "roots");
  }
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  std::vector<storage::NodeIndex> roots;
  roots.reserve(request.roots.size());
  for (const RecordId root : request.roots) {
    KOSEI_RETURN_IF_ERROR(CheckHolds(reader, graph, root, "impact"));
    roots.push_back(storage::NodeOf(root));
  }
  // Failure travels as the model of that day says.
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
  const CausalLinks links = FollowedLinks(*schema, request.direction);
  BreadthFirst walk(graph, links, budget);
  walk.Start(roots);
  ImpactAnswer answer;
  answer.view = view;
  while (!walk.exhausted() && !answer.truncated.has_value()) {
    if (request.depth.has_value() && walk.depth() >= *request.depth) {
      KOSEI_ASSIGN_OR_RETURN(answer.truncated, walk.Probe());
      break;
    }
    KOSEI_ASSIGN_OR_RETURN(answer.truncated, walk.Advance());
  }
  walk.MoveTo(answer);
  answer.counts_by_class = CountByClass(graph, answer.nodes, answer.root_count());
  return answer;
}

std::vector<PathStep> PathTo(const ImpactAnswer& answer, std::uint64_t position) {
  std::vector<PathStep> path;
  while (position >= answer.root_count()) {
    const std::uint64_t parent = answer.parents[position];
    path.push_back({storage::RecordOf(answer.nodes[parent]),
                    RelationshipTypeNumber{answer.vias[position]},
                    storage::RecordOf(answer.nodes[position])});
    position = parent;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace kosei::query
