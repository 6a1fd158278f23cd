// Columns: values of attributes that statements have read, by record, kept for the statements that
// come after, which so need not read the records again.
//
// Only values of the version that is a record's newest are kept (GraphView::HeldVersionOf). An
// entry names the commit that its version began with, so what a later commit has overtaken is not
// found. Lists and maps are not kept, and neither are attributes with very many different values.
//
// Thread-safe: readers never wait.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "kosei/base/ids.h"
#include "kosei/base/mutex.h"
#include "kosei/language/compare.h"
#include "kosei/language/datum.h"
#include "kosei/model/schema.h"
#include "kosei/storage/graph.h"

namespace kosei::query {

// The values of one attribute. Every record of a value has its number, 24 bits, and the commit of
// its version, 40 bits, in one word.
class Column {
 public:
  Column() = default;
  Column(const Column&) = delete;
  Column& operator=(const Column&) = delete;

  // The number of the value; nullopt: not kept.
  std::optional<std::uint32_t> FindNumber(storage::NodeIndex node, CommitNumber version) const {
    const Segment* const segment = segments_[node >> kSegmentBits].load(std::memory_order_acquire);
    if (segment == nullptr) return std::nullopt;
    const std::uint64_t entry = (*segment)[node & kSegmentMask].load(std::memory_order_acquire);
    if (entry >> kNumberBits != version.value) return std::nullopt;
    return static_cast<std::uint32_t>(entry & kNumberMask);
  }
  // Of a number that was found. Valid as long as the column.
  const language::Datum& ValueOf(std::uint32_t number) const {
    return (*values_[number >> kChunkBits].load(std::memory_order_acquire))[number & kChunkMask];
  }
  // Null: not kept. Valid as long as the column.
  const language::Datum* Find(storage::NodeIndex node, CommitNumber version) const {
    const std::optional<std::uint32_t> number = FindNumber(node, version);
    return number.has_value() ? &ValueOf(*number) : nullptr;
  }
  // Bytes that the column has grown by; `bytes_left`: so much it may. nullopt: not kept.
  std::optional<std::size_t> Keep(storage::NodeIndex node, CommitNumber version,
                                  const language::Datum& value, std::size_t bytes_left);

  std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  // The statement that used it last, by a number that the owner gives.
  std::atomic<std::uint64_t> last_use{0};

 private:
  static constexpr unsigned kNumberBits = 24;
  static constexpr std::uint64_t kNumberMask = (1U << kNumberBits) - 1;
  static constexpr unsigned kSegmentBits = 16;
  static constexpr storage::NodeIndex kSegmentMask = (1U << kSegmentBits) - 1;
  static constexpr unsigned kChunkBits = 12;
  static constexpr std::uint64_t kChunkMask = (1U << kChunkBits) - 1;
  // With more different values a column costs what the records do.
  static constexpr std::size_t kValuesMax = std::size_t{1} << 20;
  using Segment = std::array<std::atomic<std::uint64_t>, std::size_t{1} << kSegmentBits>;
  using Chunk = std::array<language::Datum, std::size_t{1} << kChunkBits>;
  struct SameKindAndValue {
    bool operator()(const language::Datum& a, const language::Datum& b) const {
      return a.kind() == b.kind() && language::Equivalent(a, b);
    }
  };

  std::array<std::atomic<Segment*>, std::size_t{1} << (32 - kSegmentBits)> segments_{};
  std::array<std::atomic<Chunk*>, (kValuesMax >> kChunkBits) + 1> values_{};
  std::atomic<std::size_t> bytes_{0};
  Mutex mutex_;
  std::vector<std::unique_ptr<Segment>> segments_made_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Chunk>> chunks_made_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<language::Datum, std::uint32_t, language::DatumHash, SameKindAndValue>
      numbers_ ABSL_GUARDED_BY(mutex_);
};

// The columns of one model, as long as nothing is taken out of versions that are there (erasure).
class ColumnSet {
 public:
  ColumnSet(std::shared_ptr<const model::Schema> schema, std::uint64_t content_epoch,
            std::size_t bytes_max)
      : schema_(std::move(schema)), content_epoch_(content_epoch), bytes_max_(bytes_max) {}

  const model::Schema* schema() const { return schema_.get(); }
  std::uint64_t content_epoch() const { return content_epoch_; }

  // The number of a statement that begins.
  std::uint64_t BeginUse() { return uses_.fetch_add(1, std::memory_order_relaxed) + 1; }
  // Null when there is none.
  std::shared_ptr<Column> Find(AttributeNumber attribute, std::uint64_t use);
  // A new one when there is none. Those that were not used for longest make room.
  std::shared_ptr<Column> Make(AttributeNumber attribute, std::uint64_t use);
  // Keeps the value while there is room; false: there is none.
  bool Keep(Column& column, storage::NodeIndex node, CommitNumber version,
            const language::Datum& value);

 private:
  void MakeRoom(std::uint64_t use) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::shared_ptr<const model::Schema> schema_;
  const std::uint64_t content_epoch_;
  const std::size_t bytes_max_;
  std::atomic<std::uint64_t> uses_{0};
  std::atomic<std::size_t> bytes_{0};  // about: what left may still grow
  Mutex mutex_;
  absl::flat_hash_map<std::uint16_t, std::shared_ptr<Column>> columns_ ABSL_GUARDED_BY(mutex_);
};

// Hands out the set that holds now.
class Columns {
 public:
  // All columns together take at most about `bytes_max`.
  explicit Columns(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  // `content_epoch` as Reader::ContentEpoch, asked before anything is read. Never null. Of another
  // model or epoch than the last one: a new, empty set.
  std::shared_ptr<ColumnSet> Of(std::shared_ptr<const model::Schema> schema,
                                std::uint64_t content_epoch);

 private:
  const std::size_t bytes_max_;
  Mutex mutex_;
  std::shared_ptr<ColumnSet> current_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kosei::query
