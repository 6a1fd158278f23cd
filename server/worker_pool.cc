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
  absl::MutexLock lock(&mutex_);
  if (stopping_) return false;
  std::deque<Task>& queue = lane == Lane::kBulk ? bulk_ : interactive_;
  const std::size_t max = lane == Lane::kBulk ? options_.bulk_max : options_.interactive_max;
  if (bounded && queue.size() >= max) return false;
  queue.push_back(std::move(task));
  return true;
}

bool WorkerPool::Ready() const {
  return stopping_ || !interactive_.empty() ||
         (!bulk_.empty() && bulk_running_ < bulk_threads_max_);
}

void WorkerPool::Work() {
  while (true) {
    Task task;
    bool is_bulk = false;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &WorkerPool::Ready));
      if (!interactive_.empty()) {
        task = std::move(interactive_.front());
        interactive_.pop_front();
      } else if (!bulk_.empty() && (bulk_running_ < bulk_threads_max_ || stopping_)) {
        task = std::move(bulk_.front());
        bulk_.pop_front();
        ++bulk_running_;
        is_bulk = true;
      } else if (stopping_) {
        return;
      } else {
        continue;
      }
    }
    task();
    task = nullptr;
    if (is_bulk) {
      absl::MutexLock lock(&mutex_);
      --bulk_running_;
    }
  }
}

void WorkerPool::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace kosei::server
