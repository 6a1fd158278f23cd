// Committer: the one place where commits come to be. Transactions queue; whoever finds no one at
// work becomes the leader, stages a group of them, writes one batch with one sync, applies it in
// memory and publishes it. What queues up meanwhile is the next group's, and a thread of the
// committer's own goes on with it, so that no caller is kept.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "commit_writer.h"
#include "endpoint_rules.h"
#include "kosei/base/mutex.h"
#include "kosei/storage/writer.h"
#include "store.h"
#include "watermark_keeper.h"

namespace kosei::storage {

class Staging;
struct StagedState;

class Committer {
 public:
  // Runs after each commit is visible, in order, on the committing thread.
  using Published = std::function<void(CommitNumber)>;

  Committer(Store& store, WatermarkKeeper& watermark, Published published);
  // What is queued is committed first.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // kCaller: the calling thread may become the leader and wait for the disk; kCommitter: it returns
  // at once.
  enum class LeadOn : std::uint8_t { kCaller, kCommitter };
  void Submit(Transaction transaction, Writer::Done done, LeadOn lead_on);
  // One commit for the whole chunk, its items judged one by one.
  using ChunkDone = std::function<void(absl::StatusOr<ChunkResult>)>;
  void SubmitChunk(Provenance provenance, BulkChunk chunk, ChunkDone done);
  // Runs `work` as the committing thread, with nothing else under way, and publishes the head it
  // returns. For loads that write files of their own.
  using Exclusive = std::function<absl::StatusOr<Head>()>;
  absl::Status RunExclusively(Exclusive work);
  // Takes over commits that were made elsewhere, in order, many with one sync. The first bad one
  // stops: `done` says how many are in, durable and visible.
  absl::Status Replay(std::vector<ReplayedCommit>& commits, std::size_t& done);
  // Runs `work`, which writes nothing, between two commits; also when the store takes no writes.
  absl::Status RunBetweenCommits(const std::function<absl::Status()>& work);

  // Commits in the making that go in together or not at all.
  class Composer;
  // Runs `work` as the committing thread, with nothing else under way. What it has composed is
  // written with one sync, unless it answers an error; `written` runs when that is durable and
  // visible, still on the committing thread.
  using Composition = std::function<absl::Status(Composer&)>;
  absl::Status Compose(Composition work, std::function<void()> written);

 private:
  struct ChunkJob {
    Provenance provenance;
    BulkChunk chunk;
    ChunkDone done;
  };
  struct TransactionJob {
    Transaction transaction;
    Writer::Done done;
  };
  struct ExclusiveJob {
    Exclusive work;
    std::function<void(absl::Status)> done;
    bool writes = true;
  };
  struct ReplayJob {
    std::vector<ReplayedCommit>* commits;  // of the caller, who waits
    std::size_t* applied;
    std::function<void(absl::Status)> done;
  };
  struct ComposeJob {
    Composition work;
    std::function<void()> written;
    std::function<void(absl::Status)> done;
  };
  using Job = std::variant<TransactionJob, ChunkJob, ExclusiveJob, ReplayJob, ComposeJob>;
  struct Group;

  void Enqueue(Job job, LeadOn lead_on);
  static void Fail(Job& job, const absl::Status& status);
  std::vector<Job> TakeGroup() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Lead();
  void Work();
  void Process(std::vector<Job> jobs);
  Group NewGroup() const;
  void StageTransaction(Group& group, TransactionJob& job);
  void StageChunk(Group& group, ChunkJob& job);
  void RunReplay(ReplayJob& job);
  absl::Status StageReplayed(Group& group, ReplayedCommit& commit);
  void Accept(Group& group, Staging& staging, const Provenance& provenance);
  void RunExclusiveJob(ExclusiveJob& job);
  absl::Status RunAndWait(Exclusive work, bool writes);
  void RunComposeJob(Group& group, ComposeJob& job);
  void Finish(Group& group);
  Timestamp NextTime(Timestamp previous) const;

  Store& store_;
  WatermarkKeeper& watermark_;
  const Published published_;
  EndpointRules endpoints_;        // the leader's
  std::vector<RecordId> changed_;  // likewise, of one commit
  mutable Mutex mutex_;
  CondVar worker_wanted_;  // handed_over_, or the end
  std::deque<Job> queue_ ABSL_GUARDED_BY(mutex_);
  bool leading_ ABSL_GUARDED_BY(mutex_) = false;
  bool handed_over_ ABSL_GUARDED_BY(mutex_) = false;  // the committer's own thread shall lead
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread worker_;
};

class Committer::Composer {
 public:
  Composer(Committer& committer, Group& group) : committer_(committer), group_(group) {}

  // For the next commit, on top of the newest and of what was added here.
  Staging Next();
  // `staging` has something to write.
  CommitResult Add(Staging& staging, const Provenance& provenance);
  // Entries of other families that go with the commits.
  rocksdb::WriteBatch& batch();
  // What was added here comes to; its holders of unique values are written after `batch`.
  StagedState& state();
  // The newest commit, with what was added here.
  const Head& head() const;

 private:
  Committer& committer_;
  Group& group_;
};

}  // namespace kosei::storage
