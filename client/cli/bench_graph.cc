#include "bench_graph.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string_view>
#include <utility>

namespace kosei::cli {
namespace {

// Of each of the estate's types: how failure travels, as in client::ModelRelationshipType.
std::vector<std::uint8_t> ImpactOfTypes(const client::Model& model) {
  std::vector<std::uint8_t> impact;
  for (const std::string_view name : estate::RelationshipTypeNames()) {
    const auto known =
        std::ranges::find(model.relationship_types, name, &client::ModelRelationshipType::name);
    impact.push_back(known == model.relationship_types.end() ? std::uint8_t{0} : known->impact);
  }
  return impact;
}

}  // namespace

PlainGraph::PlainGraph(const estate::Estate& estate, const client::Model& model) {
  constexpr std::uint8_t kNone = 0;
  constexpr std::uint8_t kTargetToSource = 1;
  const std::vector<std::uint8_t> impact = ImpactOfTypes(model);
  const std::uint32_t count = estate.item_count();
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  std::vector<estate::Link> links;
  offsets_.assign(std::size_t{count} + 1, 0);
  visited_.assign(count, 0);
  for (std::uint32_t position = 0; position < count; ++position) {
    estate.LinksOf(position, links);
    link_count_ += links.size();
    for (const estate::Link& link : links) {
      const std::uint8_t travels = impact[link.type_index];
      if (travels == kNone) continue;
      const bool up = travels == kTargetToSource;
      const std::uint32_t from = up ? link.target : link.source;
      edges.emplace_back(from, up ? link.source : link.target);
      ++offsets_[from + 1];
    }
  }
  std::partial_sum(offsets_.begin(), offsets_.end(), offsets_.begin());
  std::vector<std::uint32_t> next = offsets_;
  targets_.resize(edges.size());
  for (const auto& [from, to] : edges) targets_[next[from]++] = to;
}

std::uint64_t PlainGraph::CountReached(std::uint32_t root, std::uint32_t depth) {
  ++search_;
  queue_.clear();
  queue_.push_back(root);
  visited_[root] = search_;
  std::size_t position = 0;
  depth_reached_ = 0;
  for (std::uint32_t level = 0; level < depth && position < queue_.size(); ++level) {
    depth_reached_ = level;
    const std::size_t level_end = queue_.size();
    for (; position < level_end; ++position) {
      const std::uint32_t item = queue_[position];
      const std::uint32_t end = offsets_[item + 1];
      for (std::uint32_t i = offsets_[item]; i < end; ++i) {
        const std::uint32_t next = targets_[i];
        if (visited_[next] == search_) continue;
        visited_[next] = search_;
        queue_.push_back(next);
      }
    }
  }
  return queue_.size() - 1;
}

std::vector<std::uint32_t> PlainGraph::Hottest(std::size_t count) const {
  std::vector<std::uint32_t> items(visited_.size());
  std::iota(items.begin(), items.end(), 0U);
  count = std::min(count, items.size());
  const auto hotter = [this](std::uint32_t a, std::uint32_t b) {
    const std::uint32_t of_a = offsets_[a + 1] - offsets_[a];
    const std::uint32_t of_b = offsets_[b + 1] - offsets_[b];
    return of_a != of_b ? of_a > of_b : a < b;
  };
  std::ranges::partial_sort(items, items.begin() + static_cast<std::ptrdiff_t>(count), hotter);
  items.resize(count);
  return items;
}

}  // namespace kosei::cli
