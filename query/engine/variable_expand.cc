#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/expand.h"
#include "engine/link_walk.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using language::LinkRef;
using storage::NodeIndex;

// Depth first over all trails, without recursion: a path may be as long as there are links.
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
    path_.clear();
    levels_.clear();
    if (expand_.hops.least == 0 && !Give(node, row)) return false;
    if (Deeper(node, row)) {
      while (!levels_.empty()) {
        if (!run_.Step()) return false;
        Level& level = levels_.back();
        if (level.next == level.links.size()) {
          levels_.pop_back();
          if (!path_.empty()) path_.pop_back();
          continue;
        }
        const auto [link, other] = level.links[level.next++];
        if (std::find(path_.begin(), path_.end(), link) != path_.end()) continue;
        path_.push_back(link);
        if (path_.size() >= expand_.hops.least && !Give(other, row)) return false;
        if (!Deeper(other, row)) path_.pop_back();
      }
    }
    return !run_.failed();
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  struct Level {
    std::vector<std::pair<LinkRef, NodeIndex>> links;
    std::size_t next = 0;
  };

  const storage::GraphView& graph() const { return run_.moment(step_.moment).graph; }

  // False: no further from here, so nothing was put on the stack.
  bool Deeper(NodeIndex node, Datum* row) {
    if (expand_.hops.most.has_value() && path_.size() >= *expand_.hops.most) return false;
    Level level;
    ForEachLink(run_.moment(step_.moment), step_, node, [&](LinkRef link, NodeIndex other) {
      if (!run_.Step()) return false;
      if (IsUsed(row, step_.distinct_from, link) || !Holds(link, row)) return !run_.failed();
      level.links.emplace_back(link, other);
      return true;
    });
    if (level.links.empty() || run_.failed()) return false;
    levels_.push_back(std::move(level));
    return true;
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
      language::DatumList links;
      links.reserve(path_.size());
      for (const LinkRef link : path_) links.push_back(Datum::Relationship(link));
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
  std::vector<LinkRef> path_;
  std::vector<Level> levels_;
};

class VariableExpandOperator final : public Operator {
 public:
  VariableExpandOperator(OperatorPtr input, VariableExpand expand)
      : Operator(std::move(input)), expand_(std::move(expand)) {}
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
