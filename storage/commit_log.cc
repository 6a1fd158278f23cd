#include "commit_log.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "keys.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "rocksdb_status.h"

namespace kosei::storage {
namespace {

using Visit = absl::FunctionRef<bool(const CommitChanges&)>;

// The changes of a commit that lists none (a first load): every entry that carries its number.
absl::Status FindChanges(const Database& database, CommitNumber number, std::size_t part_max,
                         Visit visit) {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = std::size_t{1} << 20;
  CommitChanges part;
  const auto full = [&] {
    if (part.records.size() + part.links.size() < part_max) return false;
    const bool more = visit(part);
    part = {};
    return !more;
  };
  const auto records = database.Iterate(Family::kRecords, options);
  for (records->SeekToFirst(); records->Valid(); records->Next()) {
    const keys::RecordKey key = keys::DecodeRecordKey(ViewOf(records->key()));
    if (key.commit != number) continue;
    const std::string bytes = records->value().ToString();
    part.records.push_back({key.id, RecordView::Trust(bytes).class_number(), ChangeKind::kCreated});
    if (full()) return absl::OkStatus();
  }
  KOSEI_RETURN_IF_ERROR(ToStatus(records->status(), "read changes"));
  const auto links = database.Iterate(Family::kLinks, options);
  for (links->SeekToFirst(); links->Valid(); links->Next()) {
    const keys::LinkKey key = keys::DecodeLinkKey(ViewOf(links->key()));
    if (key.commit != number) continue;
    part.links.push_back({key.source, key.type, key.target, ChangeKind::kCreated});
    if (full()) return absl::OkStatus();
  }
  KOSEI_RETURN_IF_ERROR(ToStatus(links->status(), "read changes"));
  if (part.records.size() + part.links.size() > 0) visit(part);
  return absl::OkStatus();
}

absl::Status VisitParts(const Database& database, CommitNumber number, std::size_t part_max,
                        Visit visit) {
  KOSEI_ASSIGN_OR_RETURN(const DecodedCommit commit, ReadCommit(database, number));
  if (commit.listed == ChangesListed::kNo) return FindChanges(database, number, part_max, visit);
  const auto iterator = database.Iterate(Family::kCommits, rocksdb::ReadOptions());
  for (iterator->Seek(keys::CommitKey(number, 1)); iterator->Valid(); iterator->Next()) {
    std::uint32_t part = 0;
    if (keys::DecodeCommitKey(ViewOf(iterator->key()), part) != number) break;
    CommitChanges changes;
    KOSEI_RETURN_IF_ERROR(DecodeChanges(ViewOf(iterator->value()), changes));
    if (!visit(changes)) break;
  }
  return ToStatus(iterator->status(), "read changes");
}

}  // namespace

absl::StatusOr<DecodedCommit> ReadCommit(const Database& database, CommitNumber number,
                                         ReadTier tier) {
  const absl::StatusOr<std::string> bytes =
      database.Get(Family::kCommits, keys::CommitKey(number, 0), tier);
  if (HasCode(bytes.status(), ErrorCode::kNotFound)) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("read commit %d: there is no such commit", number.value));
  }
  if (!bytes.ok()) return bytes.status();
  return DecodeCommit(*bytes);
}

absl::StatusOr<CommitChanges> ReadChanges(const Database& database, CommitNumber number,
                                          std::size_t limit) {
  CommitChanges changes;
  if (limit == 0) return changes;
  KOSEI_RETURN_IF_ERROR(VisitParts(
      database, number, std::min(limit, kChangesPerPart), [&](const CommitChanges& part) {
        changes.records.insert(changes.records.end(), part.records.begin(), part.records.end());
        changes.links.insert(changes.links.end(), part.links.begin(), part.links.end());
        return changes.records.size() + changes.links.size() < limit;
      }));
  if (changes.records.size() > limit) changes.records.resize(limit);
  const std::size_t room = limit - changes.records.size();
  if (changes.links.size() > room) changes.links.resize(room);
  return changes;
}

absl::Status VisitChanges(const Database& database, CommitNumber number, Visit visit) {
  return VisitParts(database, number, kChangesPerPart, visit);
}

absl::StatusOr<DecodedCommit> ReadNewestCommit(const Database& database) {
  const auto iterator = database.Iterate(Family::kCommits, rocksdb::ReadOptions());
  iterator->SeekToLast();
  KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "read newest commit"));
  if (!iterator->Valid()) {
    DecodedCommit none;
    none.info.hash = std::string(32, '\0');
    return none;
  }
  std::uint32_t part = 0;
  return ReadCommit(database, keys::DecodeCommitKey(ViewOf(iterator->key()), part));
}

absl::StatusOr<CommitNumber> CommitAt(const Database& database, CommitNumber newest,
                                      Timestamp instant, ReadTier tier) {
  std::uint64_t low = 0;  // at or before the instant, or none
  std::uint64_t high = newest.value;
  while (low < high) {
    const std::uint64_t middle = low + (high - low + 1) / 2;
    KOSEI_ASSIGN_OR_RETURN(const DecodedCommit commit,
                           ReadCommit(database, CommitNumber{middle}, tier));
    if (commit.info.time <= instant) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return CommitNumber{low};
}

}  // namespace kosei::storage
