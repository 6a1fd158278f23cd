// Gates for many failures at once: a bit of a word is one of them ("lane"), so that a word says for
// 64 of them whether a record is in a state. Members are counted in columns of bits, as an adder
// does it. The same as Gate::Evaluate, lane by lane.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "kosei/query/gate.h"

namespace kosei::query {

inline constexpr std::size_t kLaneWordsMax = 8;

// failed implies degraded: a lane of `degraded` is at least that.
struct LaneBits {
  std::array<std::uint64_t, kLaneWordsMax> degraded{};
  std::array<std::uint64_t, kLaneWordsMax> failed{};
};

// The state of a member's record by position in Gate::members: `words` of degraded, then as many of
// failed.
using LanesOfMember = absl::FunctionRef<const std::uint64_t*(std::size_t member)>;

LaneBits EvaluateLanes(const Gate& gate, std::size_t words, LanesOfMember lanes_of);

}  // namespace kosei::query
