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

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
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

// Where the links of a node lie in the arrays of its direction: [begin, end).
struct LinkRow {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

// One direction of the base, as raw arrays. `begins[i]` is an index into `commits`.
struct AdjacencyArrays {
  const LinkRow* rows = nullptr;  // by node
  const NodeIndex* nodes = nullptr;
  const TypeIndex* types = nullptr;
  const std::uint32_t* begins = nullptr;
  const std::uint16_t* type_bits = nullptr;  // a node: TypeBit of each type in its row
};

// Types share sixteen bits: a clear bit says that a row has none of them.
constexpr std::uint16_t TypeBit(TypeIndex type) {
  return static_cast<std::uint16_t>(1U << (type & 15));
}
inline constexpr std::uint16_t kAllTypeBits = 0xFFFF;

// What is known of a node's newest version, in one word: its commit, and two marks.
struct NewestBits {
  static constexpr std::uint64_t kLive = 1;   // storage/directory.h, Live()
  static constexpr std::uint64_t kDated = 2;  // Dated()
  static constexpr int kCommitShift = 2;
};

enum class Presence : std::uint8_t { kThere, kGone, kUnknown };

class TopologyState;  // storage/topology.h
class PlanGraph;      // storage/plan_graph.h

class GraphView {
 public:
  // Segments of 65,536 nodes each; they must outlive the view.
  struct NodeSegments {
    const std::atomic<std::uint16_t*>* classes = nullptr;
    const std::atomic<std::atomic<std::uint64_t>*>* newest = nullptr;  // NewestBits
    // A bit a node: some version of it has a gate of its own.
    const std::atomic<std::atomic<std::uint64_t>*>* gated = nullptr;
    const std::atomic<bool>* any_gated = nullptr;
  };
  GraphView(std::shared_ptr<const TopologyState> state, View view, CommitNumber commit,
            NodeIndex node_limit, const NodeSegments& segments);
  ~GraphView();
  GraphView(const GraphView&);
  GraphView& operator=(const GraphView&) = delete;

  // What a plan changes, laid on top. Call before anything is read.
  void LayOnTop(std::shared_ptr<const PlanGraph> plan);

  const View& view() const { return view_; }
  // What holds at this commit is seen: the View's, or an earlier one when its instant is.
  CommitNumber commit() const { return commit_; }
  // Every node of this View is below it. Nodes of records that ended, or came later, have no links
  // but may be below.
  NodeIndex node_limit() const { return node_limit_; }
  // Links in the base, held by this View or not: for sizing only.
  std::uint64_t base_link_count() const { return link_count_; }
  // `node` is below node_limit(). Zero when there never was such a record.
  ClassNumber ClassOf(NodeIndex node) const {
    if (PlanTouches(node)) [[unlikely]]
      return PlannedClassOf(node);
    const std::uint16_t* segment = segments_.classes[node >> 16].load(std::memory_order_acquire);
    return ClassNumber{segment == nullptr
                           ? std::uint16_t{0}
                           : __atomic_load_n(&segment[node & 0xFFFF], __ATOMIC_RELAXED)};
  }
  // Whether the record holds in the View, as far as memory tells: when it says kUnknown, read it.
  // `node` is below node_limit().
  Presence PresenceOf(NodeIndex node) const {
    if (PlanTouches(node) || commit_ != view_.commit) return Presence::kUnknown;
    const std::atomic<std::uint64_t>* segment =
        segments_.newest[node >> 16].load(std::memory_order_acquire);
    if (segment == nullptr) return Presence::kGone;
    const std::uint64_t bits = segment[node & 0xFFFF].load(std::memory_order_acquire);
    if (bits >> NewestBits::kCommitShift > commit_.value || (bits & NewestBits::kDated) != 0)
      return Presence::kUnknown;
    return (bits & NewestBits::kLive) != 0 ? Presence::kThere : Presence::kGone;
  }
  // The commit with which the version began that holds in the View, where memory tells: the newest
  // one, without a valid time of its own and untouched by a plan. kNoCommit: read it. `node` is
  // below node_limit().
  CommitNumber HeldVersionOf(NodeIndex node) const {
    if (PresenceOf(node) != Presence::kThere) return kNoCommit;
    const std::atomic<std::uint64_t>* segment =
        segments_.newest[node >> 16].load(std::memory_order_acquire);
    const CommitNumber commit{segment[node & 0xFFFF].load(std::memory_order_acquire) >>
                              NewestBits::kCommitShift};
    return commit <= commit_ ? commit : kNoCommit;
  }
  // Whether any record may have a gate: false is certain.
  bool MayHaveGates() const {
    return plan_bits_ != nullptr || segments_.any_gated->load(std::memory_order_acquire);
  }
  // Whether the record may have a gate of its own (an attribute of type gate): false is certain,
  // true says that some version of it has one, of whatever commit, or that the plan says something
  // of the record. `node` is below node_limit().
  bool MayHaveGate(NodeIndex node) const {
    if (PlanTouches(node)) [[unlikely]]
      return true;
    const std::atomic<std::uint64_t>* segment =
        segments_.gated[node >> 16].load(std::memory_order_acquire);
    return segment != nullptr &&
           ((segment[(node & 0xFFFF) >> 6].load(std::memory_order_relaxed) >> (node & 63)) & 1) !=
               0;
  }

  // Calls visit(NodeIndex neighbour, TypeIndex type) for each link of `node` that holds in the
  // View. The order does not depend on what has been merged: by type and neighbour going out, by
  // neighbour and type coming in. Always inlined, so that what `visit` counts stays in registers.
  template <typename Visit>
  __attribute__((always_inline)) void ForEach(LinkDirection direction, NodeIndex node,
                                              Visit&& visit) const {
    ForEachOf(direction, node, kAllTypeBits, visit);
  }

  // The same for a caller who wants certain types only: a row without any of `type_bits` may be
  // passed over, other links are still visited.
  template <typename Visit>
  __attribute__((always_inline)) void ForEachOf(LinkDirection direction, NodeIndex node,
                                                std::uint16_t type_bits, Visit&& visit) const {
    if (node < clean_limit_ && !IsSet(dirty_, node) && !PlanTouches(node)) [[likely]] {
      const AdjacencyArrays& arrays = direction == LinkDirection::kOut ? out_ : in_;
      const bool none = (arrays.type_bits[node] & type_bits) == 0;
      if (none && (base_whole_ || !IsSet(ended_, node))) return;
      const LinkRow row = arrays.rows[node];
      if (base_whole_) [[likely]] {
        for (std::uint64_t i = row.begin; i < row.end; ++i) visit(arrays.nodes[i], arrays.types[i]);
        return;
      }
      if (!IsSet(ended_, node)) {
        for (std::uint64_t i = row.begin; i < row.end; ++i) {
          if (arrays.begins[i] < begin_limit_) visit(arrays.nodes[i], arrays.types[i]);
        }
        return;
      }
    }
    std::vector<Neighbour> neighbours;
    Collect(direction, node, neighbours);
    PutInOrder(direction, neighbours);
    for (const Neighbour& neighbour : neighbours) visit(neighbour.node, neighbour.type);
  }

  // The same into a vector that is cleared first, in any order.
  void Collect(LinkDirection direction, NodeIndex node, std::vector<Neighbour>& neighbours) const;
  std::size_t Degree(LinkDirection direction, NodeIndex node) const;
  bool HasLink(NodeIndex source, TypeIndex type, NodeIndex target) const;

 private:
  // The base's rows come ordered; only what ended or began since then stands behind them.
  static void PutInOrder(LinkDirection direction, std::vector<Neighbour>& neighbours) {
    const auto before = [direction](const Neighbour& a, const Neighbour& b) {
      return direction == LinkDirection::kOut
                 ? std::pair(a.type, a.node) < std::pair(b.type, b.node)
                 : std::pair(a.node, a.type) < std::pair(b.node, b.type);
    };
    const auto tail = std::is_sorted_until(neighbours.begin(), neighbours.end(), before);
    if (tail == neighbours.end()) return;
    std::sort(tail, neighbours.end(), before);
    std::vector<Neighbour> merged(neighbours.size());
    std::merge(neighbours.begin(), tail, tail, neighbours.end(), merged.begin(), before);
    neighbours = std::move(merged);
  }
  static bool IsSet(const std::uint64_t* bits, NodeIndex node) {
    return ((__atomic_load_n(&bits[node >> 6], __ATOMIC_ACQUIRE) >> (node & 63)) & 1) != 0;
  }

  // The plan may say something of the node; a few others, too.
  bool PlanTouches(NodeIndex node) const {
    return plan_bits_ != nullptr &&
           ((plan_bits_[(node & plan_mask_) >> 6] >> (node & 63)) & 1) != 0;
  }
  ClassNumber PlannedClassOf(NodeIndex node) const;

  std::shared_ptr<const TopologyState> state_;
  std::shared_ptr<const PlanGraph> plan_;
  View view_;
  CommitNumber
      commit_;  // what holds at this commit is seen: the View's, or earlier when its instant is
  AdjacencyArrays out_;
  AdjacencyArrays in_;
  NodeSegments segments_;
  const std::uint64_t* dirty_ =
      nullptr;  // a bit a node below clean_limit_: links changed since the base was made
  const std::uint64_t* ended_ = nullptr;      // likewise: the base knows links of it that ended
  const std::uint64_t* plan_bits_ = nullptr;  // of plan_; null without one
  NodeIndex plan_mask_ = 0;
  NodeIndex clean_limit_ = 0;  // nodes the base knows are below it
  NodeIndex node_limit_ = 0;
  std::uint32_t begin_limit_ = 0;  // base links with a smaller `begins` hold at or before commit_
  bool base_whole_ =
      true;  // commit_ is at or after the base: all its live links hold, none that ended
  std::uint64_t link_count_ = 0;
};

}  // namespace kosei::storage
