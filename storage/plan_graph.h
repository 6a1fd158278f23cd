// PlanGraph: a plan's links in one View, for a GraphView to lay on top of what is committed.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "kosei/storage/graph.h"
#include "plan_overlay.h"

namespace kosei::storage {

class PlanGraph {
 public:
  // Whether a record that the plan says nothing of, or only changes, holds in the View.
  using Holds = std::function<bool(NodeIndex)>;

  // `committed`: the same View without the plan; read here only.
  PlanGraph(std::shared_ptr<const PlanOverlay> overlay, const GraphView& committed, Holds holds);

  // Nodes whose links differ, and records that the plan creates, are in it; a few others, too.
  const NodeBits& bits() const { return bits_ ? *bits_ : overlay_->touched(); }
  // Makes the committed neighbours of `node` those in the plan.
  void Amend(LinkDirection direction, NodeIndex node, std::vector<Neighbour>& neighbours) const;
  // Of a record that the plan creates; 0 otherwise.
  ClassNumber ClassOf(NodeIndex node) const;

 private:
  bool HoldsInPlan(NodeIndex node) const;

  std::shared_ptr<const PlanOverlay> overlay_;
  std::unique_ptr<NodeBits> bits_;  // null: the overlay's own do
  Holds holds_;
};

}  // namespace kosei::storage
