// MeetingWalks: two walks, one along failure from `from`, one against it from `to`; the smaller
// frontier moves. Where they meet, both levels are complete, so every shortest path goes through
// the records that the newest levels share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "breadth_first.h"
#include "causal_links.h"
#include "kosei/model/schema.h"
#include "kosei/query/budget.h"
#include "kosei/storage/graph.h"

namespace kosei::query {

// Position of `node` in a span of ascending nodes; its size when it is not there.
inline std::size_t PlaceOf(std::span<const storage::NodeIndex> nodes, storage::NodeIndex node) {
  const auto place = std::lower_bound(nodes.begin(), nodes.end(), node);
  return place != nodes.end() && *place == node ? static_cast<std::size_t>(place - nodes.begin())
                                                : nodes.size();
}

// `graph` and `budget` must outlive it. Belongs to one thread.
class MeetingWalks {
 public:
  MeetingWalks(const storage::GraphView& graph, const model::Schema& schema, const Budget& budget);

  // The records at which they meet, ascending; nullopt when failure of `from` does not reach `to`.
  // Called once; the two differ. Errors as CausalPath (path.h).
  absl::StatusOr<std::optional<std::vector<storage::NodeIndex>>> Meet(storage::NodeIndex from,
                                                                      storage::NodeIndex to);

  const CausalLinks& down() const { return down_; }
  const CausalLinks& up() const { return up_; }
  const BreadthFirst& forward() const { return forward_; }    // from `from`
  const BreadthFirst& backward() const { return backward_; }  // from `to`

  // Which records of each level of the backward walk failure of `from` reaches on a shortest path:
  // `shared`, then what they lead to, one level nearer to `to` each time. Ascending; level 0 is
  // left empty.
  std::vector<std::vector<storage::NodeIndex>> LevelsOnTheWay(
      std::vector<storage::NodeIndex> shared) const;

 private:
  absl::Status CheckSum() const;

  const storage::GraphView& graph_;
  const Budget& budget_;
  const CausalLinks down_;
  const CausalLinks up_;
  BreadthFirst forward_;
  BreadthFirst backward_;
};

}  // namespace kosei::query
