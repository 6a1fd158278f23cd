// RecordCache: versions of records as they are, in memory. A version never changes, so nothing in
// here is ever stale. Sharded, second-chance (clock) eviction by bytes. Thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "kosei/base/ids.h"
#include "kosei/base/mutex.h"

namespace kosei::storage {

class RecordCache {
 public:
  explicit RecordCache(std::size_t bytes_max);

  // Copies the version into `bytes`; false when it is not here.
  bool Find(RecordId id, CommitNumber commit, std::string& bytes) const;
  void Insert(RecordId id, CommitNumber commit, std::string_view bytes) const;

 private:
  using Name = std::pair<std::uint64_t, std::uint64_t>;
  struct Slot {
    Name name;
    std::string bytes;
    bool used_again = false;
  };
  struct alignas(64) Shard {  // locks that share a cache line would be one
    Mutex mutex;
    absl::flat_hash_map<Name, std::uint32_t> positions ABSL_GUARDED_BY(mutex);
    std::vector<Slot> slots ABSL_GUARDED_BY(mutex);
    std::size_t bytes ABSL_GUARDED_BY(mutex) = 0;
    std::uint32_t hand ABSL_GUARDED_BY(mutex) = 0;
  };
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kSlotOverhead = 96;  // slot, table entry, allocation

  Shard& ShardOf(RecordId id) const { return (*shards_)[id.value % kShards]; }
  // Frees one slot's bytes and returns its position.
  static std::uint32_t Evict(Shard& shard) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);

  const std::size_t shard_bytes_max_;
  const std::unique_ptr<std::array<Shard, kShards>> shards_;
};

}  // namespace kosei::storage
