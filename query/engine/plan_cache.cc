#include "engine/plan_cache.h"

#include <iterator>
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
  if (prepared->plan.text.size() > kOneTextBytesMax) return;
  Key key(prepared->plan.text, prepared->filter);
  const MutexLock lock(mutex_);
  const auto known = plans_.find(key);
  if (known != plans_.end()) Drop(known->second);
  text_bytes_ += prepared->plan.text.size();
  recent_.push_front(std::move(prepared));
  plans_.emplace(std::move(key), recent_.begin());
  while (plans_.size() > plans_max_ || text_bytes_ > kTextBytesMax) Drop(std::prev(recent_.end()));
}

void PlanCache::Drop(Recent::iterator prepared) {
  text_bytes_ -= (*prepared)->plan.text.size();
  plans_.erase(Key((*prepared)->plan.text, (*prepared)->filter));
  recent_.erase(prepared);
}

}  // namespace kosei::query
