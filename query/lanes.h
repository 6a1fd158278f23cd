// Lanes: hundreds of failures followed through an Upstream at once, each as one bit of every word
// that is touched. A link is passed once for all of them, and a gate is counted once, so that a
// thousand questions cost little more than a few. The idea is that of searching a graph from many
// starts at the same time (Then et al., "The More the Merrier: Efficient Multi-Source Graph
// Traversal", PVLDB 8(4), 2014), here with two bits a record and with gates.
//
// States only worsen and end at the least fixed point, so the order of visits does not matter; they
// go by place, which without cycles looks at each record once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gate_lanes.h"
#include "kosei/model/state.h"
#include "kosei/query/budget.h"
#include "upstream.h"

namespace kosei::query {

// Belongs to one thread; the arguments must outlive it.
class Lanes {
 public:
  Lanes(const Upstream& upstream, const Budget& budget);

  std::size_t count() const { return words_ * 64; }
  // What is down already, in every lane: before anything else, once.
  absl::Status Settle(std::span<const std::pair<Place, model::State>> down);
  model::State Before(Place place) const {
    return base_.empty() ? model::State::kUp : static_cast<model::State>(base_[place]);
  }

  // Then, as often as wanted: what is assumed in which lane, and what follows.
  void Assume(std::size_t lane, Place place, model::State state);
  // kRowBudget (steps), kMemoryBudget, kDeadlineExceeded, kCancelled.
  absl::Status Run();
  // Since the last Clear: all records of which some lane's state differs from Before, in no order.
  std::span<const Place> touched() const { return touched_; }
  // count() / 64 words of "at least degraded", then as many of "failed".
  const std::uint64_t* At(Place place) const {
    const std::uint32_t slot = slots_[place];
    return slot == 0 ? &resting_[StateBefore(place) * 2 * words_] : &bits_[SlotBegin(slot)];
  }
  std::size_t words() const { return words_; }
  model::State StateOf(std::size_t lane, Place place) const {
    const std::uint64_t* const bits = At(place);
    const std::uint64_t bit = std::uint64_t{1} << (lane & 63);
    if ((bits[words_ + (lane >> 6)] & bit) != 0) return model::State::kFailed;
    return (bits[lane >> 6] & bit) != 0 ? model::State::kDegraded : model::State::kUp;
  }
  void Clear();
  std::uint64_t steps() const { return steps_; }

 private:
  static constexpr std::uint8_t kChanged = 1;
  static constexpr std::uint8_t kGate = 2;  // a member of its gate changed

  std::size_t StateBefore(Place place) const { return base_.empty() ? 0 : base_[place]; }
  std::size_t SlotBegin(std::uint32_t slot) const { return (slot - std::size_t{1}) * 2 * words_; }
  std::uint64_t* OwnBits(Place place);
  void Mark(Place place, std::uint8_t flag);
  // Whether something was new.
  bool Raise(Place place, const std::uint64_t* degraded, const std::uint64_t* failed);
  void Visit(Place place);
  void PassOn(Place place);
  absl::Status CheckBudget();

  const Upstream& upstream_;
  const Budget& budget_;
  const std::size_t words_;
  std::vector<std::uint8_t> base_;      // by place; empty: all up
  std::vector<std::uint64_t> resting_;  // the bits of a record in each state in every lane
  std::vector<std::uint32_t> slots_;    // by place, into bits_, from 1 on
  std::vector<std::uint64_t> bits_;
  std::vector<Place> touched_;
  std::vector<std::uint8_t> flags_;
  std::vector<std::uint64_t> pending_;  // a bit a place
  std::size_t cursor_ = 0;              // no word before it has a bit
  std::uint64_t steps_ = 0;
  std::uint64_t next_check_ = kStepsPerCheck;
};

}  // namespace kosei::query
