// A thread that does one thing after the other, as it is told.
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <utility>

#include "kosei/base/mutex.h"

namespace kosei::testing {

class OneThread {
 public:
  OneThread() : thread_([this] { Work(); }) {}
  // What waits is done before.
  ~OneThread() {
    {
      const MutexLock lock(mutex_);
      over_ = true;
    }
    changed_.NotifyAll();
    thread_.join();
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

  void Run(std::function<void()> work) {
    {
      const MutexLock lock(mutex_);
      waiting_.push_back(std::move(work));
    }
    changed_.NotifyAll();
  }

 private:
  void Work() {
    while (true) {
      std::function<void()> work;
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
  std::deque<std::function<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace kosei::testing
