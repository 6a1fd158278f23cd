#include "recent_changes.h"

#include <algorithm>

namespace kosei::storage {

RecentChanges::RecentChanges() : records_(kRecords), ends_(kCommits) {}

void RecentChanges::Add(CommitNumber commit, const std::vector<RecordId>& records) {
  const MutexLock lock(mutex_);
  if (commit.value != last_ + 1 || first_ > last_) {
    first_ = commit.value;
    ends_[(commit.value - 1) % kCommits] = written_;
  }
  for (const RecordId record : records) records_[written_++ % kRecords] = record;
  ends_[commit.value % kCommits] = written_;
  last_ = commit.value;
  // The end of the commit before the first one is needed as well.
  first_ = std::max(first_, last_ < kCommits ? 1 : last_ - kCommits + 2);
}

std::optional<std::vector<RecordId>> RecentChanges::Between(CommitNumber after, CommitNumber to,
                                                            std::size_t most) const {
  if (to <= after) return std::vector<RecordId>();
  const MutexLock lock(mutex_);
  if (after.value + 1 < first_ || to.value > last_) return std::nullopt;
  const std::uint64_t begin = ends_[after.value % kCommits];
  const std::uint64_t end = ends_[to.value % kCommits];
  if (written_ - begin > kRecords || end - begin > most) return std::nullopt;
  std::vector<RecordId> records;
  records.reserve(end - begin);
  for (std::uint64_t at = begin; at < end; ++at) records.push_back(records_[at % kRecords]);
  return records;
}

}  // namespace kosei::storage
