#include "kosei/storage/graph.h"

#include <algorithm>
#include <utility>

#include "plan_graph.h"
#include "topology.h"

namespace kosei::storage {

GraphView::GraphView(std::shared_ptr<const TopologyState> state, View view, CommitNumber commit,
                     NodeIndex node_limit, const NodeSegments& segments)
    : state_(std::move(state)),
      view_(view),
      commit_(commit),
      segments_(segments),
      node_limit_(node_limit) {
  const TopologyBase& base = state_->base();
  out_ = base.out.arrays();
  in_ = base.in.arrays();
  dirty_ = state_->delta().dirty_bits();
  ended_ = base.ended_bits.data();
  clean_limit_ = base.node_limit;
  base_whole_ = commit_ >= base.newest;
  begin_limit_ = static_cast<std::uint32_t>(
      std::upper_bound(base.commits.begin(), base.commits.end(), commit_) - base.commits.begin());
  link_count_ = base.out.live;
}

GraphView::~GraphView() = default;
GraphView::GraphView(const GraphView&) = default;

void GraphView::Collect(LinkDirection direction, NodeIndex node,
                        std::vector<Neighbour>& neighbours) const {
  neighbours.clear();
  if (node >= node_limit_) return;
  state_->delta().Collect(state_->base(), direction, node, commit_, neighbours);
  if (!state_->timed().empty()) {
    state_->timed().Apply(direction, node, view_.commit, view_.valid_at, neighbours);
  }
  if (PlanTouches(node)) plan_->Amend(direction, node, neighbours);
}

void GraphView::LayOnTop(std::shared_ptr<const PlanGraph> plan) {
  plan_ = std::move(plan);
  plan_bits_ = plan_->bits().bits.data();
  plan_mask_ = plan_->bits().mask;
}

ClassNumber GraphView::PlannedClassOf(NodeIndex node) const {
  const ClassNumber planned = plan_->ClassOf(node);
  if (planned.value != 0) return planned;
  const std::uint16_t* segment = segments_.classes[node >> 16].load(std::memory_order_acquire);
  return ClassNumber{segment == nullptr
                         ? std::uint16_t{0}
                         : __atomic_load_n(&segment[node & 0xFFFF], __ATOMIC_RELAXED)};
}

std::size_t GraphView::Degree(LinkDirection direction, NodeIndex node) const {
  std::size_t degree = 0;
  ForEach(direction, node, [&degree](NodeIndex, TypeIndex) { ++degree; });
  return degree;
}

bool GraphView::HasLink(NodeIndex source, TypeIndex type, NodeIndex target) const {
  if (source < clean_limit_ && base_whole_ && !IsSet(dirty_, source) && !PlanTouches(source)) {
    // Rows of the base ascend by (type, target).
    std::uint64_t low = out_.rows[source].begin;
    std::uint64_t high = out_.rows[source].end;
    const auto wanted = std::pair(type, target);
    while (low < high) {
      const std::uint64_t middle = (low + high) / 2;
      const auto found = std::pair(out_.types[middle], out_.nodes[middle]);
      if (found == wanted) return true;
      if (found < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return false;
  }
  bool has = false;
  ForEach(LinkDirection::kOut, source, [&](NodeIndex neighbour, TypeIndex link_type) {
    has = has || (neighbour == target && link_type == type);
  });
  return has;
}

}  // namespace kosei::storage
