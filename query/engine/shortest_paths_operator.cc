#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/expand.h"
#include "engine/link_walk.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using language::LinkRef;
using storage::NodeIndex;

constexpr std::int64_t kBytesPerReached = 80;
constexpr std::int64_t kBytesPerWay = 24;

// Breadth first from one end, by levels, until the other end is met; then back along every link by
// which a record was first reached.
class ShortestPathsPipe final : public Pipe {
 public:
  ShortestPathsPipe(const VariableExpand& expand, bool all, Run& run, Pipe& next)
      : expand_(expand), step_(expand.step), all_(all), run_(run), next_(next) {}

  bool Push(Datum* row) override {
    const Datum& from = row[step_.from];
    const Datum& to = row[step_.to];
    if (from.kind() != DatumKind::kNode || to.kind() != DatumKind::kNode) return !run_.failed();
    const auto begin = static_cast<NodeIndex>(from.node().record.value);
    const auto end = static_cast<NodeIndex>(to.node().record.value);
    if (begin >= graph().node_limit() || end >= graph().node_limit()) return true;
    if (begin == end) return expand_.hops.least > 0 || Give({}, row);
    const bool met = Search(begin, end, row);
    bool more = !run_.failed();
    if (met && more && Long(reached_.find(end)->second.distance)) more = GiveBack(begin, end, row);
    run_.Charge(-charged_);
    charged_ = 0;
    reached_.clear();
    return more;
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  struct Reached {
    std::uint32_t distance = 0;
    std::vector<std::pair<LinkRef, NodeIndex>> from;
  };

  const storage::GraphView& graph() const { return run_.moment(step_.moment).graph; }
  bool Long(std::uint32_t distance) const { return distance >= expand_.hops.least; }

  bool Search(NodeIndex begin, NodeIndex end, Datum* row) {
    reached_[begin];
    std::vector<NodeIndex> level = {begin};
    for (std::uint32_t distance = 1; !level.empty(); ++distance) {
      if (expand_.hops.most.has_value() && distance > *expand_.hops.most) return false;
      std::vector<NodeIndex> following;
      for (const NodeIndex node : level) {
        ForEachLink(run_.moment(step_.moment), step_, node, [&](LinkRef link, NodeIndex other) {
          if (!run_.Step()) return false;
          if (!Holds(link, row)) return !run_.failed();
          const auto [known, fresh] = reached_.try_emplace(other);
          if (fresh) {
            known->second.distance = distance;
            following.push_back(other);
            charged_ += kBytesPerReached;
            if (!run_.Charge(kBytesPerReached)) return false;
          }
          if (known->second.distance == distance && (all_ || known->second.from.empty())) {
            known->second.from.emplace_back(link, node);
            charged_ += kBytesPerWay;
            return run_.Charge(kBytesPerWay);
          }
          return true;
        });
        if (run_.failed()) return false;
      }
      if (reached_.contains(end)) return true;
      level = std::move(following);
    }
    return false;
  }

  bool Holds(LinkRef link, Datum* row) {
    if (expand_.condition == nullptr) return true;
    row[expand_.condition_slot] = Datum::Relationship(link);
    return expand_.condition->Evaluate(row, run_).is_true();
  }

  // Every way from `end` back to `begin`, depth first; each is as long as the distance.
  bool GiveBack(NodeIndex begin, NodeIndex end, Datum* row) {
    struct Place {
      NodeIndex node;
      std::size_t next = 0;
    };
    std::vector<Place> places = {{end}};
    language::DatumList links;
    while (!places.empty()) {
      if (!run_.Step()) return false;
      Place& place = places.back();
      if (place.node == begin) {
        if (!Give(links, row)) return false;
        places.pop_back();
        if (!links.empty()) links.pop_back();
        continue;
      }
      const Reached& reached = reached_.find(place.node)->second;
      if (place.next == reached.from.size()) {
        places.pop_back();
        if (!links.empty()) links.pop_back();
        continue;
      }
      const auto& [link, node] = reached.from[place.next++];
      links.push_back(Datum::Relationship(link));
      places.push_back({node});
    }
    return true;
  }

  // `links` from the end to the beginning.
  bool Give(language::DatumList links, Datum* row) {
    if (!run_.Work(links.size())) return false;
    if (step_.link.has_value()) {
      if (!expand_.reversed) std::reverse(links.begin(), links.end());
      row[*step_.link] = Datum::List(std::move(links));
    }
    return next_.Push(row);
  }

  const VariableExpand& expand_;
  const ExpandStep& step_;
  const bool all_;
  Run& run_;
  Pipe& next_;
  absl::flat_hash_map<NodeIndex, Reached> reached_;
  std::int64_t charged_ = 0;
};

class ShortestPathsOperator final : public Operator {
 public:
  ShortestPathsOperator(OperatorPtr input, VariableExpand expand, bool all)
      : Operator(std::move(input)), expand_(std::move(expand)), all_(all) {}
  bool takes_parts() const override { return true; }
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<ShortestPathsPipe>(expand_, all_, run, next);
  }
  std::string_view name() const override { return all_ ? "AllShortestPaths" : "ShortestPath"; }
  std::string details() const override { return expand_.step.text; }

 private:
  const VariableExpand expand_;
  const bool all_;
};

}  // namespace

OperatorPtr MakeShortestPaths(OperatorPtr input, VariableExpand expand, bool all) {
  return std::make_unique<ShortestPathsOperator>(std::move(input), std::move(expand), all);
}

}  // namespace kosei::query
