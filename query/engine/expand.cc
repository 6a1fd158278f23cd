#include "engine/expand.h"

#include <utility>

#include "engine/link_walk.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using language::LinkRef;
using storage::NodeIndex;

class ExpandPipe final : public Pipe {
 public:
  ExpandPipe(const ExpandStep& step, Run& run, Pipe& next) : step_(step), run_(run), next_(next) {}

  bool Push(Datum* row) override {
    const Datum& from = row[step_.from];
    if (from.kind() != DatumKind::kNode) return !run_.failed();
    const Moment& moment = run_.moment(step_.moment);
    const storage::GraphView& graph = moment.graph;
    const auto node = static_cast<NodeIndex>(from.node().record.value);
    if (node >= graph.node_limit()) return true;
    NodeIndex wanted = 0;
    if (step_.to_bound) {
      if (row[step_.to].kind() != DatumKind::kNode) return true;
      wanted = static_cast<NodeIndex>(row[step_.to].node().record.value);
    }
    const Datum bound_link = step_.link_bound ? row[*step_.link] : Datum();
    if (step_.link_bound && bound_link.kind() != DatumKind::kRelationship) return true;
    bool more = run_.Step();
    if (!more) return false;
    ForEachLink(moment, step_, node, [&](LinkRef link, NodeIndex other) {
      if (!run_.Step()) return more = false;
      if (step_.to_bound && other != wanted) return true;
      if (step_.link_bound && !(bound_link.relationship() == link)) return true;
      if (step_.to_classes.has_value() && !step_.to_classes->Has(graph.ClassOf(other))) return true;
      if (IsUsed(row, step_.distinct_from, link)) return true;
      if (step_.link.has_value() && !step_.link_bound) row[*step_.link] = Datum::Relationship(link);
      if (!step_.to_bound) row[step_.to] = Datum::Node({storage::RecordOf(other), step_.moment});
      return more = next_.Push(row);
    });
    return more;
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  const ExpandStep& step_;
  Run& run_;
  Pipe& next_;
};

class Expand final : public Operator {
 public:
  Expand(OperatorPtr input, ExpandStep step) : Operator(std::move(input)), step_(std::move(step)) {}
  bool takes_parts() const override { return true; }
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<ExpandPipe>(step_, run, next);
  }
  std::string_view name() const override { return step_.to_bound ? "ExpandInto" : "Expand"; }
  std::string details() const override { return step_.text; }
  const ExpandStep& step() const { return step_; }

 private:
  const ExpandStep step_;
};

}  // namespace

const ExpandStep* ExpandStepOf(const Operator& made) {
  const auto* const expand = dynamic_cast<const Expand*>(&made);
  return expand == nullptr ? nullptr : &expand->step();
}

bool IsUsed(const Datum* row, const std::vector<std::uint32_t>& slots, LinkRef link) {
  for (const std::uint32_t slot : slots) {
    const Datum& used = row[slot];
    if (used.kind() == DatumKind::kRelationship && used.relationship() == link) return true;
    if (used.kind() != DatumKind::kList) continue;
    for (const Datum& each : used.list()) {
      if (each.kind() == DatumKind::kRelationship && each.relationship() == link) return true;
    }
  }
  return false;
}

OperatorPtr MakeExpand(OperatorPtr input, ExpandStep step) {
  return std::make_unique<Expand>(std::move(input), std::move(step));
}

}  // namespace kosei::query
