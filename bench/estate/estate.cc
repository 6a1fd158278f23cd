#include "kosei/estate/estate.h"

#include <algorithm>

#include "item_text.h"
#include "layers.h"

namespace kosei::estate {
namespace {

constexpr auto kClassNames = [] {
  std::array<std::string_view, kLayerCount> names;
  for (std::size_t i = 0; i < kLayerCount; ++i) names[i] = kLayers[i].class_name;
  return names;
}();

}  // namespace

std::span<const std::string_view> ClassNames() { return kClassNames; }
std::span<const std::string_view> AttributeNames() { return kAttributeNames; }
std::span<const std::string_view> RelationshipTypeNames() { return kRelationshipTypes; }

Estate::Estate(const Options& options) : seed_(options.seed) {
  static_assert(kLayersInAll == kLayerCount);
  const std::uint32_t items = std::max(options.items, kItemsMin);
  std::array<std::uint32_t, kLayerCount> counts{};
  std::uint32_t others = 0;
  for (std::size_t layer = 0; layer < kLayerCount; ++layer) {
    const LayerInfo& info = kLayers[layer];
    const std::uint64_t share = std::uint64_t{items} * info.per_million / 1'000'000;
    counts[layer] = std::max(static_cast<std::uint32_t>(share), info.count_min);
    if (layer != kApplicationInstance) others += counts[layer];
  }
  counts[kApplicationInstance] = items - others;
  for (std::size_t layer = 0; layer < kLayerCount; ++layer) {
    layer_begins_[layer + 1] = layer_begins_[layer] + counts[layer];
  }
}

std::size_t Estate::LayerOf(std::uint32_t position) const {
  const auto after = std::upper_bound(layer_begins_.begin(), layer_begins_.end(), position);
  return static_cast<std::size_t>(after - layer_begins_.begin()) - 1;
}

void Estate::AppendKey(std::uint32_t position, std::string& key) const {
  const std::size_t layer = LayerOf(position);
  key += kLayers[layer].key_prefix;
  key += ':';
  AppendDigits(position - layer_begins_[layer], 7, key);
}

void Estate::ItemAt(std::uint32_t position, Item& item) const {
  const std::size_t layer = LayerOf(position);
  item.class_index = static_cast<std::uint16_t>(layer);
  item.key.clear();
  AppendKey(position, item.key);
  item.attributes.clear();
  DescribeItem({.layer = static_cast<Layer>(layer),
                .index = position - layer_begins_[layer],
                .position = position,
                .seed = seed_},
               item);
}

}  // namespace kosei::estate
