// CaseLocks: who works at which records. A transition is judged by its record and by the process
// records next to it; while it is judged and written, none of these is changed by another one. So a
// task is not opened again in the moment in which the incident that waited for it is closed.
//
// Nobody blocks: work that has to wait is run when its turn comes, in the order in which it came.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "kosei/base/mutex.h"

namespace kosei::process {

// Thread-safe. Must outlive what it runs and every Hold.
class CaseLocks {
 public:
  using Run = std::function<void(std::function<void()>)>;
  // `run` runs work soon, on any thread, but not within the call.
  explicit CaseLocks(Run run) : run_(std::move(run)) {}

  // The records, as long as it lives.
  class Hold {
   public:
    Hold(CaseLocks& locks, std::vector<std::string> keys) : locks_(locks), keys_(std::move(keys)) {}
    ~Hold() { locks_.Release(keys_); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    const std::vector<std::string>& keys() const { return keys_; }
    // A record that is only about to be. False: somebody has the key, who has guessed it.
    bool Add(const std::string& key);

   private:
    CaseLocks& locks_;
    std::vector<std::string> keys_;  // in order
  };
  using Work = std::function<void(std::shared_ptr<Hold>)>;

  // Runs `work` with all of the keys held: now, in this call, when nobody has one of them or waits
  // for one, else later.
  void Acquire(std::vector<std::string> keys, Work work);
  std::size_t waiting() const;

 private:
  struct Waiter {
    std::vector<std::string> keys;
    Work work;
  };
  bool TakeAll(const std::vector<std::string>& keys,
               const absl::flat_hash_set<std::string>& wanted_before)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Release(const std::vector<std::string>& keys);
  void Start(std::vector<std::string> keys, const Work& work);

  const Run run_;
  mutable Mutex mutex_;
  absl::flat_hash_set<std::string> held_ ABSL_GUARDED_BY(mutex_);
  std::list<Waiter> waiters_ ABSL_GUARDED_BY(mutex_);  // in the order in which they came
};

}  // namespace kosei::process
