#include "upstream.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_format.h"
#include "effects.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {

using storage::NodeIndex;
using storage::TypeIndex;

// A depth-first search against failure. A record gets its place when all that it needs has one, so
// that places go the way failure travels.
class UpstreamBuilder {
 public:
  UpstreamBuilder(const storage::GraphView& graph, const model::Schema& schema, GateBook& gates,
                  const Budget& budget)
      : graph_(graph), schema_(schema), gates_(gates), budget_(budget) {}

  absl::StatusOr<Upstream> Run(std::span<const NodeIndex> targets) {
    for (const NodeIndex target : targets) {
      if (visits_.contains(target)) continue;
      KOSEI_RETURN_IF_ERROR(Visit(target));
      KOSEI_RETURN_IF_ERROR(Search());
    }
    out_.nodes_.resize(seen_.size());
    for (const Seen& seen : seen_) out_.nodes_[seen.place] = seen.node;
    for (auto& [node, visit] : visits_) visit = seen_[visit].place;
    out_.places_ = std::move(visits_);
    AddLinks();
    AddGates();
    CountBytes();
    KOSEI_RETURN_IF_ERROR(budget_.CheckMemory(out_.bytes() + gates_.bytes()));
    return std::move(out_);
  }

 private:
  struct Feeder {
    NodeIndex giver;
    std::uint8_t of_degraded, of_failed;
    TypeIndex via;
    bool by_gate;
  };
  struct Seen {
    NodeIndex node;
    Place place = kNowhere;
    std::size_t begin = 0, end = 0;  // in feeders_
    const Gate* gate = nullptr;
  };
  struct Frame {
    std::uint32_t visit;
    std::size_t next;
  };

  absl::Status Visit(NodeIndex node) {
    const auto visit = static_cast<std::uint32_t>(seen_.size());
    visits_.emplace(node, visit);
    Seen seen{.node = node, .begin = feeders_.size()};
    if (gates_.MayHave(node)) {
      KOSEI_ASSIGN_OR_RETURN(seen.gate, gates_.Of(node));
    }
    ForEachGiver(graph_, schema_, node,
                 [&](NodeIndex giver, TypeIndex type, const model::ImpactRule& rule) {
                   feeders_.push_back({giver, static_cast<std::uint8_t>(rule.effect[1]),
                                       static_cast<std::uint8_t>(rule.effect[2]), type,
                                       seen.gate != nullptr && seen.gate->Holds(giver, type)});
                 });
    seen.end = feeders_.size();
    frames_.push_back({visit, seen.begin});
    seen_.push_back(seen);
    return feeders_.size() + seen_.size() < next_check_ ? absl::OkStatus() : CheckBudget();
  }

  absl::Status CheckBudget() {
    next_check_ = feeders_.size() + seen_.size() + kStepsPerCheck;
    if (feeders_.size() > budget_.limits().steps) {
      return MakeError(
          ErrorCode::kRowBudget,
          absl::StrFormat("upstream: the limit of %d links was reached before all that "
                          "a record needs was found; allow more steps",
                          budget_.limits().steps));
    }
    KOSEI_RETURN_IF_ERROR(budget_.CheckMemory(feeders_.size() * sizeof(Feeder) +
                                              seen_.size() * (sizeof(Seen) + 16) + gates_.bytes()));
    return budget_.Check();
  }

  absl::Status Search() {
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      if (frame.next == seen_[frame.visit].end) {
        seen_[frame.visit].place = places_++;
        frames_.pop_back();
        continue;
      }
      const NodeIndex giver = feeders_[frame.next++].giver;
      if (!visits_.contains(giver)) KOSEI_RETURN_IF_ERROR(Visit(giver));
    }
    return absl::OkStatus();
  }

  void AddLinks() {
    std::vector<const Seen*> by_place(seen_.size());
    for (const Seen& seen : seen_) by_place[seen.place] = &seen;
    const std::size_t size = by_place.size();
    auto& givers = out_.givers_;
    auto& takers = out_.takers_;
    givers.begins.assign(size + 1, 0);
    takers.begins.assign(size + 1, 0);
    for (Place place = 0; place < size; ++place) {
      for (std::size_t i = by_place[place]->begin; i < by_place[place]->end; ++i) {
        const Feeder& feeder = feeders_[i];
        if (feeder.by_gate) continue;
        const Place giver = out_.places_.find(feeder.giver)->second;
        givers.entries.push_back({giver, feeder.of_degraded, feeder.of_failed, feeder.via});
        ++takers.begins[giver + std::size_t{1}];
      }
      givers.begins[place + std::size_t{1}] = static_cast<std::uint32_t>(givers.entries.size());
    }
    for (std::size_t i = 0; i < size; ++i) takers.begins[i + 1] += takers.begins[i];
    takers.entries.resize(givers.entries.size());
    std::vector<std::uint32_t> next(takers.begins.begin(), takers.begins.end() - 1);
    for (Place place = 0; place < size; ++place) {
      for (const UpstreamLink& link : out_.Givers(place)) {
        UpstreamLink back = link;
        back.other = place;
        takers.entries[next[link.other]++] = back;
      }
    }
  }

  void AddGates() {
    std::vector<const Gate*> by_place(seen_.size(), nullptr);
    bool any = false;
    for (const Seen& seen : seen_) {
      by_place[seen.place] = seen.gate;
      any = any || seen.gate != nullptr;
    }
    if (!any) return;
    const std::size_t size = by_place.size();
    out_.gate_of_.assign(size, kNowhere);
    std::vector<std::pair<Place, std::uint32_t>> fed;
    for (Place place = 0; place < size; ++place) {
      if (by_place[place] == nullptr) continue;
      const auto position = static_cast<std::uint32_t>(out_.gates_.size());
      UpstreamGate gate{place, by_place[place], {}};
      for (const GateMember& member : gate.gate->members) {
        gate.members.push_back(out_.PlaceOf(member.node));
        fed.emplace_back(gate.members.back(), position);
      }
      out_.gate_of_[place] = position;
      out_.gates_.push_back(std::move(gate));
    }
    std::sort(fed.begin(), fed.end());
    fed.erase(std::unique(fed.begin(), fed.end()), fed.end());
    out_.fed_.begins.assign(size + 1, 0);
    for (const auto& [member, gate] : fed) {
      ++out_.fed_.begins[member + std::size_t{1}];
      out_.fed_.entries.push_back(gate);
    }
    for (std::size_t i = 0; i < size; ++i) out_.fed_.begins[i + 1] += out_.fed_.begins[i];
    MarkBehindGates();
  }

  void CountBytes() {
    const std::uint64_t links = out_.givers_.entries.size() + out_.takers_.entries.size();
    std::uint64_t members = 0;
    for (const UpstreamGate& gate : out_.gates_) members += gate.members.size();
    out_.bytes_ = out_.nodes_.size() * 40 + links * sizeof(UpstreamLink) +
                  out_.gates_.size() * sizeof(UpstreamGate) + members * 8;
  }

  void MarkBehindGates() {
    out_.behind_gate_.assign(out_.nodes_.size(), false);
    std::vector<Place> marked;
    const auto mark = [&](Place place) {
      if (out_.behind_gate_[place]) return;
      out_.behind_gate_[place] = true;
      marked.push_back(place);
    };
    for (const UpstreamGate& gate : out_.gates_) {
      for (const Place member : gate.members) mark(member);
    }
    while (!marked.empty()) {
      const Place place = marked.back();
      marked.pop_back();
      out_.ForEachGiverOf(place, mark);
    }
  }

  const storage::GraphView& graph_;
  const model::Schema& schema_;
  GateBook& gates_;
  const Budget& budget_;
  absl::flat_hash_map<NodeIndex, Place> visits_;  // position in seen_
  std::vector<Seen> seen_;
  std::vector<Feeder> feeders_;
  std::vector<Frame> frames_;
  Place places_ = 0;
  std::uint64_t next_check_ = kStepsPerCheck;
  Upstream out_;
};

absl::StatusOr<Upstream> Upstream::Of(const storage::GraphView& graph, const model::Schema& schema,
                                      GateBook& gates, std::span<const NodeIndex> targets,
                                      const Budget& budget) {
  UpstreamBuilder builder(graph, schema, gates, budget);
  return builder.Run(targets);
}

std::vector<std::uint32_t> Upstream::DistancesTo(Place target) const {
  std::vector<std::uint32_t> distances(size(), kNowhere);
  std::vector<Place> queue = {target};
  distances[target] = 0;
  for (std::size_t at = 0; at < queue.size(); ++at) {
    const std::uint32_t next = distances[queue[at]] + 1;
    ForEachGiverOf(queue[at], [&](Place giver) {
      if (distances[giver] != kNowhere) return;
      distances[giver] = next;
      queue.push_back(giver);
    });
  }
  return distances;
}

}  // namespace kosei::query
