#include "watermark_keeper.h"

#include <utility>

#include "absl/time/time.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::storage {

WatermarkKeeper::WatermarkKeeper(Store& store, std::unique_ptr<Watermark> watermark)
    : store_(store), watermark_(std::move(watermark)) {
  CheckSpace();
  thread_ = std::thread([this] { Loop(); });
}

WatermarkKeeper::~WatermarkKeeper() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

absl::Status WatermarkKeeper::Advance(const WatermarkValue& value) {
  const absl::MutexLock lock(&file_mutex_);
  if (value.commit <= watermark_->value().commit) return absl::OkStatus();
  return watermark_->Advance(value);
}

absl::Status WatermarkKeeper::Committed(const Head& head) {
  if (store_.options.watermark == WatermarkMode::kStrict) return Barrier(head);
  const absl::MutexLock lock(&mutex_);
  wanted_ = {head.commit, head.hash};
  dirty_ = true;
  return absl::OkStatus();
}

absl::Status WatermarkKeeper::Barrier(const Head& head) {
  return Advance({head.commit, head.hash});
}

void WatermarkKeeper::CheckSpace() {
  const absl::StatusOr<std::uint64_t> free = store_.options.files->FreeBytes(store_.options.folder);
  if (free.ok()) space_low_.store(*free < store_.options.free_bytes_min, std::memory_order_relaxed);
}

void WatermarkKeeper::Loop() {
  const auto due = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return dirty_ || stopping_; };
  bool running = true;
  while (running) {
    WatermarkValue value;
    bool advance = false;
    {
      const absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(&due), absl::FromChrono(kSpaceCheck));
      running = !stopping_;
      // Commits that come within the delay share one sync.
      if (running && dirty_)
        mutex_.AwaitWithTimeout(absl::Condition(&stopping_), absl::FromChrono(kDelay));
      advance = std::exchange(dirty_, false);
      value = wanted_;
    }
    CheckSpace();
    if (!advance) continue;
    if (const absl::Status advanced = Advance(value); !advanced.ok()) {
      store_.StopWriting("the watermark cannot be written: " + std::string(MessageOf(advanced)));
    }
  }
}

}  // namespace kosei::storage
