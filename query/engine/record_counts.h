// RecordCounts: a number for each record, be it for a few records or for most.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "kosei/storage/graph.h"

namespace kosei::query {

class RecordCounts {
 public:
  // `limit`: every record is below it; the same in every call.
  void Add(storage::NodeIndex node, std::int64_t count, storage::NodeIndex limit) {
    if (all_.empty()) {
      if (few_.size() * kRecordsPerFew < limit) {
        few_[node] += count;
        return;
      }
      TakeAll(limit);
    }
    all_[node] += count;
  }

  // Calls visit(node, count) for each record that has one, ascending, until it returns false. Then
  // there are none.
  template <typename Visit>
  void Drain(Visit&& visit) {
    const std::vector<std::int64_t> all = std::exchange(all_, {});
    for (std::size_t node = 0; node < all.size(); ++node) {
      if (all[node] == 0) continue;
      if (!visit(static_cast<storage::NodeIndex>(node), all[node])) return;
    }
    std::vector<std::pair<storage::NodeIndex, std::int64_t>> few(few_.begin(), few_.end());
    few_ = {};
    std::sort(few.begin(), few.end());
    for (const auto& [node, count] : few) {
      if (!visit(node, count)) return;
    }
  }

  std::int64_t bytes() const {
    return static_cast<std::int64_t>(all_.capacity() * sizeof(std::int64_t) +
                                     few_.size() * kBytesPerFew);
  }

 private:
  static constexpr std::size_t kRecordsPerFew = 16;
  static constexpr std::size_t kBytesPerFew = 32;

  void TakeAll(storage::NodeIndex limit) {
    all_.resize(limit);
    for (const auto& [node, count] : few_) all_[node] = count;
    few_ = {};
  }

  absl::flat_hash_map<storage::NodeIndex, std::int64_t> few_;
  std::vector<std::int64_t> all_;  // by node, once they are many
};

}  // namespace kosei::query
