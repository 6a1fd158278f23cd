// SuspectChanges: which commits of a time touched which records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/time.h"
#include "kosei/query/budget.h"
#include "kosei/query/root_cause.h"
#include "kosei/storage/graph.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

struct SuspectChanges {
  std::map<CommitNumber, storage::CommitInfo> commits;  // those that touched something
  absl::flat_hash_map<storage::NodeIndex, std::vector<CauseTouch>> touches;  // newest first
  std::uint64_t commit_count = 0;
  bool cut = false;  // only the first records were looked at
};

// Commits from `from` up to the View's. `records`: those looked for, the most interesting first.
// Reads what the commits list; when that is too much, what the first few thousand records say of
// themselves. A first load, which lists nothing, touches nothing.
absl::StatusOr<SuspectChanges> FindChanges(const storage::Reader& reader, const storage::View& view,
                                           Timestamp from,
                                           std::span<const storage::NodeIndex> records,
                                           const Budget& budget);

}  // namespace kosei::query
