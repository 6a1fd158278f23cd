// Following: the records that the next commits changed, looked at once each.
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_format.h"
#include "commit_log.h"
#include "index_entries.h"
#include "index_work.h"
#include "keys.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/storage/searched_text.h"
#include "rocksdb_status.h"
#include "text_grams.h"

namespace kosei::storage {
namespace {

// A batch is written when it has grown to this; the marks come with the last one.
constexpr std::size_t kBatchBytes = std::size_t{256} << 10;

// Commits after `from`, as far as one piece goes.
struct Stretch {
  CommitNumber from;
  CommitNumber to;
  std::vector<RecordId> changed;  // each once, ascending
  bool unlisted = false;          // the next commit lists no changes
};

bool IsFull(const Stretch& stretch) {
  return stretch.changed.size() >= kFollowRecords ||
         stretch.to.value - stretch.from.value >= kFollowCommits;
}

absl::StatusOr<Stretch> NextStretch(const Store& store, CommitNumber from, CommitNumber newest) {
  Stretch stretch{from, from, {}, false};
  const std::string end = keys::CommitKey(CommitNumber{newest.value + 1}, 0);
  const rocksdb::Slice bound(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &bound;
  const auto iterator = store.database->Iterate(Family::kCommits, options);
  for (iterator->Seek(keys::CommitKey(CommitNumber{from.value + 1}, 0)); iterator->Valid();
       iterator->Next()) {
    std::uint32_t part = 0;
    const CommitNumber number = keys::DecodeCommitKey(ViewOf(iterator->key()), part);
    if (part == 0) {
      if (IsFull(stretch)) break;
      KOSEI_ASSIGN_OR_RETURN(const DecodedCommit commit, DecodeCommit(ViewOf(iterator->value())));
      if (commit.listed == ChangesListed::kNo) {
        stretch.unlisted = stretch.to == from;
        break;
      }
      if (number.value != stretch.to.value + 1) break;
      stretch.to = number;
      continue;
    }
    CommitChanges changes;
    KOSEI_RETURN_IF_ERROR(DecodeChanges(ViewOf(iterator->value()), changes));
    for (const RecordChange& change : changes.records) stretch.changed.push_back(change.record);
  }
  KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "follow commits with indexes"));
  if (stretch.to == from && !stretch.unlisted && from < newest) {
    return MakeError(ErrorCode::kStorageCorrupt,
                     absl::StrFormat("follow commits with indexes: commit %d is missing; run "
                                     "`koseid verify`",
                                     from.value + 1));
  }
  std::sort(stretch.changed.begin(), stretch.changed.end());
  stretch.changed.erase(std::unique(stretch.changed.begin(), stretch.changed.end()),
                        stretch.changed.end());
  return stretch;
}

struct Followed {
  IndexedAttribute attribute;
  bool exact = false;  // its entries say what the commits before the stretch said, and no more
};

class Follower {
 public:
  Follower(Store& store, const model::Schema& schema, const std::vector<IndexEntry>& indexes,
           const Stretch& stretch)
      : store_(store),
        stretch_(stretch),
        placed_(store.head().time),
        records_(store.database->Iterate(Family::kRecords, rocksdb::ReadOptions())) {
    for (const IndexEntry& index : indexes) {
      if (index.whole_to >= stretch.to) continue;
      if (index.number == kTextIndex) {
        searched_ = SearchedAttributes(schema);
      } else if (const auto attribute =
                     FindIndexedAttribute(schema, AttributeNumber{index.number})) {
        attributes_.push_back(
            {*attribute, std::max(index.whole_to, index.ahead_to) <= stretch.from});
      }
    }
  }

  absl::Status Run() {
    for (const RecordId id : stretch_.changed) {
      KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordVersion> versions, VersionsOf(id));
      for (const Followed& followed : attributes_) Place(id, versions, followed);
      if (searched_) AddGrams(id, versions);
    }
    KOSEI_RETURN_IF_ERROR(PutEntries());
    return AppendPostings();
  }

  absl::Status Finish(std::vector<IndexEntry>& indexes) {
    for (IndexEntry& index : indexes) {
      if (index.whole_to >= stretch_.to) continue;
      index.whole_to = stretch_.to;
      Put(Family::kMeta, IndexMarkName(index.number), EncodeIndexMark(index));
    }
    return Flush();
  }

 private:
  // Offsets by gram and block.
  using Postings = absl::flat_hash_map<std::pair<Gram, std::uint32_t>, std::vector<std::uint32_t>>;

  // Oldest first, from the newest that was there before and hides those before it.
  absl::StatusOr<std::vector<RecordVersion>> VersionsOf(RecordId id) const {
    std::vector<RecordVersion> versions;
    for (records_->Seek(keys::RecordPrefix(id)); records_->Valid(); records_->Next()) {
      const keys::RecordKey key = keys::DecodeRecordKey(ViewOf(records_->key()));
      if (key.id != id) break;
      if (key.commit > stretch_.to) continue;
      versions.push_back({id, key.commit, kOpenEnd, records_->value().ToString()});
      if (key.commit <= stretch_.from && HidesOlder(versions.back().record())) break;
    }
    KOSEI_RETURN_IF_ERROR(ToStatus(records_->status(), "follow commits with indexes"));
    std::reverse(versions.begin(), versions.end());
    return versions;
  }

  // What the stretch changed of it; the rest is there when the index knows no later commits.
  void Place(RecordId id, std::span<const RecordVersion> versions, const Followed& followed) {
    ValueStates before;
    if (followed.exact) {
      const auto changed = std::find_if(
          versions.begin(), versions.end(),
          [this](const RecordVersion& version) { return version.begin > stretch_.from; });
      before = StatesOf({versions.begin(), changed}, followed.attribute);
    }
    for (const auto& [held, state] : StatesOf(versions, followed.attribute)) {
      const auto known = before.find(held);
      if (known == before.end() || known->second != state)
        placed_.Add(followed.attribute.number, held, id, state);
    }
  }

  void AddGrams(RecordId id, const std::vector<RecordVersion>& versions) {
    const auto block = static_cast<std::uint32_t>(id.value / kPostingBlock);
    for (const Gram& gram : GramsOfVersions(versions, *searched_, stretch_.from))
      postings_[{gram, block}].push_back(static_cast<std::uint32_t>(id.value % kPostingBlock));
  }

  // In the order in which they lie in the store: what is written in order finds its place soonest.
  absl::Status PutEntries() {
    placed_.RaisePast(store_.past_entries);
    for (const auto& [key, state] : placed_.Puts()) {
      Put(Family::kIndex, key, state);
      if (batch_.GetDataSize() >= kBatchBytes) KOSEI_RETURN_IF_ERROR(Flush());
    }
    for (const std::string& key : placed_.Removals()) {
      batch_.Delete(store_.database->family(Family::kIndex), SliceOf(key)).PermitUncheckedError();
      if (batch_.GetDataSize() >= kBatchBytes) KOSEI_RETURN_IF_ERROR(Flush());
    }
    return absl::OkStatus();
  }

  absl::Status AppendPostings() {
    // Side by side in the store, so in this order they are found and written soonest.
    std::vector<const Postings::value_type*> sorted;
    sorted.reserve(postings_.size());
    for (const Postings::value_type& each : postings_) sorted.push_back(&each);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* a, const auto* b) { return a->first < b->first; });
    for (const Postings::value_type* const each : sorted) {
      const auto& [place, offsets] = *each;
      const std::string key = PostingKey(place.first, place.second);
      const absl::StatusOr<std::string> before = store_.database->Get(Family::kText, key);
      if (!before.ok() && !HasCode(before.status(), ErrorCode::kNotFound)) return before.status();
      Posting posting;
      if (before.ok() && !posting.Decode(*before)) {
        return MakeError(ErrorCode::kStorageCorrupt,
                         "follow commits with the text index: a posting list is not one; build "
                         "the index anew with `kosei admin index build full-text`");
      }
      bool grown = false;
      for (const std::uint32_t offset : offsets) {
        grown = grown || !posting.Has(offset);
        posting.Add(offset);
      }
      if (grown) Put(Family::kText, key, posting.Encode());
      if (batch_.GetDataSize() >= kBatchBytes) KOSEI_RETURN_IF_ERROR(Flush());
    }
    return absl::OkStatus();
  }

  void Put(Family family, std::string_view key, std::string_view value) {
    batch_.Put(store_.database->family(family), SliceOf(key), SliceOf(value))
        .PermitUncheckedError();
  }

  absl::Status Flush() {
    rocksdb::WriteOptions options;
    options.low_pri = true;
    KOSEI_RETURN_IF_ERROR(ToStatus(store_.database->db().Write(options, &batch_), "write index"));
    batch_.Clear();
    return absl::OkStatus();
  }

  Store& store_;
  const Stretch& stretch_;
  PlacedEntries placed_;
  const std::unique_ptr<rocksdb::Iterator> records_;  // has all that the stretch names
  std::vector<Followed> attributes_;
  std::optional<std::vector<AttributeNumber>> searched_;
  Postings postings_;
  rocksdb::WriteBatch batch_;
};

}  // namespace

absl::Status FollowPiece(Store& store, const model::Schema& schema, CommitNumber newest,
                         std::vector<IndexEntry>& indexes) {
  CommitNumber from = newest;
  for (const IndexEntry& index : indexes) from = std::min(from, index.whole_to);
  KOSEI_ASSIGN_OR_RETURN(const Stretch stretch, NextStretch(store, from, newest));
  if (stretch.unlisted) {
    for (IndexEntry& index : indexes) {
      if (index.whole_to > from) continue;
      index.state = IndexState::kBuilding;
      index.redone = true;
      index.next_record = 0;
      index.whole_to = newest;
      KOSEI_RETURN_IF_ERROR(WriteMark(store, index));
    }
    return absl::OkStatus();
  }
  Follower follower(store, schema, indexes, stretch);
  KOSEI_RETURN_IF_ERROR(follower.Run());
  return follower.Finish(indexes);
}

}  // namespace kosei::storage
