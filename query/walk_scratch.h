// WalkScratch: the working memory of one walk. Each thread keeps what it used for its next query,
// so that a small answer never pays for the size of the graph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kosei/storage/graph.h"

namespace kosei::query {

struct WalkScratch {
  // The entries of the walk (impact.h, ImpactAnswer).
  std::vector<storage::NodeIndex> nodes;
  std::vector<std::uint32_t> parents;
  std::vector<storage::TypeIndex> vias;
  std::vector<std::uint64_t> visited;     // one bit a node; all zero between walks
  std::vector<std::uint64_t> level;       // the same, for a big level being put in order
  std::vector<std::uint32_t> ranks;       // by word of `level`: bits set in the words before it
  std::vector<std::uint64_t> found;       // discoveries of a level, in order: node << 8 | type
  std::vector<std::uint32_t> found_ends;  // by record of the level before: where its own end
  std::vector<std::uint64_t> order;       // of a small level: node << 32 | index in `found`
  std::vector<std::uint32_t> found_by;    // of a small level: parent by index in `found`
};

// More entries than this are given back after a walk: one huge answer must not weigh on every
// thread for ever.
inline constexpr std::size_t kKeptEntries = std::size_t{1} << 20;

// With room for nodes below `node_limit` in `visited` and `level`.
std::unique_ptr<WalkScratch> AcquireScratch(storage::NodeIndex node_limit);
// `visited` and `level` must be all zero again.
void ReleaseScratch(std::unique_ptr<WalkScratch> scratch);

}  // namespace kosei::query
