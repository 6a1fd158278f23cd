// WatermarkKeeper: moves the watermark after acknowledged commits, at once (strict) or within 10 ms
// (relaxed); after other writes that were acknowledged, and
// when the list of files has grown, within half a second. Keeps an eye on free
// disk space. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "kosei/base/mutex.h"
#include "kosei/storage/engine.h"
#include "store.h"
#include "watermark.h"

namespace kosei::storage {

class WatermarkKeeper {
 public:
  WatermarkKeeper(Store& store, std::unique_ptr<Watermark> watermark);
  // Makes the watermark exact.
  ~WatermarkKeeper();
  WatermarkKeeper(const WatermarkKeeper&) = delete;
  WatermarkKeeper& operator=(const WatermarkKeeper&) = delete;

  // After the sync of the commit, before its acknowledgement. In strict mode returns when the
  // watermark is durable.
  absl::Status Committed(const Head& head);
  // Durable at once, whatever the mode.
  absl::Status Barrier(const Head& head);

 private:
  static constexpr std::chrono::milliseconds kDelay{10};
  static constexpr std::chrono::milliseconds kSpaceCheck{500};

  void Loop();
  void CheckSpace();
  absl::Status Advance(const WatermarkValue& value);

  Store& store_;
  Mutex file_mutex_;
  std::unique_ptr<Watermark> watermark_ ABSL_GUARDED_BY(file_mutex_);
  Mutex mutex_;
  CondVar due_;  // dirty_ or stopping_ has become true
  WatermarkValue wanted_ ABSL_GUARDED_BY(mutex_);
  bool dirty_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace kosei::storage
