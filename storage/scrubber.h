// StoreScrubber: paces the rounds (scrub.h), on a thread of its own when asked to.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "kosei/base/mutex.h"
#include "kosei/storage/scrub.h"
#include "scrub_check.h"
#include "scrub_record.h"
#include "store.h"

namespace kosei::storage {

class StoreScrubber final : public Scrub {
 public:
  // Reads where it was.
  explicit StoreScrubber(Store& store);
  ~StoreScrubber() override;
  StoreScrubber(const StoreScrubber&) = delete;
  StoreScrubber& operator=(const StoreScrubber&) = delete;

  void StartThread();
  ScrubStatus Status() const override;
  void Start() override;
  void Pause() override;
  void Resume() override;
  bool Step() override;

 private:
  static constexpr std::chrono::milliseconds kLook{500};

  void Loop();
  // Whether a piece may be read now; a round that is due begins.
  bool MayStep() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool RoundIsDue() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void BeginRound() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void EndRound() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Find(std::string what) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Save(const ScrubRecord& record);

  Store& store_;
  Mutex step_mutex_;  // before mutex_: one piece at a time
  std::vector<ScrubItem> items_ ABSL_GUARDED_BY(step_mutex_);
  std::size_t next_ ABSL_GUARDED_BY(step_mutex_) = 0;
  std::unique_ptr<ScrubCheck> check_ ABSL_GUARDED_BY(step_mutex_);  // of items_[next_]
  std::chrono::nanoseconds saved_ ABSL_GUARDED_BY(step_mutex_){0};

  mutable Mutex mutex_;
  CondVar woken_;
  ScrubRecord record_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t bytes_total_ ABSL_GUARDED_BY(mutex_) = 0;
  bool listed_ ABSL_GUARDED_BY(mutex_) = false;  // items_ are those of the round under way
  bool hurried_ ABSL_GUARDED_BY(mutex_) = false;
  // From here on the pace counts.
  std::chrono::nanoseconds paced_since_ ABSL_GUARDED_BY(mutex_){0};
  std::uint64_t paced_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace kosei::storage
