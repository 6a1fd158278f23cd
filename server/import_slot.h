// The import of a history that a connection has under way. It goes with the connection, and with
// the last worker that uses it.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "kosei/base/mutex.h"
#include "kosei/storage/history_transfer.h"
#include "worker_pool.h"

namespace kosei::server {

struct ImportSlot {
  explicit ImportSlot(WorkerPool& pool_in) : pool(pool_in) {}
  // Giving an import up removes files: not on an I/O thread.
  ~ImportSlot() {
    if (import == nullptr) return;
    pool.SubmitContinuation(Lane::kBulk, [gone = std::move(import)] {});
  }
  ImportSlot(const ImportSlot&) = delete;
  ImportSlot& operator=(const ImportSlot&) = delete;

  WorkerPool& pool;
  Mutex mutex;
  std::unique_ptr<storage::HistoryImport> import ABSL_GUARDED_BY(mutex);
  std::uint64_t chunks ABSL_GUARDED_BY(mutex) = 0;
};

}  // namespace kosei::server
