#include "kosei/query/need.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/gate.h"
#include "lanes.h"
#include "point_search.h"
#include "upstream.h"

namespace kosei::query {
namespace {

using model::GateKind;
using model::State;

constexpr std::size_t kRootsTogether = 64;

// The part of a gate that has the member, with what it asks for. Parts of a primary are not looked
// into: one of them has to do the work.
void Describe(const Gate& gate, storage::NodeIndex member, storage::TypeIndex via, Need& need) {
  std::vector<std::uint32_t> above(gate.groups.size(), 0);
  for (std::uint32_t i = 0; i < gate.groups.size(); ++i) {
    for (const std::uint32_t below : gate.groups[i].groups) above[below] = i;
  }
  for (std::uint32_t i = 0; i < gate.groups.size(); ++i) {
    bool has = false;
    double there = static_cast<double>(gate.groups[i].groups.size());
    for (const std::uint32_t position : gate.groups[i].members) {
      const GateMember& each = gate.members[position];
      has = has || (each.node == member && each.via == via);
      if (each.in_service) there += gate.groups[i].kind == GateKind::kCapacity ? each.amount : 1;
    }
    if (!has) continue;
    const GateGroup& over = gate.groups[above[i]];
    if (i != 0 && over.kind == GateKind::kPrimary) {
      need.kind = GateKind::kPrimary;
      need.there = static_cast<double>(over.groups.size());
      need.needed = 1;
      return;
    }
    need.kind = gate.groups[i].kind;
    need.there = there;
    need.needed = need.kind == GateKind::kWeighted ? 0 : gate.groups[i].asked;
    return;
  }
}

class NeedSearch {
 public:
  NeedSearch(const ImpactAnswer& answer, const Upstream& upstream, Lanes& lanes)
      : answer_(answer), upstream_(upstream), lanes_(lanes), needs_(answer.nodes.size()) {}

  absl::StatusOr<std::vector<Need>> Run() {
    std::vector<Place> roots;
    for (std::uint64_t i = 0; i < answer_.root_count(); ++i)
      roots.push_back(upstream_.PlaceOf(answer_.nodes[i]));
    std::vector<State> alone(upstream_.size(), State::kUp);
    std::vector<Place> candidates;
    for (std::uint64_t i = answer_.root_count(); i < answer_.nodes.size(); ++i)
      candidates.push_back(upstream_.PlaceOf(answer_.nodes[i]));
    const std::span<const Place> all(roots);
    for (std::size_t at = 0; at < all.size() && !candidates.empty(); at += kRootsTogether) {
      KOSEI_ASSIGN_OR_RETURN(
          const auto hits,
          FindPoints(upstream_, lanes_, all.subspan(at, std::min(kRootsTogether, all.size() - at)),
                     candidates));
      for (const std::vector<PointHit>& of_root : hits) {
        for (const PointHit& hit : of_root)
          alone[hit.place] = std::max(alone[hit.place], hit.outcome);
      }
    }
    for (std::size_t i = 0; i < candidates.size(); ++i)
      needs_[answer_.root_count() + i].alone = alone[candidates[i]];
    KOSEI_RETURN_IF_ERROR(FindGates(candidates));
    return std::move(needs_);
  }

 private:
  // One run tells for each record which of the gated ones on its way are hit when it fails.
  absl::Status FindGates(std::span<const Place> candidates) {
    if (upstream_.gates().empty()) return absl::OkStatus();
    return FollowEach(lanes_, candidates, [&](std::size_t first, std::size_t count) {
      for (std::size_t lane = 0; lane < count; ++lane)
        FindGate(answer_.root_count() + first + lane, lane);
      return absl::OkStatus();
    });
  }

  void FindGate(std::uint64_t row, std::size_t lane) {
    Need& need = needs_[row];
    for (std::uint64_t at = row; at >= answer_.root_count(); at = answer_.parents[at]) {
      const storage::NodeIndex taker = answer_.nodes[answer_.parents[at]];
      const Place place = upstream_.PlaceOf(taker);
      const std::uint32_t position = upstream_.GateOf(place);
      if (position == kNowhere) continue;
      const Gate& gate = *upstream_.gates()[position].gate;
      if (!gate.Holds(answer_.nodes[at], answer_.vias[at])) continue;
      const bool bears = lanes_.StateOf(lane, place) == State::kUp;
      if (need.gated != RecordId{} && !bears) continue;
      need.gated = storage::RecordOf(taker);
      Describe(gate, answer_.nodes[at], answer_.vias[at], need);
      if (bears) return;
    }
  }

  const ImpactAnswer& answer_;
  const Upstream& upstream_;
  Lanes& lanes_;
  std::vector<Need> needs_;
};

}  // namespace

absl::StatusOr<std::vector<Need>> NeedsOf(const storage::Reader& reader, const ImpactAnswer& answer,
                                          const Budget& budget) {
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(answer.view));
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(answer.view));
  GateBook gates(reader, graph, *schema);
  const std::span<const storage::NodeIndex> roots(answer.nodes.data(), answer.root_count());
  KOSEI_ASSIGN_OR_RETURN(const Upstream upstream,
                         Upstream::Of(graph, *schema, gates, roots, budget));
  Lanes lanes(upstream, budget);
  return NeedSearch(answer, upstream, lanes).Run();
}

}  // namespace kosei::query
