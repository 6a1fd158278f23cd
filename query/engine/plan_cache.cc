#include "engine/plan_cache.h"

#include <utility>

namespace kosei::query {

std::shared_ptr<const Prepared> PlanCache::Find(std::string_view text) {
  const MutexLock lock(mutex_);
  const auto found = plans_.find(std::string(text));
  if (found == plans_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, found->second);
  return recent_.front();
}

void PlanCache::Put(std::shared_ptr<const Prepared> prepared) {
  const MutexLock lock(mutex_);
  const auto known = plans_.find(prepared->plan.text);
  if (known != plans_.end()) {
    recent_.erase(known->second);
    plans_.erase(known);
  }
  recent_.push_front(std::move(prepared));
  plans_.emplace(recent_.front()->plan.text, recent_.begin());
  if (plans_.size() <= plans_max_) return;
  plans_.erase(recent_.back()->plan.text);
  recent_.pop_back();
}

}  // namespace kosei::query
