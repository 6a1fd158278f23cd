#include "backup_run.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "chain_check.h"
#include "commit_log.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "rocksdb_status.h"

namespace kosei::storage {
namespace {

// A longer log is written out first: restoring replays the log, and every backup copies its tail.
constexpr std::uint64_t kLogBytesMax = std::uint64_t{64} << 20;
constexpr std::uint64_t kStepBytes = std::uint64_t{16} << 20;

std::uint64_t LogBytes(rocksdb::DB& db) {
  rocksdb::VectorLogPtr logs;
  if (!db.GetSortedWalFiles(logs).ok()) return 0;
  std::uint64_t bytes = 0;
  for (const auto& log : logs) {
    if (log->Type() == rocksdb::kAliveLogFile) bytes += log->SizeFileBytes();
  }
  return bytes;
}

absl::Status FlushAll(const Database& database) {
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    families.push_back(database.family(static_cast<Family>(i)));
  }
  return ToStatus(database.db().Flush(rocksdb::FlushOptions(), families), "flush for a backup");
}

// Sorted files are named by what is in them, for another store's file may have the same number.
std::string StoredNameOf(const BackupFile& file) {
  const std::filesystem::path name(file.name);
  return absl::StrFormat("%s-%08x-%d%s", name.stem().string(), file.crc32c, file.size,
                         name.extension().string());
}

std::uint64_t SizeOf(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

}  // namespace

absl::StatusOr<std::unique_ptr<BackupRun>> StoreBackup::Begin(Store& store, Committer& committer,
                                                              BackupOptions options) {
  std::unique_ptr<StoreBackup> run(new StoreBackup(store, std::move(options)));
  KOSEI_RETURN_IF_ERROR(run->OpenFolder());
  KOSEI_RETURN_IF_ERROR(run->Pin(committer));
  KOSEI_RETURN_IF_ERROR(run->CheckChain());
  for (Item& item : run->items_) KOSEI_RETURN_IF_ERROR(run->Plan(item));
  KOSEI_RETURN_IF_ERROR(run->CheckSpace());
  return std::unique_ptr<BackupRun>(std::move(run));
}

StoreBackup::~StoreBackup() {
  if (pinned_) store_.database->db().EnableFileDeletions(false).PermitUncheckedError();
}

absl::Status StoreBackup::OpenFolder() {
  KOSEI_RETURN_IF_ERROR(PrepareBackupFolder(files_, options_.folder));
  absl::StatusOr<std::unique_ptr<FolderLock>> lock = FolderLock::Take(options_.folder);
  if (HasCode(lock.status(), ErrorCode::kStorageInUse)) {
    return MakeError(ErrorCode::kOverloaded,
                     "back up to " + options_.folder +
                         ": another backup into it is under way; wait for its end");
  }
  KOSEI_RETURN_IF_ERROR(lock.status());
  lock_ = *std::move(lock);
  KOSEI_ASSIGN_OR_RETURN(earlier_, ReadManifests(files_, options_.folder));
  if (!earlier_.empty() && earlier_.back().info.store_id != store_.store_id) {
    return MakeError(
        ErrorCode::kAlreadyExists,
        absl::StrFormat("back up to %s: it holds backups of the store %s, and this store is %s; "
                        "choose another folder",
                        options_.folder, earlier_.back().info.store_id, store_.store_id));
  }
  return absl::OkStatus();
}

absl::Status StoreBackup::Pin(Committer& committer) {
  rocksdb::DB& db = store_.database->db();
  KOSEI_RETURN_IF_ERROR(ToStatus(db.DisableFileDeletions(), "pin files for a backup"));
  pinned_ = true;
  if (LogBytes(db) > kLogBytesMax && store_.stopped_reason().empty()) {
    KOSEI_RETURN_IF_ERROR(FlushAll(*store_.database));
  }
  BackupInfo& info = manifest_.info;
  info.number = earlier_.empty() ? 1 : earlier_.back().info.number + 1;
  info.store_id = store_.store_id;
  info.store_format = kFormatVersion;
  return committer.RunBetweenCommits([this, &info] {
    const Head head = store_.head();
    info.commit = head.commit;
    info.commit_time = head.time;
    info.hash = head.hash;
    info.created = std::max(store_.options.clock->Now(), head.time);
    return ListFiles();
  });
}

absl::Status StoreBackup::ListFiles() {
  rocksdb::LiveFilesStorageInfoOptions options;
  options.include_checksum_info = true;
  options.wal_size_for_flush = UINT64_MAX;
  std::vector<rocksdb::LiveFileStorageInfo> live;
  KOSEI_RETURN_IF_ERROR(ToStatus(store_.database->db().GetLiveFilesStorageInfo(options, &live),
                                 "list files for a backup"));
  for (const rocksdb::LiveFileStorageInfo& file : live) {
    if (file.file_type == rocksdb::kOptionsFile) continue;  // ours are in the program
    if (file.file_type == rocksdb::kCurrentFile) {
      manifest_.current = file.replacement_contents.substr(0, file.replacement_contents.find('\n'));
      continue;
    }
    Item item;
    item.file.name = file.relative_filename;
    item.file.size = file.size;
    item.source = file.directory + "/" + file.relative_filename;
    if (file.file_type == rocksdb::kTableFile && file.file_checksum.size() == 4) {
      item.file.crc32c = ReadU32(file.file_checksum.data());
      item.checksum_known = true;
    }
    if (file.file_type != rocksdb::kTableFile) item.file.stored = item.file.name;
    items_.push_back(std::move(item));
  }
  return absl::OkStatus();
}

// From the commit of the backup before to this one's, each hash in the next header.
absl::Status StoreBackup::CheckChain() const {
  ChainEnd from;
  if (!earlier_.empty()) from = {earlier_.back().info.commit, earlier_.back().info.hash};
  const absl::Status chain = CheckChainBetween(*store_.database, from, manifest_.info.commit);
  return chain.ok() ? chain : WithContext(chain, "back up to " + options_.folder);
}

absl::Status StoreBackup::Plan(Item& item) {
  if (!item.file.stored.empty()) return PlanGrowing(item);
  if (!item.checksum_known) {
    KOSEI_ASSIGN_OR_RETURN(item.file.crc32c, ChecksumOf(item.source, item.file.size));
    item.checksum_known = true;
  }
  item.file.stored = StoredNameOf(item.file);
  item.there = SizeOf(StoredPath(options_.folder, item.file)) == item.file.size;
  if (!item.there) progress_.bytes_total += item.file.size;
  return absl::OkStatus();
}

// A log, or the list of files: only its tail is new when the backup before has it.
absl::Status StoreBackup::PlanGrowing(Item& item) {
  progress_.bytes_total += item.file.size;
  if (earlier_.empty()) return absl::OkStatus();
  for (const BackupFile& before : earlier_.back().files) {
    if (before.stored != item.file.stored) continue;
    if (SizeOf(StoredPath(options_.folder, before)) < before.size) return absl::OkStatus();
    const auto checksum = before.size <= item.file.size ? ChecksumOf(item.source, before.size)
                                                        : absl::StatusOr<std::uint32_t>(0);
    KOSEI_RETURN_IF_ERROR(checksum.status());
    if (before.size > item.file.size || *checksum != before.crc32c) {
      return MakeError(
          ErrorCode::kStorageCorrupt,
          absl::StrFormat("back up to %s: %s is not the file that backup %d holds the beginning "
                          "of: it is damaged, or the folder has backups of a copy of this store; "
                          "run koseid verify, or choose another folder",
                          options_.folder, item.source, earlier_.back().info.number));
    }
    item.begin = before.size;
  }
  return absl::OkStatus();
}

absl::Status StoreBackup::CheckSpace() const {
  std::uint64_t needed = 0;
  for (const Item& item : items_) needed += item.there ? 0 : item.file.size - item.begin;
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t free, files_.FreeBytes(options_.folder));
  // The store may lie on the same device, and must go on.
  const std::uint64_t kept = store_.options.free_bytes_min;
  if (free >= kept && free - kept >= needed) return absl::OkStatus();
  return MakeError(
      ErrorCode::kStorageLow,
      absl::StrFormat("back up to %s: %d MiB are needed, and %d MiB are free, of which %d MiB stay "
                      "free; free some space, or keep fewer backups (--keep)",
                      options_.folder, (needed >> 20) + 1, free >> 20, kept >> 20));
}

absl::StatusOr<bool> StoreBackup::Step() {
  std::uint64_t budget = kStepBytes;
  while (budget > 0 && next_ < items_.size()) {
    Item& item = items_[next_];
    if (item.there) {
      ++next_;
      continue;
    }
    if (!copy_.has_value()) {
      const std::string target = StoredPath(options_.folder, item.file);
      auto copy = item.begin > 0
                      ? FileCopy::Continue(files_, item.source, target, item.begin, item.file.size)
                      : FileCopy::Begin(files_, item.source, target, item.file.size);
      KOSEI_RETURN_IF_ERROR(copy.status());
      copy_ = *std::move(copy);
    }
    KOSEI_ASSIGN_OR_RETURN(const std::uint64_t copied, copy_->Step(budget));
    progress_.bytes_done += copied;
    budget -= std::min(budget, copied);
    if (copied == 0) KOSEI_RETURN_IF_ERROR(FinishItem(item));
  }
  if (next_ < items_.size()) return false;
  if (!done_) KOSEI_RETURN_IF_ERROR(Finish());
  return true;
}

absl::Status StoreBackup::FinishItem(Item& item) {
  KOSEI_ASSIGN_OR_RETURN(const std::uint32_t checksum, copy_->Finish());
  copy_.reset();
  if (item.checksum_known && checksum != item.file.crc32c) {
    IgnoreError(files_.RemoveFile(StoredPath(options_.folder, item.file)),
                "the next backup looks at it again");
    return MakeError(
        ErrorCode::kStorageCorrupt,
        absl::StrFormat("back up %s: its CRC-32C is %08x, expected %08x: this file of the store is "
                        "damaged; run koseid verify, and restore from an earlier backup",
                        item.source, checksum, item.file.crc32c));
  }
  item.file.crc32c = checksum;
  ++report_.files_copied;
  report_.bytes_copied += item.file.size - item.begin;
  ++next_;
  return absl::OkStatus();
}

absl::Status StoreBackup::Finish() {
  KOSEI_RETURN_IF_ERROR(files_.SyncDirectory(options_.folder + "/files"));
  BackupInfo& info = manifest_.info;
  for (const Item& item : items_) {
    manifest_.files.push_back(item.file);
    info.bytes += item.file.size;
    ++info.files;
  }
  KOSEI_RETURN_IF_ERROR(files_.WriteFileAtomically(ManifestPath(options_.folder, info.number),
                                                   EncodeManifest(manifest_)));
  report_.backup = info;
  earlier_.push_back(std::move(manifest_));
  KOSEI_ASSIGN_OR_RETURN(report_.backups_removed,
                         Prune(files_, options_.folder, std::move(earlier_), options_.keep));
  done_ = true;
  return absl::OkStatus();
}

}  // namespace kosei::storage
