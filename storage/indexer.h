// Indexer: builds the indexes and lets them follow the commits, on a thread of its own; answers
// what an administrator asks of them. Its state is also what look-ups go by. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "index_book.h"
#include "kosei/base/mutex.h"
#include "kosei/storage/index.h"
#include "store.h"

namespace kosei::storage {

class Indexer final : public IndexAdmin {
 public:
  // `store` is open and outlives this. `may_write`: whether there is space.
  Indexer(Store& store, std::function<bool()> may_write);
  ~Indexer() override;
  Indexer(const Indexer&) = delete;
  Indexer& operator=(const Indexer&) = delete;

  // Reads the marks and brings them in line with the model: what it marks is built, what it does
  // not mark any more goes, what is defined in another way is built anew. When the model changes
  // later, this happens by itself.
  absl::Status Refresh();
  // Begins to work by itself.
  void Start();
  // A commit is visible, or there is something else to do.
  void Wake();

  // Runs `work` while nothing is written to any index; the indexes stay as useful as they are.
  absl::Status RunBetweenPieces(absl::FunctionRef<absl::Status()> work);

  // What a look-up needs to know of an index that is whole; nullopt when there is none.
  struct Whole {
    CommitNumber to;
    std::uint64_t generation = 0;
  };
  std::optional<Whole> WholeOf(IndexNumber number) const;

  std::vector<IndexInfo> List() const override;
  std::uint64_t Lag() const override;
  absl::Status Build(std::string_view name) override;
  absl::Status BuildAll() override;
  absl::Status Drop(std::string_view name) override;
  absl::Status CatchUp() override;
  absl::StatusOr<bool> Step() override;

 private:
  using Entries = std::map<IndexNumber, IndexEntry>;

  void Loop();
  // Lets commits come together.
  void Gather() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MayGather() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Whether there is nothing to do until another commit or request comes.
  bool Idle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The model in force is not the one that the indexes are in line with.
  bool ModelChanged() const { return &*store_.schema != refreshed_for_.load(); }
  absl::Status RefreshLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mutex_);
  absl::StatusOr<bool> StepLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mutex_);
  absl::Status Begin(IndexEntry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mutex_);
  absl::Status Restart(IndexEntry entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mutex_);
  absl::Status Remove(IndexNumber number) ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mutex_);
  absl::Status RefreshOne(IndexNumber number, bool marked, const IndexEntry* known)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mutex_);
  absl::StatusOr<IndexNumber> NumberOf(std::string_view operation, std::string_view name) const;
  CommitNumber AheadOf(IndexNumber number) const;
  // Puts entries into the book: each a new generation when it begins or ceases to be whole.
  void Take(const std::vector<IndexEntry>& entries);
  absl::Status Stopped() const;

  Store& store_;
  const std::function<bool()> may_write_;
  // One piece of work, or one request, at a time.
  mutable Mutex work_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);
  mutable Mutex mutex_;
  CondVar work_wanted_;
  mutable CondVar hurried_;  // while the indexer gathers commits: do not wait for more
  CondVar progressed_;
  Entries entries_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string stopped_reason_ ABSL_GUARDED_BY(mutex_);        // empty while indexing goes on
  std::atomic<const model::Schema*> refreshed_for_{nullptr};  // lives as long as the store
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;                   // callers of CatchUp
  // When a look-up was last begun, and whether commits are gathered as if none would come.
  mutable std::chrono::steady_clock::time_point asked_at_ ABSL_GUARDED_BY(mutex_);
  bool gathers_long_ ABSL_GUARDED_BY(mutex_) = false;
  CommitNumber gathered_from_ ABSL_GUARDED_BY(mutex_);  // the newest that every index has
  std::atomic<bool> stopping_{false};                   // changed under mutex_
  std::thread thread_;
};

}  // namespace kosei::storage
