// Threads that do what an I/O thread must not: read the disk, search, load. Two bounded queues:
// interactive work goes first, and bulk work never holds every thread, so that a load cannot starve
// reads.
#pragma once

#include <cstddef>
#include <deque>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "kosei/base/mutex.h"
#include "kosei/query/spare_threads.h"

namespace kosei::server {

enum class Lane { kInteractive, kBulk };

// Thread-safe. Tasks that wait when Stop() is called still run.
class WorkerPool final : public query::SpareThreads {
 public:
  using Task = absl::AnyInvocable<void()>;
  struct Options {
    std::size_t threads = 2;
    std::size_t interactive_max = 4'096;  // tasks that may wait
    std::size_t bulk_max = 256;
  };

  explicit WorkerPool(const Options& options);
  ~WorkerPool() override;  // Stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the lane is full or the pool has stopped: `task` will not run.
  bool Submit(Lane lane, Task task);
  // For work whose number is bounded elsewhere (the next part of an open stream, the next chunk of
  // an open load): refused only after Stop().
  bool SubmitContinuation(Lane lane, Task task);
  void Stop();

  // query::SpareThreads: interactive work, for threads that wait for some.
  bool TryRun(Task work) override;
  bool Wanted() const override;

 private:
  bool Add(Lane lane, Task task, bool bounded);
  bool Ready() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Work();

  const Options options_;
  const std::size_t bulk_threads_max_;
  mutable Mutex mutex_;
  CondVar ready_;  // for idle threads: Ready() has become true
  std::deque<Task> interactive_ ABSL_GUARDED_BY(mutex_);
  std::deque<Task> bulk_ ABSL_GUARDED_BY(mutex_);
  std::size_t bulk_running_ ABSL_GUARDED_BY(mutex_) = 0;
  std::size_t idle_ ABSL_GUARDED_BY(mutex_) = 0;  // threads that wait for work
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace kosei::server
