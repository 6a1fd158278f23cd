// Estate: a made-up estate of any size in the shape of real ones, for measuring. Sites, racks and
// power at the bottom; switches, storage, servers, hypervisors, virtual machines; operating
// systems, middleware, databases, application instances; applications and services at the top.
//
// 4-5 links an item. Most go to something near (the rack's own feeds, the host's own middleware);
// some go to what everybody shares (name resolution, the message bus, core switches), and those are
// few and taken with a steep skew, so that a handful of items have tens of thousands of dependents
// while half of all have about ten or fewer. Shared services run on instances that need them in
// turn, so there are cycles.
//
// Everything about an item follows from the seed and its position: the same options always give the
// same estate, any item or its links can be had without the others, and nothing is kept in memory.
// Immutable; thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/base/value.h"

namespace kosei::estate {

// Names of the default model (model/default). An item says them by position in these.
std::span<const std::string_view> ClassNames();
std::span<const std::string_view> AttributeNames();
std::span<const std::string_view> RelationshipTypeNames();

struct Options {
  std::uint32_t items = 100'000;  // kItemsMin and up
  std::uint64_t seed = 1;
};

inline constexpr std::uint32_t kItemsMin = 500;

struct Item {
  std::uint16_t class_index = 0;
  std::string key;  // unique
  // By position in AttributeNames(), ascending; name and serial_number are unique. 200-300 bytes.
  std::vector<std::pair<std::uint16_t, Value>> attributes;
};

// Read "source type target"; items by position.
struct Link {
  std::uint32_t source = 0;
  std::uint16_t type_index = 0;
  std::uint32_t target = 0;
  friend bool operator==(const Link&, const Link&) = default;
};

class Estate {
 public:
  explicit Estate(const Options& options);

  std::uint32_t item_count() const { return layer_begins_.back(); }
  // Items by position, the lowest layers first. Overwrites `item`, keeping its memory.
  void ItemAt(std::uint32_t position, Item& item) const;
  // Appends the key of the item, as in ItemAt.
  void AppendKey(std::uint32_t position, std::string& key) const;
  // Links whose source is the item, without repetition. Overwrites `links`.
  void LinksOf(std::uint32_t position, std::vector<Link>& links) const;

 private:
  static constexpr std::size_t kLayersInAll = 15;
  friend class LinkDraw;

  std::size_t LayerOf(std::uint32_t position) const;

  std::uint64_t seed_;
  std::array<std::uint32_t, kLayersInAll + 1> layer_begins_{};
};

}  // namespace kosei::estate
