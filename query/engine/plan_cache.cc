#include "engine/plan_cache.h"

#include <utility>

namespace kosei::query {

std::shared_ptr<const Prepared> PlanCache::Find(std::string_view text, bool filter) {
  const MutexLock lock(mutex_);
  const auto found = plans_.find(Key(text, filter));
  if (found == plans_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, found->second);
  return recent_.front();
}

void PlanCache::Put(std::shared_ptr<const Prepared> prepared) {
  if (prepared->plan.text.size() > kTextBytesMax) return;
  Key key(prepared->plan.text, prepared->filter);
  const MutexLock lock(mutex_);
  const auto known = plans_.find(key);
  if (known != plans_.end()) {
    recent_.erase(known->second);
    plans_.erase(known);
  }
  recent_.push_front(std::move(prepared));
  plans_.emplace(std::move(key), recent_.begin());
  if (plans_.size() <= plans_max_) return;
  plans_.erase(Key(recent_.back()->plan.text, recent_.back()->filter));
  recent_.pop_back();
}

}  // namespace kosei::query
