// Which records the newest commits changed, in memory: look-ups in indexes that lag behind by a
// moment need it again and again. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "kosei/base/ids.h"
#include "kosei/base/mutex.h"

namespace kosei::storage {

class RecentChanges {
 public:
  // As many commits and records as are kept.
  static constexpr std::size_t kCommits = 16'384;
  static constexpr std::size_t kRecords = std::size_t{1} << 16;

  RecentChanges();

  // Commits come in order. One that does not follow the last one begins anew: what lies between was
  // written in another way, and nobody told.
  void Add(CommitNumber commit, const std::vector<RecordId>& records);
  // Of the commits behind `after` up to `to`, in the order of the commits; a record may come more
  // than once. nullopt when not all of it is here, or there would be more than `most`.
  std::optional<std::vector<RecordId>> Between(CommitNumber after, CommitNumber to,
                                               std::size_t most) const;

 private:
  mutable Mutex mutex_;
  // Both go round: what was written `kRecords` ago is overwritten.
  std::vector<RecordId> records_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::uint64_t> ends_ ABSL_GUARDED_BY(mutex_);  // by commit: records written up to it
  std::uint64_t written_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t first_ ABSL_GUARDED_BY(mutex_) = 1;  // commit; first_ > last_: none
  std::uint64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace kosei::storage
