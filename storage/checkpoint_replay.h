// The commits after a checkpoint: read from the store, then done again in memory.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "database.h"
#include "kosei/storage/reader.h"
#include "store.h"

namespace kosei::storage {

struct CommitSince {
  CommitNumber number;
  Timestamp time;
  std::vector<RecordChange> records;                   // none up to `from`
  std::vector<std::pair<RecordId, std::string>> keys;  // of records that it made or made again
  std::vector<LinkChange> links;  // with their valid times; none up to `covers`
};

// Everything after the earlier of the two. kStorageCorrupt when a commit lists no changes.
absl::Status ReadReplay(const Database& database, CommitNumber from, CommitNumber covers,
                        std::vector<CommitSince>& commits);
void Replay(Store& store, CommitNumber covers, const std::vector<CommitSince>& commits);

}  // namespace kosei::storage
