// Strongly connected components of a LocalGraph: which records need each other, directly or
// through others.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "local_graph.h"
#include "step_meter.h"

namespace kosei::query {

struct Components {
  std::vector<std::uint32_t> of;    // by record
  std::vector<LocalIndex> members;  // by component; within one ascending
  std::vector<std::uint32_t> ends;  // by component: where its members end

  std::uint32_t count() const { return static_cast<std::uint32_t>(ends.size()); }
  std::span<const LocalIndex> Members(std::uint32_t component) const {
    const std::uint32_t begin = component == 0 ? 0 : ends[component - 1];
    return std::span(members).subspan(begin, ends[component] - begin);
  }
};

// What a component needs has a lower number. Tarjan, "Depth-First Search and Linear Graph
// Algorithms" (SIAM Journal on Computing 1, 1972), with a stack of its own, so that a chain of a
// million records is as good as any.
absl::StatusOr<Components> ComponentsOf(const LocalGraph& graph, StepMeter& meter);

}  // namespace kosei::query
