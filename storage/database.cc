#include "database.h"

#include <rocksdb/cache.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "careful_files.h"
#include "kosei/base/status_macros.h"
#include "rocksdb_status.h"
#include "text_log.h"

namespace kosei::storage {
namespace {

constexpr std::string_view kNames[kFamilyCount] = {"default", "records", "links", "identity",
                                                   "index",   "text",    "facts", "commits",
                                                   "plans",   "meta"};

constexpr int kIndexFilesMax = 10'000;
constexpr int kOpenFilesWhenLenient = 64;

// Tells of every background error: the committer then refuses to write (docs/operations.md). And
// notes that the list of files has grown.
class Listener final : public rocksdb::EventListener {
 public:
  Listener(std::function<void(const std::string&)> on_trouble,
           std::shared_ptr<std::atomic<bool>> list_changed)
      : on_trouble_(std::move(on_trouble)), list_changed_(std::move(list_changed)) {}
  void OnFlushCompleted(rocksdb::DB* /*db*/, const rocksdb::FlushJobInfo& /*info*/) override {
    list_changed_->store(true);
  }
  void OnCompactionCompleted(rocksdb::DB* /*db*/,
                             const rocksdb::CompactionJobInfo& /*info*/) override {
    list_changed_->store(true);
  }
  void OnExternalFileIngested(rocksdb::DB* /*db*/,
                              const rocksdb::ExternalFileIngestionInfo& /*info*/) override {
    list_changed_->store(true);
  }
  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                         rocksdb::Status* status) override {
    if (on_trouble_) on_trouble_("storage background error: " + status->ToString());
  }

 private:
  std::function<void(const std::string&)> on_trouble_;
  std::shared_ptr<std::atomic<bool>> list_changed_;
};

rocksdb::BlockBasedTableOptions TableOptions(const std::shared_ptr<rocksdb::Cache>& cache,
                                             Family family) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  table.block_size = family == Family::kRecords ? 8 << 10 : 16 << 10;
  table.cache_index_and_filter_blocks = false;
  // Point reads by exact key only happen in these; a filter costs ten bits a key.
  if (family == Family::kRecords || family == Family::kIdentity) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  }
  return table;
}

rocksdb::ColumnFamilyOptions FamilyOptions(const DatabaseOptions& options,
                                           const std::shared_ptr<rocksdb::Cache>& cache,
                                           Family family) {
  rocksdb::ColumnFamilyOptions result;
  const bool large = family == Family::kRecords || family == Family::kLinks;
  result.write_buffer_size = large ? options.write_buffer_bytes : options.write_buffer_bytes / 8;
  result.max_write_buffer_number = 3;
  // A unique value that is new is looked up and not there: what was not written out yet answers
  // that from its filter.
  if (family == Family::kIdentity) {
    result.memtable_whole_key_filtering = true;
    result.memtable_prefix_bloom_size_ratio = 0.1;
  }
  // An index that is built brings many files at once. Commits never wait until they are merged.
  if (family == Family::kIndex || family == Family::kText) {
    result.level0_slowdown_writes_trigger = kIndexFilesMax;
    result.level0_stop_writes_trigger = kIndexFilesMax;
  }
  result.compression = rocksdb::kLZ4Compression;
  result.bottommost_compression = rocksdb::kLZ4Compression;
  result.level_compaction_dynamic_level_bytes = true;
  result.paranoid_file_checks = false;
  result.memtable_protection_bytes_per_key = 8;
  result.table_factory.reset(rocksdb::NewBlockBasedTableFactory(TableOptions(cache, family)));
  return result;
}

rocksdb::WALRecoveryMode RecoveryModeOf(WalMode mode) {
  switch (mode) {
    case WalMode::kWhole:
      break;
    case WalMode::kTornTail:
      return rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    case WalMode::kUpToDamage:
      return rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  }
  return rocksdb::WALRecoveryMode::kAbsoluteConsistency;
}

rocksdb::DBOptions GlobalOptions(const DatabaseOptions& options, rocksdb::Env& env,
                                 const std::shared_ptr<std::atomic<bool>>& list_changed) {
  rocksdb::DBOptions result;
  result.env = &env;
  result.create_if_missing = !options.read_only;
  result.create_missing_column_families = !options.read_only;
  result.wal_recovery_mode = RecoveryModeOf(options.wal_mode);
  result.track_and_verify_wals_in_manifest = true;
  result.max_bgerror_resume_count = 0;
  result.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  result.max_background_jobs = 2;
  result.max_manifest_file_size = kFileListBytesMax;
  result.max_total_wal_size = std::uint64_t{512} << 20;
  result.max_open_files = options.lenient ? kOpenFilesWhenLenient : -1;
  result.paranoid_checks = !options.lenient;
  result.skip_checking_sst_file_sizes_on_db_open = options.lenient;
  result.bytes_per_sync = 1 << 20;
  result.info_log = options.read_only ? SilentLog() : OpenTextLog(options.path);
  result.listeners.push_back(std::make_shared<Listener>(options.on_trouble, list_changed));
  return result;
}

}  // namespace

std::string_view NameOf(Family family) { return kNames[static_cast<std::size_t>(family)]; }

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const DatabaseOptions& options) {
  std::unique_ptr<Database> database(new Database());
  if (!options.read_only) {
    KOSEI_RETURN_IF_ERROR(options.files->CreateDirectory(options.path));
  }
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  database->env_ = MakeCarefulEnv(options.store_files, options.path);
  const rocksdb::DBOptions global =
      GlobalOptions(options, *database->env_, database->list_changed_);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    const rocksdb::ColumnFamilyOptions family =
        FamilyOptions(options, cache, static_cast<Family>(i));
    database->file_options_[i] = rocksdb::Options(global, family);
    families.emplace_back(i == 0 ? rocksdb::kDefaultColumnFamilyName : std::string(kNames[i]),
                          family);
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened =
      options.read_only
          ? rocksdb::DB::OpenForReadOnly(global, options.path, families, &handles, &db)
          : rocksdb::DB::Open(global, options.path, families, &handles, &db);
  if (!opened.ok()) return ToStatus(opened, "open store " + options.path);
  database->db_.reset(db);
  for (std::size_t i = 0; i < kFamilyCount; ++i) database->handles_[i] = handles[i];
  return database;
}

Database::~Database() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    if (handle != nullptr) db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  db_->Close().PermitUncheckedError();
}

absl::StatusOr<std::string> Database::Get(Family wanted, std::string_view key,
                                          ReadTier tier) const {
  std::string value;
  rocksdb::ReadOptions options;
  options.read_tier = TierOf(tier);
  const rocksdb::Status status = db_->Get(options, family(wanted), SliceOf(key), &value);
  if (!status.ok()) return ToStatus(status, "read " + std::string(NameOf(wanted)));
  return value;
}

std::unique_ptr<rocksdb::Iterator> Database::Iterate(Family wanted,
                                                     const rocksdb::ReadOptions& options) const {
  return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options, family(wanted)));
}

absl::Status Database::WriteSynced(rocksdb::WriteBatch& batch, std::string_view operation) const {
  // What came before is synced with it, whoever wrote that.
  const std::uint64_t before = db_->GetLatestSequenceNumber();
  rocksdb::WriteOptions options;
  options.sync = true;
  const rocksdb::Status written = db_->Write(options, &batch);
  if (!written.ok()) return ToStatus(written, operation);
  std::uint64_t known = synced_writes_.load();
  while (known < before + 1 && !synced_writes_.compare_exchange_weak(known, before + 1)) continue;
  return absl::OkStatus();
}

FileListExtent Database::file_list() const {
  const MutexLock lock(list_mutex_);
  if (!list_changed_->exchange(false)) return list_;
  std::vector<std::string> names;
  FileListExtent extent;
  // As long as it was after its last sync.
  if (!db_->GetLiveFiles(names, &extent.bytes, false).ok()) return list_;
  for (const std::string& name : names)
    extent.number = std::max(extent.number, FileListNumber(name));
  list_ = extent;
  return list_;
}

}  // namespace kosei::storage
