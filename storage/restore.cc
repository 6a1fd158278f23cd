// A data folder out of a backup: files copied and checked, opened, rewound if asked, given a new
// name, and only then put in place.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "backup_folder.h"
#include "chain_check.h"
#include "commit_log.h"
#include "data_folder.h"
#include "file_copy.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/storage/backup.h"
#include "meta_table.h"
#include "rewind.h"
#include "rocksdb_status.h"
#include "store.h"
#include "watermark.h"

namespace kosei::storage {
namespace {

constexpr std::uint64_t kStepBytes = std::uint64_t{16} << 20;
constexpr std::string_view kMarker = "RESTORING";

absl::Status IoError(std::string_view operation, const std::string& path,
                     const std::error_code& error) {
  return MakeError(ErrorCode::kStorageIo,
                   absl::StrFormat("%s %s: %s", operation, path, error.message()));
}

// The new folder under its working name.
class Restore {
 public:
  Restore(const RestoreOptions& options, BackupManifest manifest)
      : options_(options),
        files_(*options.files),
        manifest_(std::move(manifest)),
        working_(options.folder + ".restoring") {
    report_.backup = manifest_.info;
  }

  absl::StatusOr<RestoreReport> Run() {
    KOSEI_RETURN_IF_ERROR(Prepare());
    KOSEI_RETURN_IF_ERROR(CheckSpace());
    for (const BackupFile& file : manifest_.files) KOSEI_RETURN_IF_ERROR(CopyFile(file));
    KOSEI_RETURN_IF_ERROR(
        files_.WriteFileAtomically(working_ + "/store/CURRENT", manifest_.current + "\n"));
    KOSEI_RETURN_IF_ERROR(OpenAndRewind());
    KOSEI_RETURN_IF_ERROR(PutInPlace());
    return std::move(report_);
  }

 private:
  absl::Status Prepare() {
    KOSEI_RETURN_IF_ERROR(RefuseUnlessEmpty());
    if (files_.Exists(working_)) {
      if (!IsOurs()) {
        return MakeError(ErrorCode::kAlreadyExists,
                         absl::StrFormat("restore: %s is in the way, and no restoring left it; "
                                         "move it away",
                                         working_));
      }
      std::error_code error;
      std::filesystem::remove_all(working_, error);
      if (error) return IoError("remove", working_, error);
    }
    KOSEI_RETURN_IF_ERROR(files_.CreateDirectory(working_));
    KOSEI_RETURN_IF_ERROR(files_.WriteFileAtomically(
        working_ + "/" + std::string(kMarker), "koseid restore is at work here, or was ended\n"));
    return files_.CreateDirectory(working_ + "/store");
  }

  // The working folder is one that a run before left, at whatever moment.
  bool IsOurs() const {
    if (files_.Exists(working_ + "/" + std::string(kMarker))) return true;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(working_, error)) {
      if (entry.path().filename() != std::string(kMarker) + ".new") return false;
    }
    return !error;
  }

  absl::Status RefuseUnlessEmpty() {
    std::error_code error;
    if (!files_.Exists(options_.folder)) return absl::OkStatus();
    if (std::filesystem::is_empty(options_.folder, error) && !error) return absl::OkStatus();
    return MakeError(ErrorCode::kAlreadyExists,
                     "restore to " + options_.folder +
                         ": it exists and is not an empty folder, and nothing is ever overwritten; "
                         "name a new one");
  }

  absl::Status CheckSpace() {
    KOSEI_ASSIGN_OR_RETURN(const std::uint64_t free, files_.FreeBytes(working_));
    if (free >= manifest_.info.bytes) return absl::OkStatus();
    return MakeError(
        ErrorCode::kStorageLow,
        absl::StrFormat("restore to %s: %d MiB are needed, and %d MiB are free", options_.folder,
                        (manifest_.info.bytes >> 20) + 1, free >> 20));
  }

  absl::Status CopyFile(const BackupFile& file) {
    const std::string source = StoredPath(options_.from, file);
    absl::StatusOr<FileCopy> copy =
        FileCopy::Begin(files_, source, working_ + "/store/" + file.name, file.size);
    if (HasCode(copy.status(), ErrorCode::kNotFound)) return Damaged(source, "it is gone");
    KOSEI_RETURN_IF_ERROR(copy.status());
    while (true) {
      const absl::StatusOr<std::uint64_t> copied = copy->Step(kStepBytes);
      if (HasCode(copied.status(), ErrorCode::kStorageCorrupt)) {
        return Damaged(source, "it is cut short");
      }
      KOSEI_RETURN_IF_ERROR(copied.status());
      if (*copied == 0) break;
      report_.bytes += *copied;
      if (options_.on_progress) {
        options_.on_progress("copy", {report_.bytes, manifest_.info.bytes});
      }
    }
    KOSEI_ASSIGN_OR_RETURN(const std::uint32_t checksum, copy->Finish());
    if (checksum == file.crc32c) return absl::OkStatus();
    return Damaged(source,
                   absl::StrFormat("its CRC-32C is %08x, expected %08x", checksum, file.crc32c));
  }

  absl::Status Damaged(const std::string& path, std::string_view what) const {
    return MakeError(
        ErrorCode::kStorageCorrupt,
        absl::StrFormat("restore backup %d: %s is damaged: %s; koseid restore --from %s --check "
                        "says which backups are whole, and --backup chooses one",
                        manifest_.info.number, path, what, options_.from));
  }

  absl::Status OpenAndRewind() {
    DatabaseOptions options;
    options.path = working_ + "/store";
    options.block_cache_bytes = std::size_t{64} << 20;
    options.write_buffer_bytes = std::size_t{64} << 20;
    // The log was copied up to a length at which another write may have been under way.
    options.wal_mode = WalMode::kTornTail;
    KOSEI_ASSIGN_OR_RETURN(const std::unique_ptr<Database> database, Database::Open(options));
    const BackupInfo& backup = manifest_.info;
    KOSEI_RETURN_IF_ERROR(CheckEnd(*database));
    CommitNumber to = backup.commit;
    if (options_.to_commit != kNoCommit) to = options_.to_commit;
    if (options_.to_time != kEndOfTime) {
      KOSEI_ASSIGN_OR_RETURN(to, CommitAt(*database, backup.commit, options_.to_time));
      if (to == kNoCommit) return NothingThen();
    }
    KOSEI_ASSIGN_OR_RETURN(RewindReport rewound, RewindTo(*database, to));
    KOSEI_ASSIGN_OR_RETURN(const DecodedCommit newest, ReadNewestCommit(*database));
    report_.commit = newest.info.number;
    report_.commit_time = newest.info.time;
    report_.hash = newest.info.hash;
    report_.commits_left_out = rewound.commits;
    report_.baselines_left_out = std::move(rewound.baselines);
    report_.plans_left_out = std::move(rewound.plans);
    report_.store_id = ToHex(options_.random->Bytes(16));
    KOSEI_RETURN_IF_ERROR(PutMeta(*database, "store_id", report_.store_id));
    return Flush(*database);
  }

  // What the manifest says of the newest commit is what is there, and the chain leads to it.
  absl::Status CheckEnd(const Database& database) const {
    const BackupInfo& backup = manifest_.info;
    absl::Status chain = CheckChainBetween(database, ChainEnd(), backup.commit);
    if (chain.ok())
      chain = CheckChainBetween(database, {backup.commit, backup.hash}, backup.commit);
    if (chain.ok()) return chain;
    return WithContext(chain,
                       absl::StrFormat("restore backup %d of %s", backup.number, options_.from));
  }

  absl::Status NothingThen() const {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("restore: the first commit came after %s; nothing was there "
                                     "to restore",
                                     FormatTimestamp(options_.to_time)),
                     "to");
  }

  static absl::Status Flush(const Database& database) {
    std::vector<rocksdb::ColumnFamilyHandle*> families;
    for (std::size_t i = 0; i < kFamilyCount; ++i) {
      families.push_back(database.family(static_cast<Family>(i)));
    }
    return ToStatus(database.db().Flush(rocksdb::FlushOptions(), families), "restore");
  }

  absl::Status PutInPlace() {
    {
      KOSEI_ASSIGN_OR_RETURN(const auto watermark,
                             Watermark::Open(files_, working_ + "/watermark"));
      KOSEI_RETURN_IF_ERROR(watermark->Advance({report_.commit, report_.hash}));
    }
    KOSEI_RETURN_IF_ERROR(WriteFormat(files_, working_));
    KOSEI_RETURN_IF_ERROR(files_.SyncDirectory(working_));
    std::error_code error;
    std::filesystem::rename(working_, options_.folder, error);
    if (error) return IoError("rename to", options_.folder, error);
    const auto parent = std::filesystem::absolute(options_.folder, error).parent_path();
    KOSEI_RETURN_IF_ERROR(files_.SyncDirectory(error ? "." : parent.string()));
    return files_.RemoveFile(options_.folder + "/" + std::string(kMarker));
  }

  const RestoreOptions& options_;
  FileSystem& files_;
  const BackupManifest manifest_;
  const std::string working_;
  RestoreReport report_;
};

absl::Status CannotReach(const RestoreOptions& options, const BackupInfo& newest) {
  if (options.to_commit != kNoCommit) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("restore to commit %d: the newest backup of %s ends with "
                                     "commit %d",
                                     options.to_commit.value, options.from, newest.commit.value),
                     "to");
  }
  return MakeError(
      ErrorCode::kNotFound,
      absl::StrFormat("restore to %s: the newest backup of %s was made at %s, and what came later "
                      "is not in it; leave --to out to have all that there is",
                      FormatTimestamp(options.to_time), options.from,
                      FormatTimestamp(newest.created)),
      "to");
}

// The one asked for; else the newest; else the oldest that reaches as far as is asked, for what was
// erased or retired later is still in it.
absl::StatusOr<BackupManifest> Choose(const RestoreOptions& options,
                                      std::vector<BackupManifest> manifests) {
  if (manifests.empty()) {
    return MakeError(ErrorCode::kNotFound,
                     "restore: " + options.from + " holds no finished backup");
  }
  if (options.backup != 0) {
    std::erase_if(manifests, [&options](const BackupManifest& manifest) {
      return manifest.info.number != options.backup;
    });
    if (manifests.empty()) {
      return MakeError(
          ErrorCode::kNotFound,
          absl::StrFormat("restore: %s holds no backup %d", options.from, options.backup),
          "backup");
    }
  }
  const bool anything = options.to_commit == kNoCommit && options.to_time == kEndOfTime;
  if (anything) return std::move(manifests.back());
  const auto reaches = [&options](const BackupManifest& manifest) {
    return options.to_commit != kNoCommit ? manifest.info.commit >= options.to_commit
                                          : manifest.info.created >= options.to_time;
  };
  const auto found = std::find_if(manifests.begin(), manifests.end(), reaches);
  if (found == manifests.end()) return CannotReach(options, manifests.back().info);
  return std::move(*found);
}

}  // namespace

absl::StatusOr<RestoreReport> RestoreBackup(const RestoreOptions& options) {
  RestoreOptions checked = options;
  while (checked.folder.size() > 1 && checked.folder.ends_with('/')) checked.folder.pop_back();
  KOSEI_ASSIGN_OR_RETURN(std::vector<BackupManifest> manifests,
                         ReadManifests(*options.files, options.from));
  KOSEI_ASSIGN_OR_RETURN(BackupManifest manifest, Choose(checked, std::move(manifests)));
  if (manifest.info.store_format > kFormatVersion) {
    return MakeError(ErrorCode::kFormatTooNew,
                     absl::StrFormat("restore backup %d of %s: its store has format %d and this "
                                     "koseid knows formats up to %d; use the koseid that wrote it",
                                     manifest.info.number, options.from, manifest.info.store_format,
                                     kFormatVersion));
  }
  return Restore(checked, std::move(manifest)).Run();
}

}  // namespace kosei::storage
