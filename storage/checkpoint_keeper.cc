#include "checkpoint_keeper.h"

#include <algorithm>
#include <string>

#include "checkpoint.h"
#include "kosei/base/error.h"

namespace kosei::storage {
namespace {

// Replaying a change takes longer than reading a record of a checkpoint, but not sixteen times.
constexpr std::uint64_t kRecordsPerChange = 16;

}  // namespace

CheckpointKeeper::CheckpointKeeper(Store& store) : store_(store) {
  if (store_.options.checkpoint) thread_ = std::thread([this] { Loop(); });
}

CheckpointKeeper::~CheckpointKeeper() {
  if (!store_.options.checkpoint) return;
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  woken_.NotifyOne();
  thread_.join();
  if (store_.unsaved_changes.load() > 0 && store_.stopped_reason().empty()) Write();
}

bool CheckpointKeeper::Due() const {
  const std::uint64_t wanted =
      std::max(store_.options.checkpoint_changes, store_.record_count.load() / kRecordsPerChange);
  return store_.unsaved_changes.load() >= wanted && store_.stopped_reason().empty();
}

void CheckpointKeeper::Write() {
  const std::uint64_t changes = store_.unsaved_changes.load();
  if (const absl::Status written = WriteCheckpoint(store_); !written.ok()) {
    if (store_.options.on_trouble) store_.options.on_trouble(std::string(MessageOf(written)));
    return;
  }
  store_.unsaved_changes.fetch_sub(changes);
}

void CheckpointKeeper::Loop() {
  auto next = std::chrono::steady_clock::now();
  while (true) {
    {
      const MutexLock lock(mutex_);
      const auto look = std::chrono::steady_clock::now() + kLook;
      while (!stopping_ && woken_.WaitUntil(mutex_, look)) continue;
      if (stopping_) return;
    }
    if (std::chrono::steady_clock::now() < next || !Due()) continue;
    Write();
    next = std::chrono::steady_clock::now() + store_.options.checkpoint_pause;
  }
}

}  // namespace kosei::storage
