#include "walk_scratch.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace kosei::query {
namespace {

// A path search walks from both ends.
constexpr std::size_t kKeptPerThread = 2;
constexpr std::size_t kFoundEntriesMin = 1'024;

std::vector<std::unique_ptr<WalkScratch>>& KeptByThread() {
  thread_local std::vector<std::unique_ptr<WalkScratch>> kept;
  return kept;
}

template <typename T>
void GiveBackExcess(std::vector<T>& entries) {
  if (entries.capacity() > kKeptEntries) std::vector<T>().swap(entries);
}

}  // namespace

std::unique_ptr<WalkScratch> AcquireScratch(storage::NodeIndex node_limit) {
  std::vector<std::unique_ptr<WalkScratch>>& kept = KeptByThread();
  std::unique_ptr<WalkScratch> scratch;
  if (kept.empty()) {
    scratch = std::make_unique<WalkScratch>();
  } else {
    scratch = std::move(kept.back());
    kept.pop_back();
  }
  const std::size_t words = (std::size_t{node_limit} >> 6) + 1;
  if (scratch->visited.size() < words) {
    // Twice as much as needed, so that a growing store does not make every query grow it again.
    scratch->visited.resize(std::max(words, 2 * scratch->visited.size()));
    scratch->level.resize(scratch->visited.size());
    scratch->ranks.resize(scratch->visited.size());
  }
  scratch->nodes.clear();
  scratch->parents.clear();
  scratch->vias.clear();
  if (scratch->found.size() < kFoundEntriesMin) scratch->found.resize(kFoundEntriesMin);
  return scratch;
}

void ReleaseScratch(std::unique_ptr<WalkScratch> scratch) {
  std::vector<std::unique_ptr<WalkScratch>>& kept = KeptByThread();
  if (kept.size() >= kKeptPerThread) return;
  GiveBackExcess(scratch->nodes);
  GiveBackExcess(scratch->parents);
  GiveBackExcess(scratch->vias);
  GiveBackExcess(scratch->found);
  GiveBackExcess(scratch->found_ends);
  GiveBackExcess(scratch->order);
  GiveBackExcess(scratch->found_by);
  kept.push_back(std::move(scratch));
}

}  // namespace kosei::query
