#include "change_reach.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "state_walk.h"

namespace kosei::query {
namespace {

using model::State;
using storage::NodeIndex;

// From so many on, a look at a bit of every record is cheaper than sorting.
constexpr std::size_t kManyNodes = 2'048;

absl::Status Spent(TruncationReason reason) {
  switch (reason) {
    case TruncationReason::kSteps:
      return MakeError(ErrorCode::kRowBudget,
                       "collisions: the limit of links was reached while following a change; allow "
                       "more steps, or ask about fewer changes");
    case TruncationReason::kMemory:
      return MakeError(ErrorCode::kMemoryBudget,
                       "collisions: the memory limit was reached while following a change; allow "
                       "more, or ask about fewer changes");
    case TruncationReason::kTime:
    case TruncationReason::kDepth:
      break;
  }
  return MakeError(ErrorCode::kDeadlineExceeded,
                   "collisions: the time was over while following a change; allow more, or ask "
                   "about fewer changes");
}

void SortUnique(std::vector<NodeIndex>& nodes) {
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

}  // namespace

State ChangeReach::StateOf(NodeIndex node) const {
  const auto found = std::lower_bound(nodes.begin(), nodes.end(), node);
  if (found == nodes.end() || *found != node) return State::kUp;
  return static_cast<State>(states[static_cast<std::size_t>(found - nodes.begin())]);
}

State WorstOf(const ReachParts& parts, NodeIndex node) {
  State worst = State::kUp;
  for (const ChangeReach* part : parts) worst = std::max(worst, part->StateOf(node));
  return worst;
}

ChangeReach BeyondParts(const ChangeReach& whole, const ReachParts& parts) {
  ChangeReach beyond;
  for (std::size_t i = 0; i < whole.nodes.size(); ++i) {
    const State state = static_cast<State>(whole.states[i]);
    if (state > WorstOf(parts, whole.nodes[i])) beyond.Add(whole.nodes[i], state);
  }
  beyond.gates = whole.gates;
  return beyond;
}

// Ascending, each once.
void ReachFinder::PutInOrder(std::vector<NodeIndex>& nodes) {
  if (nodes.size() < kManyNodes) {
    SortUnique(nodes);
    return;
  }
  bits_.resize((std::size_t{graph_.node_limit()} >> 6) + 1);
  for (const NodeIndex node : nodes) bits_[node >> 6] |= std::uint64_t{1} << (node & 63);
  nodes.clear();
  for (std::size_t word = 0; word < bits_.size(); ++word) {
    for (std::uint64_t bits = std::exchange(bits_[word], 0); bits != 0; bits &= bits - 1)
      nodes.push_back(static_cast<NodeIndex>(word << 6) +
                      static_cast<NodeIndex>(std::countr_zero(bits)));
  }
}

absl::Status ReachFinder::Settle(std::vector<Assumption> down, std::vector<RecordId> blocked,
                                 const Budget& budget) {
  StateWalk walk(graph_, schema_, gates_, budget);
  walk.Block(blocked);
  KOSEI_RETURN_IF_ERROR(walk.Settle(down));
  for (const Assumption& each : walk.already()) base_.Add(storage::NodeOf(each.record), each.state);
  down_ = std::move(down);
  blocked_ = std::move(blocked);
  return absl::OkStatus();
}

absl::StatusOr<ChangeReach> ReachFinder::Find(std::span<const Assumption> assumed,
                                              std::span<const RecordId> written,
                                              const Budget& budget) {
  KOSEI_RETURN_IF_ERROR(budget.Check());
  ChangeReach reach;
  for (const Assumption& each : assumed) reach.worked.push_back(storage::NodeOf(each.record));
  for (const RecordId record : written) reach.worked.push_back(storage::NodeOf(record));
  SortUnique(reach.worked);
  if (assumed.empty()) {
    for (const NodeIndex node : reach.worked) reach.Add(node, base_.StateOf(node));
    return reach;
  }
  StateWalk walk(graph_, schema_, gates_, budget);
  walk.Block(blocked_);
  KOSEI_RETURN_IF_ERROR(walk.Settle(down_));
  walk.Start(assumed);
  while (!walk.exhausted()) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<Truncation> cut, walk.Advance());
    if (cut.has_value()) return Spent(cut->reason);
  }
  std::vector<NodeIndex> hit = walk.nodes();
  PutInOrder(hit);
  reach.nodes.reserve(hit.size() + reach.worked.size());
  std::set_union(hit.begin(), hit.end(), reach.worked.begin(), reach.worked.end(),
                 std::back_inserter(reach.nodes));
  reach.states.reserve(reach.nodes.size());
  for (const NodeIndex node : reach.nodes) {
    // What was written and does not hold in the View may be beyond what the walk knows.
    const State state = node < graph_.node_limit() ? walk.StateOf(node) : State::kUp;
    reach.states.push_back(static_cast<std::uint8_t>(state));
  }
  reach.gates = walk.TouchedGates();
  return reach;
}

absl::StatusOr<bool> ReachFinder::Opens(NodeIndex node, const ReachParts& parts) {
  KOSEI_ASSIGN_OR_RETURN(const Gate* const gate, gates_.Of(node));
  if (gate == nullptr) return false;
  const auto state_of = [&](NodeIndex member) {
    return std::max(base_.StateOf(member), WorstOf(parts, member));
  };
  return gate->Evaluate(state_of) > state_of(node);
}

absl::StatusOr<const Gate*> ReachFinder::OpenedIn(NodeIndex node, const ChangeReach& whole) {
  KOSEI_ASSIGN_OR_RETURN(const Gate* const gate, gates_.Of(node));
  if (gate == nullptr) return nullptr;
  const auto state_of = [&](NodeIndex member) {
    return std::max(base_.StateOf(member), whole.StateOf(member));
  };
  return gate->Evaluate(state_of) >= whole.StateOf(node) ? gate : nullptr;
}

}  // namespace kosei::query
