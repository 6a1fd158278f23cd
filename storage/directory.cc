#include "directory.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "hash.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kArenaBlock = std::size_t{1} << 20;
constexpr NodeIndex kWordBits = 64;
constexpr std::size_t kFirstTable = std::size_t{1} << 12;
constexpr std::uint64_t kUpperHalf = 0xFFFF'FFFF'0000'0000;
constexpr int kPointerBits = 48;
// A table of many keys is not in the processor's caches: so many places are fetched at once.
constexpr std::size_t kAhead = 16;

}  // namespace

Directory::Directory()
    : keys_(std::make_unique<std::atomic<std::atomic<std::uint64_t>*>[]>(kSegmentCount)),
      classes_(std::make_unique<std::atomic<std::uint16_t*>[]>(kSegmentCount)),
      latest_(std::make_unique<std::atomic<std::atomic<std::uint64_t>*>[]>(kSegmentCount)),
      gated_(std::make_unique<std::atomic<std::atomic<std::uint64_t>*>[]>(kSegmentCount)) {
  tables_.push_back(std::make_unique<Table>(kFirstTable));
  table_.store(tables_.back().get(), std::memory_order_release);
}

Directory::~Directory() {
  for (std::size_t i = 0; i < kSegmentCount && keys_[i].load() != nullptr; ++i) {
    delete[] keys_[i].load();
    delete[] classes_[i].load();
    delete[] latest_[i].load();
    delete[] gated_[i].load();
  }
}

NodeIndex Directory::Find(const Table& table, std::uint64_t hash, std::string_view key) const {
  for (std::size_t i = hash & table.mask;; i = (i + 1) & table.mask) {
    const std::uint64_t slot = table.slots[i].load(std::memory_order_acquire);
    if (slot == 0) return 0;
    if (((slot ^ hash) & kUpperHalf) == 0 && KeyOf(static_cast<NodeIndex>(slot)) == key) {
      return static_cast<NodeIndex>(slot);
    }
  }
}

NodeIndex Directory::Find(std::string_view key) const {
  return Find(*table_.load(std::memory_order_acquire), Hash64(key), key);
}

void Directory::Prefetch(std::string_view key) const {
  const Table& table = *table_.load(std::memory_order_acquire);
  __builtin_prefetch(&table.slots[Hash64(key) & table.mask]);
}

void Directory::FindAll(std::span<const std::string_view> keys, std::span<NodeIndex> nodes) const {
  const Table& table = *table_.load(std::memory_order_acquire);
  std::array<std::uint64_t, kAhead> hashes{};
  for (std::size_t begin = 0; begin < keys.size(); begin += kAhead) {
    const std::size_t count = std::min(kAhead, keys.size() - begin);
    for (std::size_t i = 0; i < count; ++i) {
      hashes[i] = Hash64(keys[begin + i]);
      __builtin_prefetch(&table.slots[hashes[i] & table.mask]);
    }
    // Mostly the first slot is the one.
    for (std::size_t i = 0; i < count; ++i) {
      const auto node = static_cast<NodeIndex>(
          table.slots[hashes[i] & table.mask].load(std::memory_order_relaxed));
      const auto* segment = SegmentOf(keys_, node);
      if (segment != nullptr) __builtin_prefetch(&segment[node & (kSegmentSize - 1)]);
    }
    for (std::size_t i = 0; i < count; ++i) {
      const auto node = static_cast<NodeIndex>(
          table.slots[hashes[i] & table.mask].load(std::memory_order_relaxed));
      __builtin_prefetch(KeyOf(node).data());
    }
    for (std::size_t i = 0; i < count; ++i)
      nodes[begin + i] = Find(table, hashes[i], keys[begin + i]);
  }
}

std::string_view Directory::KeyOf(NodeIndex node) const {
  const auto* segment = SegmentOf(keys_, node);
  if (segment == nullptr) return {};
  const std::uint64_t packed = segment[node & (kSegmentSize - 1)].load(std::memory_order_acquire);
  if (packed == 0) return {};
  return {reinterpret_cast<const char*>(packed & ((std::uint64_t{1} << kPointerBits) - 1)),
          static_cast<std::size_t>(packed >> kPointerBits)};
}

ClassNumber Directory::ClassOf(NodeIndex node) const {
  const auto* segment = SegmentOf(classes_, node);
  return ClassNumber{segment == nullptr
                         ? std::uint16_t{0}
                         : __atomic_load_n(&segment[node & (kSegmentSize - 1)], __ATOMIC_RELAXED)};
}

std::uint64_t Directory::LatestBits(NodeIndex node) const {
  const auto* segment = SegmentOf(latest_, node);
  return segment == nullptr ? 0
                            : segment[node & (kSegmentSize - 1)].load(std::memory_order_acquire);
}

CommitNumber Directory::Latest(NodeIndex node) const {
  return CommitNumber{LatestBits(node) >> NewestBits::kCommitShift};
}
bool Directory::Live(NodeIndex node) const { return (LatestBits(node) & NewestBits::kLive) != 0; }
bool Directory::Dated(NodeIndex node) const { return (LatestBits(node) & NewestBits::kDated) != 0; }
bool Directory::Gated(NodeIndex node) const {
  const auto* segment = SegmentOf(gated_, node);
  return segment != nullptr &&
         ((segment[(node & (kSegmentSize - 1)) / kWordBits].load(std::memory_order_acquire) >>
           node % kWordBits) &
          1) != 0;
}

template <typename T>
void Directory::GrowSegment(std::unique_ptr<std::atomic<T*>[]>& segments, NodeIndex node,
                            std::size_t size) {
  std::atomic<T*>& segment = segments[node >> kSegmentBits];
  if (segment.load(std::memory_order_relaxed) != nullptr) return;
  segment.store(std::make_unique<T[]>(size).release(), std::memory_order_release);
  bytes_.fetch_add(size * sizeof(T), std::memory_order_relaxed);
}

const char* Directory::Store(std::string_view key) {
  if (arena_left_ < key.size()) {
    arena_.push_back(std::make_unique<char[]>(kArenaBlock));
    arena_next_ = arena_.back().get();
    arena_left_ = kArenaBlock;
    bytes_.fetch_add(kArenaBlock, std::memory_order_relaxed);
  }
  char* const stored = arena_next_;
  std::memcpy(stored, key.data(), key.size());
  arena_next_ += key.size();
  arena_left_ -= key.size();
  return stored;
}

void Directory::Place(Table& table, std::uint64_t hash, NodeIndex node) {
  std::size_t i = hash & table.mask;
  while (table.slots[i].load(std::memory_order_relaxed) != 0) i = (i + 1) & table.mask;
  table.slots[i].store((hash & kUpperHalf) | node, std::memory_order_release);
}

// Fills a table: the places of some keys are fetched while those before them are filled.
class Directory::Placing {
 public:
  explicit Placing(Table& table) : table_(table) {}
  ~Placing() {
    for (const auto& [hash, node] : waiting_) Put(hash, node);
  }
  Placing(const Placing&) = delete;
  Placing& operator=(const Placing&) = delete;

  void Add(std::string_view key, NodeIndex node) {
    const std::uint64_t hash = Hash64(key);
    __builtin_prefetch(&table_.slots[hash & table_.mask], 1);
    const auto [before, one] = std::exchange(waiting_[next_++ % kAhead], {hash, node});
    Put(before, one);
  }

 private:
  void Put(std::uint64_t hash, NodeIndex node) {
    if (node != 0) Place(table_, hash, node);
  }

  Table& table_;
  std::array<std::pair<std::uint64_t, NodeIndex>, kAhead> waiting_{};
  std::size_t next_ = 0;
};

// Of the nodes that have a key, in their order, which is that of the keys in memory.
void Directory::GrowTable() {
  auto larger = std::make_unique<Table>((tables_.back()->mask + 1) * 2);
  {
    Placing placing(*larger);
    for (NodeIndex node = 1; node < limit(); ++node) {
      if (const std::string_view key = KeyOf(node); !key.empty()) placing.Add(key, node);
    }
  }
  bytes_.fetch_add((larger->mask + 1) * sizeof(std::uint64_t), std::memory_order_relaxed);
  tables_.push_back(std::move(larger));
  table_.store(tables_.back().get(), std::memory_order_release);
}

// Segments up to this one, so that the destructor may stop at the first gap.
void Directory::GrowSegments(NodeIndex node) {
  if (SegmentOf(keys_, node) != nullptr) return;
  for (NodeIndex n = 0; n <= node >> kSegmentBits; ++n) {
    if (keys_[n].load(std::memory_order_relaxed) != nullptr) continue;
    GrowSegment(classes_, n << kSegmentBits, kSegmentSize);
    GrowSegment(latest_, n << kSegmentBits, kSegmentSize);
    GrowSegment(gated_, n << kSegmentBits, kSegmentSize / kWordBits);
    GrowSegment(keys_, n << kSegmentBits, kSegmentSize);
  }
}

void Directory::Set(NodeIndex node, std::uint64_t packed_key, ClassNumber class_number) {
  GrowSegments(node);
  __atomic_store_n(&SegmentOf(classes_, node)[node & (kSegmentSize - 1)], class_number.value,
                   __ATOMIC_RELAXED);
  SegmentOf(keys_, node)[node & (kSegmentSize - 1)].store(packed_key, std::memory_order_release);
  if (limit_.load(std::memory_order_relaxed) <= node)
    limit_.store(node + 1, std::memory_order_release);
}

void Directory::Insert(NodeIndex node, std::string_view key, ClassNumber class_number) {
  ++used_;
  if (used_ * 3 > tables_.back()->mask * 2) GrowTable();
  Set(node, reinterpret_cast<std::uint64_t>(Store(key)) | std::uint64_t{key.size()} << kPointerBits,
      class_number);
  Place(*tables_.back(), Hash64(key), node);
}

void Directory::Move(NodeIndex from, NodeIndex to, ClassNumber class_number) {
  auto& old_key = SegmentOf(keys_, from)[from & (kSegmentSize - 1)];
  const std::string_view key = KeyOf(from);
  Set(to, old_key.load(std::memory_order_relaxed), class_number);
  const std::uint64_t hash = Hash64(key);
  Table& table = *tables_.back();
  std::size_t i = hash & table.mask;
  while (static_cast<NodeIndex>(table.slots[i].load(std::memory_order_relaxed)) != from)
    i = (i + 1) & table.mask;
  table.slots[i].store((hash & kUpperHalf) | to, std::memory_order_release);
  old_key.store(0, std::memory_order_release);
}

void Directory::SetLatest(NodeIndex node, CommitNumber commit, bool live) {
  std::atomic<std::uint64_t>& bits = SegmentOf(latest_, node)[node & (kSegmentSize - 1)];
  const std::uint64_t dated = bits.load(std::memory_order_relaxed) & NewestBits::kDated;
  bits.store(commit.value << NewestBits::kCommitShift | dated | (live ? NewestBits::kLive : 0),
             std::memory_order_release);
}

void Directory::MarkDated(NodeIndex node) {
  SegmentOf(latest_, node)[node & (kSegmentSize - 1)].fetch_or(NewestBits::kDated,
                                                               std::memory_order_release);
}

void Directory::MarkGated(NodeIndex node) {
  any_gated_.store(true, std::memory_order_release);
  SegmentOf(gated_, node)[(node & (kSegmentSize - 1)) / kWordBits].fetch_or(
      std::uint64_t{1} << node % kWordBits, std::memory_order_release);
}

void Directory::Restore(DirectoryImage image) {
  std::size_t slots = kFirstTable;
  const auto count = static_cast<std::size_t>(std::count_if(
      image.key_sizes.begin(), image.key_sizes.end(), [](std::uint16_t size) { return size > 0; }));
  while (count * 3 > (slots - 1) * 2) slots *= 2;
  if (slots > kFirstTable) {
    tables_.push_back(std::make_unique<Table>(slots));
    bytes_.fetch_add(slots * sizeof(std::uint64_t), std::memory_order_relaxed);
    table_.store(tables_.back().get(), std::memory_order_release);
  }
  {
    Placing placing(*tables_.back());
    const char* key = image.keys.get();
    for (NodeIndex node = 0; node < image.key_sizes.size(); ++node) {
      const std::size_t size = image.key_sizes[node];
      if (size == 0) continue;
      Set(node, reinterpret_cast<std::uint64_t>(key) | std::uint64_t{size} << kPointerBits,
          ClassNumber{image.classes[node]});
      SetLatest(node, CommitNumber{image.latest[node] >> 1}, (image.latest[node] & 1) != 0);
      placing.Add({key, size}, node);
      ++used_;
      key += size;
    }
  }
  arena_.push_back(std::move(image.keys));
  bytes_.fetch_add(image.key_bytes, std::memory_order_relaxed);
}

void Directory::SetClass(NodeIndex node, ClassNumber class_number) {
  __atomic_store_n(&SegmentOf(classes_, node)[node & (kSegmentSize - 1)], class_number.value,
                   __ATOMIC_RELAXED);
}

}  // namespace kosei::storage
