// Locks and waiting: the standard library's, with the annotations of Clang's thread-safety
// analysis. (Abseil's come as a library that was built without ThreadSanitizer, which then reports
// races where there are none; tests/tidy refuses them.)
//
// A thread that waits does so in a loop around its condition, and whoever makes the condition true
// notifies:
//
//   MutexLock lock(mutex_);                      {
//   while (queue_.empty()) filled_.Wait(mutex_);   MutexLock lock(mutex_);
//                                                  queue_.push_back(item);
//                                                }
//                                                filled_.NotifyOne();
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>

#include "absl/base/thread_annotations.h"

namespace kosei {

// For one at a time.
class ABSL_LOCKABLE Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// For many readers or one writer. A reader that already holds it must not take it again.
class ABSL_LOCKABLE SharedMutex {
 public:
  SharedMutex() = default;
  SharedMutex(const SharedMutex&) = delete;
  SharedMutex& operator=(const SharedMutex&) = delete;

  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }
  void LockShared() ABSL_SHARED_LOCK_FUNCTION() { mutex_.lock_shared(); }
  void UnlockShared() ABSL_UNLOCK_FUNCTION() { mutex_.unlock_shared(); }

 private:
  std::shared_mutex mutex_;
};

class ABSL_SCOPED_LOCKABLE ReaderLock {
 public:
  explicit ReaderLock(SharedMutex& mutex) ABSL_SHARED_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.LockShared();
  }
  ~ReaderLock() ABSL_UNLOCK_FUNCTION() { mutex_.UnlockShared(); }
  ReaderLock(const ReaderLock&) = delete;
  ReaderLock& operator=(const ReaderLock&) = delete;

 private:
  SharedMutex& mutex_;
};

class ABSL_SCOPED_LOCKABLE WriterLock {
 public:
  explicit WriterLock(SharedMutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~WriterLock() ABSL_UNLOCK_FUNCTION() { mutex_.Unlock(); }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  SharedMutex& mutex_;
};

// Where threads wait for what another does under the same Mutex. Notifying is a look at a counter
// while nobody waits. A notification that is sent after unlocking spares the woken thread a second
// wait; one that is the last touch before the CondVar may be destroyed is sent under the lock.
class CondVar {
 public:
  CondVar() = default;
  CondVar(const CondVar&) = delete;
  CondVar& operator=(const CondVar&) = delete;

  // Unlocks while it waits. May return without a notification, so the caller looks again.
  void Wait(Mutex& mutex) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    woken_.wait(lock);
    lock.release();
  }
  // The same, at most until then; false when that time has come.
  bool WaitUntil(Mutex& mutex, std::chrono::steady_clock::time_point until)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const std::cv_status status = woken_.wait_until(lock, until);
    lock.release();
    return status == std::cv_status::no_timeout;
  }

  void NotifyOne() { woken_.notify_one(); }
  void NotifyAll() { woken_.notify_all(); }

 private:
  std::condition_variable woken_;
};

// Something that happens once. The thread that waits may destroy it as soon as Wait() returns.
class Notification {
 public:
  void Notify() {
    const MutexLock lock(mutex_);
    happened_ = true;
    notified_.NotifyAll();
  }
  void Wait() {
    const MutexLock lock(mutex_);
    while (!happened_) notified_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar notified_;
  bool happened_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace kosei
