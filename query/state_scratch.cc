#include "state_scratch.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "walk_scratch.h"

namespace kosei::query {
namespace {

// A comparison of two scenarios walks twice.
constexpr std::size_t kKeptPerThread = 2;

std::vector<std::unique_ptr<StateScratch>>& KeptByThread() {
  thread_local std::vector<std::unique_ptr<StateScratch>> kept;
  return kept;
}

template <typename T>
void Empty(std::vector<T>& entries) {
  entries.clear();
  if (entries.capacity() > kKeptEntries) entries.shrink_to_fit();
}

}  // namespace

std::unique_ptr<StateScratch> AcquireStates(storage::NodeIndex node_limit) {
  std::vector<std::unique_ptr<StateScratch>>& kept = KeptByThread();
  std::unique_ptr<StateScratch> scratch;
  if (kept.empty()) {
    scratch = std::make_unique<StateScratch>();
  } else {
    scratch = std::move(kept.back());
    kept.pop_back();
  }
  const std::size_t needed = std::size_t{node_limit} + 1;
  if (scratch->states.size() < needed) {
    scratch->states.resize(std::max(needed, 2 * scratch->states.size()));
    const std::size_t words = (scratch->states.size() >> 6) + 1;
    scratch->level.resize(words);
    scratch->ranks.resize(words);
  }
  return scratch;
}

void ReleaseStates(std::unique_ptr<StateScratch> scratch) {
  std::vector<std::unique_ptr<StateScratch>>& kept = KeptByThread();
  if (kept.size() >= kKeptPerThread) return;
  Empty(scratch->rows.nodes);
  Empty(scratch->rows.parents);
  Empty(scratch->rows.vias);
  Empty(scratch->rows.states);
  Empty(scratch->touched);
  Empty(scratch->changes);
  Empty(scratch->ordered);
  Empty(scratch->changed);
  Empty(scratch->jobs);
  Empty(scratch->gate_nodes);
  kept.push_back(std::move(scratch));
}

}  // namespace kosei::query
