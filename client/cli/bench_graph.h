// The limit for impact: the same graph as plain arrays in this process, and the plainest
// breadth-first search over them. No history, no classes, no paths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kosei/client/model.h"
#include "kosei/estate/estate.h"

namespace kosei::cli {

class PlainGraph {
 public:
  // Links as failure travels along them, by the server's model.
  PlainGraph(const estate::Estate& estate, const client::Model& model);

  std::uint64_t link_count() const { return link_count_; }  // of every type
  // How many the failure of `root` reaches, itself not counted; at most `depth` links away.
  std::uint64_t CountReached(std::uint32_t root, std::uint32_t depth = UINT32_MAX);
  // Links to the farthest of the last answer.
  std::uint32_t depth_reached() const { return depth_reached_; }
  // Items by the number of those that fail with them directly, the most first.
  std::vector<std::uint32_t> Hottest(std::size_t count) const;

 private:
  std::uint64_t link_count_ = 0;
  std::vector<std::uint32_t> offsets_;
  std::vector<std::uint32_t> targets_;
  // One mark an item; what holds the search's own number was visited.
  std::vector<std::uint32_t> visited_;
  std::uint32_t search_ = 0;
  std::uint32_t depth_reached_ = 0;
  std::vector<std::uint32_t> queue_;
};

}  // namespace kosei::cli
