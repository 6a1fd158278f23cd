#include "topology_delta.h"

#include <algorithm>

namespace kosei::storage {
namespace {

std::uint64_t BaseLinkKey(NodeIndex neighbour, TypeIndex type) {
  return std::uint64_t{neighbour} << 8 | type;
}

std::size_t RowOf(LinkDirection direction) { return direction == LinkDirection::kOut ? 0 : 1; }

}  // namespace

TopologyDelta::TopologyDelta(NodeIndex node_limit)
    : node_limit_(node_limit),
      dirty_(std::make_unique<std::uint64_t[]>(node_limit / 64 + 1)),
      shards_(std::make_unique<Shard[]>(kShards)) {}

void TopologyDelta::MarkDirty(NodeIndex node) {
  if (node < node_limit_) {
    __atomic_fetch_or(&dirty_[node >> 6], std::uint64_t{1} << (node & 63), __ATOMIC_RELEASE);
  }
}

void TopologyDelta::BeginOne(LinkDirection direction, NodeIndex owner, const DeltaLink& link) {
  Shard& shard = ShardOf(owner);
  {
    const WriterLock lock(shard.mutex);
    shard.nodes[owner].rows[RowOf(direction)].began.push_back(link);
  }
  MarkDirty(owner);
}

void TopologyDelta::EndOne(LinkDirection direction, NodeIndex owner, NodeIndex neighbour,
                           TypeIndex type, CommitNumber commit) {
  Shard& shard = ShardOf(owner);
  {
    const WriterLock lock(shard.mutex);
    Row& row = shard.nodes[owner].rows[RowOf(direction)];
    const auto begun =
        std::find_if(row.began.rbegin(), row.began.rend(), [&](const DeltaLink& link) {
          return link.neighbour == neighbour && link.type == type && link.end == kOpenEnd;
        });
    if (begun != row.began.rend()) {
      begun->end = commit;
    } else {
      row.base_ended[BaseLinkKey(neighbour, type)] = commit;
    }
  }
  MarkDirty(owner);
}

void TopologyDelta::Begin(NodeIndex source, TypeIndex type, NodeIndex target, CommitNumber commit) {
  BeginOne(LinkDirection::kOut, source, {target, type, commit, kOpenEnd});
  BeginOne(LinkDirection::kIn, target, {source, type, commit, kOpenEnd});
  size_.fetch_add(1, std::memory_order_relaxed);
}

void TopologyDelta::End(NodeIndex source, TypeIndex type, NodeIndex target, CommitNumber commit) {
  EndOne(LinkDirection::kOut, source, target, type, commit);
  EndOne(LinkDirection::kIn, target, source, type, commit);
  size_.fetch_add(1, std::memory_order_relaxed);
}

void TopologyDelta::Collect(const TopologyBase& base, LinkDirection direction, NodeIndex node,
                            CommitNumber commit, std::vector<Neighbour>& neighbours) const {
  const Shard& shard = ShardOf(node);
  const ReaderLock lock(shard.mutex);
  const auto found = shard.nodes.find(node);
  const Row* const row =
      found == shard.nodes.end() ? nullptr : &found->second.rows[RowOf(direction)];
  if (node < base.node_limit) {
    const Adjacency& rows = base.Direction(direction);
    const bool whole = commit >= base.newest;
    neighbours.reserve(neighbours.size() + rows.rows[node].end - rows.rows[node].begin);
    for (std::uint64_t i = rows.rows[node].begin; i < rows.rows[node].end; ++i) {
      if (!whole && base.commits[rows.begins[i]] > commit) continue;
      if (row != nullptr && !row->base_ended.empty()) {
        const auto end = row->base_ended.find(BaseLinkKey(rows.nodes[i], rows.types[i]));
        if (end != row->base_ended.end() && end->second <= commit) continue;
      }
      neighbours.push_back({rows.nodes[i], rows.types[i]});
    }
    if (commit < base.newest) {
      rows.ForEachEnded(node, [&](const EndedLink& link) {
        if (link.begin <= commit && commit < link.end)
          neighbours.push_back({link.neighbour, link.type});
      });
    }
  }
  if (row == nullptr) return;
  for (const DeltaLink& link : row->began) {
    if (link.begin <= commit && commit < link.end)
      neighbours.push_back({link.neighbour, link.type});
  }
}

std::vector<DeltaLink> TopologyDelta::IntervalsOf(const TopologyBase& base, LinkDirection direction,
                                                  NodeIndex node) const {
  std::vector<DeltaLink> intervals;
  const Shard& shard = ShardOf(node);
  const ReaderLock lock(shard.mutex);
  const auto found = shard.nodes.find(node);
  const Row* const row =
      found == shard.nodes.end() ? nullptr : &found->second.rows[RowOf(direction)];
  if (node < base.node_limit) {
    const Adjacency& rows = base.Direction(direction);
    for (std::uint64_t i = rows.rows[node].begin; i < rows.rows[node].end; ++i) {
      CommitNumber end = kOpenEnd;
      if (row != nullptr) {
        const auto ended = row->base_ended.find(BaseLinkKey(rows.nodes[i], rows.types[i]));
        if (ended != row->base_ended.end()) end = ended->second;
      }
      intervals.push_back({rows.nodes[i], rows.types[i], base.commits[rows.begins[i]], end});
    }
    rows.ForEachEnded(node, [&intervals](const EndedLink& link) {
      intervals.push_back({link.neighbour, link.type, link.begin, link.end});
    });
  }
  if (row != nullptr) intervals.insert(intervals.end(), row->began.begin(), row->began.end());
  return intervals;
}

void TopologyDelta::Export(std::vector<LinkInterval>& began, std::vector<BaseEnd>& ended) const {
  for (std::size_t i = 0; i < kShards; ++i) {
    const ReaderLock lock(shards_[i].mutex);
    for (const auto& [source, node] : shards_[i].nodes) {
      const Row& row = node.rows[RowOf(LinkDirection::kOut)];
      for (const DeltaLink& link : row.began) {
        began.push_back({source, link.neighbour, link.type, link.begin, link.end});
      }
      for (const auto& [key, end] : row.base_ended) {
        ended.push_back(
            {source, static_cast<NodeIndex>(key >> 8), static_cast<TypeIndex>(key & 0xFF), end});
      }
    }
  }
}

}  // namespace kosei::storage
