#include "checkpoint_replay.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "commit_codec.h"
#include "commit_log.h"
#include "keys.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "link_statement.h"
#include "rocksdb_status.h"

namespace kosei::storage {
namespace {

absl::Status ReadKeys(const Database& database, CommitSince& commit) {
  for (const RecordChange& change : commit.records) {
    if (change.kind != ChangeKind::kCreated) continue;
    char key[keys::kRecordKeySize];
    keys::WriteRecordKey(key, change.record, commit.number);
    KOSEI_ASSIGN_OR_RETURN(const std::string bytes,
                           database.Get(Family::kRecords, {key, sizeof(key)}));
    commit.keys.emplace_back(change.record, RecordView::Trust(bytes).key());
  }
  return absl::OkStatus();
}

// The list says which links; what was said of them stands with each.
absl::Status ReadValidTimes(const Database& database, CommitSince& commit) {
  for (LinkChange& change : commit.links) {
    char key[keys::kLinkKeySize];
    keys::WriteLinkKey(key, {change.source, change.type, change.target, commit.number});
    KOSEI_ASSIGN_OR_RETURN(const std::string bytes,
                           database.Get(Family::kLinks, {key, sizeof(key)}));
    KOSEI_ASSIGN_OR_RETURN(const LinkValue value, DecodeLinkValue(bytes));
    if (!value.timed) continue;
    change.valid_from = value.valid.from;
    change.valid_to = value.valid.to;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadReplay(const Database& database, CommitNumber from, CommitNumber covers,
                        std::vector<CommitSince>& commits) {
  const CommitNumber first{std::min(from, covers).value + 1};
  const auto iterator = database.Iterate(Family::kCommits, rocksdb::ReadOptions());
  for (iterator->Seek(keys::CommitKey(first, 0)); iterator->Valid(); iterator->Next()) {
    std::uint32_t part = 0;
    const CommitNumber number = keys::DecodeCommitKey(ViewOf(iterator->key()), part);
    if (part == 0) {
      KOSEI_ASSIGN_OR_RETURN(const DecodedCommit header, DecodeCommit(ViewOf(iterator->value())));
      if (header.listed == ChangesListed::kNo) {
        return MakeError(ErrorCode::kStorageCorrupt,
                         absl::StrFormat("read checkpoint: commit %d, after it, lists no changes",
                                         number.value));
      }
      commits.push_back({number, header.info.time, {}, {}, {}});
      continue;
    }
    if (commits.empty() || commits.back().number != number) {
      return MakeError(ErrorCode::kStorageCorrupt,
                       absl::StrFormat("read checkpoint: commit %d has no header", number.value));
    }
    CommitChanges changes;
    KOSEI_RETURN_IF_ERROR(DecodeChanges(ViewOf(iterator->value()), changes));
    CommitSince& commit = commits.back();
    if (number > from)
      commit.records.insert(commit.records.end(), changes.records.begin(), changes.records.end());
    if (number > covers)
      commit.links.insert(commit.links.end(), changes.links.begin(), changes.links.end());
  }
  KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "read commits after the checkpoint"));
  for (CommitSince& commit : commits) {
    KOSEI_RETURN_IF_ERROR(ReadKeys(database, commit));
    KOSEI_RETURN_IF_ERROR(ReadValidTimes(database, commit));
  }
  return absl::OkStatus();
}

void Replay(Store& store, CommitNumber covers, const std::vector<CommitSince>& commits) {
  // Commits that were memory when the checkpoint was written are in the store; where one cannot be
  // read, the link is as if it had always been so (as in commit_writer.cc).
  const auto time_of = [&store](CommitNumber number) {
    const absl::StatusOr<DecodedCommit> commit = ReadCommit(*store.database, number);
    return commit.ok() ? commit->info.time : kBeginningOfTime;
  };
  for (const CommitSince& commit : commits) {
    for (const auto& [record, key] : commit.keys) {
      if (store.directory.KeyOf(NodeOf(record)).empty())
        store.directory.Insert(NodeOf(record), key, ClassNumber{});
    }
    for (const RecordChange& change : commit.records) {
      store.directory.SetClass(NodeOf(change.record), change.class_number);
      store.directory.SetLatest(NodeOf(change.record), commit.number,
                                change.kind != ChangeKind::kEnded);
    }
    if (commit.number > covers)
      store.topology.Apply(commit.number, commit.time, commit.links, time_of);
  }
}

}  // namespace kosei::storage
