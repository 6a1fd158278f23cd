#include <algorithm>
#include <utility>

#include "engine/expand.h"
#include "engine/link_walk.h"
#include "engine/trail_stack.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using language::LinkRef;
using storage::NodeIndex;

class VariableExpandPipe final : public Pipe {
 public:
  VariableExpandPipe(const VariableExpand& expand, Run& run, Pipe& next)
      : expand_(expand), step_(expand.step), run_(run), next_(next) {}

  bool Push(Datum* row) override {
    const Datum& from = row[step_.from];
    if (from.kind() != DatumKind::kNode) return !run_.failed();
    if (step_.to_bound && row[step_.to].kind() != DatumKind::kNode) return true;
    const auto node = static_cast<NodeIndex>(from.node().record.value);
    if (node >= graph().node_limit()) return true;
    wanted_ = step_.to_bound ? static_cast<NodeIndex>(row[step_.to].node().record.value) : 0;
    return Walk(node, row) && !run_.failed();
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  const storage::GraphView& graph() const { return run_.moment(step_.moment).graph; }

  bool Walk(NodeIndex begin, Datum* row) {
    trail_.Begin();
    if (expand_.hops.least == 0 && !Give(begin, row)) return false;
    Deeper(begin, row);
    while (!trail_.done()) {
      if (!run_.Step() || run_.failed()) return false;
      if (!trail_.Advance()) continue;
      const NodeIndex end = trail_.path().back().to;
      if (trail_.length() >= expand_.hops.least && !Give(end, row)) return false;
      Deeper(end, row);
    }
    return true;
  }

  void Deeper(NodeIndex node, Datum* row) {
    if (expand_.hops.most.has_value() && trail_.length() >= *expand_.hops.most) return;
    trail_.OpenLevel();
    ForEachLink(run_.moment(step_.moment), step_, node, [&](LinkRef link, NodeIndex other) {
      if (!run_.Step()) return false;
      if (IsUsed(row, step_.distinct_from, link) || !Holds(link, row)) return !run_.failed();
      trail_.Add({link, other});
      return true;
    });
    trail_.CloseLevel(run_);
  }

  bool Holds(LinkRef link, Datum* row) {
    if (expand_.condition == nullptr) return true;
    row[expand_.condition_slot] = Datum::Relationship(link);
    return expand_.condition->Evaluate(row, run_).is_true();
  }

  bool Give(NodeIndex node, Datum* row) {
    if (step_.to_bound && node != wanted_) return true;
    if (step_.to_classes.has_value() && !step_.to_classes->Has(graph().ClassOf(node))) return true;
    if (step_.link.has_value()) {
      if (!run_.Work(trail_.path().size())) return false;
      language::DatumList links;
      links.reserve(trail_.path().size());
      for (const TrailStack::Hop& hop : trail_.path())
        links.push_back(Datum::Relationship(hop.link));
      if (expand_.reversed) std::reverse(links.begin(), links.end());
      if (step_.link_bound) {
        if (!SameLinks(row[*step_.link], links)) return true;
      } else {
        row[*step_.link] = Datum::List(std::move(links));
      }
    }
    if (!step_.to_bound) row[step_.to] = Datum::Node({storage::RecordOf(node), step_.moment});
    return next_.Push(row);
  }

  static bool SameLinks(const Datum& bound, const language::DatumList& links) {
    if (bound.kind() != DatumKind::kList || bound.list().size() != links.size()) return false;
    for (std::size_t i = 0; i < links.size(); ++i) {
      if (bound.list()[i].kind() != DatumKind::kRelationship ||
          !(bound.list()[i].relationship() == links[i].relationship()))
        return false;
    }
    return true;
  }

  const VariableExpand& expand_;
  const ExpandStep& step_;
  Run& run_;
  Pipe& next_;
  NodeIndex wanted_ = 0;
  TrailStack trail_{1};
};

class VariableExpandOperator final : public Operator {
 public:
  VariableExpandOperator(OperatorPtr input, VariableExpand expand)
      : Operator(std::move(input)), expand_(std::move(expand)) {}
  bool takes_parts() const override { return true; }
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<VariableExpandPipe>(expand_, run, next);
  }
  std::string_view name() const override { return "VariableExpand"; }
  std::string details() const override { return expand_.step.text; }

 private:
  const VariableExpand expand_;
};

}  // namespace

OperatorPtr MakeVariableExpand(OperatorPtr input, VariableExpand expand) {
  return std::make_unique<VariableExpandOperator>(std::move(input), std::move(expand));
}

}  // namespace kosei::query
