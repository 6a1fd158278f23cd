// The topology's base: every link up to a commit, in compressed sparse rows, both directions,
// structure of arrays. Immutable once built. Live links cost 18 bytes each for both directions;
// links that ended are kept apart, so that the present pays nothing for the past.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

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

// One direction: rows by owner. Within a row the order is that of the input.
struct Adjacency {
  std::vector<std::uint64_t> offsets;
  std::vector<NodeIndex> nodes;
  std::vector<TypeIndex> types;
  std::vector<std::uint32_t> begins;     // index into TopologyBase::commits
  std::vector<std::uint16_t> type_bits;  // by owner: TypeBit of each live link's type
  std::vector<EndedLink> ended;          // ascending by owner

  AdjacencyArrays arrays() const {
    return {offsets.data(), nodes.data(), types.data(), begins.data(), type_bits.data()};
  }
  std::span<const EndedLink> EndedOf(NodeIndex owner) const;
};

struct TopologyBase {
  CommitNumber newest;                // holds everything up to this commit
  NodeIndex node_limit = 1;           // every node it knows is below
  std::vector<CommitNumber> commits;  // those in which live links began, ascending
  Adjacency out;
  Adjacency in;
  std::vector<std::uint64_t> ended_bits;  // a bit a node: it has links that ended

  const Adjacency& Direction(LinkDirection direction) const {
    return direction == LinkDirection::kOut ? out : in;
  }
  std::uint64_t Bytes() const;
};

// `links` ascending by (source, type, target, begin); node_limit above every node.
TopologyBase BuildBase(std::span<const LinkInterval> links, NodeIndex node_limit,
                       CommitNumber newest);

}  // namespace kosei::storage
