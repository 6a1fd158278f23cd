#include "index_lookup.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "commit_log.h"
#include "index_entries.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "rocksdb_status.h"
#include "text_grams.h"

namespace kosei::storage {
namespace {

// Beyond these a scan is no dearer than reading what changed.
constexpr std::uint64_t kLateCommitsMax = 1'000;
constexpr std::size_t kLateRecordsMax = 20'000;
constexpr std::uint64_t kEntriesPerCheck = 4'096;
// Posting lists read for a text too short for a gram of its own.
constexpr std::size_t kShortPostingsMax = 100'000;

absl::Status Broken(const char* what) {
  return MakeError(ErrorCode::kStorageCorrupt,
                   std::string("look up in an index: ") + what +
                       "; build the index anew with `kosei admin index build`");
}

// Reads the entries in a range that the View may show, part by part.
class EntryReader {
 public:
  // Gets the value as it stands in the key; false ends the reading.
  using Visit = absl::FunctionRef<bool(std::string_view, RecordId)>;

  EntryReader(const Store& store, const ValueRange& range, const View& view,
              IndexReader::Check check, Visit visit)
      : range_(range), view_(view), check_(check), visit_(visit) {
    AppendU16(end_, range.attribute.value);
    end_ += '\xff';  // behind every part of the attribute
    bound_ = end_;
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &bound_;
    iterator_ = store.database->Iterate(Family::kIndex, options);
    // What the iterator sees of the past was said there before.
    past_ = !store.past_entries.HiddenFrom(view);
  }

  absl::Status Run() {
    for (std::uint8_t part = 0; part <= (kClosedPart | kPastPart) && !done_; ++part) {
      if (range_.open_only && (part & kClosedPart) != 0) continue;
      if (!past_ && (part & kPastPart) != 0) continue;
      KOSEI_RETURN_IF_ERROR(RunPart(part));
    }
    return ToStatus(iterator_->status(), "look up in an index");
  }

 private:
  absl::Status RunPart(std::uint8_t part) {
    std::string prefix = end_.substr(0, end_.size() - 1);
    prefix += static_cast<char>(part);
    const std::string begin = prefix + range_.low.substr(0, kIndexedBytes);
    for (iterator_->Seek(begin); iterator_->Valid(); iterator_->Next()) {
      if (++seen_ % kEntriesPerCheck == 0) KOSEI_RETURN_IF_ERROR(check_());
      if (!iterator_->key().starts_with(prefix)) break;
      DecodedIndexKey key;
      EntryState state;
      if (!DecodeIndexKey(ViewOf(iterator_->key()), key) ||
          !DecodeEntryState(ViewOf(iterator_->value()), state)) {
        return Broken("an entry is not one");
      }
      // A value that was cut stands for all that begin so.
      const bool cut_inside =
          key.value.size() == kIndexedBytes && std::string_view(range_.high).starts_with(key.value);
      if (key.value >= range_.high && !cut_inside) break;
      done_ = MayShow(state, view_) && !visit_(key.value, key.id);
      if (done_) break;
    }
    return absl::OkStatus();
  }

  const ValueRange& range_;
  const View& view_;
  const IndexReader::Check check_;
  const Visit visit_;
  std::string end_;
  rocksdb::Slice bound_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
  bool past_ = true;
  bool done_ = false;
  std::uint64_t seen_ = 0;
};

// The posting lists of one gram, by block.
using Postings = std::map<std::uint32_t, Posting>;

absl::Status ReadPostings(const Store& store, const std::string& gram, const Postings* within,
                          IndexReader::Check check, Postings& postings) {
  const std::string end = PostingKey(gram, 0xFFFF'FFFF);
  const rocksdb::Slice bound(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &bound;
  const auto iterator = store.database->Iterate(Family::kText, options);
  std::uint64_t seen = 0;
  for (iterator->Seek(PostingKey(gram, 0)); iterator->Valid(); iterator->Next()) {
    if (++seen % kEntriesPerCheck == 0) KOSEI_RETURN_IF_ERROR(check());
    const std::string_view key = ViewOf(iterator->key());
    if (key.size() != gram.size() + 4 || !key.starts_with(gram)) continue;
    const std::uint32_t block = ReadU32(key.data() + gram.size());
    if (within != nullptr && within->find(block) == within->end()) continue;
    if (!postings[block].Decode(ViewOf(iterator->value()))) {
      return Broken("a posting list is not one");
    }
  }
  return ToStatus(iterator->status(), "look up in the text index");
}

// Records with every gram.
absl::Status IntersectGrams(const Store& store, const std::vector<Gram>& grams,
                            IndexReader::Check check, Postings& result) {
  KOSEI_RETURN_IF_ERROR(ReadPostings(store, grams.front().bytes(), nullptr, check, result));
  for (std::size_t i = 1; i < grams.size() && !result.empty(); ++i) {
    KOSEI_RETURN_IF_ERROR(check());
    Postings more;
    KOSEI_RETURN_IF_ERROR(ReadPostings(store, grams[i].bytes(), &result, check, more));
    for (auto block = result.begin(); block != result.end();) {
      const auto other = more.find(block->first);
      if (other != more.end()) block->second.Intersect(other->second);
      const bool none = other == more.end() || block->second.empty();
      block = none ? result.erase(block) : std::next(block);
    }
  }
  return absl::OkStatus();
}

// Records with a gram that begins so; false when there are too many lists to read.
absl::StatusOr<bool> UniteGrams(const Store& store, std::string_view beginning,
                                IndexReader::Check check, Postings& result) {
  std::string end(beginning);
  end += '\xff';  // no UTF-8 text goes on with it
  const rocksdb::Slice bound(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &bound;
  const auto iterator = store.database->Iterate(Family::kText, options);
  std::size_t seen = 0;
  for (iterator->Seek(SliceOf(beginning)); iterator->Valid(); iterator->Next()) {
    if (++seen > kShortPostingsMax) return false;
    if (seen % kEntriesPerCheck == 0) KOSEI_RETURN_IF_ERROR(check());
    const std::string_view key = ViewOf(iterator->key());
    if (key.size() <= beginning.size() + 4) continue;
    Posting posting;
    if (!posting.Decode(ViewOf(iterator->value()))) return Broken("a posting list is not one");
    result[ReadU32(key.data() + key.size() - 4)].Unite(posting);
  }
  KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "look up in the text index"));
  return true;
}

void SortOut(std::vector<RecordId>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

}  // namespace

IndexReader::Candidates IndexLookup::Late(CommitNumber whole_to, const View& view) const {
  // A plan's own changes are in no index.
  if (view.plan != kNoPlan) return std::nullopt;
  std::vector<RecordId> late;
  if (view.commit <= whole_to) return late;
  if (auto recent = store_.recent_changes.Between(whole_to, view.commit, kLateRecordsMax)) {
    SortOut(*recent);
    return recent;
  }
  if (view.commit.value - whole_to.value > kLateCommitsMax) return std::nullopt;
  for (std::uint64_t number = whole_to.value + 1; number <= view.commit.value; ++number) {
    KOSEI_ASSIGN_OR_RETURN(const DecodedCommit commit,
                           ReadCommit(*store_.database, CommitNumber{number}));
    if (commit.listed == ChangesListed::kNo) return std::nullopt;
    KOSEI_ASSIGN_OR_RETURN(
        const CommitChanges changes,
        ReadChanges(*store_.database, CommitNumber{number}, kLateRecordsMax + 1));
    for (const RecordChange& change : changes.records) late.push_back(change.record);
    if (late.size() > kLateRecordsMax) return std::nullopt;
  }
  SortOut(late);
  return late;
}

// An index that was dropped or built anew meanwhile may have shown a part of itself.
bool IndexLookup::Unchanged(IndexNumber number, const Indexer::Whole& whole) const {
  const std::optional<Indexer::Whole> now = indexer_.WholeOf(number);
  return now && now->generation == whole.generation;
}

IndexReader::Candidates IndexLookup::Find(const ValueRange& range, const View& view,
                                          std::uint64_t limit, Check check) const {
  const IndexNumber number = range.attribute.value;
  // Of what was retired the indexes know nothing.
  if (store_.MayShowRetired(view)) return std::nullopt;
  const std::optional<Indexer::Whole> whole = indexer_.WholeOf(number);
  if (!whole) return std::nullopt;
  KOSEI_ASSIGN_OR_RETURN(const std::optional<std::vector<RecordId>> late, Late(whole->to, view));
  if (!late) return std::nullopt;
  std::vector<RecordId> ids = *late;
  const std::uint64_t most = limit + late->size();
  bool cut = false;
  const auto keep = [&](std::string_view /*value*/, RecordId id) {
    ids.push_back(id);
    cut = ids.size() > most;
    return !cut;
  };
  KOSEI_RETURN_IF_ERROR(EntryReader(store_, range, view, check, keep).Run());
  if (!Unchanged(number, *whole)) return std::nullopt;
  SortOut(ids);
  if (cut || ids.size() > limit) return std::nullopt;
  return ids;
}

IndexReader::Candidates IndexLookup::FindText(std::string_view folded, const View& view,
                                              std::uint64_t limit, Check check) const {
  if (store_.MayShowRetired(view)) return std::nullopt;
  const std::optional<Indexer::Whole> whole = indexer_.WholeOf(kTextIndex);
  if (!whole || folded.empty()) return std::nullopt;
  KOSEI_ASSIGN_OR_RETURN(const std::optional<std::vector<RecordId>> late, Late(whole->to, view));
  if (!late) return std::nullopt;
  Postings postings;
  const std::vector<Gram> grams = GramsWithin(folded);
  if (grams.empty()) {
    KOSEI_ASSIGN_OR_RETURN(const bool read, UniteGrams(store_, folded, check, postings));
    if (!read) return std::nullopt;
  } else {
    KOSEI_RETURN_IF_ERROR(IntersectGrams(store_, grams, check, postings));
  }
  if (!Unchanged(kTextIndex, *whole)) return std::nullopt;
  std::uint64_t count = late->size();
  for (const auto& [block, posting] : postings) count += posting.count();
  if (count > limit) return std::nullopt;
  std::vector<std::uint64_t> numbers;
  numbers.reserve(count);
  for (const auto& [block, posting] : postings) {
    posting.AppendTo(std::uint64_t{block} * kPostingBlock, numbers);
  }
  std::vector<RecordId> ids = *late;
  for (const std::uint64_t number : numbers) ids.push_back(RecordId{number});
  SortOut(ids);
  return ids;
}

absl::StatusOr<bool> IndexLookup::Visit(const ValueRange& range, const View& view,
                                        absl::FunctionRef<bool(RecordId)> visit) const {
  if (store_.MayShowRetired(view)) return false;
  const std::optional<Indexer::Whole> whole = indexer_.WholeOf(range.attribute.value);
  if (!whole) return false;
  KOSEI_ASSIGN_OR_RETURN(const std::optional<std::vector<RecordId>> late, Late(whole->to, view));
  if (!late) return false;
  std::vector<std::pair<std::string, RecordId>> found;
  const auto keep = [&found](std::string_view value, RecordId id) {
    found.emplace_back(value, id);
    return true;
  };
  const auto fine = [] { return absl::OkStatus(); };
  KOSEI_RETURN_IF_ERROR(EntryReader(store_, range, view, fine, keep).Run());
  if (!Unchanged(range.attribute.value, *whole)) return false;
  // Each part is in order.
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::set<RecordId> seen;
  for (const auto& [value, id] : found) {
    seen.insert(id);
    if (!visit(id)) return true;
  }
  for (const RecordId id : *late) {
    if (!seen.contains(id) && !visit(id)) break;
  }
  return true;
}

}  // namespace kosei::storage
