// AnswerStates: the state of each record in an impact answer, before and after its assumptions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kosei/model/state.h"
#include "kosei/query/impact.h"
#include "kosei/storage/graph.h"

namespace kosei::query {

// A byte a record of the store, made in one pass over the answer, which need not outlive it.
class AnswerStates {
 public:
  explicit AnswerStates(const ImpactAnswer& answer) {
    for (const Assumption& each : answer.already)
      Worsen(storage::NodeOf(each.record), each.state, kBefore | kAfter);
    for (std::uint64_t i = 0; i < answer.nodes.size(); ++i)
      Worsen(answer.nodes[i], answer.StateAt(i), kAfter);
  }

  // Of what is down already.
  model::State Before(storage::NodeIndex node) const { return At(node, 0); }
  model::State After(storage::NodeIndex node) const { return At(node, kAfterShift); }

 private:
  static constexpr unsigned kAfterShift = 2;
  static constexpr unsigned kBefore = 1;
  static constexpr unsigned kAfter = 2;

  model::State At(storage::NodeIndex node, unsigned shift) const {
    return node < states_.size() ? static_cast<model::State>((states_[node] >> shift) & 3U)
                                 : model::State::kUp;
  }
  void Worsen(storage::NodeIndex node, model::State state, unsigned which) {
    if (node >= states_.size())
      states_.resize(std::max<std::size_t>(std::size_t{node} + 1, 2 * states_.size()));
    const auto number = static_cast<unsigned>(state);
    unsigned before = states_[node] & 3U;
    unsigned after = (states_[node] >> kAfterShift) & 3U;
    if ((which & kBefore) != 0) before = std::max(before, number);
    if ((which & kAfter) != 0) after = std::max(after, number);
    states_[node] = static_cast<std::uint8_t>(after << kAfterShift | before);
  }

  std::vector<std::uint8_t> states_;
};

}  // namespace kosei::query
