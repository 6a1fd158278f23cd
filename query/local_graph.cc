#include "local_graph.h"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

#include "followed_links.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

using storage::NodeIndex;

// Which nodes are chosen, and the place of each: a bit a node, and for each word of bits how many
// are set before it.
class ChosenNodes {
 public:
  ChosenNodes(std::span<const NodeIndex> nodes, NodeIndex node_limit)
      : words_((std::size_t{node_limit} >> 6) + 1), ranks_(words_.size()) {
    for (const NodeIndex node : nodes) words_[node >> 6] |= BitOf(node);
    std::uint32_t rank = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      ranks_[i] = rank;
      rank += static_cast<std::uint32_t>(std::popcount(words_[i]));
    }
  }
  // kNoLocal when it is not chosen.
  LocalIndex PlaceOf(NodeIndex node) const {
    const std::uint64_t word = words_[node >> 6];
    if ((word & BitOf(node)) == 0) return kNoLocal;
    return ranks_[node >> 6] + static_cast<std::uint32_t>(std::popcount(word & (BitOf(node) - 1)));
  }

 private:
  static std::uint64_t BitOf(NodeIndex node) { return std::uint64_t{1} << (node & 63); }

  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> ranks_;
};

}  // namespace

absl::StatusOr<LocalGraph> LocalGraph::Make(const storage::GraphView& graph, const CausalLinks& up,
                                            std::vector<NodeIndex> nodes, StepMeter& meter) {
  LocalGraph local;
  local.nodes_ = std::move(nodes);
  local.need_ends_.reserve(local.nodes_.size());
  const ChosenNodes chosen(local.nodes_, graph.node_limit());
  for (const NodeIndex node : local.nodes_) {
    const std::size_t begin = local.needs_.size();
    std::uint64_t looked_at = 0;
    ForEachFollowed(graph, up, node,
                    [&](NodeIndex neighbour, storage::TypeIndex type, bool is_source) {
                      ++looked_at;
                      const LocalIndex place = chosen.PlaceOf(neighbour);
                      if (place == kNoLocal || neighbour == node) return;
                      local.needs_.push_back({place, type, is_source});
                    });
    const auto first = local.needs_.begin() + static_cast<std::ptrdiff_t>(begin);
    std::sort(first, local.needs_.end(), [](const Need& a, const Need& b) {
      return std::tuple(a.from, !a.inverse, a.type) < std::tuple(b.from, !b.inverse, b.type);
    });
    local.needs_.erase(std::unique(first, local.needs_.end(),
                                   [](const Need& a, const Need& b) { return a.from == b.from; }),
                       local.needs_.end());
    local.need_ends_.push_back(static_cast<std::uint32_t>(local.needs_.size()));
    KOSEI_RETURN_IF_ERROR(meter.Count(looked_at));
    KOSEI_RETURN_IF_ERROR(meter.CheckMemory(local.Bytes()));
  }
  return local;
}

LocalIndex LocalGraph::IndexOf(NodeIndex node) const {
  return static_cast<LocalIndex>(std::lower_bound(nodes_.begin(), nodes_.end(), node) -
                                 nodes_.begin());
}

LinkStep LocalGraph::StepBetween(LocalIndex from, LocalIndex to) const {
  const std::span<const Need> needs = NeedsOf(to);
  const auto need = std::lower_bound(needs.begin(), needs.end(), from,
                                     [](const Need& a, LocalIndex b) { return a.from < b; });
  return {storage::RecordOf(nodes_[from]), RelationshipTypeNumber{need->type},
          storage::RecordOf(nodes_[to]), need->inverse};
}

std::uint64_t LocalGraph::Bytes() const {
  return nodes_.capacity() * sizeof(NodeIndex) + need_ends_.capacity() * sizeof(std::uint32_t) +
         needs_.capacity() * sizeof(Need);
}

}  // namespace kosei::query
