// Building: one scan over all versions of all records, in pieces.
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "index_entries.h"
#include "index_work.h"
#include "keys.h"
#include "kosei/base/status_macros.h"
#include "kosei/storage/searched_text.h"
#include "rocksdb_status.h"
#include "sorted_files.h"
#include "text_grams.h"

namespace kosei::storage {
namespace {

// Less than this goes through the log and the memtables like everything else.
constexpr std::size_t kSortedFileBytesMin = std::size_t{1} << 20;

class Piece {
 public:
  Piece(Store& store, const model::Schema& schema, const std::vector<IndexEntry>& indexes)
      : store_(store), placed_(store.head().time) {
    for (const IndexEntry& index : indexes) {
      redone_ = redone_ || index.redone;
      if (index.number == kTextIndex) {
        searched_ = SearchedAttributes(schema);
      } else if (const auto attribute =
                     FindIndexedAttribute(schema, AttributeNumber{index.number})) {
        attributes_.push_back(*attribute);
      }
    }
  }

  // False when it is to stop; nothing may be written then.
  absl::StatusOr<bool> Scan(std::uint64_t first, std::uint64_t limit,
                            absl::FunctionRef<bool()> go_on) {
    constexpr std::uint64_t kVersionsPerLook = 1'024;
    std::uint64_t seen = 0;
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.readahead_size = std::size_t{1} << 20;
    const std::string end = keys::RecordPrefix(RecordId{limit});
    const rocksdb::Slice bound(end);
    options.iterate_upper_bound = &bound;
    const auto iterator = store_.database->Iterate(Family::kRecords, options);
    std::vector<RecordVersion> versions;  // of one record, newest first
    for (iterator->Seek(keys::RecordPrefix(RecordId{first})); iterator->Valid(); iterator->Next()) {
      if (++seen % kVersionsPerLook == 0 && !go_on()) return false;
      const keys::RecordKey key = keys::DecodeRecordKey(ViewOf(iterator->key()));
      if (!versions.empty() && versions.front().id != key.id) Add(versions);
      versions.push_back({key.id, key.commit, kOpenEnd, iterator->value().ToString()});
      newest_ = std::max(newest_, key.commit);
    }
    if (!versions.empty()) Add(versions);
    KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "build index"));
    return true;
  }

  // Entries in order, text first into a list of its own.
  absl::Status Write(std::vector<IndexEntry>& indexes) {
    placed_.RaisePast(store_.past_entries);
    const List& entries = placed_.Puts();
    List postings;
    postings.reserve(postings_.size());
    for (const auto& [key, offsets] : postings_) {
      Posting posting;
      for (const std::uint16_t offset : offsets) posting.Add(offset);
      postings.emplace_back(key, posting.Encode());
    }
    std::sort(postings.begin(), postings.end());
    std::size_t bytes = 0;
    for (const List* const list : {&entries, &std::as_const(postings)}) {
      for (const auto& [key, value] : *list) bytes += key.size() + value.size();
    }
    rocksdb::WriteBatch batch;
    if (bytes >= kSortedFileBytesMin) {
      KOSEI_RETURN_IF_ERROR(Ingest(entries, postings));
    } else {
      for (const auto& [key, value] : entries) Put(batch, Family::kIndex, key, value);
      for (const auto& [key, value] : postings) Put(batch, Family::kText, key, value);
    }
    if (redone_) {
      for (const std::string& key : placed_.Removals())
        batch.Delete(store_.database->family(Family::kIndex), SliceOf(key)).PermitUncheckedError();
    }
    for (const IndexEntry& index : indexes) {
      Put(batch, Family::kMeta, IndexMarkName(index.number), EncodeIndexMark(index));
    }
    rocksdb::WriteOptions options;
    options.low_pri = true;
    return ToStatus(store_.database->db().Write(options, &batch), "write index");
  }

  // Of all that was scanned.
  CommitNumber newest() const { return newest_; }

 private:
  using List = std::vector<std::pair<std::string, std::string>>;

  void Put(rocksdb::WriteBatch& batch, Family family, std::string_view key,
           std::string_view value) const {
    batch.Put(store_.database->family(family), SliceOf(key), SliceOf(value)).PermitUncheckedError();
  }

  void Add(std::vector<RecordVersion>& versions) {
    std::reverse(versions.begin(), versions.end());
    const RecordId id = versions.front().id;
    for (const IndexedAttribute& attribute : attributes_) {
      for (const auto& [held, state] : StatesOf(versions, attribute))
        placed_.Add(attribute.number, held, id, state);
    }
    if (searched_) {
      const auto block = static_cast<std::uint32_t>(id.value / kPostingBlock);
      for (const Gram& gram : GramsOfVersions(versions, *searched_, kNoCommit)) {
        postings_[PostingKey(gram, block)].push_back(
            static_cast<std::uint16_t>(id.value % kPostingBlock));
      }
    }
    versions.clear();
  }

  absl::Status Ingest(const List& entries, const List& postings) {
    KOSEI_ASSIGN_OR_RETURN(
        const auto files,
        SortedFiles::Create(*store_.database, store_.options.folder + "/indexing"));
    for (const auto& [key, value] : entries) {
      KOSEI_RETURN_IF_ERROR(files->Put(Family::kIndex, key, value));
    }
    for (const auto& [key, value] : postings) {
      KOSEI_RETURN_IF_ERROR(files->Put(Family::kText, key, value));
    }
    KOSEI_RETURN_IF_ERROR(files->Finish());
    return files->Ingest();
  }

  Store& store_;
  PlacedEntries placed_;
  bool redone_ = false;  // entries of before may lie elsewhere
  CommitNumber newest_ = kNoCommit;
  std::vector<IndexedAttribute> attributes_;
  std::optional<std::vector<AttributeNumber>> searched_;
  // Offsets in the block; most lists are short.
  absl::flat_hash_map<std::string, std::vector<std::uint16_t>> postings_;
};

}  // namespace

absl::Status BuildPiece(Store& store, const model::Schema& schema, absl::FunctionRef<bool()> go_on,
                        std::vector<IndexEntry>& indexes) {
  const std::uint64_t first = indexes.front().next_record;
  const std::uint64_t limit = (first / kBuildRecords + 1) * kBuildRecords;
  const bool last = limit >= store.directory.limit();
  Piece piece(store, schema, indexes);
  KOSEI_ASSIGN_OR_RETURN(const bool whole, piece.Scan(first, limit, go_on));
  if (!whole) return absl::OkStatus();
  for (IndexEntry& index : indexes) {
    index.next_record = last ? 0 : limit;
    index.ahead_to = std::max(index.ahead_to, piece.newest());
    if (!last) continue;
    index.state = IndexState::kWhole;
    index.redone = false;
  }
  return piece.Write(indexes);
}

}  // namespace kosei::storage
