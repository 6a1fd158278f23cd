// CommitWriter: turns staged changes into entries of a RocksDB batch and, when they are durable,
// into what readers see. Belongs to the committing thread.
#pragma once

#include <rocksdb/write_batch.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/storage/writer.h"
#include "replayed_commit.h"
#include "staging.h"
#include "store.h"

namespace kosei::storage {

// A staged transaction on its way into the store.
struct PendingCommit {
  CommitInfo info;  // with hash
  std::vector<StagedRecord> records;
  std::vector<LinkChange> links;
  std::int64_t record_balance = 0;
  std::int64_t link_balance = 0;
};

// Takes what `staging` holds, appends its entries to `batch`, and chains it to `head`, which
// becomes this commit. Unique values are not written here: they are the group's (AppendHolders).
PendingCommit AppendCommit(const Store& store, Staging& staging, const Provenance& provenance,
                           Head& head, rocksdb::WriteBatch& batch);
// The same with a commit that was made elsewhere, once `staging` has taken over what it wrote.
// Nothing is appended when that is not what its content hash says (kInvalidArgument).
absl::StatusOr<PendingCommit> AppendReplayed(const Store& store, Staging& staging,
                                             const ReplayedCommit& commit, Head& head,
                                             rocksdb::WriteBatch& batch);
void AppendHolders(const Store& store, const StagedState& group, rocksdb::WriteBatch& batch);

// Everything in memory that the commit says; the caller publishes the head afterwards.
void ApplyToMemory(Store& store, const PendingCommit& commit);

}  // namespace kosei::storage
