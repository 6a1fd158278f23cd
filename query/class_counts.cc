#include "class_counts.h"

#include <algorithm>
#include <cstddef>

namespace kosei::query {

// Classes are few and dense: an array by class number, kept by the thread and cleared where it was
// written.
std::vector<std::pair<ClassNumber, std::uint64_t>> CountByClass(
    const storage::GraphView& graph, const std::vector<storage::NodeIndex>& nodes,
    std::uint64_t first) {
  thread_local std::vector<std::uint64_t> counts;
  std::vector<std::pair<ClassNumber, std::uint64_t>> by_class;
  for (std::uint64_t i = first; i < nodes.size(); ++i) {
    const ClassNumber class_number = graph.ClassOf(nodes[i]);
    if (class_number.value >= counts.size()) counts.resize(class_number.value + std::size_t{1});
    if (counts[class_number.value]++ == 0) by_class.emplace_back(class_number, 0);
  }
  std::sort(by_class.begin(), by_class.end());
  for (auto& [class_number, count] : by_class) {
    count = counts[class_number.value];
    counts[class_number.value] = 0;
  }
  return by_class;
}

}  // namespace kosei::query
