// The topology's delta: links that began or ended after the base's newest commit, by node. Written
// by one thread at a time, read by any; each of 64 shards has a lock of its own, and a bit a node
// tells readers of clean nodes that they need none.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "kosei/base/ids.h"
#include "kosei/base/mutex.h"
#include "kosei/storage/graph.h"
#include "topology_base.h"

namespace kosei::storage {

struct DeltaLink {
  NodeIndex neighbour = 0;
  TypeIndex type = 0;
  CommitNumber begin;
  CommitNumber end;
};

class TopologyDelta {
 public:
  // For a base that knows nodes below `node_limit`.
  explicit TopologyDelta(NodeIndex node_limit);

  // One writer at a time.
  void Begin(NodeIndex source, TypeIndex type, NodeIndex target, CommitNumber commit);
  void End(NodeIndex source, TypeIndex type, NodeIndex target, CommitNumber commit);
  // Readers of the node go the slow way from now on.
  void MarkDirty(NodeIndex node);

  // Appends the neighbours of `node` that hold at `commit`: base links (given as a row) that did
  // not end in here, and links that began in here.
  void Collect(const TopologyBase& base, LinkDirection direction, NodeIndex node,
               CommitNumber commit, std::vector<Neighbour>& neighbours) const;

  // Every interval in which a link touched the node, those of the base included.
  std::vector<DeltaLink> IntervalsOf(const TopologyBase& base, LinkDirection direction,
                                     NodeIndex node) const;

  // Every interval of links that began in here, and the ends of base links, as seen from the
  // source.
  struct BaseEnd {
    NodeIndex source = 0;
    NodeIndex target = 0;
    TypeIndex type = 0;
    CommitNumber end;
  };
  void Export(std::vector<LinkInterval>& began, std::vector<BaseEnd>& ended) const;

  const std::uint64_t* dirty_bits() const { return dirty_.get(); }
  // Links begun plus links ended so far.
  std::uint64_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  struct Row {
    std::vector<DeltaLink> began;
    absl::flat_hash_map<std::uint64_t, CommitNumber> base_ended;  // by neighbour and type
  };
  struct Node {
    std::array<Row, 2> rows;  // by LinkDirection
  };
  struct Shard {
    mutable SharedMutex mutex;
    absl::flat_hash_map<NodeIndex, Node> nodes ABSL_GUARDED_BY(mutex);
  };
  static constexpr std::size_t kShards = 64;

  Shard& ShardOf(NodeIndex node) const { return shards_[node % kShards]; }
  void BeginOne(LinkDirection direction, NodeIndex owner, const DeltaLink& link);
  void EndOne(LinkDirection direction, NodeIndex owner, NodeIndex neighbour, TypeIndex type,
              CommitNumber commit);

  NodeIndex node_limit_;
  std::unique_ptr<std::uint64_t[]> dirty_;
  std::unique_ptr<Shard[]> shards_;
  std::atomic<std::uint64_t> size_{0};
};

}  // namespace kosei::storage
