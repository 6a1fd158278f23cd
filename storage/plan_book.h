// PlanBook: the plans of a store. Headers are in memory; steps are in the `plans` family, and what
// they come to (PlanOverlay) is kept for the plans that were read last. Thread-safe; changes come
// from the committing thread alone.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "database.h"
#include "directory.h"
#include "kosei/base/mutex.h"
#include "kosei/storage/plans.h"
#include "plan_overlay.h"

namespace kosei::storage {

class PlanBook {
 public:
  // `cache_bytes`: of overlays. The last one read stays in any case.
  PlanBook(const Database& database, Directory& directory,
           std::size_t cache_bytes = std::size_t{128} << 20);

  // Reads the headers, and gives the records that open plans create their numbers, at opening.
  absl::Status Load();
  // The number of a record that a plan creates, given or known. Committing thread, or opening.
  void GiveNumber(std::string_view key, NodeIndex node, ClassNumber class_number);
  // Some record has its number from a plan alone.
  bool gave_numbers() const { return gave_numbers_.load(std::memory_order_acquire); }

  std::vector<PlanInfo> List() const;  // in order of name
  // Another number after every change of any plan.
  std::uint64_t changes() const { return changes_.load(std::memory_order_acquire); }
  std::optional<PlanInfo> Find(std::string_view name) const;
  std::optional<PlanInfo> Find(PlanNumber number) const;
  // The first `count` steps.
  absl::StatusOr<std::vector<PlanStep>> Steps(PlanNumber number, std::uint32_t count) const;
  // kUnknownPlan when it was dropped.
  absl::StatusOr<std::shared_ptr<const PlanOverlay>> Overlay(PlanNumber number) const;
  // nullptr when the disk would have to be read.
  std::shared_ptr<const PlanOverlay> OverlayIfCached(PlanNumber number) const;

  // Committing thread only; durable when they return OK.
  absl::StatusOr<PlanInfo> Create(PlanInfo plan);  // gives it its number
  absl::Status Append(const PlanInfo& plan, const PlanStep& step);
  absl::Status Write(const PlanInfo& plan);
  absl::Status Remove(const PlanInfo& plan);
  // A header that was written by a batch of the caller's.
  void Changed(const PlanInfo& plan);
  // Steps of these plans were written anew by a batch of the caller's.
  void Rewritten(const std::vector<PlanNumber>& plans);

 private:
  struct Cached {
    std::shared_ptr<const PlanOverlay> overlay;
    std::uint32_t steps = 0;
    std::list<PlanNumber>::iterator used;
  };

  absl::Status Reserve(const PlanInfo& plan);
  void Keep(PlanNumber number, std::uint32_t steps, std::uint64_t rewrites,
            std::shared_ptr<const PlanOverlay> overlay) const;
  std::uint64_t rewrites() const {
    const MutexLock lock(mutex_);
    return rewrites_;
  }
  void Forget(PlanNumber number) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Database& database_;
  Directory& directory_;
  const std::size_t cache_bytes_max_;
  std::atomic<bool> gave_numbers_{false};
  std::atomic<std::uint64_t> changes_{0};
  mutable Mutex mutex_;
  std::map<std::string, PlanNumber, std::less<>> names_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<PlanNumber, PlanInfo> plans_ ABSL_GUARDED_BY(mutex_);
  PlanNumber last_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t rewrites_ ABSL_GUARDED_BY(mutex_) = 0;
  mutable absl::flat_hash_map<PlanNumber, Cached> cache_ ABSL_GUARDED_BY(mutex_);
  mutable std::list<PlanNumber> used_ ABSL_GUARDED_BY(mutex_);  // the last one read first
  mutable std::size_t cache_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

absl::Status UnknownPlan(std::string_view doing, std::string_view name);

}  // namespace kosei::storage
