#include "watermark_keeper.h"

#include <algorithm>
#include <utility>

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
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  due_.NotifyOne();
  thread_.join();
}

absl::Status WatermarkKeeper::Advance(const WatermarkValue& value) {
  const MutexLock lock(file_mutex_);
  const WatermarkValue& known = watermark_->value();
  const bool newer = value.commit > known.commit;
  if (!newer && value.writes <= known.writes && value.files <= known.files) {
    return absl::OkStatus();
  }
  WatermarkValue next = newer ? value : known;
  next.writes = std::max(value.writes, known.writes);
  next.files = std::max(value.files, known.files);
  return watermark_->Advance(next);
}

absl::Status WatermarkKeeper::Committed(const Head& head) {
  if (store_.options.watermark == WatermarkMode::kStrict) return Barrier(head);
  bool first = false;
  {
    const MutexLock lock(mutex_);
    wanted_ = {head.commit, head.hash};
    first = !std::exchange(dirty_, true);
  }
  if (first) due_.NotifyOne();
  return absl::OkStatus();
}

absl::Status WatermarkKeeper::Barrier(const Head& head) {
  const Database& database = *store_.database;
  return Advance({head.commit, head.hash, database.synced_writes(), database.file_list()});
}

void WatermarkKeeper::CheckSpace() {
  const absl::StatusOr<std::uint64_t> free = store_.options.files->FreeBytes(store_.options.folder);
  if (!free.ok()) return;
  store_.space_low.store(*free < store_.options.free_bytes_min, std::memory_order_relaxed);
}

void WatermarkKeeper::Loop() {
  bool running = true;
  std::uint64_t writes_known = 0;
  FileListExtent files_known;
  while (running) {
    WatermarkValue value;
    bool advance = false;
    {
      const MutexLock lock(mutex_);
      const auto space_check = std::chrono::steady_clock::now() + kSpaceCheck;
      while (!dirty_ && !stopping_ && due_.WaitUntil(mutex_, space_check)) continue;
      // Commits that come within the delay share one sync.
      const auto delay = std::chrono::steady_clock::now() + kDelay;
      while (dirty_ && !stopping_ && due_.WaitUntil(mutex_, delay)) continue;
      running = !stopping_;
      advance = std::exchange(dirty_, false);
      value = wanted_;
    }
    CheckSpace();
    value.writes = store_.database->synced_writes();
    value.files = store_.database->file_list();
    if (!advance && value.writes == writes_known && value.files == files_known) continue;
    writes_known = value.writes;
    files_known = value.files;
    if (const absl::Status advanced = Advance(value); !advanced.ok()) {
      store_.StopWriting("the watermark cannot be written: " + std::string(MessageOf(advanced)));
    }
  }
}

}  // namespace kosei::storage
