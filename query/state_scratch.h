// StateScratch: the working memory of one walk over states, kept by its thread for the next.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kosei/storage/graph.h"

namespace kosei::query {

// The columns of ImpactAnswer.
struct StateRows {
  std::vector<storage::NodeIndex> nodes;
  std::vector<std::uint32_t> parents;
  std::vector<storage::TypeIndex> vias;
  std::vector<std::uint8_t> states;
};

struct StateChange {
  storage::NodeIndex node;
  std::uint32_t parent;
  storage::TypeIndex via;
  std::uint8_t state;
};

struct StateScratch {
  StateRows rows;
  std::vector<std::uint8_t> states;         // by node; all zero between walks
  std::vector<storage::NodeIndex> touched;  // nodes of which the byte is not zero, and more
  std::vector<StateChange> changes;         // of a round, in the order they were found
  std::vector<StateChange> ordered;         // the same by node, the last of each
  std::vector<storage::NodeIndex> changed;  // of a round, each once
  std::vector<StateChange> jobs;            // gates to look at in a round; `state`: RowState bits
  std::vector<storage::NodeIndex> gate_nodes;  // of all rounds since the start
  std::vector<std::uint64_t> level;            // a bit a node, for putting a big round in order
  std::vector<std::uint32_t> ranks;
};

// With room for nodes below `node_limit`.
std::unique_ptr<StateScratch> AcquireStates(storage::NodeIndex node_limit);
// `states` and `level` must be all zero again.
void ReleaseStates(std::unique_ptr<StateScratch> scratch);

}  // namespace kosei::query
