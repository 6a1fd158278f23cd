// The topology's base: every link up to a commit, in compressed sparse rows, both directions,
// structure of arrays. Immutable once built; the next base shares what has not changed, for rows
// are only ever appended (topology_merge.h). Live links cost 18 bytes each for both directions;
// links that ended are kept apart, so that the present pays nothing for the past.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "append_only.h"
#include "kosei/base/ids.h"
#include "kosei/storage/graph.h"

namespace kosei::storage {

// A link with the interval in which it holds: [begin, end), kOpenEnd while it does.
struct LinkInterval {
  NodeIndex source = 0;
  NodeIndex target = 0;
  TypeIndex type = 0;
  CommitNumber begin;
  CommitNumber end = kOpenEnd;
};

struct EndedLink {
  NodeIndex owner = 0;
  NodeIndex neighbour = 0;
  TypeIndex type = 0;
  CommitNumber begin;
  CommitNumber end;
};
// Ascending by owner, type, neighbour, begin.
using EndedRun = std::vector<EndedLink>;
void SortEnded(EndedRun& run);

// One direction: rows by owner, in order of (type, neighbour) going out and (neighbour, type)
// coming in.
struct Adjacency {
  AppendOnly<NodeIndex> nodes;
  AppendOnly<TypeIndex> types;
  AppendOnly<std::uint32_t> begins;  // index into TopologyBase::commits
  std::vector<LinkRow> rows;
  std::vector<std::uint16_t> type_bits;  // by owner: TypeBit of each live link's type
  std::uint64_t live = 0;  // links in rows; the arrays also keep rows of earlier bases
  std::vector<std::shared_ptr<const EndedRun>> ended;  // the largest run first

  AdjacencyArrays arrays() const {
    return {rows.data(), nodes.data(), types.data(), begins.data(), type_bits.data()};
  }
  template <typename Visit>
  void ForEachEnded(NodeIndex owner, Visit&& visit) const {
    for (const std::shared_ptr<const EndedRun>& run : ended) {
      auto link = std::lower_bound(
          run->begin(), run->end(), owner,
          [](const EndedLink& one, NodeIndex wanted) { return one.owner < wanted; });
      for (; link != run->end() && link->owner == owner; ++link) visit(*link);
    }
  }
  // `run` is sorted. Runs of like size become one, so that there are few.
  void AddEnded(EndedRun run);
  std::uint64_t EndedCount() const;
  std::uint64_t Bytes() const;
};

struct TopologyBase {
  CommitNumber newest;               // holds everything up to this commit
  NodeIndex node_limit = 1;          // every node it knows is below
  AppendOnly<CommitNumber> commits;  // those in which live links began, ascending
  Adjacency out;
  Adjacency in;
  std::vector<std::uint64_t> ended_bits;  // a bit a node: it has links that ended

  const Adjacency& Direction(LinkDirection direction) const {
    return direction == LinkDirection::kOut ? out : in;
  }
  void MarkEnded(NodeIndex node) { ended_bits[node >> 6] |= std::uint64_t{1} << (node & 63); }
  std::uint64_t Bytes() const;
};

// Makes a base of links that come ascending by (source, type, target, begin), with little more
// memory than the base takes.
class BaseBuilder {
 public:
  void Add(const LinkInterval& link);
  // node_limit: above every node. Call once, last.
  TopologyBase Finish(NodeIndex node_limit, CommitNumber newest);

 private:
  std::uint32_t IndexOf(CommitNumber commit);
  void PutCommitsInOrder();
  void BuildIn();

  TopologyBase base_;
  std::vector<CommitNumber> commits_;  // as they came
  absl::flat_hash_map<std::uint64_t, std::uint32_t> commit_indexes_;
  CommitNumber last_commit_;
  std::uint32_t last_index_ = 0;
  EndedRun ended_;
};

TopologyBase BuildBase(std::span<const LinkInterval> links, NodeIndex node_limit,
                       CommitNumber newest);

}  // namespace kosei::storage
