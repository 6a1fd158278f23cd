#include "kosei/process/deadline_queue.h"

namespace kosei::process {

SetOutcome DeadlineQueue::Set(std::string_view key, Timestamp due, std::string_view what) {
  const auto found = slots_.find(key);
  if (found == slots_.end()) {
    const auto added =
        slots_.emplace(std::string(key), Slot{due, std::string(what), ++generation_, false}).first;
    waiting_.insert(&*added);
    return SetOutcome::kAdded;
  }
  Slot& slot = found->second;
  if (slot.due == due && slot.what == what)
    return slot.taken ? SetOutcome::kAlreadyTaken : SetOutcome::kUnchanged;
  const bool waited = !slot.taken;
  // Out while the order is that of what was.
  if (waited) waiting_.erase(&*found);
  slot = Slot{due, std::string(what), ++generation_, false};
  waiting_.insert(&*found);
  return waited ? SetOutcome::kReplaced : SetOutcome::kAdded;
}

bool DeadlineQueue::Remove(std::string_view key) {
  const auto found = slots_.find(key);
  if (found == slots_.end()) return false;
  waiting_.erase(&*found);
  slots_.erase(found);
  return true;
}

std::optional<Timestamp> DeadlineQueue::Next() const {
  if (waiting_.empty()) return std::nullopt;
  return (*waiting_.begin())->second.due;
}

std::vector<DueEntry> DeadlineQueue::TakeDue(Timestamp now, std::size_t limit) {
  std::vector<DueEntry> due;
  while (due.size() < limit && !waiting_.empty()) {
    const auto first = waiting_.begin();
    if ((*first)->second.due > now) break;
    const auto slot = slots_.find((*first)->first);
    due.push_back({slot->first, slot->second.due, slot->second.what, slot->second.generation});
    slot->second.taken = true;
    waiting_.erase(first);
  }
  return due;
}

bool DeadlineQueue::IsCurrent(std::string_view key, std::uint64_t generation) const {
  const auto found = slots_.find(key);
  return found != slots_.end() && found->second.generation == generation;
}

}  // namespace kosei::process
