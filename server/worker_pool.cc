#include "worker_pool.h"

#include <algorithm>
#include <utility>

namespace kosei::server {

WorkerPool::WorkerPool(const Options& options)
    : options_(options),
      bulk_threads_max_(std::max<std::size_t>(1, options.threads > 1 ? options.threads - 1 : 1)) {
  threads_.reserve(options.threads);
  for (std::size_t i = 0; i < std::max<std::size_t>(1, options.threads); ++i) {
    threads_.emplace_back([this] { Work(); });
  }
}

WorkerPool::~WorkerPool() { Stop(); }

bool WorkerPool::Submit(Lane lane, Task task) { return Add(lane, std::move(task), true); }

bool WorkerPool::SubmitContinuation(Lane lane, Task task) {
  return Add(lane, std::move(task), false);
}

bool WorkerPool::Add(Lane lane, Task task, bool bounded) {
  bool ready = false;
  {
    const MutexLock lock(mutex_);
    if (stopping_) return false;
    std::deque<Task>& queue = lane == Lane::kBulk ? bulk_ : interactive_;
    const std::size_t max = lane == Lane::kBulk ? options_.bulk_max : options_.interactive_max;
    if (bounded && queue.size() >= max) return false;
    queue.push_back(std::move(task));
    ready = Ready();
  }
  if (ready) ready_.NotifyOne();
  return true;
}

bool WorkerPool::TryRun(Task work) {
  {
    const MutexLock lock(mutex_);
    // Of the idle ones each may have been woken for something that waits already.
    if (stopping_ || idle_ <= interactive_.size() + bulk_.size()) return false;
    interactive_.push_back(std::move(work));
  }
  ready_.NotifyOne();
  return true;
}

bool WorkerPool::Wanted() const {
  const MutexLock lock(mutex_);
  return stopping_ || !interactive_.empty() ||
         (!bulk_.empty() && bulk_running_ < bulk_threads_max_);
}

bool WorkerPool::Ready() const {
  return stopping_ || !interactive_.empty() ||
         (!bulk_.empty() && bulk_running_ < bulk_threads_max_);
}

void WorkerPool::Work() {
  bool bulk_done = false;
  while (true) {
    Task task;
    bool is_bulk = false;
    bool more = false;
    {
      const MutexLock lock(mutex_);
      if (bulk_done) --bulk_running_;
      ++idle_;
      while (!Ready()) ready_.Wait(mutex_);
      --idle_;
      if (!interactive_.empty()) {
        task = std::move(interactive_.front());
        interactive_.pop_front();
      } else if (!bulk_.empty()) {
        task = std::move(bulk_.front());
        bulk_.pop_front();
        ++bulk_running_;
        is_bulk = true;
      } else {
        return;  // stopping, and nothing is left
      }
      // The end of a bulk task makes the next one ready, which this thread may not have taken.
      more = bulk_done && Ready();
    }
    if (more) ready_.NotifyOne();
    task();
    task = nullptr;
    bulk_done = is_bulk;
  }
}

void WorkerPool::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  ready_.NotifyAll();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace kosei::server
