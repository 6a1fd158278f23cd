// How many of the records of a walk are of each class.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/storage/graph.h"

namespace kosei::query {

// Of nodes[first] and those behind it; ascending by class.
std::vector<std::pair<ClassNumber, std::uint64_t>> CountByClass(
    const storage::GraphView& graph, const std::vector<storage::NodeIndex>& nodes,
    std::uint64_t first);

}  // namespace kosei::query
