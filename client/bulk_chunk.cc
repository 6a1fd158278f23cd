#include "bulk_chunk.h"

#include <algorithm>

#include "kosei/base/bytes.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/write_generated.h"

namespace kosei::client {
namespace {

constexpr std::size_t kRecordAlignment = 8;
constexpr std::size_t kKeyBlockBytes = 64U << 10;
// A string in a message: offset, length, terminator and padding beside its bytes.
constexpr std::size_t kKeyOverhead = 12;
constexpr std::size_t kLinkBytes = 10;

}  // namespace

void BulkChunk::AddRecord(std::string_view encoded, std::uint64_t tag) {
  record_lengths_.push_back(static_cast<std::uint32_t>(encoded.size()));
  record_bytes_.append(encoded);
  const std::size_t odd = record_bytes_.size() % kRecordAlignment;
  if (odd != 0) record_bytes_.append(kRecordAlignment - odd, '\0');
  tags_.records.push_back(tag);
}

void BulkChunk::AddLink(const Link& link, std::uint64_t tag) {
  link_sources_.push_back(NumberOf(link.source));
  link_types_.push_back(link.type.value);
  link_targets_.push_back(NumberOf(link.target));
  AddTimes(link);
  tags_.links.push_back(tag);
}

void BulkChunk::AddTimes(const Link& link) {
  const bool timed = link.valid_from != kBeginningOfTime || link.valid_to != kEndOfTime;
  if (!timed && link_valid_from_.empty()) return;
  // Those before it have none.
  link_valid_from_.resize(link_sources_.size() - 1, kBeginningOfTime.micros);
  link_valid_to_.resize(link_sources_.size() - 1, kEndOfTime.micros);
  link_valid_from_.push_back(link.valid_from.micros);
  link_valid_to_.push_back(link.valid_to.micros);
}

std::uint32_t BulkChunk::NumberOf(std::string_view key) {
  const auto found = key_numbers_.find(key);
  if (found != key_numbers_.end()) return found->second;
  if (key_blocks_.empty() ||
      key_blocks_.back().capacity() - key_blocks_.back().size() < key.size()) {
    key_blocks_.emplace_back().reserve(std::max(kKeyBlockBytes, key.size()));
  }
  std::string& block = key_blocks_.back();
  const std::size_t begin = block.size();
  block.append(key);
  const auto number = static_cast<std::uint32_t>(keys_.size());
  keys_.push_back(std::string_view(block).substr(begin));
  key_numbers_.emplace(keys_.back(), number);
  key_bytes_ += key.size() + kKeyOverhead;
  return number;
}

std::size_t BulkChunk::bytes() const {
  return record_bytes_.size() + record_lengths_.size() * sizeof(std::uint32_t) + key_bytes_ +
         link_sources_.size() * kLinkBytes + link_valid_from_.size() * 2 * sizeof(std::int64_t);
}

std::uint64_t BulkChunk::Digest(std::uint64_t before,
                                const std::vector<RelationshipTypeNumber>& complete_types) const {
  Sha256 hash;
  const auto add = [&hash](const auto& numbers) {
    std::string head;
    AppendU64(head, numbers.size());
    hash.Update(head);
    hash.Update(
        {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(numbers.front())});
  };
  add(std::vector<std::uint64_t>{before});
  add(record_lengths_);
  hash.Update(record_bytes_);
  for (const std::string_view key : keys_) add(key);
  add(link_sources_);
  add(link_types_);
  add(link_targets_);
  add(link_valid_from_);
  add(link_valid_to_);
  add(complete_types);
  return ReadU64(hash.Finish().data()) | 1;
}

void BulkChunk::Drop() { Clear(); }

void BulkChunk::SetLoad(std::string& message, std::uint64_t load) {
  auto* const table = flatbuffers::GetMutableRoot<flatbuffers::Table>(message.data());
  table->SetField<std::uint64_t>(fb::BulkChunkRequest::VT_LOAD, load, 0);
}

std::string BulkChunk::Take(std::uint64_t load, std::uint64_t number,
                            const std::vector<RelationshipTypeNumber>& complete_types,
                            std::uint64_t digest, ChunkTags& tags) {
  builder_.Clear();
  const auto lengths = builder_.CreateVector(record_lengths_);
  const auto records = protocol::CreateRecordBytes(builder_, record_bytes_);
  std::vector<flatbuffers::Offset<flatbuffers::String>> key_offsets;
  key_offsets.reserve(keys_.size());
  for (const std::string_view key : keys_) {
    key_offsets.push_back(builder_.CreateString(key.data(), key.size()));
  }
  const auto keys = builder_.CreateVector(key_offsets);
  const auto sources = builder_.CreateVector(link_sources_);
  const auto types = builder_.CreateVector(link_types_);
  const auto targets = builder_.CreateVector(link_targets_);
  std::vector<std::uint16_t> complete;
  for (const RelationshipTypeNumber type : complete_types) complete.push_back(type.value);
  const auto complete_offset = builder_.CreateVector(complete);
  flatbuffers::Offset<flatbuffers::Vector<std::int64_t>> valid_from;
  flatbuffers::Offset<flatbuffers::Vector<std::int64_t>> valid_to;
  if (!link_valid_from_.empty()) {
    valid_from = builder_.CreateVector(link_valid_from_);
    valid_to = builder_.CreateVector(link_valid_to_);
  }
  std::string out(protocol::FinishBody(
      builder_,
      fb::CreateBulkChunkRequest(builder_, load, number, lengths, records, keys, sources, types,
                                 targets, complete_offset, valid_from, valid_to, digest)));
  tags = std::move(tags_);
  Clear();
  return out;
}

void BulkChunk::Clear() {
  record_lengths_.clear();
  record_bytes_.clear();
  link_sources_.clear();
  link_targets_.clear();
  link_types_.clear();
  link_valid_from_.clear();
  link_valid_to_.clear();
  tags_ = {};
  key_numbers_.clear();
  keys_.clear();
  key_blocks_.clear();
  key_bytes_ = 0;
}

}  // namespace kosei::client
