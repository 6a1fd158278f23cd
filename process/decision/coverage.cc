#include "decision/coverage.h"

#include <algorithm>
#include <utility>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

class Search {
 public:
  Search(std::span<const Box* const> boxes, std::uint64_t steps_max)
      : boxes_(boxes), steps_left_(steps_max) {}

  // `next`: the first of the boxes that has not been taken out of `rest`.
  absl::StatusOr<std::optional<Case>> Run(Box rest, std::size_t next) {
    for (; next < boxes_.size(); ++next) {
      if (steps_left_-- == 0) {
        return MakeError(ErrorCode::kMemoryBudget,
                         "the rows are too tangled to be looked through; split the table");
      }
      const Box& taken = *boxes_[next];
      if (IsEmpty(Intersection(rest, taken))) continue;
      // What is left of `rest` is cut along one input after the other; the pieces do not overlap.
      for (std::size_t input = 0; input < rest.size(); ++input) {
        Box piece = rest;
        bool left = false;
        for (std::size_t atom = 0; atom < piece[input].size(); ++atom) {
          if (taken[input][atom]) piece[input][atom] = false;
          left = left || piece[input][atom];
        }
        if (left) {
          KOSEI_ASSIGN_OR_RETURN(std::optional<Case> found, Run(std::move(piece), next + 1));
          if (found) return found;
        }
        for (std::size_t atom = 0; atom < rest[input].size(); ++atom)
          rest[input][atom] = rest[input][atom] && taken[input][atom];
      }
      return std::optional<Case>();
    }
    return std::optional<Case>(FirstCase(rest));
  }

 private:
  std::span<const Box* const> boxes_;
  std::uint64_t steps_left_;
};

}  // namespace

bool IsEmpty(const Box& box) {
  return std::ranges::any_of(box, [](const AtomSet& atoms) {
    return std::ranges::none_of(atoms, [](bool in) { return in; });
  });
}

Box Intersection(const Box& a, const Box& b) {
  Box both = a;
  for (std::size_t input = 0; input < both.size(); ++input) {
    for (std::size_t atom = 0; atom < both[input].size(); ++atom)
      both[input][atom] = both[input][atom] && b[input][atom];
  }
  return both;
}

Case FirstCase(const Box& box) {
  Case found;
  for (const AtomSet& atoms : box)
    found.push_back(static_cast<std::size_t>(std::ranges::find(atoms, true) - atoms.begin()));
  return found;
}

absl::StatusOr<std::optional<Case>> FindUncovered(const Box& whole,
                                                  std::span<const Box* const> boxes,
                                                  std::uint64_t steps_max) {
  if (IsEmpty(whole)) return std::optional<Case>();
  return Search(boxes, steps_max).Run(whole, 0);
}

}  // namespace kosei::process
