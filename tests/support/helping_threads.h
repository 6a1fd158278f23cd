// Threads that are always there to help.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "kosei/base/mutex.h"
#include "kosei/query/spare_threads.h"

namespace kosei::query {

class HelpingThreads final : public SpareThreads {
 public:
  explicit HelpingThreads(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { Work(); });
  }
  ~HelpingThreads() override {
    {
      const MutexLock lock(mutex_);
      over_ = true;
    }
    changed_.NotifyAll();
    for (std::thread& thread : threads_) thread.join();
  }
  bool TryRun(absl::AnyInvocable<void()> work) override {
    if (away) return false;
    {
      const MutexLock lock(mutex_);
      if (waiting_.size() >= threads_.size()) return false;
      waiting_.push_back(std::move(work));
    }
    changed_.NotifyAll();
    ++given;
    return true;
  }
  bool Wanted() const override { return wanted; }

  std::atomic<bool> away{false};
  std::atomic<bool> wanted{false};
  std::atomic<std::size_t> given{0};  // works that were taken

 private:
  void Work() {
    while (true) {
      absl::AnyInvocable<void()> work;
      {
        const MutexLock lock(mutex_);
        while (waiting_.empty() && !over_) changed_.Wait(mutex_);
        if (waiting_.empty()) return;
        work = std::move(waiting_.front());
        waiting_.pop_front();
      }
      work();
    }
  }

  Mutex mutex_;
  CondVar changed_;
  std::deque<absl::AnyInvocable<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace kosei::query
