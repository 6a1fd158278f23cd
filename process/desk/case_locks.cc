#include "desk/case_locks.h"

#include <algorithm>
#include <utility>

namespace kosei::process {

bool CaseLocks::TakeAll(const std::vector<std::string>& keys,
                        const absl::flat_hash_set<std::string>& wanted_before) {
  for (const std::string& key : keys) {
    if (held_.contains(key) || wanted_before.contains(key)) return false;
  }
  held_.insert(keys.begin(), keys.end());
  return true;
}

bool CaseLocks::Hold::Add(const std::string& key) {
  {
    const MutexLock lock(locks_.mutex_);
    if (!locks_.held_.insert(key).second) return false;
  }
  keys_.insert(std::upper_bound(keys_.begin(), keys_.end(), key), key);
  return true;
}

void CaseLocks::Acquire(std::vector<std::string> keys, Work work) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  {
    const MutexLock lock(mutex_);
    absl::flat_hash_set<std::string> wanted;
    for (const Waiter& waiter : waiters_) wanted.insert(waiter.keys.begin(), waiter.keys.end());
    if (!TakeAll(keys, wanted)) {
      waiters_.push_back({std::move(keys), std::move(work)});
      return;
    }
  }
  Start(std::move(keys), work);
}

void CaseLocks::Start(std::vector<std::string> keys, const Work& work) {
  work(std::make_shared<Hold>(*this, std::move(keys)));
}

void CaseLocks::Release(const std::vector<std::string>& keys) {
  std::list<Waiter> ready;
  {
    const MutexLock lock(mutex_);
    for (const std::string& key : keys) held_.erase(key);
    // Who came first goes first: what somebody before waits for is not taken.
    absl::flat_hash_set<std::string> wanted;
    for (auto each = waiters_.begin(); each != waiters_.end();) {
      const auto next = std::next(each);
      if (TakeAll(each->keys, wanted)) {
        ready.splice(ready.end(), waiters_, each);
      } else {
        wanted.insert(each->keys.begin(), each->keys.end());
      }
      each = next;
    }
  }
  for (Waiter& waiter : ready) {
    run_([this, waiter = std::make_shared<Waiter>(std::move(waiter))] {
      Start(std::move(waiter->keys), waiter->work);
    });
  }
}

std::size_t CaseLocks::waiting() const {
  const MutexLock lock(mutex_);
  return waiters_.size();
}

}  // namespace kosei::process
