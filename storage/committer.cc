#include "committer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "load_marks.h"
#include "rocksdb_status.h"
#include "speaks_of_time.h"
#include "staging.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kGroupMax = 512;  // transactions that share a sync
constexpr std::size_t kReplayBatchBytes = std::size_t{4} << 20;
constexpr std::size_t kQueueMax = 100'000;  // more than that waiting is an overload, not a burst

}  // namespace

// One batch in the making. Answers wait until it is durable and visible.
struct Committer::Group {
  rocksdb::WriteBatch batch;
  StagedState state;
  Head head;
  std::vector<PendingCommit> commits;
  std::vector<std::function<void(const absl::Status&)>> answers;  // given the outcome of the write

  // Most transactions write a record, with a value that is its alone.
  void Reserve(std::size_t transactions) {
    state.records.reserve(transactions);
    state.new_keys.reserve(transactions);
    state.holders.reserve(transactions);
    commits.reserve(transactions);
    answers.reserve(transactions);
  }
};

Committer::Committer(Store& store, WatermarkKeeper& watermark, Published published)
    : store_(store),
      watermark_(watermark),
      published_(std::move(published)),
      endpoints_(*store.schema),
      worker_([this] { Work(); }) {}

Committer::~Committer() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  worker_wanted_.NotifyOne();
  worker_.join();
}

void Committer::Submit(Transaction transaction, Writer::Done done, LeadOn lead_on) {
  Enqueue(TransactionJob{std::move(transaction), std::move(done)}, lead_on);
}

void Committer::SubmitChunk(Provenance provenance, BulkChunk chunk, ChunkDone done) {
  Enqueue(ChunkJob{std::move(provenance), std::move(chunk), std::move(done)}, LeadOn::kCaller);
}

absl::Status Committer::RunExclusively(Exclusive work) { return RunAndWait(std::move(work), true); }

absl::Status Committer::RunBetweenCommits(const std::function<absl::Status()>& work) {
  return RunAndWait(
      [&work]() -> absl::StatusOr<Head> {
        KOSEI_RETURN_IF_ERROR(work());
        return Head();
      },
      false);
}

absl::Status Committer::RunAndWait(Exclusive work, bool writes) {
  Notification finished;
  absl::Status result;
  ExclusiveJob job{std::move(work),
                   [&](absl::Status status) {
                     result = std::move(status);
                     finished.Notify();
                   },
                   writes};
  Enqueue(std::move(job), LeadOn::kCaller);
  finished.Wait();
  return result;
}

absl::Status Committer::Replay(std::vector<ReplayedCommit>& commits, std::size_t& done) {
  Notification finished;
  absl::Status result;
  Enqueue(ReplayJob{&commits, &done,
                    [&](absl::Status status) {
                      result = std::move(status);
                      finished.Notify();
                    }},
          LeadOn::kCaller);
  finished.Wait();
  return result;
}

absl::Status Committer::Compose(Composition work, std::function<void()> written) {
  Notification finished;
  absl::Status result;
  ComposeJob job{std::move(work), std::move(written), [&](absl::Status status) {
                   result = std::move(status);
                   finished.Notify();
                 }};
  Enqueue(std::move(job), LeadOn::kCaller);
  finished.Wait();
  return result;
}

void Committer::Fail(Job& job, const absl::Status& status) {
  std::visit([&status](auto& one) { one.done(status); }, job);
}

void Committer::Enqueue(Job job, LeadOn lead_on) {
  bool full = false;
  {
    const MutexLock lock(mutex_);
    full = queue_.size() >= kQueueMax || stopping_;
    if (!full) {
      queue_.push_back(std::move(job));
      if (leading_) return;
      leading_ = true;
      handed_over_ = lead_on == LeadOn::kCommitter;
    }
  }
  if (full) {
    Fail(job, MakeError(ErrorCode::kOverloaded,
                        "commit: too many transactions are waiting; try again later"));
    return;
  }
  if (lead_on == LeadOn::kCommitter) {
    worker_wanted_.NotifyOne();
  } else {
    Lead();
  }
}

std::vector<Committer::Job> Committer::TakeGroup() {
  std::vector<Job> jobs;
  while (!queue_.empty() && jobs.size() < kGroupMax) {
    // A chunk or exclusive work is a group of its own.
    const bool alone = !std::holds_alternative<TransactionJob>(queue_.front());
    if (alone && !jobs.empty()) break;
    jobs.push_back(std::move(queue_.front()));
    queue_.pop_front();
    if (alone) break;
  }
  return jobs;
}

void Committer::Lead() {
  std::vector<Job> jobs;
  {
    const MutexLock lock(mutex_);
    jobs = TakeGroup();
  }
  Process(std::move(jobs));
  bool more = false;
  {
    const MutexLock lock(mutex_);
    more = !queue_.empty();
    leading_ = more;
    handed_over_ = more;
    // Under the lock, for the worker's end is the committer's.
    if (stopping_ && !more) worker_wanted_.NotifyOne();
  }
  if (more) worker_wanted_.NotifyOne();
}

void Committer::Work() {
  while (true) {
    std::vector<Job> jobs;
    {
      const MutexLock lock(mutex_);
      while (!handed_over_ && (leading_ || !stopping_)) worker_wanted_.Wait(mutex_);
      if (!handed_over_) return;
      jobs = TakeGroup();
      if (jobs.empty()) {
        handed_over_ = false;
        leading_ = false;
        continue;
      }
    }
    Process(std::move(jobs));
  }
}

// Commit order is time order, whatever the machine's clock does.
Timestamp Committer::NextTime(Timestamp previous) const {
  return std::max(store_.options.clock->Now(), Timestamp{previous.micros + 1});
}

void Committer::Process(std::vector<Job> jobs) {
  // Exclusive work is alone in its group.
  if (auto* alone = std::get_if<ExclusiveJob>(&jobs.front()); alone && !alone->writes) {
    return RunExclusiveJob(*alone);
  }
  if (const absl::Status allowed = store_.MayWrite("commit"); !allowed.ok()) {
    for (Job& job : jobs) Fail(job, allowed);
    return;
  }
  if (store_.loading.load() && !std::holds_alternative<ExclusiveJob>(jobs.front()) &&
      !std::holds_alternative<ReplayJob>(jobs.front())) {
    const absl::Status busy = MakeError(
        ErrorCode::kOverloaded,
        "commit: the first load of this store is under way; try again when it has finished");
    for (Job& job : jobs) Fail(job, busy);
    return;
  }
  endpoints_.Follow(*store_.schema);
  Group group = NewGroup();
  group.Reserve(jobs.size());
  for (Job& job : jobs) {
    if (auto* transaction = std::get_if<TransactionJob>(&job)) {
      // What has a valid time of its own is judged by everything that is known, which is in the
      // store: it is a group of its own.
      const bool alone = SpeaksOfTime(store_, transaction->transaction);
      if (alone && !group.answers.empty()) {
        Finish(group);
        group = NewGroup();
      }
      StageTransaction(group, *transaction);
      if (alone) {
        Finish(group);
        group = NewGroup();
      }
    } else if (auto* chunk = std::get_if<ChunkJob>(&job)) {
      StageChunk(group, *chunk);
    } else if (auto* exclusive = std::get_if<ExclusiveJob>(&job)) {
      RunExclusiveJob(*exclusive);
    } else if (auto* replay = std::get_if<ReplayJob>(&job)) {
      RunReplay(*replay);
    } else if (auto* composed = std::get_if<ComposeJob>(&job)) {
      RunComposeJob(group, *composed);
    }
  }
  Finish(group);
}

Committer::Group Committer::NewGroup() const {
  Group group;
  group.head = store_.head();
  group.state.next_node = store_.directory.limit();
  return group;
}

void Committer::Accept(Group& group, Staging& staging, const Provenance& provenance) {
  PendingCommit pending = AppendCommit(store_, staging, provenance, group.head, group.batch);
  group.state.Absorb(std::move(staging.state()));
  group.commits.push_back(std::move(pending));
}

void Committer::StageTransaction(Group& group, TransactionJob& job) {
  const Timestamp time = NextTime(group.head.time);
  Staging staging(store_, endpoints_, group.state, CommitNumber{group.head.commit.value + 1}, time);
  absl::Status staged = staging.StageAll(job.transaction);
  CommitResult result;
  if (staged.ok() && staging.changed()) {
    Accept(group, staging, job.transaction.provenance);
    result = staging.counts();
    result.commit = group.commits.back().info.number;
    result.time = time;
  } else {
    result = staging.counts();
  }
  group.answers.push_back([done = std::move(job.done), staged = std::move(staged),
                           result](const absl::Status& written) {
    const bool changed = result.commit != kNoCommit;
    if (!staged.ok()) {
      done(staged);
    } else if (changed && !written.ok()) {
      done(written);
    } else {
      done(result);
    }
  });
}

void Committer::StageChunk(Group& group, ChunkJob& job) {
  const Timestamp time = NextTime(group.head.time);
  Staging staging(store_, endpoints_, group.state, CommitNumber{group.head.commit.value + 1}, time);
  ChunkResult result;
  BulkChunk& chunk = job.chunk;
  const absl::StatusOr<LoadPosition> before =
      PositionBefore(*store_.database, job.provenance.source, chunk);
  if (!before.ok()) return job.done(before.status());
  const bool repeated = !chunk.batch.empty() && chunk.number <= before->chunk;
  std::vector<std::string> sources;
  for (std::uint32_t i = 0; i < chunk.records.size(); ++i) {
    if (!chunk.complete_types.empty()) sources.push_back(chunk.records[i].key);
    absl::Status status = staging.Put({std::move(chunk.records[i]), std::nullopt});
    if (!status.ok())
      result.rejected.push_back({RejectedItem::Kind::kRecord, i, std::move(status)});
  }
  if (!chunk.complete_types.empty()) {
    const absl::Status ended = staging.EndOthers(sources, chunk.complete_types, chunk.links);
    if (!ended.ok()) {
      group.answers.push_back(
          [done = std::move(job.done), ended](const absl::Status&) { done(ended); });
      return;
    }
  }
  for (std::uint32_t i = 0; i < chunk.links.size(); ++i) {
    absl::Status status = staging.Link(chunk.links[i]);
    if (!status.ok()) result.rejected.push_back({RejectedItem::Kind::kLink, i, std::move(status)});
  }
  if (repeated) {
    // What it did stands; it was only judged once more.
  } else if (staging.changed()) {
    Accept(group, staging, job.provenance);
    result.counts = staging.counts();
    result.counts.commit = group.commits.back().info.number;
    result.counts.time = time;
  } else {
    result.counts = staging.counts();
  }
  if (!repeated) {
    AppendLoadMark(*store_.database, job.provenance.source, chunk,
                   {PositionAfter(*before, chunk, result.counts), time},
                   group.commits.empty() ? nullptr : &group.batch);
  }
  group.answers.push_back(
      [done = std::move(job.done), result = std::move(result)](const absl::Status& written) {
        if (written.ok()) {
          done(result);
        } else {
          done(written);
        }
      });
}

void Committer::RunExclusiveJob(ExclusiveJob& job) {
  const absl::StatusOr<Head> head = job.work();
  if (head.ok() && head->commit > store_.published()) {
    store_.Publish(*head);
    published_(head->commit);
  }
  job.done(head.status());
}

absl::Status Committer::StageReplayed(Group& group, ReplayedCommit& commit) {
  const CommitInfo& info = commit.decoded.info;
  if (info.number.value != group.head.commit.value + 1 || info.previous_hash != group.head.hash ||
      info.time <= group.head.time) {
    return MakeError(
        ErrorCode::kVersionConflict,
        absl::StrFormat("commit %d does not follow commit %d of this store: its number, time or "
                        "hash is another; somebody else may have written meanwhile",
                        info.number.value, group.head.commit.value));
  }
  Staging staging(store_, endpoints_, group.state, info.number, info.time);
  for (RecordLine& line : commit.records) {
    KOSEI_RETURN_IF_ERROR(staging.TakeOver(line.id, line.kind, std::move(line.bytes)));
  }
  for (const LinkLine& line : commit.links) {
    KOSEI_ASSIGN_OR_RETURN(const LinkValue value, DecodeLinkValue(line.value));
    KOSEI_RETURN_IF_ERROR(staging.TakeOver(line.source, line.type, line.target, value));
  }
  KOSEI_ASSIGN_OR_RETURN(PendingCommit pending,
                         AppendReplayed(store_, staging, commit, group.head, group.batch));
  group.state.Absorb(std::move(staging.state()));
  group.commits.push_back(std::move(pending));
  return absl::OkStatus();
}

void Committer::RunReplay(ReplayJob& job) {
  Group group = NewGroup();
  std::size_t staged = 0;
  absl::Status result;
  // What is staged becomes durable and visible, or the store has stopped.
  const auto finish = [&]() -> absl::Status {
    Finish(group);
    const std::string stopped = store_.stopped_reason();
    if (!stopped.empty()) return store_.MayWrite("commit");
    *job.applied = staged;
    group = NewGroup();
    return absl::OkStatus();
  };
  for (ReplayedCommit& commit : *job.commits) {
    const bool alone = SpeaksOfTime(store_, commit);
    const bool full =
        group.commits.size() >= kGroupMax || group.batch.GetDataSize() > kReplayBatchBytes;
    if (alone || full) result = finish();
    if (result.ok()) result = StageReplayed(group, commit);
    if (!result.ok()) break;
    ++staged;
    if (alone) result = finish();
    if (!result.ok()) break;
  }
  const absl::Status finished = finish();
  job.done(result.ok() ? finished : result);
}

void Committer::RunComposeJob(Group& group, ComposeJob& job) {
  Composer composer(*this, group);
  const absl::Status composed = job.work(composer);
  if (!composed.ok()) {
    group.commits.clear();
    group.batch.Clear();
    job.done(composed);
    return;
  }
  group.answers.push_back([&job](const absl::Status& status) {
    if (status.ok()) job.written();
    job.done(status);
  });
}

Staging Committer::Composer::Next() {
  return {committer_.store_, committer_.endpoints_, group_.state,
          CommitNumber{group_.head.commit.value + 1}, committer_.NextTime(group_.head.time)};
}

CommitResult Committer::Composer::Add(Staging& staging, const Provenance& provenance) {
  committer_.Accept(group_, staging, provenance);
  CommitResult result = staging.counts();
  result.commit = group_.commits.back().info.number;
  result.time = group_.commits.back().info.time;
  return result;
}

rocksdb::WriteBatch& Committer::Composer::batch() { return group_.batch; }
StagedState& Committer::Composer::state() { return group_.state; }
const Head& Committer::Composer::head() const { return group_.head; }

void Committer::Finish(Group& group) {
  absl::Status written;
  if (const std::string stopped = store_.stopped_reason(); !stopped.empty()) {
    written = store_.MayWrite("commit");
  } else if (group.batch.Count() > 0) {
    AppendHolders(store_, group.state, group.batch);
    rocksdb::WriteOptions options;
    options.sync = true;
    written = ToStatus(store_.database->db().Write(options, &group.batch), "commit");
    if (written.ok()) written = watermark_.Committed(group.head);
    written = store_.Wrote(std::move(written));
    if (written.ok()) {
      store_.BeginApply(group.head);
      for (const PendingCommit& commit : group.commits) {
        ApplyToMemory(store_, commit);
        changed_.clear();
        for (const StagedRecord& record : commit.records) changed_.push_back(record.id);
        store_.recent_changes.Add(commit.info.number, changed_);
      }
      store_.Publish(group.head);
      for (const PendingCommit& commit : group.commits) published_(commit.info.number);
    }
  }
  for (const auto& answer : group.answers) answer(written);
}

}  // namespace kosei::storage
