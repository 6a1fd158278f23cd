// Looking at backups without restoring them: every stored byte against its checksum, and the chain
// of the newest backup.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "backup_folder.h"
#include "chain_check.h"
#include "file_copy.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/storage/backup.h"

namespace kosei::storage {
namespace {

namespace fs = std::filesystem;

// A folder below the machine's temporary one, removed with all that is in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::error_code error;
    std::string name = (fs::temp_directory_path(error) / "kosei-check-XXXXXX").string();
    if (!error && mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class Check {
 public:
  explicit Check(const CheckBackupsOptions& options) : options_(options) {}

  absl::StatusOr<CheckBackupsReport> Run() {
    KOSEI_ASSIGN_OR_RETURN(manifests_, ReadManifests(*options_.files, options_.folder));
    std::map<std::pair<std::string, std::uint64_t>, const BackupFile*> distinct;
    for (const BackupManifest& manifest : manifests_) {
      report_.backups.push_back(manifest.info);
      for (const BackupFile& file : manifest.files) {
        distinct.emplace(std::pair(file.stored, file.size), &file);
      }
    }
    for (const auto& [name, file] : distinct) total_ += file->size;
    for (const auto& [name, file] : distinct) CheckFile(*file);
    if (report_.findings.empty() && !manifests_.empty()) CheckNewest();
    return std::move(report_);
  }

 private:
  void CheckFile(const BackupFile& file) {
    const std::string path = StoredPath(options_.folder, file);
    const absl::StatusOr<std::uint32_t> checksum = ChecksumOf(path, file.size);
    if (!checksum.ok()) {
      Find(file, std::string(MessageOf(checksum.status())));
    } else if (*checksum != file.crc32c) {
      Find(file,
           absl::StrFormat("%s: its CRC-32C is %08x, expected %08x", path, *checksum, file.crc32c));
    }
    ++report_.files;
    report_.bytes += file.size;
    if (options_.on_progress) options_.on_progress("files", {report_.bytes, total_});
  }

  void Find(const BackupFile& file, const std::string& what) {
    std::string backups;
    for (const BackupManifest& manifest : manifests_) {
      const bool needs = std::any_of(
          manifest.files.begin(), manifest.files.end(), [&file](const BackupFile& other) {
            return other.stored == file.stored && other.size == file.size;
          });
      if (needs) {
        backups += (backups.empty() ? "" : ", ") + std::to_string(manifest.info.number);
      }
    }
    report_.findings.push_back(absl::StrFormat("%s (needed by backup %s)", what, backups));
  }

  // Opened in a scratch folder of links; only the growing files are copied, to their length then.
  void CheckNewest() {
    const BackupManifest& newest = manifests_.back();
    const absl::Status opened = OpenNewest(newest);
    if (!opened.ok()) {
      report_.findings.push_back(
          absl::StrFormat("backup %d: %s", newest.info.number, MessageOf(opened)));
    }
  }

  absl::Status OpenNewest(const BackupManifest& manifest) {
    const ScratchFolder scratch;
    if (scratch.path().empty()) {
      return MakeError(ErrorCode::kStorageIo, "make a scratch folder: TMPDIR cannot be written");
    }
    std::error_code error;
    const fs::path from = fs::absolute(options_.folder, error);
    for (const BackupFile& file : manifest.files) {
      const fs::path source = from / "files" / file.stored;
      const fs::path target = fs::path(scratch.path()) / file.name;
      if (file.name.ends_with(".sst")) {
        fs::create_symlink(source, target, error);
      } else {
        fs::copy_file(source, target, error);
        if (!error) fs::resize_file(target, file.size, error);
      }
      if (error) return MakeError(ErrorCode::kStorageIo, target.string() + ": " + error.message());
    }
    KOSEI_RETURN_IF_ERROR(
        options_.files->WriteFileAtomically(scratch.path() + "/CURRENT", manifest.current + "\n"));
    DatabaseOptions options;
    options.path = scratch.path();
    options.block_cache_bytes = std::size_t{64} << 20;
    options.wal_mode = WalMode::kTornTail;
    options.read_only = true;
    KOSEI_ASSIGN_OR_RETURN(const std::unique_ptr<Database> database, Database::Open(options));
    const BackupInfo& info = manifest.info;
    KOSEI_RETURN_IF_ERROR(CheckChainBetween(*database, ChainEnd(), info.commit));
    return CheckChainBetween(*database, {info.commit, info.hash}, info.commit);
  }

  const CheckBackupsOptions& options_;
  std::vector<BackupManifest> manifests_;
  std::uint64_t total_ = 0;
  CheckBackupsReport report_;
};

}  // namespace

absl::StatusOr<CheckBackupsReport> CheckBackups(const CheckBackupsOptions& options) {
  return Check(options).Run();
}

}  // namespace kosei::storage
