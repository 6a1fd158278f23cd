// Questions about all cases of a table at once. A case is an atom of each input; a row is a box: a
// set of atoms of each input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"

namespace kosei::process {

using AtomSet = std::vector<bool>;
using Box = std::vector<AtomSet>;
using Case = std::vector<std::size_t>;

bool IsEmpty(const Box& box);  // one of its sets is
Box Intersection(const Box& a, const Box& b);
// Of a box that is not empty: the first atom of each set.
Case FirstCase(const Box& box);

// A case of `whole` that is in none of the boxes; none: they cover it. Takes apart `whole` box by
// box, which may take long for tables that are badly tangled: kMemoryBudget beyond `steps_max`.
absl::StatusOr<std::optional<Case>> FindUncovered(const Box& whole,
                                                  std::span<const Box* const> boxes,
                                                  std::uint64_t steps_max);

}  // namespace kosei::process
