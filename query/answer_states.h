// AnswerStates: the state of each record in an impact answer, before and after its assumptions.
#pragma once

#include <algorithm>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "kosei/model/state.h"
#include "kosei/query/impact.h"
#include "kosei/storage/graph.h"

namespace kosei::query {

// The answer need not outlive it.
class AnswerStates {
 public:
  explicit AnswerStates(const ImpactAnswer& answer) {
    for (const Assumption& each : answer.already)
      before_[storage::NodeOf(each.record)] = each.state;
    for (std::uint64_t i = 0; i < answer.nodes.size(); ++i) {
      model::State& state = after_[answer.nodes[i]];
      state = std::max(state, answer.StateAt(i));
    }
  }

  // Of what is down already.
  model::State Before(storage::NodeIndex node) const {
    const auto found = before_.find(node);
    return found == before_.end() ? model::State::kUp : found->second;
  }
  model::State After(storage::NodeIndex node) const {
    const auto found = after_.find(node);
    return found == after_.end() ? Before(node) : std::max(found->second, Before(node));
  }

 private:
  absl::flat_hash_map<storage::NodeIndex, model::State> before_;
  absl::flat_hash_map<storage::NodeIndex, model::State> after_;
};

}  // namespace kosei::query
