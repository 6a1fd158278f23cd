// The plain way: compressed sparse rows of the links that carry failure, and a breadth-first search
// with a 32-bit mark a node.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "estate_store.h"
#include "kosei/storage/graph.h"

namespace kosei::bench {

// Compressed sparse rows: of each node the nodes that its edges lead to.
struct PlainRows {
  using Edges = std::vector<std::pair<storage::NodeIndex, storage::NodeIndex>>;
  void Fill(const Edges& edges, std::size_t node_count) {
    offsets.assign(node_count + 2, 0);
    for (const auto& [from, to] : edges) ++offsets[from + 1U];
    for (std::size_t i = 1; i < offsets.size(); ++i) offsets[i] += offsets[i - 1];
    nodes.resize(edges.size());
    std::vector<std::uint64_t> next(offsets.begin(), offsets.end() - 1);
    for (const auto& [from, to] : edges) nodes[next[from]++] = to;
  }
  std::vector<std::uint64_t> offsets;
  std::vector<storage::NodeIndex> nodes;
};

// Only the links that carry failure, in the direction in which it travels.
struct PlainGraph : PlainRows {
  explicit PlainGraph(EstateStore& store) {
    storage::Reader& reader = store.reader();
    const auto schema = reader.schema();
    Edges edges;
    for (std::uint32_t i = 0; i < store.item_count(); ++i) {
      for (const storage::PutLink& link : store.LinksOf(i)) {
        const storage::NodeIndex source = storage::NodeOf(*reader.IdOf(link.source));
        const storage::NodeIndex target = storage::NodeOf(*reader.IdOf(link.target));
        const auto impact = schema->FindRelationshipType(link.type)->definition.impact;
        if (impact == model::ImpactDirection::kTargetToSource) edges.emplace_back(target, source);
        if (impact == model::ImpactDirection::kSourceToTarget) edges.emplace_back(source, target);
      }
    }
    Fill(edges, store.item_count());
    marks.assign(offsets.size(), 0);
  }

  std::size_t Reach(storage::NodeIndex root) {
    ++mark;
    queue.clear();
    queue.push_back(root);
    marks[root] = mark;
    for (std::size_t at = 0; at < queue.size(); ++at) {
      const storage::NodeIndex node = queue[at];
      for (std::uint64_t i = offsets[node]; i < offsets[node + 1]; ++i) {
        if (marks[nodes[i]] == mark) continue;
        marks[nodes[i]] = mark;
        queue.push_back(nodes[i]);
      }
    }
    return queue.size() - 1;
  }

  // Those with the most dependents.
  std::vector<storage::NodeIndex> Hottest(std::size_t count) const {
    std::vector<std::pair<std::uint64_t, storage::NodeIndex>> degrees;
    for (storage::NodeIndex node = 1; node + 1 < offsets.size(); ++node)
      degrees.emplace_back(offsets[node + 1] - offsets[node], node);
    std::sort(degrees.rbegin(), degrees.rend());
    std::vector<storage::NodeIndex> roots;
    for (std::size_t i = 0; i < count; ++i) roots.push_back(degrees[i].second);
    return roots;
  }

  std::vector<std::uint32_t> marks;
  std::vector<storage::NodeIndex> queue;
  std::uint32_t mark = 0;
};

inline std::vector<storage::NodeIndex> RandomNodes(const EstateStore& store, std::size_t count) {
  Sequence sequence;
  std::vector<storage::NodeIndex> roots;
  for (std::size_t i = 0; i < count; ++i) roots.push_back(sequence.Below(store.item_count()) + 1);
  return roots;
}

}  // namespace kosei::bench
