// Upstream: the part of a View from which failure can reach some records, taken once into small
// arrays, for questions that follow many failures through it (query/lanes.h).
//
// Records are numbered so that givers come before takers wherever there is no cycle.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "kosei/model/schema.h"
#include "kosei/query/budget.h"
#include "kosei/query/gate.h"
#include "kosei/storage/graph.h"

namespace kosei::query {

using Place = std::uint32_t;  // number of a record within an Upstream
inline constexpr Place kNowhere = UINT32_MAX;

// Over which failure goes by itself, without a gate.
struct UpstreamLink {
  Place other = kNowhere;
  std::uint8_t of_degraded = 0;  // model::State that arrives
  std::uint8_t of_failed = 0;
  storage::TypeIndex via = 0;
};

struct UpstreamGate {
  Place place = kNowhere;
  const Gate* gate = nullptr;  // of the GateBook
  std::vector<Place> members;  // as gate->members
};

// Immutable once made; the GateBook must outlive it.
class Upstream {
 public:
  // Of all `targets`, which are below the graph's limit. kMemoryBudget, kDeadlineExceeded,
  // kRowBudget (steps), kCancelled: there is no answer from half of it. The errors of reading
  // gates.
  static absl::StatusOr<Upstream> Of(const storage::GraphView& graph, const model::Schema& schema,
                                     GateBook& gates, std::span<const storage::NodeIndex> targets,
                                     const Budget& budget);

  Place size() const { return static_cast<Place>(nodes_.size()); }
  storage::NodeIndex NodeAt(Place place) const { return nodes_[place]; }
  RecordId RecordAt(Place place) const { return storage::RecordOf(nodes_[place]); }
  Place PlaceOf(storage::NodeIndex node) const {
    const auto found = places_.find(node);
    return found == places_.end() ? kNowhere : found->second;
  }
  std::span<const UpstreamLink> Givers(Place place) const { return Slice(givers_, place); }
  std::span<const UpstreamLink> Takers(Place place) const { return Slice(takers_, place); }
  const std::vector<UpstreamGate>& gates() const { return gates_; }
  // Position in gates(), or kNowhere.
  std::uint32_t GateOf(Place place) const { return gate_of_.empty() ? kNowhere : gate_of_[place]; }
  // Positions in gates() of those that it is a member of, each once.
  std::span<const std::uint32_t> GatesFedBy(Place place) const {
    if (fed_.begins.empty()) return {};
    return Slice(fed_, place);
  }
  // Whether a gate stands between it and some record of this Upstream.
  bool BehindGate(Place place) const { return !behind_gate_.empty() && behind_gate_[place]; }
  // Links from each record to `target`, with or without gates; kNowhere: it does not get there.
  std::vector<std::uint32_t> DistancesTo(Place target) const;
  std::uint64_t bytes() const { return bytes_; }

  // Calls visit(giver) for each link over which `place` can be hit, those of its gate included.
  template <typename Visit>
  void ForEachGiverOf(Place place, Visit&& visit) const {
    for (const UpstreamLink& link : Givers(place)) visit(link.other);
    const std::uint32_t gate = GateOf(place);
    if (gate == kNowhere) return;
    for (const Place member : gates_[gate].members) visit(member);
  }

 private:
  friend class UpstreamBuilder;
  template <typename T>
  struct Rows {
    std::vector<std::uint32_t> begins;  // by place, and the end
    std::vector<T> entries;
  };
  template <typename T>
  static std::span<const T> Slice(const Rows<T>& rows, Place place) {
    return {rows.entries.data() + rows.begins[place],
            rows.entries.data() + rows.begins[place + std::size_t{1}]};
  }

  std::vector<storage::NodeIndex> nodes_;
  absl::flat_hash_map<storage::NodeIndex, Place> places_;
  Rows<UpstreamLink> givers_;
  Rows<UpstreamLink> takers_;
  std::vector<UpstreamGate> gates_;
  std::vector<std::uint32_t> gate_of_;  // empty without gates, as the next two
  Rows<std::uint32_t> fed_;
  std::vector<bool> behind_gate_;
  std::uint64_t bytes_ = 0;
};

}  // namespace kosei::query
