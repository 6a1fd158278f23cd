#include "engine/quantified_expand.h"

#include <algorithm>
#include <utility>

#include "engine/expand.h"
#include "engine/trail_stack.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using language::LinkRef;
using storage::NodeIndex;

class QuantifiedExpandPipe final : public Pipe {
 public:
  QuantifiedExpandPipe(const QuantifiedExpand& expand, Run& run, Pipe& next)
      : expand_(expand),
        run_(run),
        next_(next),
        trail_(expand.links.size()),
        end_(*this),
        once_(expand.once.get(), run, end_) {}

  bool Push(Datum* row) override {
    const Datum& from = row[expand_.from];
    if (from.kind() != DatumKind::kNode) return !run_.failed();
    if (expand_.to_bound && row[expand_.to].kind() != DatumKind::kNode) return true;
    begin_ = storage::NodeOf(from.node().record);
    if (begin_ >= graph().node_limit()) return true;
    if (expand_.to_bound) wanted_ = storage::NodeOf(row[expand_.to].node().record);
    return Walk(row) && !run_.failed();
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  // Takes what one time through the part gives.
  class End final : public Pipe {
   public:
    explicit End(QuantifiedExpandPipe& owner) : owner_(owner) {}
    bool Push(Datum* row) override { return owner_.AddWay(row); }
    bool Finish(Datum*) override { return true; }

   private:
    QuantifiedExpandPipe& owner_;
  };

  const storage::GraphView& graph() const { return run_.moment(expand_.moment).graph; }

  bool Walk(Datum* row) {
    trail_.Begin();
    if (expand_.times.least == 0 && !Give(begin_, row)) return false;
    Deeper(begin_, row);
    while (!trail_.done()) {
      if (!run_.Step() || run_.failed()) return false;
      if (!trail_.Advance()) continue;
      const NodeIndex end = trail_.path().back().to;
      if (trail_.length() >= expand_.times.least && !Give(end, row)) return false;
      Deeper(end, row);
    }
    return true;
  }

  void Deeper(NodeIndex node, Datum* row) {
    if (expand_.times.most.has_value() && trail_.length() >= *expand_.times.most) return;
    const std::uint32_t first = expand_.reversed ? expand_.nodes.back() : expand_.nodes.front();
    row[first] = Datum::Node({storage::RecordOf(node), expand_.moment});
    trail_.OpenLevel();
    once_.Push(row);
    if (!run_.failed()) once_.Finish(row);
    trail_.CloseLevel(run_);
  }

  bool AddWay(Datum* row) {
    if (!run_.Step()) return false;
    for (const std::uint32_t slot : expand_.links) {
      if (IsUsed(row, expand_.distinct_from, row[slot].relationship())) return true;
    }
    const std::size_t count = expand_.links.size();
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t link = expand_.reversed ? count - 1 - i : i;
      const std::size_t to = expand_.reversed ? link : link + 1;
      trail_.Add({row[expand_.links[link]].relationship(),
                  storage::NodeOf(row[expand_.nodes[to]].node().record)});
    }
    return true;
  }

  bool Give(NodeIndex node, Datum* row) {
    if (expand_.to_bound && node != wanted_) return true;
    if (expand_.to_classes.has_value() && !expand_.to_classes->Has(graph().ClassOf(node)))
      return true;
    if (!run_.Work((expand_.groups.size() + 1) * trail_.path().size())) return false;
    nodes_.assign(1, begin_);
    links_.clear();
    for (const TrailStack::Hop& hop : trail_.path()) {
      nodes_.push_back(hop.to);
      links_.push_back(hop.link);
    }
    if (expand_.reversed) {
      std::reverse(nodes_.begin(), nodes_.end());
      std::reverse(links_.begin(), links_.end());
    }
    for (const GroupVariable& group : expand_.groups) row[group.slot] = ListOf(group);
    language::DatumList all;
    all.reserve(links_.size());
    for (const LinkRef link : links_) all.push_back(Datum::Relationship(link));
    row[expand_.all_links] = Datum::List(std::move(all));
    if (!expand_.to_bound) row[expand_.to] = Datum::Node({storage::RecordOf(node), expand_.moment});
    return next_.Push(row);
  }

  Datum ListOf(const GroupVariable& group) const {
    language::DatumList values;
    values.reserve(trail_.length());
    for (std::size_t time = 0; time < trail_.length(); ++time) {
      const std::size_t at = time * expand_.links.size() + group.position;
      values.push_back(group.is_link
                           ? Datum::Relationship(links_[at])
                           : Datum::Node({storage::RecordOf(nodes_[at]), expand_.moment}));
    }
    return Datum::List(std::move(values));
  }

  const QuantifiedExpand& expand_;
  Run& run_;
  Pipe& next_;
  NodeIndex begin_ = 0;
  NodeIndex wanted_ = 0;
  TrailStack trail_;
  // The path that is given, as written.
  std::vector<NodeIndex> nodes_;
  std::vector<LinkRef> links_;
  End end_;
  Pipeline once_;
};

class QuantifiedExpandOperator final : public Operator {
 public:
  QuantifiedExpandOperator(OperatorPtr input, QuantifiedExpand expand)
      : Operator(std::move(input)), expand_(std::move(expand)) {
    AddInner(expand_.once.get());
  }
  bool takes_parts() const override { return true; }
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<QuantifiedExpandPipe>(expand_, run, next);
  }
  std::string_view name() const override { return "QuantifiedExpand"; }
  std::string details() const override { return expand_.text; }
  std::vector<const Operator*> inner() const override { return {expand_.once.get()}; }

 private:
  const QuantifiedExpand expand_;
};

}  // namespace

OperatorPtr MakeQuantifiedExpand(OperatorPtr input, QuantifiedExpand expand) {
  return std::make_unique<QuantifiedExpandOperator>(std::move(input), std::move(expand));
}

}  // namespace kosei::query
