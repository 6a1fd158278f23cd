// Store: what the parts of an open store share. Not a service: readers, the committer and the loads
// work on it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "database.h"
#include "directory.h"
#include "kosei/base/error.h"
#include "kosei/base/mutex.h"
#include "kosei/storage/engine.h"
#include "kosei/storage/view.h"
#include "model_versions.h"
#include "past_entries.h"
#include "plan_book.h"
#include "recent_changes.h"
#include "record_cache.h"
#include "topology.h"

namespace kosei::storage {

// Of the data folder. A folder of a newer format is refused before anything in it is read.
inline constexpr std::uint32_t kFormatVersion = 2;

// The newest commit: what the next one builds on.
struct Head {
  CommitNumber commit;
  Timestamp time;
  std::string hash = std::string(32, '\0');
};

class Store {
 public:
  explicit Store(EngineOptions engine_options)
      : options(std::move(engine_options)), record_cache(options.record_cache_bytes) {}

  // Constant after opening.
  const EngineOptions options;
  std::unique_ptr<Database> database;
  std::string store_id;

  // The model in force, and those before it. Changed by the committing thread, between commits.
  ModelVersions schema;
  std::atomic<std::uint32_t> model_version{0};

  // With synchronisation of their own.
  Directory directory;  // written by the committing thread only
  Topology topology;
  const RecordCache record_cache;
  RecentChanges recent_changes;
  PastEntries past_entries;
  std::unique_ptr<PlanBook> plans;  // from the opening on

  // The newest commit that readers see, and its time. Published last, after everything that it says
  // is in place.
  CommitNumber published() const {
    return CommitNumber{published_.load(std::memory_order_acquire)};
  }
  Head head() const {
    const ReaderLock lock(head_mutex_);
    return head_;
  }
  // The newest commit of which anything may be in memory: at or after head().
  Head applied() const {
    const ReaderLock lock(head_mutex_);
    return applied_;
  }
  // Before anything of a commit goes into memory.
  void BeginApply(const Head& head) {
    const WriterLock lock(head_mutex_);
    applied_ = head;
  }
  void Publish(const Head& head) {
    {
      const WriterLock lock(head_mutex_);
      head_ = head;
      if (applied_.commit < head.commit) applied_ = head;
    }
    published_.store(head.commit.value, std::memory_order_release);
  }

  std::atomic<std::uint64_t> record_count{0};  // in the present
  std::atomic<std::uint64_t> link_count{0};

  // Commits, and records and links they changed, since memory was last written down
  // (checkpoint_keeper.h).
  std::atomic<std::uint64_t> unsaved_changes{0};

  // Held while a baseline is made, and while versions are retired that a baseline could show.
  Mutex baseline_mutex;
  // Which Views may show a version that was retired (retention_book.h).
  std::atomic<std::uint64_t> retired_until_commit{0};
  std::atomic<std::int64_t> retired_until_instant{INT64_MIN};
  bool MayShowRetired(const View& view) const {
    return view.commit.value <= retired_until_commit.load(std::memory_order_acquire) ||
           view.valid_at.micros < retired_until_instant.load(std::memory_order_acquire);
  }

  // A first load is under way: nothing else may commit.
  std::atomic<bool> loading{false};

  // Why writing has stopped for good; empty while it goes on. Set once.
  std::string stopped_reason() const {
    const ReaderLock lock(head_mutex_);
    return stopped_reason_;
  }
  // Whether anything may be written now: kStorageReadOnly, kStorageLow. `operation` begins the
  // message.
  absl::Status MayWrite(std::string_view operation) const;
  // Takes the outcome of a write to the database. After a failure nobody knows whether the bytes
  // are on the device, so nothing is written on top of them.
  absl::Status Wrote(absl::Status written) {
    if (!written.ok()) StopWriting(std::string(MessageOf(written)));
    return written;
  }
  std::atomic<bool> space_low{false};  // kept by the WatermarkKeeper
  void StopWriting(const std::string& reason) {
    {
      const WriterLock lock(head_mutex_);
      if (!stopped_reason_.empty()) return;
      stopped_reason_ = reason;
    }
    if (options.on_trouble) options.on_trouble("store is read-only from now on: " + reason);
  }

 private:
  std::atomic<std::uint64_t> published_{0};
  mutable SharedMutex head_mutex_;
  Head head_ ABSL_GUARDED_BY(head_mutex_);
  Head applied_ ABSL_GUARDED_BY(head_mutex_);
  std::string stopped_reason_ ABSL_GUARDED_BY(head_mutex_);
};

}  // namespace kosei::storage
