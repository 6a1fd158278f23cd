// The one place that says which neighbours a walk along failure goes to, link by link. (A walk over
// all that is hit has a loop of its own, breadth_first.cc.)
#pragma once

#include <cstdint>
#include <utility>

#include "causal_links.h"
#include "kosei/storage/graph.h"

namespace kosei::query {

// Calls visit(neighbour, type, whether `node` is the link's source) for each link of `node` that is
// followed.
template <typename Visit>
void ForEachFollowed(const storage::GraphView& graph, const CausalLinks& links,
                     storage::NodeIndex node, Visit&& visit) {
  const auto follow = [&](storage::LinkDirection link, const CausalLinks::Table& table,
                          std::uint16_t bits) {
    if (bits == 0) return;
    graph.ForEachOf(link, node, bits, [&](storage::NodeIndex neighbour, storage::TypeIndex type) {
      if (table[type] == 0) return;
      if (table[type] == CausalLinks::kByClass &&
          !links.FollowsByClass(link, type, graph.ClassOf(node), graph.ClassOf(neighbour)))
        return;
      visit(neighbour, type, link == storage::LinkDirection::kOut);
    });
  };
  follow(storage::LinkDirection::kOut, links.out, links.out_bits);
  follow(storage::LinkDirection::kIn, links.in, links.in_bits);
}

}  // namespace kosei::query
