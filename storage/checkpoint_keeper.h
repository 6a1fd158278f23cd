// CheckpointKeeper: writes a checkpoint now and then, and a last one when the store closes.
#pragma once

#include <chrono>
#include <cstdint>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "kosei/base/mutex.h"
#include "store.h"

namespace kosei::storage {

class CheckpointKeeper {
 public:
  explicit CheckpointKeeper(Store& store);
  // Nothing may commit any more.
  ~CheckpointKeeper();
  CheckpointKeeper(const CheckpointKeeper&) = delete;
  CheckpointKeeper& operator=(const CheckpointKeeper&) = delete;

 private:
  static constexpr std::chrono::milliseconds kLook{500};

  void Loop();
  bool Due() const;
  void Write();

  Store& store_;
  Mutex mutex_;
  CondVar woken_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace kosei::storage
