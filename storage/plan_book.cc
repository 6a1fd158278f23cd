#include "plan_book.h"

#include <rocksdb/write_batch.h>

#include <utility>

#include "absl/strings/str_format.h"
#include "keys.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "plan_codec.h"
#include "rocksdb_status.h"

namespace kosei::storage {
namespace {

void Put(const Database& database, rocksdb::WriteBatch& batch, std::string_view key,
         std::string_view value) {
  batch.Put(database.family(Family::kPlans), SliceOf(key), SliceOf(value)).PermitUncheckedError();
}

// The last number given stands before all plans.
std::string CounterKey() { return keys::PlanKey(kNoPlan, 0); }

struct PlanEntry {
  PlanNumber plan;
  std::uint32_t step;
};
PlanEntry EntryOf(std::string_view key) {
  return {PlanNumber{ReadU64(key.data())}, ReadU32(key.data() + 8)};
}

}  // namespace

absl::Status UnknownPlan(std::string_view doing, std::string_view name) {
  return MakeError(
      ErrorCode::kUnknownPlan,
      absl::StrFormat("%s \"%s\": there is no plan of that name; `kosei plan list` shows the plans",
                      doing, name),
      "plan");
}

PlanBook::PlanBook(const Database& database, Directory& directory, std::size_t cache_bytes)
    : database_(database), directory_(directory), cache_bytes_max_(cache_bytes) {}

absl::Status PlanBook::Load() {
  std::vector<PlanInfo> open;
  {
    const MutexLock lock(mutex_);
    const auto iterator = database_.Iterate(Family::kPlans, rocksdb::ReadOptions());
    for (iterator->SeekToFirst(); iterator->Valid();) {
      const PlanEntry entry = EntryOf(ViewOf(iterator->key()));
      if (entry.plan == kNoPlan) {
        if (iterator->value().size() != sizeof(std::uint64_t)) {
          return MakeError(ErrorCode::kStorageCorrupt, "read plans: the last number is damaged");
        }
        last_ = PlanNumber{ReadU64(iterator->value().data())};
      } else {
        KOSEI_ASSIGN_OR_RETURN(PlanInfo plan, DecodePlan(ViewOf(iterator->value())));
        if (plan.state == PlanState::kOpen && plan.steps > 0) open.push_back(plan);
        names_[plan.name] = plan.number;
        plans_[plan.number] = std::move(plan);
      }
      iterator->Seek(SliceOf(keys::PlanKey(PlanNumber{entry.plan.value + 1}, 0)));
    }
    KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "read plans"));
  }
  for (const PlanInfo& plan : open) KOSEI_RETURN_IF_ERROR(Reserve(plan));
  return absl::OkStatus();
}

absl::Status PlanBook::Reserve(const PlanInfo& plan) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<PlanStep> steps, Steps(plan.number, plan.steps));
  for (const PlanStep& step : steps) {
    for (const PutRecord& put : step.edits.put_records) {
      const Record& record = put.record;
      if (record.class_number.value != 0)
        GiveNumber(record.key, directory_.limit(), record.class_number);
    }
  }
  return absl::OkStatus();
}

void PlanBook::GiveNumber(std::string_view key, NodeIndex node, ClassNumber class_number) {
  if (directory_.Find(key) != 0) return;
  gave_numbers_.store(true, std::memory_order_release);
  directory_.Insert(node, key, class_number);
}

std::vector<PlanInfo> PlanBook::List() const {
  const MutexLock lock(mutex_);
  std::vector<PlanInfo> plans;
  plans.reserve(names_.size());
  for (const auto& [name, number] : names_) plans.push_back(plans_.at(number));
  return plans;
}

std::optional<PlanInfo> PlanBook::Find(std::string_view name) const {
  const MutexLock lock(mutex_);
  const auto found = names_.find(name);
  if (found == names_.end()) return std::nullopt;
  return plans_.at(found->second);
}

std::optional<PlanInfo> PlanBook::Find(PlanNumber number) const {
  const MutexLock lock(mutex_);
  const auto found = plans_.find(number);
  if (found == plans_.end()) return std::nullopt;
  return found->second;
}

absl::StatusOr<std::vector<PlanStep>> PlanBook::Steps(PlanNumber number,
                                                      std::uint32_t count) const {
  std::vector<PlanStep> steps;
  steps.reserve(count);
  const auto iterator = database_.Iterate(Family::kPlans, rocksdb::ReadOptions());
  for (iterator->Seek(SliceOf(keys::PlanKey(number, 1))); iterator->Valid() && steps.size() < count;
       iterator->Next()) {
    if (EntryOf(ViewOf(iterator->key())).plan != number) break;
    KOSEI_ASSIGN_OR_RETURN(PlanStep step, DecodeStep(ViewOf(iterator->value())));
    steps.push_back(std::move(step));
  }
  KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "read plan"));
  if (steps.size() < count) {
    return MakeError(
        ErrorCode::kStorageCorrupt,
        absl::StrFormat("read plan: %d of its %d steps are there", steps.size(), count));
  }
  return steps;
}

absl::StatusOr<std::shared_ptr<const PlanOverlay>> PlanBook::Overlay(PlanNumber number) const {
  if (std::shared_ptr<const PlanOverlay> cached = OverlayIfCached(number)) return cached;
  const std::uint64_t rewrites = this->rewrites();
  const std::optional<PlanInfo> plan = Find(number);
  if (!plan) return UnknownPlan("read plan", absl::StrFormat("number %d", number.value));
  const absl::StatusOr<std::vector<PlanStep>> steps = Steps(number, plan->steps);
  if (!steps.ok()) {
    // Dropped meanwhile, it is not damaged.
    if (!Find(number)) return UnknownPlan("read plan", plan->name);
    return steps.status();
  }
  std::shared_ptr<const PlanOverlay> overlay =
      PlanOverlay::Compile(*steps, [this](std::string_view key) { return directory_.Find(key); });
  Keep(number, plan->steps, rewrites, overlay);
  return overlay;
}

std::shared_ptr<const PlanOverlay> PlanBook::OverlayIfCached(PlanNumber number) const {
  const MutexLock lock(mutex_);
  const auto found = cache_.find(number);
  if (found == cache_.end()) return nullptr;
  used_.splice(used_.begin(), used_, found->second.used);
  return found->second.overlay;
}

void PlanBook::Keep(PlanNumber number, std::uint32_t steps, std::uint64_t rewrites,
                    std::shared_ptr<const PlanOverlay> overlay) const {
  const MutexLock lock(mutex_);
  const auto plan = plans_.find(number);
  // It may have been edited while it was compiled.
  if (plan == plans_.end() || plan->second.steps != steps || rewrites_ != rewrites) return;
  Forget(number);
  used_.push_front(number);
  cache_bytes_ += overlay->bytes();
  cache_[number] = {std::move(overlay), steps, used_.begin()};
  while (cache_bytes_ > cache_bytes_max_ && used_.size() > 1) Forget(used_.back());
}

void PlanBook::Forget(PlanNumber number) const {
  const auto found = cache_.find(number);
  if (found == cache_.end()) return;
  cache_bytes_ -= found->second.overlay->bytes();
  used_.erase(found->second.used);
  cache_.erase(found);
}

absl::StatusOr<PlanInfo> PlanBook::Create(PlanInfo plan) {
  {
    const MutexLock lock(mutex_);
    plan.number = PlanNumber{last_.value + 1};
  }
  std::string last;
  AppendU64(last, plan.number.value);
  rocksdb::WriteBatch batch;
  Put(database_, batch, CounterKey(), last);
  Put(database_, batch, keys::PlanKey(plan.number, 0), EncodePlan(plan));
  KOSEI_RETURN_IF_ERROR(database_.WriteSynced(batch, "open plan"));
  Changed(plan);
  return plan;
}

absl::Status PlanBook::Append(const PlanInfo& plan, const PlanStep& step) {
  rocksdb::WriteBatch batch;
  Put(database_, batch, keys::PlanKey(plan.number, 0), EncodePlan(plan));
  Put(database_, batch, keys::PlanKey(plan.number, step.number), EncodeStep(step));
  KOSEI_RETURN_IF_ERROR(database_.WriteSynced(batch, "edit plan"));
  Changed(plan);
  return absl::OkStatus();
}

absl::Status PlanBook::Write(const PlanInfo& plan) {
  rocksdb::WriteBatch batch;
  Put(database_, batch, keys::PlanKey(plan.number, 0), EncodePlan(plan));
  KOSEI_RETURN_IF_ERROR(database_.WriteSynced(batch, "write plan"));
  Changed(plan);
  return absl::OkStatus();
}

absl::Status PlanBook::Remove(const PlanInfo& plan) {
  rocksdb::WriteBatch batch;
  for (std::uint32_t step = 0; step <= plan.steps; ++step) {
    batch.Delete(database_.family(Family::kPlans), SliceOf(keys::PlanKey(plan.number, step)))
        .PermitUncheckedError();
  }
  KOSEI_RETURN_IF_ERROR(database_.WriteSynced(batch, "drop plan"));
  const MutexLock lock(mutex_);
  Forget(plan.number);
  changes_.fetch_add(1, std::memory_order_acq_rel);
  names_.erase(plan.name);
  plans_.erase(plan.number);
  return absl::OkStatus();
}

void PlanBook::Rewritten(const std::vector<PlanNumber>& plans) {
  const MutexLock lock(mutex_);
  ++rewrites_;
  for (const PlanNumber plan : plans) Forget(plan);
}

void PlanBook::Changed(const PlanInfo& plan) {
  const MutexLock lock(mutex_);
  const auto known = plans_.find(plan.number);
  if (known == plans_.end() || known->second.steps != plan.steps) Forget(plan.number);
  changes_.fetch_add(1, std::memory_order_acq_rel);
  last_ = std::max(last_, plan.number);
  names_[plan.name] = plan.number;
  plans_[plan.number] = plan;
}

}  // namespace kosei::storage
