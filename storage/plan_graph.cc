#include "plan_graph.h"

#include <algorithm>

namespace kosei::storage {
namespace {

LinkName NameOf(LinkDirection direction, NodeIndex node, const Neighbour& neighbour) {
  const RelationshipTypeNumber type{neighbour.type};
  return direction == LinkDirection::kOut ? NameOfLink(node, type, neighbour.node)
                                          : NameOfLink(neighbour.node, type, node);
}

}  // namespace

PlanGraph::PlanGraph(std::shared_ptr<const PlanOverlay> overlay, const GraphView& committed,
                     Holds holds)
    : overlay_(std::move(overlay)), holds_(std::move(holds)) {
  if (overlay_->cut().empty()) return;
  // Whoever is linked to a record that the plan ends has to be told.
  std::vector<NodeIndex> told;
  std::vector<Neighbour> neighbours;
  for (const NodeIndex node : overlay_->cut()) {
    for (const LinkDirection direction : {LinkDirection::kOut, LinkDirection::kIn}) {
      committed.Collect(direction, node, neighbours);
      for (const Neighbour& neighbour : neighbours) told.push_back(neighbour.node);
    }
  }
  bits_ = std::make_unique<NodeBits>(overlay_->touched_count() + told.size());
  for (const auto& [node, edit] : overlay_->records()) bits_->Add(node);
  for (const auto& [name, edit] : overlay_->links()) {
    bits_->Add(SourceOf(name));
    bits_->Add(TargetOf(name));
  }
  for (const NodeIndex node : told) bits_->Add(node);
}

bool PlanGraph::HoldsInPlan(NodeIndex node) const {
  const RecordEdit* edit = overlay_->Find(node);
  if (edit != nullptr && edit->ends) return false;
  if (edit != nullptr && edit->creates.value != 0) return true;
  return holds_(node);
}

void PlanGraph::Amend(LinkDirection direction, NodeIndex node,
                      std::vector<Neighbour>& neighbours) const {
  std::erase_if(neighbours, [&](const Neighbour& neighbour) {
    return overlay_->Hides(NameOf(direction, node, neighbour));
  });
  const std::vector<Neighbour>& added = overlay_->AddedTo(direction, node);
  if (added.empty() || !HoldsInPlan(node)) return;
  const std::size_t committed = neighbours.size();
  for (const Neighbour& neighbour : added) {
    const auto end = neighbours.begin() + static_cast<std::ptrdiff_t>(committed);
    const bool there = std::any_of(neighbours.begin(), end, [&](const Neighbour& one) {
      return one.node == neighbour.node && one.type == neighbour.type;
    });
    if (!there && HoldsInPlan(neighbour.node)) neighbours.push_back(neighbour);
  }
}

ClassNumber PlanGraph::ClassOf(NodeIndex node) const {
  const RecordEdit* edit = overlay_->Find(node);
  return edit == nullptr ? ClassNumber{} : edit->creates;
}

}  // namespace kosei::storage
