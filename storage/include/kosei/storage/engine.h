// Engine: opens one data folder and owns everything in it. One process at a time per folder.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "kosei/base/file_system.h"
#include "kosei/base/random.h"
#include "kosei/base/time.h"
#include "kosei/model/definition.h"
#include "kosei/storage/backup.h"
#include "kosei/storage/history_transfer.h"
#include "kosei/storage/index.h"
#include "kosei/storage/plans.h"
#include "kosei/storage/reader.h"
#include "kosei/storage/retention.h"
#include "kosei/storage/scrub.h"
#include "kosei/storage/writer.h"

namespace kosei::storage {

// relaxed: the watermark follows an acknowledged commit within 10 ms. strict: it is part of the
// acknowledgement.
enum class WatermarkMode : std::uint8_t { kRelaxed, kStrict };

// What the given model is for: every store, or only one that has none yet.
enum class ModelUse : std::uint8_t { kApply, kNewStoreOnly };
struct StoreFiles;  // storage/store_files.h

struct EngineOptions {
  std::string folder;  // made when absent
  // Of a new store. Of an existing one with ModelUse::kApply: applied as Writer::ChangeModel does
  // when it says something new; one that says what an earlier version said is out of date and set
  // aside (on_trouble). Empty: the store's own.
  model::ModelDefinition model;
  ModelUse model_use = ModelUse::kApply;
  WatermarkMode watermark = WatermarkMode::kRelaxed;
  std::size_t block_cache_bytes = std::size_t{256} << 20;   // blocks of the store's files
  std::size_t record_cache_bytes = std::size_t{256} << 20;  // versions of records as they are
  std::size_t write_buffer_bytes = std::size_t{128} << 20;
  // Writes stop (kStorageLow) below this much free space.
  std::uint64_t free_bytes_min = std::uint64_t{256} << 20;
  // Indexes follow the commits by themselves. Otherwise only when asked (IndexAdmin), for tests.
  bool index_in_background = true;
  // Memory is written down (docs/architecture.md) when it closes, and meanwhile after so many
  // changes (or a sixteenth of the records, if that is more), at most once in a pause. False:
  // neither written nor read.
  bool checkpoint = true;
  std::uint64_t checkpoint_changes = 50'000;
  std::chrono::seconds checkpoint_pause{60};
  // All of the store is read once in so long (scrub.h); 0: only when asked to. Without a thread
  // only Scrub::Step reads, for tests.
  std::chrono::seconds scrub_period{0};
  bool scrub_in_background = true;
  const Clock* clock = &SystemClock();
  Random* random = &SystemRandom();
  FileSystem* files = &LocalFileSystem();
  // Where RocksDB keeps its files when not on the machine's file system; for tests only.
  const StoreFiles* store_files = nullptr;
  // Told of background trouble, on any thread; one line for the log.
  std::function<void(const std::string&)> on_trouble;
};

class Engine {
 public:
  // Checks format version, lock and watermark before anything is written. kStorageInUse,
  // kFormatTooNew, kStorageCorrupt, kCommitsMissing, kModelInvalid, kModelRefused (the data does
  // not fit `model`).
  static absl::StatusOr<std::unique_ptr<Engine>> Open(EngineOptions options);
  // Stops background work, makes the watermark exact and closes. Readers, views, loads, backups,
  // exports and imports must be gone.
  virtual ~Engine() = default;

  virtual Reader& reader() = 0;
  virtual Writer& writer() = 0;
  // A backup of the newest commit, while writers go on. kOverloaded when one into that folder is
  // under way; kAlreadyExists when the folder holds something else; kStorageLow; kStorageCorrupt.
  virtual absl::StatusOr<std::unique_ptr<BackupRun>> BeginBackup(BackupOptions options) = 0;
  // The whole history as text, and such a text into an empty store, or into one that has its
  // beginning. kOverloaded while the first load of the store is under way.
  virtual absl::StatusOr<std::unique_ptr<HistoryExport>> BeginExport() = 0;
  virtual absl::StatusOr<std::unique_ptr<HistoryImport>> BeginImport() = 0;
  virtual IndexAdmin& indexes() = 0;
  virtual Plans& plans() = 0;
  virtual Retention& retention() = 0;
  virtual Scrub& scrub() = 0;
  // Calls `listener` after each commit is visible, on the committing thread, in order; it must not
  // block. Returns a number for RemoveListener, after which the listener is not called any more.
  virtual std::uint64_t AddListener(std::function<void(CommitNumber)> listener) = 0;
  virtual void RemoveListener(std::uint64_t listener) = 0;
};

}  // namespace kosei::storage
