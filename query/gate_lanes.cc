#include "gate_lanes.h"

#include <bit>
#include <cmath>
#include <vector>

namespace kosei::query {
namespace {

using model::GateKind;
using model::State;
using Words = std::array<std::uint64_t, kLaneWordsMax>;

// How many of what was added each lane has, as columns of bits.
class LaneCounter {
 public:
  explicit LaneCounter(std::size_t words) : words_(words) {}

  void Add(Words bits) {
    for (std::size_t column = 0;; ++column) {
      std::uint64_t carried = 0;
      if (column == columns_.size()) columns_.push_back({});
      for (std::size_t word = 0; word < words_; ++word) {
        const std::uint64_t carry = columns_[column][word] & bits[word];
        columns_[column][word] ^= bits[word];
        bits[word] = carry;
        carried |= carry;
      }
      if (carried == 0) return;
    }
  }

  // Lanes that have more than `bound`.
  Words MoreThan(std::uint64_t bound) const {
    Words more{};
    if (static_cast<std::size_t>(std::bit_width(bound)) > columns_.size()) return more;
    for (std::size_t word = 0; word < words_; ++word) {
      std::uint64_t equal = ~std::uint64_t{0};
      for (std::size_t column = columns_.size(); column-- > 0;) {
        const std::uint64_t bits = columns_[column][word];
        if (((bound >> column) & 1) != 0) {
          equal &= bits;
        } else {
          more[word] |= equal & bits;
          equal &= ~bits;
        }
      }
    }
    return more;
  }

 private:
  std::size_t words_;
  std::vector<Words> columns_;
};

class Evaluation {
 public:
  Evaluation(const Gate& gate, std::size_t words, LanesOfMember lanes_of)
      : gate_(gate), words_(words), lanes_of_(lanes_of) {}

  LaneBits Of(std::uint32_t position) const {
    const GateGroup& group = gate_.groups[position];
    if (group.kind == GateKind::kPrimary) return Primary(group);
    const bool by_amount = group.kind == GateKind::kCapacity || group.kind == GateKind::kWeighted;
    return by_amount ? ByAmount(group) : ByCount(group);
  }

 private:
  // What the member's state amounts to here.
  LaneBits Member(std::uint32_t position) const {
    const GateMember& member = gate_.members[position];
    const std::uint64_t* const degraded = lanes_of_(position);
    const std::uint64_t* const failed = degraded + words_;
    const auto which = [&](State least) -> const std::uint64_t* {
      if (member.effect[1] >= least) return degraded;
      return member.effect[2] >= least ? failed : nullptr;
    };
    LaneBits bits;
    const std::uint64_t* const to_degraded = which(State::kDegraded);
    const std::uint64_t* const to_failed = which(State::kFailed);
    for (std::size_t word = 0; word < words_; ++word) {
      if (to_degraded != nullptr) bits.degraded[word] = to_degraded[word];
      if (to_failed != nullptr) bits.failed[word] = to_failed[word];
    }
    return bits;
  }

  template <typename Visit>
  void ForEachChild(const GateGroup& group, Visit&& visit) const {
    for (const std::uint32_t member : group.members) {
      if (gate_.members[member].in_service) visit(Member(member), gate_.members[member].amount);
    }
    const double amount = group.kind == GateKind::kCapacity ? 0 : 1;
    for (const std::uint32_t below : group.groups) visit(Of(below), amount);
  }

  LaneBits Primary(const GateGroup& group) const {
    LaneBits bits;
    bits.failed.fill(~std::uint64_t{0});
    for (std::size_t i = 0; i < group.groups.size(); ++i) {
      const LaneBits part = Of(group.groups[i]);
      if (i == 0) bits.degraded = part.degraded;
      for (std::size_t word = 0; word < words_; ++word) bits.failed[word] &= part.failed[word];
    }
    for (std::size_t word = 0; word < words_; ++word) bits.failed[word] &= bits.degraded[word];
    return bits;
  }

  LaneBits ByCount(const GateGroup& group) const {
    LaneCounter not_up(words_);
    LaneCounter failed(words_);
    double present = 0;
    ForEachChild(group, [&](const LaneBits& child, double) {
      present += 1;
      not_up.Add(child.degraded);
      failed.Add(child.failed);
    });
    const auto spare =
        static_cast<std::uint64_t>(std::max(0.0, std::floor(present - group.needed)));
    return {not_up.MoreThan(spare), failed.MoreThan(spare)};
  }

  // Sums of fractions have no columns: lane by lane, in the order in which Gate::Evaluate adds.
  LaneBits ByAmount(const GateGroup& group) const {
    struct Child {
      LaneBits bits;
      double amount;
    };
    std::vector<Child> children;
    Words hit{};
    ForEachChild(group, [&](const LaneBits& bits, double amount) {
      children.push_back({bits, amount});
      for (std::size_t word = 0; word < words_; ++word) hit[word] |= bits.degraded[word];
    });
    LaneBits out;
    for (std::size_t word = 0; word < words_; ++word) {
      for (std::uint64_t left = hit[word]; left != 0; left &= left - 1) {
        const std::uint64_t lane = left & (~left + 1);
        double up = 0, working = 0, loss = 0;
        for (const Child& child : children) {
          const bool failed = (child.bits.failed[word] & lane) != 0;
          const bool degraded = (child.bits.degraded[word] & lane) != 0;
          if (!degraded) up += child.amount;
          if (!failed) working += child.amount;
          loss += failed ? child.amount : degraded ? child.amount / 2 : 0;
        }
        const State state = StateFor(group, up, working, loss);
        if (state != State::kUp) out.degraded[word] |= lane;
        if (state == State::kFailed) out.failed[word] |= lane;
      }
    }
    return out;
  }

  static State StateFor(const GateGroup& group, double up, double working, double loss) {
    if (group.kind == GateKind::kWeighted) {
      if (group.fails > 0 && loss >= group.fails) return State::kFailed;
      return group.degrades > 0 && loss >= group.degrades ? State::kDegraded : State::kUp;
    }
    if (up >= group.needed) return State::kUp;
    return working >= group.needed ? State::kDegraded : State::kFailed;
  }

  const Gate& gate_;
  const std::size_t words_;
  const LanesOfMember lanes_of_;
};

}  // namespace

LaneBits EvaluateLanes(const Gate& gate, std::size_t words, LanesOfMember lanes_of) {
  return Evaluation(gate, words, lanes_of).Of(0);
}

}  // namespace kosei::query
