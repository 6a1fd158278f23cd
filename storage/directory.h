// Directory: in memory, which record has which key, of which class, and when its newest version
// began. A key names one record for ever, so neither needs a View. One writer at a time; readers
// never wait.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/storage/graph.h"

namespace kosei::storage {

// What a checkpoint keeps of a directory, by node.
struct DirectoryImage {
  std::vector<std::uint16_t> key_sizes;  // 0: no record
  std::unique_ptr<char[]> keys;          // one behind the other
  std::uint64_t key_bytes = 0;
  std::vector<std::uint16_t> classes;
  std::vector<std::uint64_t> latest;  // commit << 1 | live
};

class Directory {
 public:
  Directory();
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  // The node of a key, or 0. A node whose Latest() is kNoCommit is reserved only: no version of it
  // was published.
  NodeIndex Find(std::string_view key) const;
  // The same of many keys, whose places in memory are fetched at once. `nodes`: as many as `keys`.
  void FindAll(std::span<const std::string_view> keys, std::span<NodeIndex> nodes) const;
  // The key will be looked up in a moment.
  void Prefetch(std::string_view key) const;
  std::string_view KeyOf(
      NodeIndex node) const;  // empty when there is none; valid as long as the directory
  ClassNumber ClassOf(NodeIndex node) const;
  CommitNumber Latest(NodeIndex node) const;
  // As far as was known at its newest commit, the record is there at that commit's time or later.
  bool Live(NodeIndex node) const;
  // A version of it speaks of another valid time than from its commit's time on.
  bool Dated(NodeIndex node) const;
  // A version of it has a gate of its own.
  bool Gated(NodeIndex node) const;
  // Every node is below it.
  NodeIndex limit() const { return limit_.load(std::memory_order_acquire); }
  std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  // What a GraphView reads of the nodes.
  GraphView::NodeSegments segments() const {
    return {classes_.get(), latest_.get(), gated_.get(), &any_gated_};
  }

  // Writer only. `node` must have no key yet; nodes may be left out.
  void Insert(NodeIndex node, std::string_view key, ClassNumber class_number);
  // Gives the key of `from`, of which no version was ever published, to `to`.
  void Move(NodeIndex from, NodeIndex to, ClassNumber class_number);
  void SetLatest(NodeIndex node, CommitNumber commit, bool live);
  void SetClass(NodeIndex node, ClassNumber class_number);
  // For ever.
  void MarkDated(NodeIndex node);
  void MarkGated(NodeIndex node);
  // Takes all of it; nothing may have been inserted.
  void Restore(DirectoryImage image);

 private:
  static constexpr std::size_t kSegmentBits = 16;
  static constexpr std::size_t kSegmentSize = std::size_t{1} << kSegmentBits;
  static constexpr std::size_t kSegmentCount = std::size_t{1} << 16;

  // Open addressing; a slot is the key hash's upper half and the node, 0 when free.
  struct Table {
    explicit Table(std::size_t slot_count)
        : mask(slot_count - 1), slots(std::make_unique<std::atomic<std::uint64_t>[]>(slot_count)) {}
    std::size_t mask;
    std::unique_ptr<std::atomic<std::uint64_t>[]> slots;
  };

  template <typename T>
  T* SegmentOf(const std::unique_ptr<std::atomic<T*>[]>& segments, NodeIndex node) const {
    return segments[node >> kSegmentBits].load(std::memory_order_acquire);
  }
  template <typename T>
  void GrowSegment(std::unique_ptr<std::atomic<T*>[]>& segments, NodeIndex node, std::size_t size);
  void GrowSegments(NodeIndex node);
  void Set(NodeIndex node, std::uint64_t packed_key, ClassNumber class_number);
  const char* Store(std::string_view key);
  void GrowTable();
  NodeIndex Find(const Table& table, std::uint64_t hash, std::string_view key) const;
  static void Place(Table& table, std::uint64_t hash, NodeIndex node);
  class Placing;

  std::uint64_t LatestBits(NodeIndex node) const;

  // A key is a pointer into the arena (48 bits) and its length (16 bits).
  std::unique_ptr<std::atomic<std::atomic<std::uint64_t>*>[]> keys_;
  std::unique_ptr<std::atomic<std::uint16_t*>[]> classes_;
  std::unique_ptr<std::atomic<std::atomic<std::uint64_t>*>[]>
      latest_;  // commit << 2 | dated << 1 | live
  std::unique_ptr<std::atomic<std::atomic<std::uint64_t>*>[]> gated_;  // a bit a node
  std::atomic<Table*> table_{nullptr};
  std::vector<std::unique_ptr<Table>>
      tables_;  // outgrown ones stay: a reader may still be probing them
  std::vector<std::unique_ptr<char[]>> arena_;
  std::size_t arena_left_ = 0;
  char* arena_next_ = nullptr;
  std::size_t used_ = 0;
  std::atomic<bool> any_gated_{false};
  std::atomic<NodeIndex> limit_{1};
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace kosei::storage
