#include "record_reader.h"

#include <algorithm>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_format.h"
#include "keys.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "rocksdb_status.h"
#include "valid_time.h"

namespace kosei::storage {
namespace {

std::string Reading(RecordId id) { return absl::StrFormat("read record %d", id.value); }

bool Covers(const RecordVersion& version, Timestamp instant) {
  const RecordView record = version.record();
  return record.valid_from() <= instant && instant < record.valid_to();
}

absl::Status NotInMemory(RecordId id) {
  return MakeError(ErrorCode::kOverloaded, Reading(id) + ": not in memory");
}

absl::StatusOr<RecordVersion> ReadExact(const Store& store, RecordId id, CommitNumber commit,
                                        ReadTier tier) {
  RecordVersion version{id, commit, kOpenEnd, {}};
  if (store.record_cache.Find(id, commit, version.bytes)) return version;
  const std::uint64_t epoch = store.record_cache.epoch();
  char key[keys::kRecordKeySize];
  keys::WriteRecordKey(key, id, commit);
  rocksdb::ReadOptions options;
  options.read_tier = TierOf(tier);
  const rocksdb::Status status =
      store.database->db().Get(options, store.database->family(Family::kRecords),
                               rocksdb::Slice(key, sizeof(key)), &version.bytes);
  if (status.IsIncomplete()) return NotInMemory(id);
  if (status.IsNotFound()) {
    return MakeError(ErrorCode::kStorageCorrupt,
                     absl::StrFormat("read record %d: its version of commit %d is missing",
                                     id.value, commit.value));
  }
  if (!status.ok()) return ToStatus(status, Reading(id));
  store.record_cache.InsertRead(id, commit, version.bytes, epoch);
  return version;
}

// Versions up to `commit`, newest first, until `enough` says so.
absl::StatusOr<std::vector<RecordVersion>> ReadUntil(
    const Store& store, RecordId id, CommitNumber commit, ReadTier tier,
    absl::FunctionRef<bool(const RecordVersion&)> enough) {
  std::vector<RecordVersion> versions;
  rocksdb::ReadOptions options;
  options.read_tier = TierOf(tier);
  const std::string after = keys::RecordPrefix(RecordId{id.value + 1});
  const rocksdb::Slice bound(after);
  options.iterate_upper_bound = &bound;
  const auto iterator = store.database->Iterate(Family::kRecords, options);
  CommitNumber end = kOpenEnd;
  for (iterator->Seek(keys::RecordPrefix(id)); iterator->Valid(); iterator->Next()) {
    const keys::RecordKey key = keys::DecodeRecordKey(ViewOf(iterator->key()));
    if (key.commit <= commit) {
      versions.push_back({id, key.commit, end, iterator->value().ToString()});
      if (enough(versions.back())) break;
    }
    end = key.commit;
  }
  if (iterator->status().IsIncomplete()) return NotInMemory(id);
  if (!iterator->status().ok()) return ToStatus(iterator->status(), Reading(id));
  return versions;
}

// The commits of a record's versions, newest first. Kept in the cache under a name that no version
// has: `latest` is part of it, so that a list is never stale.
absl::StatusOr<std::vector<CommitNumber>> CommitsOf(const Store& store, RecordId id,
                                                    CommitNumber latest, ReadTier tier) {
  const CommitNumber name{~latest.value};
  std::vector<CommitNumber> commits;
  std::string bytes;
  if (store.record_cache.Find(id, name, bytes)) {
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
      commits.push_back(CommitNumber{ReadU64(bytes.data() + at)});
    }
    return commits;
  }
  KOSEI_ASSIGN_OR_RETURN(
      const std::vector<RecordVersion> versions,
      ReadUntil(store, id, latest, tier, [](const RecordVersion&) { return false; }));
  for (const RecordVersion& version : versions) {
    commits.push_back(version.begin);
    AppendU64(bytes, version.begin.value);
  }
  store.record_cache.Insert(id, name, bytes);
  return commits;
}

}  // namespace

absl::StatusOr<std::vector<RecordVersion>> ReadVersions(const Store& store, RecordId id,
                                                        CommitNumber commit) {
  return ReadUntil(store, id, commit, ReadTier::kDisk, [](const RecordVersion&) { return false; });
}

absl::StatusOr<std::optional<RecordVersion>> ReadVersion(const Store& store, RecordId id,
                                                         const View& view, ReadTier tier) {
  const CommitNumber latest = store.directory.Latest(NodeOf(id));
  if (latest == kNoCommit || view.commit == kNoCommit) return std::optional<RecordVersion>();
  CommitNumber commit = latest;
  CommitNumber end = kOpenEnd;
  if (latest > view.commit) {
    KOSEI_ASSIGN_OR_RETURN(const std::vector<CommitNumber> commits,
                           CommitsOf(store, id, latest, tier));
    const auto found = std::find_if(commits.begin(), commits.end(),
                                    [&view](CommitNumber one) { return one <= view.commit; });
    if (found == commits.end()) return std::optional<RecordVersion>();
    commit = *found;
    if (found != commits.begin()) end = *(found - 1);
  }
  KOSEI_ASSIGN_OR_RETURN(RecordVersion version, ReadExact(store, id, commit, tier));
  version.end = end;
  if (Covers(version, view.valid_at)) return std::optional<RecordVersion>(std::move(version));
  // It speaks of another instant: the newest statement at or before the View's commit that speaks
  // of this one counts.
  KOSEI_ASSIGN_OR_RETURN(std::vector<RecordVersion> versions,
                         ReadUntil(store, id, view.commit, tier, [&view](const RecordVersion& one) {
                           return Covers(one, view.valid_at);
                         }));
  if (versions.empty() || !Covers(versions.back(), view.valid_at)) {
    return std::optional<RecordVersion>();
  }
  return std::optional<RecordVersion>(std::move(versions.back()));
}

bool ThereFrom(const std::vector<RecordVersion>& versions, Timestamp from) {
  std::vector<ValidInterval> row;
  row.reserve(versions.size());
  for (const RecordVersion& version : versions) {
    row.push_back({version.record().valid_from(), version.record().valid_to()});
  }
  const std::vector<ValidSegment> segments = SegmentsOf(row, {from, kEndOfTime});
  return std::any_of(segments.begin(), segments.end(), [&](const ValidSegment& segment) {
    return !versions[segment.statement].record().ended();
  });
}

absl::StatusOr<std::optional<RecordVersion>> ReadNewest(const Store& store, NodeIndex node) {
  const CommitNumber latest = store.directory.Latest(node);
  if (latest == kNoCommit) return std::optional<RecordVersion>();
  KOSEI_ASSIGN_OR_RETURN(RecordVersion newest,
                         ReadExact(store, RecordOf(node), latest, ReadTier::kDisk));
  return std::optional<RecordVersion>(std::move(newest));
}

}  // namespace kosei::storage
