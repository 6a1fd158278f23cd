// RocksDB's files on a FaultDisk.
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <filesystem>
#include <utility>

#include "fault_disk.h"

namespace kosei::testing {
namespace {

using Operation = FaultDisk::Operation;
using Verdict = FaultDisk::Verdict;
using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

IOStatus Failed(const std::string& path, Verdict verdict) {
  return verdict == Verdict::kNoSpace ? IOStatus::NoSpace("No space left on device", path)
                                      : IOStatus::IOError("the fault that the test planned", path);
}

// RocksDB writes "FOLDER//file" now and then.
std::string Plain(const std::string& path) {
  std::string plain = std::filesystem::path(path).lexically_normal().string();
  while (plain.size() > 1 && plain.ends_with('/')) plain.pop_back();
  return plain;
}

class WrittenFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  WrittenFile(FaultDisk& disk, std::string path, std::unique_ptr<rocksdb::FSWritableFile> file)
      : rocksdb::FSWritableFileOwnerWrapper(std::move(file)), disk_(disk), path_(std::move(path)) {}

  using rocksdb::FSWritableFileOwnerWrapper::Append;
  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const FaultDisk::Change change(disk_, Operation::kAppend);
    if (!change.go()) return Failed(path_, change.verdict());
    IOStatus appended = rocksdb::FSWritableFileOwnerWrapper::Append(data, options, debug);
    if (appended.ok()) disk_.Appended(path_, size_ += data.size());
    return appended;
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& /*info*/, IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Sync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    const FaultDisk::Change change(disk_, Operation::kSync);
    if (!change.go()) return Failed(path_, change.verdict());
    disk_.Synced(path_);
    return IOStatus::OK();
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }
  // Neither promises anything.
  IOStatus RangeSync(std::uint64_t /*offset*/, std::uint64_t /*count*/,
                     const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return IOStatus::OK();
  }
  IOStatus Allocate(std::uint64_t /*offset*/, std::uint64_t /*count*/, const IOOptions& /*options*/,
                    IODebugContext* /*debug*/) override {
    return IOStatus::OK();
  }

 private:
  FaultDisk& disk_;
  const std::string path_;
  std::uint64_t size_ = 0;
};

class ReadFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  ReadFile(FaultDisk& disk, std::string path, std::unique_ptr<rocksdb::FSRandomAccessFile> file)
      : rocksdb::FSRandomAccessFileOwnerWrapper(std::move(file)),
        disk_(disk),
        path_(std::move(path)) {}

  IOStatus Read(std::uint64_t offset, std::size_t count, const IOOptions& options, Slice* result,
                char* scratch, IODebugContext* debug) const override {
    if (const Verdict read = disk_.Read(); read != Verdict::kGo) return Failed(path_, read);
    return rocksdb::FSRandomAccessFileOwnerWrapper::Read(offset, count, options, result, scratch,
                                                         debug);
  }
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, std::size_t count, const IOOptions& options,
                     IODebugContext* debug) override {
    for (std::size_t i = 0; i < count; ++i) {
      rocksdb::FSReadRequest& one = requests[i];
      one.status = Read(one.offset, one.len, options, &one.result, one.scratch, debug);
    }
    return IOStatus::OK();
  }

 private:
  FaultDisk& disk_;
  const std::string path_;
};

class ScannedFile final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  ScannedFile(FaultDisk& disk, std::string path, std::unique_ptr<rocksdb::FSSequentialFile> file)
      : rocksdb::FSSequentialFileOwnerWrapper(std::move(file)),
        disk_(disk),
        path_(std::move(path)) {}

  IOStatus Read(std::size_t count, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) override {
    if (const Verdict read = disk_.Read(); read != Verdict::kGo) return Failed(path_, read);
    return rocksdb::FSSequentialFileOwnerWrapper::Read(count, options, result, scratch, debug);
  }

 private:
  FaultDisk& disk_;
  const std::string path_;
};

class SyncedFolder final : public rocksdb::FSDirectoryWrapper {
 public:
  SyncedFolder(FaultDisk& disk, std::string path, std::unique_ptr<rocksdb::FSDirectory> folder)
      : rocksdb::FSDirectoryWrapper(std::move(folder)), disk_(disk), path_(std::move(path)) {}

  IOStatus Fsync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    const FaultDisk::Change change(disk_, Operation::kFolderSync);
    if (!change.go()) return Failed(path_, change.verdict());
    disk_.FolderSynced(path_);
    return IOStatus::OK();
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& /*what*/) override {
    return Fsync(options, debug);
  }

 private:
  FaultDisk& disk_;
  const std::string path_;
};

class FaultStoreFiles final : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultStoreFiles(FaultDisk& disk)
      : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}
  const char* Name() const override { return "FaultStoreFiles"; }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* debug) override {
    const FaultDisk::Change change(disk_, Operation::kCreate);
    if (!change.go()) return Failed(path, change.verdict());
    disk_.Created(Plain(path));
    std::unique_ptr<rocksdb::FSWritableFile> file;
    IOStatus made = FileSystemWrapper::NewWritableFile(path, options, &file, debug);
    if (made.ok()) *result = std::make_unique<WrittenFile>(disk_, Plain(path), std::move(file));
    return made;
  }
  // RocksDB makes a new file instead where this is not offered, or is never asked to.
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions& /*options*/,
                              std::unique_ptr<rocksdb::FSWritableFile>* /*result*/,
                              IODebugContext* /*debug*/) override {
    return IOStatus::NotSupported("reopen for writing", path);
  }
  IOStatus ReuseWritableFile(const std::string& path, const std::string& /*old_path*/,
                             const FileOptions& /*options*/,
                             std::unique_ptr<rocksdb::FSWritableFile>* /*result*/,
                             IODebugContext* /*debug*/) override {
    return IOStatus::NotSupported("reuse for writing", path);
  }
  IOStatus NewRandomRWFile(const std::string& path, const FileOptions& /*options*/,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* /*result*/,
                           IODebugContext* /*debug*/) override {
    return IOStatus::NotSupported("open for overwriting", path);
  }
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext* debug) override {
    std::unique_ptr<rocksdb::FSRandomAccessFile> file;
    IOStatus opened = FileSystemWrapper::NewRandomAccessFile(path, options, &file, debug);
    if (opened.ok()) *result = std::make_unique<ReadFile>(disk_, path, std::move(file));
    return opened;
  }
  IOStatus NewSequentialFile(const std::string& path, const FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext* debug) override {
    std::unique_ptr<rocksdb::FSSequentialFile> file;
    IOStatus opened = FileSystemWrapper::NewSequentialFile(path, options, &file, debug);
    if (opened.ok()) *result = std::make_unique<ScannedFile>(disk_, path, std::move(file));
    return opened;
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* result,
                        IODebugContext* debug) override {
    std::unique_ptr<rocksdb::FSDirectory> folder;
    IOStatus opened = FileSystemWrapper::NewDirectory(path, options, &folder, debug);
    if (opened.ok())
      *result = std::make_unique<SyncedFolder>(disk_, Plain(path), std::move(folder));
    return opened;
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions& /*options*/,
                      IODebugContext* /*debug*/) override {
    const FaultDisk::Change change(disk_, Operation::kName);
    if (!change.go()) return Failed(path, change.verdict());
    return disk_.Remove(Plain(path)) ? IOStatus::OK() : IOStatus::PathNotFound("delete", path);
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override {
    const FaultDisk::Change change(disk_, Operation::kName);
    if (!change.go()) return Failed(to, change.verdict());
    disk_.WillRename(Plain(from), Plain(to));
    return FileSystemWrapper::RenameFile(from, to, options, debug);
  }
  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions& options,
                    IODebugContext* debug) override {
    const FaultDisk::Change change(disk_, Operation::kName);
    if (!change.go()) return Failed(to, change.verdict());
    IOStatus linked = FileSystemWrapper::LinkFile(from, to, options, debug);
    if (linked.ok()) disk_.Linked(Plain(to), Plain(from));
    return linked;
  }
  IOStatus CreateDir(const std::string& path, const IOOptions& options,
                     IODebugContext* debug) override {
    const FaultDisk::Change change(disk_, Operation::kCreate);
    if (!change.go()) return Failed(path, change.verdict());
    IOStatus made = FileSystemWrapper::CreateDir(path, options, debug);
    if (made.ok()) disk_.FolderMade(Plain(path));
    return made;
  }
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions& options,
                              IODebugContext* debug) override {
    if (std::filesystem::exists(path)) return IOStatus::OK();
    return CreateDir(path, options, debug);
  }

 private:
  FaultDisk& disk_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> MakeFaultEnv(FaultDisk& disk) {
  return rocksdb::NewCompositeEnv(std::make_shared<FaultStoreFiles>(disk));
}

}  // namespace kosei::testing
