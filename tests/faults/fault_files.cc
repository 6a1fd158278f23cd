// kosei's own files on a FaultDisk.
#include <filesystem>
#include <utility>

#include "fault_disk.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::testing {
namespace {

using Operation = FaultDisk::Operation;
using Verdict = FaultDisk::Verdict;

absl::Status Failed(std::string_view operation, const std::string& path, Verdict verdict) {
  return MakeError(verdict == Verdict::kNoSpace ? ErrorCode::kStorageLow : ErrorCode::kStorageIo,
                   std::string(operation) + " " + path + ": the fault that the test planned");
}

class FaultFile final : public RandomAccessFile {
 public:
  FaultFile(FaultDisk& disk, std::string path, std::unique_ptr<RandomAccessFile> file)
      : disk_(disk), path_(std::move(path)), file_(std::move(file)) {}

  absl::StatusOr<std::string> ReadAt(std::uint64_t offset, std::size_t count) override {
    if (const Verdict read = disk_.Read(); read != Verdict::kGo) return Failed("read", path_, read);
    return file_->ReadAt(offset, count);
  }
  absl::Status WriteAt(std::uint64_t offset, std::string_view bytes) override {
    std::error_code error;
    const bool grows = offset + bytes.size() > std::filesystem::file_size(path_, error);
    const FaultDisk::Change change(disk_, grows ? Operation::kAppend : Operation::kOverwrite);
    if (!change.go()) return Failed("write", path_, change.verdict());
    disk_.WillOverwrite(path_, offset, bytes.size());
    return file_->WriteAt(offset, bytes);
  }
  absl::Status Sync() override {
    const FaultDisk::Change change(disk_, Operation::kSync);
    if (!change.go()) return Failed("sync", path_, change.verdict());
    disk_.Synced(path_);
    return absl::OkStatus();
  }

 private:
  FaultDisk& disk_;
  const std::string path_;
  const std::unique_ptr<RandomAccessFile> file_;
};

class FaultFiles final : public FileSystem {
 public:
  explicit FaultFiles(FaultDisk& disk) : disk_(disk) {}

  bool Exists(const std::string& path) override { return LocalFileSystem().Exists(path); }

  absl::Status CreateDirectory(const std::string& path) override {
    if (Exists(path)) return absl::OkStatus();
    {
      const FaultDisk::Change change(disk_, Operation::kCreate);
      if (!change.go()) return Failed("make folder", path, change.verdict());
      disk_.FolderMade(path);
      KOSEI_RETURN_IF_ERROR(LocalFileSystem().CreateDirectory(path));
    }
    return SyncDirectory(std::filesystem::path(path).parent_path().string());
  }

  absl::StatusOr<std::unique_ptr<RandomAccessFile>> OpenFile(const std::string& path) override {
    if (!Exists(path)) {
      const FaultDisk::Change change(disk_, Operation::kCreate);
      if (!change.go()) return Failed("open", path, change.verdict());
      disk_.Created(path);
      KOSEI_RETURN_IF_ERROR(LocalFileSystem().OpenFile(path).status());
    }
    KOSEI_ASSIGN_OR_RETURN(auto file, LocalFileSystem().OpenFile(path));
    return std::make_unique<FaultFile>(disk_, path, std::move(file));
  }

  absl::StatusOr<std::string> ReadFile(const std::string& path) override {
    if (const Verdict read = disk_.Read(); read != Verdict::kGo) return Failed("read", path, read);
    return LocalFileSystem().ReadFile(path);
  }

  // The steps that the real one takes.
  absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes) override {
    const std::string temporary = path + ".new";
    if (Exists(temporary)) KOSEI_RETURN_IF_ERROR(RemoveFile(temporary));
    {
      KOSEI_ASSIGN_OR_RETURN(const auto file, OpenFile(temporary));
      KOSEI_RETURN_IF_ERROR(file->WriteAt(0, bytes));
      KOSEI_RETURN_IF_ERROR(file->Sync());
    }
    return Rename(temporary, path);
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    {
      const FaultDisk::Change change(disk_, Operation::kName);
      if (!change.go()) return Failed("rename to", to, change.verdict());
      disk_.WillRename(from, to);
      std::filesystem::rename(from, to);
    }
    return SyncDirectory(std::filesystem::path(to).parent_path().string());
  }

  absl::Status RemoveFile(const std::string& path) override {
    const FaultDisk::Change change(disk_, Operation::kName);
    if (!change.go()) return Failed("remove", path, change.verdict());
    return disk_.Remove(path) ? absl::OkStatus()
                              : MakeError(ErrorCode::kNotFound, "remove " + path + ": not there");
  }

  absl::Status SyncDirectory(const std::string& path) override {
    const FaultDisk::Change change(disk_, Operation::kFolderSync);
    if (!change.go()) return Failed("sync folder", path, change.verdict());
    disk_.FolderSynced(path);
    return absl::OkStatus();
  }

  absl::StatusOr<std::uint64_t> FreeBytes(const std::string& path) override {
    return LocalFileSystem().FreeBytes(path);
  }

 private:
  FaultDisk& disk_;
};

}  // namespace

std::unique_ptr<FileSystem> MakeFaultFiles(FaultDisk& disk) {
  return std::make_unique<FaultFiles>(disk);
}

}  // namespace kosei::testing
