// RecordCache: versions of records as they are, in memory. A version never changes, unless values
// are taken from it, which is told here; so nothing in here is ever stale. Sharded, second-chance
// (clock) eviction by bytes. Thread-safe.
#pragma once

#include <array>
#include <atomic>
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
  // When the version has other bytes now. A reader who read before and inserts after must not bring
  // the old ones back: it takes epoch() before it reads, and hands it over.
  void Forget(RecordId id, CommitNumber commit) const;
  std::uint64_t epoch() const { return epoch_.load(std::memory_order_acquire); }
  void InsertRead(RecordId id, CommitNumber commit, std::string_view bytes,
                  std::uint64_t epoch_read) const {
    Insert(id, commit, bytes);
    if (epoch() != epoch_read) Remove(id, commit);
  }

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
  void Remove(RecordId id, CommitNumber commit) const;
  // Frees one slot's bytes and returns its position.
  static std::uint32_t Evict(Shard& shard) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);

  const std::size_t shard_bytes_max_;
  const std::unique_ptr<std::array<Shard, kShards>> shards_;
  mutable std::atomic<std::uint64_t> epoch_{0};
};

}  // namespace kosei::storage
