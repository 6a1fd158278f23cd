#include "engine/columns.h"

#include <algorithm>
#include <utility>

namespace kosei::query {

using language::Datum;
using language::DatumKind;
using storage::NodeIndex;

std::optional<std::size_t> Column::Keep(NodeIndex node, CommitNumber version, const Datum& value,
                                        std::size_t bytes_left) {
  constexpr std::size_t kBytesPerValue = 48;  // here and in numbers_
  if (value.kind() == DatumKind::kList || value.kind() == DatumKind::kMap) return std::nullopt;
  if (version.value >> (64 - kNumberBits) != 0) return std::nullopt;
  const MutexLock lock(mutex_);
  std::size_t grown = 0;
  const auto known = numbers_.find(value);
  std::size_t number = numbers_.size();
  if (known != numbers_.end()) number = known->second;
  std::atomic<Segment*>& segment = segments_[node >> kSegmentBits];
  const bool no_segment = segment.load(std::memory_order_relaxed) == nullptr;
  if (no_segment) grown += sizeof(Segment);
  if (known == numbers_.end()) {
    grown += kBytesPerValue + value.HeapBytes();
    if ((number & kChunkMask) == 0) grown += sizeof(Chunk);
  }
  if (number >= kValuesMax || grown > bytes_left) return std::nullopt;
  if (known == numbers_.end()) {
    std::atomic<Chunk*>& chunk = values_[number >> kChunkBits];
    if ((number & kChunkMask) == 0) {
      chunks_made_.push_back(std::make_unique<Chunk>());
      chunk.store(chunks_made_.back().get(), std::memory_order_release);
    }
    (*chunk.load(std::memory_order_relaxed))[number & kChunkMask] = value;
    numbers_.emplace(value, static_cast<std::uint32_t>(number));
  }
  if (no_segment) {
    segments_made_.push_back(std::make_unique<Segment>());
    segment.store(segments_made_.back().get(), std::memory_order_release);
  }
  (*segment.load(std::memory_order_relaxed))[node & kSegmentMask].store(
      version.value << kNumberBits | number, std::memory_order_release);
  bytes_.fetch_add(grown, std::memory_order_relaxed);
  return grown;
}

std::shared_ptr<Column> ColumnSet::Find(AttributeNumber attribute, std::uint64_t use) {
  const MutexLock lock(mutex_);
  const auto found = columns_.find(attribute.value);
  if (found == columns_.end()) return nullptr;
  found->second->last_use.store(use, std::memory_order_relaxed);
  return found->second;
}

std::shared_ptr<Column> ColumnSet::Make(AttributeNumber attribute, std::uint64_t use) {
  const MutexLock lock(mutex_);
  MakeRoom(use);
  std::shared_ptr<Column>& column = columns_[attribute.value];
  if (column == nullptr) {
    column = std::make_shared<Column>();
    bytes_.fetch_add(sizeof(Column), std::memory_order_relaxed);
  }
  column->last_use.store(use, std::memory_order_relaxed);
  return column;
}

void ColumnSet::MakeRoom(std::uint64_t use) {
  std::size_t bytes = 0;
  for (const auto& [attribute, column] : columns_) bytes += sizeof(Column) + column->bytes();
  bytes_.store(bytes, std::memory_order_relaxed);
  // A half that is left is room enough to begin with.
  while (bytes_.load(std::memory_order_relaxed) > bytes_max_ / 2 && !columns_.empty()) {
    const auto oldest =
        std::min_element(columns_.begin(), columns_.end(), [](const auto& a, const auto& b) {
          return a.second->last_use.load(std::memory_order_relaxed) <
                 b.second->last_use.load(std::memory_order_relaxed);
        });
    if (oldest->second->last_use.load(std::memory_order_relaxed) >= use) return;
    bytes_.fetch_sub(sizeof(Column) + oldest->second->bytes(), std::memory_order_relaxed);
    columns_.erase(oldest);
  }
}

bool ColumnSet::Keep(Column& column, NodeIndex node, CommitNumber version, const Datum& value) {
  const std::size_t bytes = bytes_.load(std::memory_order_relaxed);
  const std::optional<std::size_t> grown =
      column.Keep(node, version, value, bytes_max_ - std::min(bytes, bytes_max_));
  if (!grown.has_value()) return false;
  bytes_.fetch_add(*grown, std::memory_order_relaxed);
  return true;
}

std::shared_ptr<ColumnSet> Columns::Of(std::shared_ptr<const model::Schema> schema,
                                       std::uint64_t content_epoch) {
  const MutexLock lock(mutex_);
  if (current_ == nullptr || current_->schema() != schema.get() ||
      current_->content_epoch() != content_epoch)
    current_ = std::make_shared<ColumnSet>(std::move(schema), content_epoch, bytes_max_);
  return current_;
}

}  // namespace kosei::query
