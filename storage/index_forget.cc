#include "index_forget.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "index_entries.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/storage/searched_text.h"
#include "rocksdb_status.h"
#include "text_grams.h"

namespace kosei::storage {
namespace {

std::set<AttributeNumber> AttributesOf(const std::vector<RecordVersion>& versions) {
  std::set<AttributeNumber> attributes;
  for (const RecordVersion& version : versions) {
    version.record().ForEach(
        [&](AttributeNumber attribute, const Value&) { attributes.insert(attribute); });
  }
  return attributes;
}

}  // namespace

IndexForgetter::IndexForgetter(Store& store, const model::Schema& schema)
    : store_(store), schema_(schema), searched_(SearchedAttributes(schema)) {}

absl::Status IndexForgetter::AddValues(const std::vector<RecordVersion>& before,
                                       const std::vector<RecordVersion>& after,
                                       const IndexedAttribute& attribute,
                                       rocksdb::WriteBatch& batch) {
  const RecordId id = before.front().id;
  const ValueStates had = StatesOf(before, attribute);
  const ValueStates left = StatesOf(after, attribute);
  rocksdb::ColumnFamilyHandle* const family = store_.database->family(Family::kIndex);
  bool there = false;  // not of an index that was dropped
  for (const auto& [held, state] : had) {
    const bool gone = !left.contains(held);
    if (gone) touched_.insert(attribute.number.value);
    for (const std::string& key :
         {IndexKey(attribute.number, held, id), PastIndexKey(attribute.number, held, id)}) {
      const absl::Status found = store_.database->Get(Family::kIndex, key).status();
      if (!HasCode(found, ErrorCode::kNotFound)) KOSEI_RETURN_IF_ERROR(found);
      there = there || found.ok();
      // Whether it is there or not: an index that was dropped may have left it in a file.
      if (gone) KOSEI_RETURN_IF_ERROR(ToStatus(batch.Delete(family, key), "forget in an index"));
    }
  }
  if (!there) return absl::OkStatus();
  PlacedEntries placed(store_.head().time);
  for (const auto& [held, state] : left) {
    const auto known = had.find(held);
    if (known == had.end() || known->second != state) placed.Add(attribute.number, held, id, state);
  }
  placed.RaisePast(store_.past_entries);
  for (const auto& [key, state] : placed.Puts())
    KOSEI_RETURN_IF_ERROR(ToStatus(batch.Put(family, key, state), "forget in an index"));
  for (const std::string& key : placed.Removals())
    KOSEI_RETURN_IF_ERROR(ToStatus(batch.Delete(family, key), "forget in an index"));
  return absl::OkStatus();
}

absl::Status IndexForgetter::Add(const std::vector<RecordVersion>& before,
                                 const std::vector<RecordVersion>& after,
                                 rocksdb::WriteBatch& batch) {
  std::set<AttributeNumber> attributes = AttributesOf(before);
  attributes.insert(schema_.well_known().closed_at);  // its index has open records too
  for (const AttributeNumber number : attributes) {
    const std::optional<IndexedAttribute> attribute = FindIndexedAttribute(schema_, number);
    if (attribute) KOSEI_RETURN_IF_ERROR(AddValues(before, after, *attribute, batch));
  }
  const std::vector<Gram> had = GramsOfVersions(before, searched_, kNoCommit);
  const std::vector<Gram> has = GramsOfVersions(after, searched_, kNoCommit);
  std::vector<Gram> gone;
  std::set_difference(had.begin(), had.end(), has.begin(), has.end(), std::back_inserter(gone));
  const std::uint64_t id = before.front().id.value;
  for (const Gram& gram : gone) {
    postings_[PostingKey(gram, static_cast<std::uint32_t>(id / kPostingBlock))].push_back(
        static_cast<std::uint32_t>(id % kPostingBlock));
  }
  return absl::OkStatus();
}

absl::Status IndexForgetter::Finish(rocksdb::WriteBatch& batch) {
  rocksdb::ColumnFamilyHandle* const family = store_.database->family(Family::kText);
  if (!postings_.empty()) touched_.insert(kTextIndex);
  for (const auto& [key, offsets] : postings_) {
    const absl::StatusOr<std::string> bytes = store_.database->Get(Family::kText, key);
    if (HasCode(bytes.status(), ErrorCode::kNotFound)) continue;
    KOSEI_RETURN_IF_ERROR(bytes.status());
    Posting posting;
    if (!posting.Decode(*bytes)) {
      return MakeError(ErrorCode::kStorageCorrupt,
                       "forget in the text index: a posting list is not one; build the index anew "
                       "with `kosei admin index build full-text`");
    }
    for (const std::uint32_t offset : offsets) posting.Remove(offset);
    const rocksdb::Status written =
        posting.empty() ? batch.Delete(family, key) : batch.Put(family, key, posting.Encode());
    KOSEI_RETURN_IF_ERROR(ToStatus(written, "forget in the text index"));
  }
  postings_.clear();
  return absl::OkStatus();
}

}  // namespace kosei::storage
