// BreadthFirst: one walk over the topology along links that carry failure, level by level. Every
// query that follows failure is made of this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "causal_links.h"
#include "kosei/query/budget.h"
#include "kosei/query/impact.h"
#include "kosei/storage/graph.h"
#include "walk_scratch.h"

namespace kosei::query {

// What one entry of a walk is counted at against the memory limit: node, parent and type, and the
// room to put a level in order.
inline constexpr std::uint64_t kBytesPerEntry = 18;

// Nodes of each level ascend; see ImpactAnswer for how ties are broken. Belongs to one thread.
// `graph`, `links` and `budget` must outlive it.
class BreadthFirst {
 public:
  BreadthFirst(const storage::GraphView& graph, const CausalLinks& links, const Budget& budget);
  ~BreadthFirst();
  BreadthFirst(const BreadthFirst&) = delete;
  BreadthFirst& operator=(const BreadthFirst&) = delete;

  // Level 0, in this order, without duplicates. Called once, before anything else; every node is
  // below the graph's limit.
  void Start(std::span<const storage::NodeIndex> roots);

  std::uint32_t depth() const { return depth_; }  // of the newest level
  std::uint64_t level_begin() const { return level_begin_; }
  bool exhausted() const { return level_begin_ == nodes_.size(); }
  std::span<const storage::NodeIndex> newest() const {
    return std::span(nodes_).subspan(level_begin_);
  }
  // `depth` at most depth(). Ascending, but for level 0.
  std::span<const storage::NodeIndex> Level(std::size_t depth) const {
    const std::uint64_t begin = depth == 0 ? 0 : level_ends_[depth - 1];
    return std::span(nodes_).subspan(begin, level_ends_[depth] - begin);
  }
  const std::vector<storage::NodeIndex>& nodes() const { return nodes_; }
  const std::vector<std::uint32_t>& parents() const { return parents_; }
  const std::vector<storage::TypeIndex>& vias() const { return vias_; }
  const std::vector<std::uint64_t>& level_ends() const { return level_ends_; }
  std::uint64_t links_seen() const { return links_seen_; }
  bool Reached(storage::NodeIndex node) const {
    return ((scratch_->visited[node >> 6] >> (node & 63)) & 1) != 0;
  }

  // Finds the next level. When a budget ends, the rest is left out and the truncation says so;
  // kCancelled is an error.
  absl::StatusOr<std::optional<Truncation>> Advance();
  // Instead of Advance at a depth limit: how many records of the newest level lead to more. nullopt
  // when none does.
  absl::StatusOr<std::optional<Truncation>> Probe();

  // Gives the arrays away; nothing else may be called afterwards.
  void MoveTo(ImpactAnswer& answer);

 private:
  // Whether a limit may have been reached; Spent() says which, if so.
  bool MustLook(std::uint64_t found) const {
    return links_visited_ >= next_check_ || links_seen_ >= budget_.limits().steps ||
           nodes_.size() + found > entries_max_;
  }
  // Why the walk must stop before it looks at the links of another record, if it must.
  absl::StatusOr<std::optional<TruncationReason>> Spent(std::uint64_t found);
  std::uint64_t Followed(const CausalLinks::Table& table, storage::LinkDirection direction,
                         storage::NodeIndex node, storage::NodeIndex neighbour,
                         storage::TypeIndex type) const;
  // Marks the unvisited neighbours of `node` and appends them to `found`; its new size.
  std::uint64_t Discover(storage::NodeIndex node, std::uint64_t found_count);
  bool LeadsToMore(storage::NodeIndex node);
  // Appends the `found_count` discoveries as a level, ascending by node.
  void AppendLevel(std::uint64_t expanded, std::uint64_t found_count);
  void AppendSmallLevel(std::uint64_t expanded);
  void AppendBigLevel(std::uint64_t expanded, std::uint64_t found_count);
  void ClearMarks();

  const storage::GraphView& graph_;
  const CausalLinks& links_;
  const Budget& budget_;
  const std::uint64_t entries_max_;
  std::unique_ptr<WalkScratch> scratch_;

  std::vector<storage::NodeIndex>& nodes_;  // of scratch_
  std::vector<std::uint32_t>& parents_;
  std::vector<storage::TypeIndex>& vias_;
  std::vector<std::uint64_t> level_ends_;
  std::uint64_t level_begin_ = 0;
  std::uint32_t depth_ = 0;
  std::uint64_t links_seen_ = 0;     // that are followed
  std::uint64_t links_visited_ = 0;  // all that were looked at
  std::uint64_t next_check_ = 0;
};

}  // namespace kosei::query
