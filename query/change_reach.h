// ChangeReach: what a change works on and what it brings down, alone or together with others.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/model/schema.h"
#include "kosei/model/state.h"
#include "kosei/query/budget.h"
#include "kosei/query/gate.h"
#include "kosei/query/scenario.h"
#include "kosei/storage/graph.h"

namespace kosei::query {

struct ChangeReach {
  std::vector<storage::NodeIndex> nodes;   // ascending, each once
  std::vector<std::uint8_t> states;        // as nodes: model::State; kUp: worked on, and up
  std::vector<storage::NodeIndex> worked;  // ascending: assumed to be down, or written
  std::vector<storage::NodeIndex> gates;   // ascending: gated records with a member that worsened

  void Add(storage::NodeIndex node, model::State state) {
    nodes.push_back(node);
    states.push_back(static_cast<std::uint8_t>(state));
  }
  model::State StateOf(storage::NodeIndex node) const;
  std::uint64_t bytes() const {
    return (nodes.capacity() + worked.capacity() + gates.capacity()) * sizeof(storage::NodeIndex) +
           states.capacity() + sizeof(ChangeReach);
  }
};

// Reaches of which the worst counts, record by record.
using ReachParts = std::vector<const ChangeReach*>;
model::State WorstOf(const ReachParts& parts, storage::NodeIndex node);

// What `whole` brings down beyond what its parts do: nodes, states (those of the whole) and the
// gates that the whole touches.
ChangeReach BeyondParts(const ChangeReach& whole, const ReachParts& parts);

// Follows changes. Belongs to one thread; the arguments must outlive it.
class ReachFinder {
 public:
  ReachFinder(const storage::GraphView& graph, const model::Schema& schema, GateBook& gates)
      : graph_(graph), schema_(schema), gates_(gates) {}

  // What is down anyway, and what cannot be hit. Once, before anything else.
  absl::Status Settle(std::vector<Assumption> down, std::vector<RecordId> blocked,
                      const Budget& budget);
  // What is down anyway, with all that follows.
  const ChangeReach& base() const { return base_; }

  // `assumed` holds in the View. kDeadlineExceeded, kMemoryBudget, kRowBudget, kCancelled.
  absl::StatusOr<ChangeReach> Find(std::span<const Assumption> assumed,
                                   std::span<const RecordId> written, const Budget& budget);

  // Whether the gate of `node` makes it worse than `parts` and what is down anyway say it is, when
  // all of them are taken together.
  absl::StatusOr<bool> Opens(storage::NodeIndex node, const ReachParts& parts);
  // Whether the gate of `node` by itself gives the state that `whole` has for it; nullptr: not.
  absl::StatusOr<const Gate*> OpenedIn(storage::NodeIndex node, const ChangeReach& whole);

 private:
  void PutInOrder(std::vector<storage::NodeIndex>& nodes);

  const storage::GraphView& graph_;
  const model::Schema& schema_;
  GateBook& gates_;
  std::vector<Assumption> down_;
  std::vector<RecordId> blocked_;
  ChangeReach base_;
  std::vector<std::uint64_t> bits_;  // a node each; all zero between calls
};

}  // namespace kosei::query
