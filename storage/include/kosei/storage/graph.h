// GraphView: the topology in one View. Traversal runs on this and never touches RocksDB.
//
// Nodes are dense: NodeIndex is RecordId as 32 bits; index 0 names no record. A link joins source
// to target with a type. Immutable base arrays (compressed sparse rows, both directions) hold what
// was there at the last merge; nodes that changed since are marked dirty and read through a slower,
// locked path. A View at or after the base's newest commit reads only neighbour and type of clean
// nodes.
//
// Thread-safety: a GraphView belongs to one thread; any number may exist; it keeps what it reads
// alive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/storage/view.h"

namespace kosei::storage {

using NodeIndex = std::uint32_t;
using TypeIndex = std::uint8_t;  // RelationshipTypeNumber, at most 254

inline NodeIndex NodeOf(RecordId id) { return static_cast<NodeIndex>(id.value); }
inline RecordId RecordOf(NodeIndex node) { return RecordId{node}; }

enum class LinkDirection : std::uint8_t {
  kOut,  // from source to targets
  kIn,   // from target to sources
};

struct Neighbour {
  NodeIndex node;
  TypeIndex type;
};

// One direction of the base, as raw arrays. `begins[i]` is an index into `commits`.
struct AdjacencyArrays {
  const std::uint64_t* offsets = nullptr;  // node_count + 1
  const NodeIndex* nodes = nullptr;
  const TypeIndex* types = nullptr;
  const std::uint32_t* begins = nullptr;
};

class TopologyState;  // storage/topology.h

class GraphView {
 public:
  GraphView(std::shared_ptr<const TopologyState> state, View view);
  ~GraphView();
  GraphView(const GraphView&);
  GraphView& operator=(const GraphView&) = delete;

  const View& view() const { return view_; }
  // Every node of this View is below it. Nodes of records that ended, or came later, have no links
  // but may be below.
  NodeIndex node_limit() const { return node_limit_; }
  std::uint64_t link_count_estimate() const { return link_count_; }

  // Calls visit(NodeIndex neighbour, TypeIndex type) for each link of `node` that holds in the
  // View.
  template <typename Visit>
  void ForEach(LinkDirection direction, NodeIndex node, Visit&& visit) const {
    if (node < clean_limit_ && !Dirty(node)) [[likely]] {
      const AdjacencyArrays& arrays = direction == LinkDirection::kOut ? out_ : in_;
      const std::uint64_t end = arrays.offsets[node + 1];
      if (base_whole_) [[likely]] {
        for (std::uint64_t i = arrays.offsets[node]; i < end; ++i)
          visit(arrays.nodes[i], arrays.types[i]);
        return;
      }
      if (!ended_possible_) {
        for (std::uint64_t i = arrays.offsets[node]; i < end; ++i) {
          if (arrays.begins[i] < begin_limit_) visit(arrays.nodes[i], arrays.types[i]);
        }
        return;
      }
    }
    std::vector<Neighbour> neighbours;
    Collect(direction, node, neighbours);
    for (const Neighbour& neighbour : neighbours) visit(neighbour.node, neighbour.type);
  }

  // The same into a vector that is cleared first.
  void Collect(LinkDirection direction, NodeIndex node, std::vector<Neighbour>& neighbours) const;
  std::size_t Degree(LinkDirection direction, NodeIndex node) const;
  bool HasLink(NodeIndex source, TypeIndex type, NodeIndex target) const;

 private:
  bool Dirty(NodeIndex node) const {
    return ((__atomic_load_n(&dirty_[node >> 6], __ATOMIC_ACQUIRE) >> (node & 63)) & 1) != 0;
  }

  std::shared_ptr<const TopologyState> state_;
  View view_;
  AdjacencyArrays out_;
  AdjacencyArrays in_;
  const std::uint64_t* dirty_ = nullptr;  // one bit a node below clean_limit_
  NodeIndex clean_limit_ = 0;             // nodes the base knows
  NodeIndex node_limit_ = 0;
  std::uint32_t begin_limit_ =
      0;  // base links with a smaller `begins` hold at or before the View's commit
  bool base_whole_ = true;  // every live link of the base holds in the View, none that ended does
  bool ended_possible_ = false;  // links that the base keeps as ended may hold in the View
  std::uint64_t link_count_ = 0;
};

}  // namespace kosei::storage
