// Database: RocksDB with kosei's column families, opened so that nothing acknowledged can go
// missing unseen (docs/decisions/0005_watermark.md). Thread-safe. RocksDB stays inside storage/.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "file_list.h"
#include "kosei/base/file_system.h"
#include "kosei/base/mutex.h"
#include "store_files.h"

namespace kosei::storage {

// Order and names are stored: append only.
enum class Family : std::uint8_t {
  kDefault,
  kRecords,
  kLinks,
  kIdentity,
  kIndex,
  kText,
  kFacts,
  kCommits,
  kPlans,
  kMeta
};
inline constexpr std::size_t kFamilyCount = 10;
// When RocksDB's list of its files has grown to this, a new one is begun.
inline constexpr std::uint64_t kFileListBytesMax = std::uint64_t{1} << 20;
std::string_view NameOf(Family family);

// kMemoryOnly: what would need the disk is kOverloaded instead.
enum class ReadTier : std::uint8_t { kDisk, kMemoryOnly };

enum class WalMode : std::uint8_t {
  kWhole,       // every byte of the log must be sound
  kTornTail,    // a broken end is taken for a write that a crash cut short
  kUpToDamage,  // what comes before the first damage; for repairs that somebody has agreed to
};

struct DatabaseOptions {
  std::string path;
  std::size_t block_cache_bytes = 0;
  std::size_t write_buffer_bytes = 0;
  WalMode wal_mode = WalMode::kWhole;
  bool read_only = false;
  // Sorted files are not looked at when it opens: for repairs.
  bool lenient = false;
  FileSystem* files = &LocalFileSystem();
  const StoreFiles* store_files = nullptr;  // null: the machine's
  std::function<void(const std::string&)> on_trouble;
};

inline rocksdb::ReadTier TierOf(ReadTier tier) {
  return tier == ReadTier::kMemoryOnly ? rocksdb::kBlockCacheTier : rocksdb::kReadAllTier;
}

class Database {
 public:
  // read_only opens nothing for writing and leaves every byte as it is.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const DatabaseOptions& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* family(Family family) const {
    return handles_[static_cast<std::size_t>(family)];
  }
  // For sorted files that will be ingested.
  const rocksdb::Options& file_options(Family family) const {
    return file_options_[static_cast<std::size_t>(family)];
  }

  // Nothing under the key is kNotFound.
  absl::StatusOr<std::string> Get(Family family, std::string_view key,
                                  ReadTier tier = ReadTier::kDisk) const;
  std::unique_ptr<rocksdb::Iterator> Iterate(Family family,
                                             const rocksdb::ReadOptions& options) const;
  // Durable when it returns OK. `operation` as for ToStatus.
  absl::Status WriteSynced(rocksdb::WriteBatch& batch, std::string_view operation) const;
  // A sequence number of RocksDB's: the writes up to it are on the device, those of WriteSynced
  // among them. A store that ends before it has lost something.
  std::uint64_t synced_writes() const { return synced_writes_.load(std::memory_order_acquire); }
  // How much of the list of files is on the device. Looked up when the list may have grown, so it
  // may be asked often.
  FileListExtent file_list() const;

 private:
  Database() = default;
  std::unique_ptr<rocksdb::Env> env_;  // what db_ works on
  std::unique_ptr<rocksdb::DB> db_;
  mutable std::atomic<std::uint64_t> synced_writes_{0};
  // Set when files come or go.
  const std::shared_ptr<std::atomic<bool>> list_changed_ =
      std::make_shared<std::atomic<bool>>(true);
  mutable Mutex list_mutex_;
  mutable FileListExtent list_ ABSL_GUARDED_BY(list_mutex_);
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount> handles_{};
  std::array<rocksdb::Options, kFamilyCount> file_options_;
};

}  // namespace kosei::storage
