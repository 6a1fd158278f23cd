// What has been staged but is not in the store yet: by a group of transactions, or by one. A plain
// container.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "keys.h"
#include "kosei/base/ids.h"
#include "kosei/storage/graph.h"

namespace kosei::storage {

// What is known of a record at one instant of valid time, wherever that version stands.
struct CurrentRecord {
  NodeIndex node = 0;  // 0: the key is new
  CommitNumber begin;  // kNoCommit: no version speaks of the instant
  ClassNumber class_number;
  std::string bytes;
  bool live = false;
  Timestamp until = kEndOfTime;  // the next change that is known, after the instant
};

// Source and target, then type.
using LinkName = std::pair<std::uint64_t, std::uint16_t>;
inline LinkName NameOfLink(NodeIndex source, RelationshipTypeNumber type, NodeIndex target) {
  return {std::uint64_t{source} << 32 | target, type.value};
}
inline NodeIndex SourceOf(const LinkName& name) { return static_cast<NodeIndex>(name.first >> 32); }
inline NodeIndex TargetOf(const LinkName& name) { return static_cast<NodeIndex>(name.first); }

struct StagedState {
  absl::flat_hash_map<NodeIndex, CurrentRecord> records;
  absl::flat_hash_map<std::string, NodeIndex> new_keys;
  absl::flat_hash_map<LinkName, bool> links;  // live or not
  // Node and direction -> neighbours whose link was staged, for counting and collecting. May
  // repeat.
  absl::flat_hash_map<std::uint64_t, std::vector<Neighbour>> touched;
  absl::flat_hash_map<std::string, std::vector<keys::Holder>> holders;
  NodeIndex next_node = 1;

  static std::uint64_t TouchKey(LinkDirection direction, NodeIndex node) {
    return std::uint64_t{node} << 1 | (direction == LinkDirection::kOut ? 0U : 1U);
  }
  void SetLink(const LinkName& name, bool live) {
    const auto [link, inserted] = links.insert_or_assign(name, live);
    if (!inserted) return;
    const auto type = static_cast<TypeIndex>(name.second);
    touched[TouchKey(LinkDirection::kOut, SourceOf(name))].push_back({TargetOf(name), type});
    touched[TouchKey(LinkDirection::kIn, TargetOf(name))].push_back({SourceOf(name), type});
  }
  // Takes over everything of `later`, which was staged on top of this.
  void Absorb(StagedState&& later) {
    for (auto& [node, record] : later.records) records[node] = std::move(record);
    for (auto& [key, node] : later.new_keys) new_keys[key] = node;
    for (const auto& [name, live] : later.links) SetLink(name, live);
    for (auto& [identity, list] : later.holders) holders[identity] = std::move(list);
    next_node = later.next_node;
  }
};

}  // namespace kosei::storage
