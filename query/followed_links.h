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
  using storage::LinkDirection;
  graph.ForEachOf(LinkDirection::kOut, node, links.out_bits,
                  [&](storage::NodeIndex neighbour, storage::TypeIndex type) {
                    if (links.out[type] != 0) visit(neighbour, type, true);
                  });
  graph.ForEachOf(LinkDirection::kIn, node, links.in_bits,
                  [&](storage::NodeIndex neighbour, storage::TypeIndex type) {
                    if (links.in[type] != 0) visit(neighbour, type, false);
                  });
}

}  // namespace kosei::query
