// Indexes against the records they were made from.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "index_book.h"
#include "index_entries.h"
#include "keys.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/storage/searched_text.h"
#include "rocksdb_status.h"
#include "text_grams.h"
#include "verify_run.h"

namespace kosei::storage {
namespace {

std::string NameOf(const VerifyRun& run, AttributeNumber attribute) {
  const std::string_view name = run.schema.AttributeName(attribute);
  return name.empty() ? absl::StrFormat("attribute %d", attribute.value) : std::string(name);
}

class IndexCheck {
 public:
  explicit IndexCheck(VerifyRun& run) : run_(run) {}

  // Indexes that answer questions; those being built, and those that the next start builds anew,
  // are left out.
  bool Choose() {
    const absl::StatusOr<std::vector<IndexEntry>> marks = ReadIndexMarks(run_.database);
    if (!marks.ok()) {
      run_.Find("indexes: " + std::string(MessageOf(marks.status())));
      return false;
    }
    for (const IndexEntry& mark : *marks) {
      if (mark.origin == IndexOrigin::kDropped || mark.state != IndexState::kWhole ||
          mark.definition != DefinitionOf(run_.schema, mark.number)) {
        continue;
      }
      if (mark.number == kTextIndex) {
        text_to_ = mark.whole_to;
        searched_ = SearchedAttributes(run_.schema);
      } else if (const auto attribute =
                     FindIndexedAttribute(run_.schema, AttributeNumber{mark.number})) {
        indexes_.push_back({*attribute, mark.whole_to});
      }
    }
    return !indexes_.empty() || text_to_.has_value();
  }

  void CompareRecords() {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.readahead_size = std::size_t{1} << 20;
    const auto iterator = run_.database.Iterate(Family::kRecords, options);
    const std::uint64_t total = run_.EstimateOf(Family::kRecords);
    std::uint64_t done = 0;
    std::vector<RecordVersion> versions;  // of one record, newest first
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
      if (iterator->key().size() != keys::kRecordKeySize) continue;  // told by VerifyRecords
      const keys::RecordKey key = keys::DecodeRecordKey(ViewOf(iterator->key()));
      if (!versions.empty() && versions.front().id != key.id) Add(versions);
      std::string bytes = iterator->value().ToString();
      if (RecordView::Verify(bytes).ok()) {
        versions.push_back({key.id, key.commit, kOpenEnd, std::move(bytes)});
      }
      run_.Progress("indexes", ++done, std::max(done, total));
    }
    if (!versions.empty()) Add(versions);
    FinishBlock();
    const absl::Status read = ToStatus(iterator->status(), "read records");
    if (!read.ok()) run_.Find("indexes: " + std::string(MessageOf(read)));
  }

  // Every key of the index family is one that a record accounts for.
  void CompareKeys() {
    std::map<AttributeNumber, std::uint64_t> counts;
    const auto iterator = run_.database.Iterate(Family::kIndex, rocksdb::ReadOptions());
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
      if (!IsChecked(ViewOf(iterator->key()))) continue;
      DecodedIndexKey key;
      EntryState state;
      if (!DecodeIndexKey(ViewOf(iterator->key()), key) ||
          !DecodeEntryState(ViewOf(iterator->value()), state)) {
        run_.Find("indexes: an entry is not one");
        continue;
      }
      if ((key.part & kPastPart) != 0 && !state.ended)
        run_.Find("indexes: an entry lies with the past and has not ended");
      ++counts[key.attribute];
    }
    const absl::Status read = ToStatus(iterator->status(), "read indexes");
    if (!read.ok()) run_.Find("indexes: " + std::string(MessageOf(read)));
    for (const Checked& index : indexes_) {
      const std::uint64_t count = counts[index.attribute.number];
      run_.report.index_entries += count;
      if (count <= index.found) continue;
      run_.Find(absl::StrFormat("index %s: %d entries that no record accounts for",
                                NameOf(run_, index.attribute.number), count - index.found));
    }
  }

 private:
  struct Checked {
    IndexedAttribute attribute;
    CommitNumber whole_to;
    std::uint64_t found = 0;
  };

  // Keys of an index that is built anew may have an older form.
  bool IsChecked(std::string_view key) const {
    constexpr std::size_t kNumberBytes = 2;
    if (key.size() < kNumberBytes) return true;
    const AttributeNumber attribute{ReadU16(key.data())};
    return std::any_of(indexes_.begin(), indexes_.end(), [attribute](const Checked& index) {
      return index.attribute.number == attribute;
    });
  }

  void Add(std::vector<RecordVersion>& versions) {
    std::reverse(versions.begin(), versions.end());
    for (Checked& index : indexes_) AddValues(versions, index);
    if (text_to_) AddText(versions);
    versions.clear();
  }

  void AddValues(const std::vector<RecordVersion>& versions, Checked& index) {
    std::vector<RecordVersion> in_it;
    for (const RecordVersion& version : versions) {
      if (version.begin <= index.whole_to) in_it.push_back(version);
    }
    const bool all = in_it.size() == versions.size();
    const ValueStates needed = StatesOf(in_it, index.attribute);
    // Of later versions an index may know something already.
    const RecordId id = versions.front().id;
    for (const auto& [held, state] : all ? needed : StatesOf(versions, index.attribute)) {
      const AttributeNumber attribute = index.attribute.number;
      const auto present = run_.database.Get(Family::kIndex, IndexKey(attribute, held, id));
      // One of the past may be left of a value that came back.
      const auto past = run_.database.Get(Family::kIndex, PastIndexKey(attribute, held, id));
      index.found += (present.ok() ? 1 : 0) + (past.ok() ? 1 : 0);
      if (!present.ok() && !past.ok()) {
        if (needed.contains(held)) Missing(index, id, "the entry of a value is missing");
        continue;
      }
      EntryState found;
      if (!DecodeEntryState(present.ok() ? *present : *past, found))
        continue;  // told with the keys
      if (all && found != state) Missing(index, id, "an entry does not say how long it holds");
    }
  }

  void Missing(const Checked& index, RecordId id, std::string_view what) {
    run_.Find(absl::StrFormat("index %s, record %d: %s", NameOf(run_, index.attribute.number),
                              id.value, what));
  }

  void AddText(const std::vector<RecordVersion>& versions) {
    const RecordId id = versions.front().id;
    const auto block = static_cast<std::uint32_t>(id.value / kPostingBlock);
    if (block != block_) FinishBlock();
    block_ = block;
    std::vector<RecordVersion> in_it;
    for (const RecordVersion& version : versions) {
      if (version.begin <= *text_to_) in_it.push_back(version);
    }
    for (const Gram& gram : GramsOfVersions(in_it, searched_, kNoCommit)) {
      grams_[gram].Add(static_cast<std::uint32_t>(id.value % kPostingBlock));
    }
  }

  void FinishBlock() {
    for (const auto& [gram, needed] : grams_) {
      const absl::StatusOr<std::string> bytes =
          run_.database.Get(Family::kText, PostingKey(gram, block_));
      Posting found;
      if (bytes.ok() && !found.Decode(*bytes)) {
        run_.Find("index full-text: a posting list is not one");
        continue;
      }
      Posting both = found;
      both.Intersect(needed);
      if (both.count() == needed.count()) continue;
      run_.Find(absl::StrFormat(
          "index full-text: of the records from %d on, %d that have a piece of text are not listed "
          "under it",
          std::uint64_t{block_} * kPostingBlock, needed.count() - both.count()));
    }
    grams_.clear();
  }

  VerifyRun& run_;
  std::vector<Checked> indexes_;
  std::optional<CommitNumber> text_to_;
  std::vector<AttributeNumber> searched_;
  std::uint32_t block_ = 0;
  std::map<Gram, Posting> grams_;  // of the records of block_
};

}  // namespace

void VerifyIndexes(VerifyRun& run) {
  IndexCheck check(run);
  if (!check.Choose()) return;
  check.CompareRecords();
  check.CompareKeys();
}

}  // namespace kosei::storage
