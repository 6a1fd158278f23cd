#include "record_cache.h"

namespace kosei::storage {

RecordCache::RecordCache(std::size_t bytes_max)
    : shard_bytes_max_(bytes_max / kShards),
      shards_(std::make_unique<std::array<Shard, kShards>>()) {}

bool RecordCache::Find(RecordId id, CommitNumber commit, std::string& bytes) const {
  Shard& shard = ShardOf(id);
  const MutexLock lock(shard.mutex);
  const auto found = shard.positions.find(Name{id.value, commit.value});
  if (found == shard.positions.end()) return false;
  Slot& slot = shard.slots[found->second];
  slot.used_again = true;
  bytes.assign(slot.bytes);
  return true;
}

std::uint32_t RecordCache::Evict(Shard& shard) {
  while (true) {
    if (shard.hand >= shard.slots.size()) shard.hand = 0;
    Slot& slot = shard.slots[shard.hand];
    if (!slot.used_again) break;
    slot.used_again = false;
    ++shard.hand;
  }
  Slot& slot = shard.slots[shard.hand];
  shard.positions.erase(slot.name);
  shard.bytes -= slot.bytes.size() + kSlotOverhead;
  return shard.hand++;
}

void RecordCache::Insert(RecordId id, CommitNumber commit, std::string_view bytes) const {
  Shard& shard = ShardOf(id);
  const std::size_t size = bytes.size() + kSlotOverhead;
  if (size > shard_bytes_max_ / 8) return;
  const MutexLock lock(shard.mutex);
  const Name name{id.value, commit.value};
  if (shard.positions.contains(name)) return;
  if (shard.bytes + size <= shard_bytes_max_) {
    shard.positions[name] = static_cast<std::uint32_t>(shard.slots.size());
    shard.slots.push_back({name, std::string(bytes), false});
    shard.bytes += size;
    return;
  }
  // A slot of about the same size takes its place; a little more than the limit is the next
  // insertion's to mend.
  std::uint32_t position = Evict(shard);
  while (shard.bytes + size > shard_bytes_max_ + shard_bytes_max_ / 16) {
    // Its own bytes are gone from the count already: an empty slot under no name.
    shard.slots[position] = {Name{0, 0}, std::string(), false};
    shard.bytes += kSlotOverhead;
    position = Evict(shard);
  }
  shard.slots[position] = {name, std::string(bytes), false};
  shard.positions[name] = position;
  shard.bytes += size;
}

void RecordCache::Forget(RecordId id, CommitNumber commit) const {
  epoch_.fetch_add(1, std::memory_order_acq_rel);
  Remove(id, commit);
}

void RecordCache::Remove(RecordId id, CommitNumber commit) const {
  Shard& shard = ShardOf(id);
  const MutexLock lock(shard.mutex);
  const auto found = shard.positions.find(Name{id.value, commit.value});
  if (found == shard.positions.end()) return;
  Slot& slot = shard.slots[found->second];
  shard.bytes -= slot.bytes.size();
  slot = {Name{0, 0}, std::string(), false};
  shard.positions.erase(found);
}

}  // namespace kosei::storage
