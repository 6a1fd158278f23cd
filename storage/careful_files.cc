#include "careful_files.h"

#include <rocksdb/file_system.h>

#include <atomic>
#include <filesystem>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "kosei/base/mutex.h"

namespace kosei::storage {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

// RocksDB writes "FOLDER//file" now and then.
std::string FolderOf(const std::string& path) {
  return std::filesystem::path(path).lexically_normal().parent_path().string();
}

std::string NameOf(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

// What went wrong so far. Thread-safe.
class Faults {
 public:
  IOStatus NoteRead(const std::string& path, IOStatus read) {
    if (!read.ok()) {
      const MutexLock lock(mutex_);
      unreadable_.insert(path);
    }
    return read;
  }
  bool IsUnreadable(const std::string& path) {
    const MutexLock lock(mutex_);
    return unreadable_.contains(path);
  }
  // Another file comes by that name.
  void Forget(const std::string& path) {
    const MutexLock lock(mutex_);
    unreadable_.erase(path);
  }
  IOStatus NoteListWrite(IOStatus written) {
    if (!written.ok()) list_in_doubt_.store(true);
    return written;
  }
  bool list_in_doubt() const { return list_in_doubt_.load(); }

 private:
  Mutex mutex_;
  absl::flat_hash_set<std::string> unreadable_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> list_in_doubt_{false};
};

// A file that the store may take over.
class OfferedFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  OfferedFile(Faults& faults, std::string path, std::unique_ptr<rocksdb::FSRandomAccessFile> file)
      : rocksdb::FSRandomAccessFileOwnerWrapper(std::move(file)),
        faults_(faults),
        path_(std::move(path)) {}

  IOStatus Read(std::uint64_t offset, std::size_t count, const IOOptions& options, Slice* result,
                char* scratch, IODebugContext* debug) const override {
    return faults_.NoteRead(path_, rocksdb::FSRandomAccessFileOwnerWrapper::Read(
                                       offset, count, options, result, scratch, debug));
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
  Faults& faults_;
  const std::string path_;
};

// The list of files.
class ListFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  ListFile(Faults& faults, std::unique_ptr<rocksdb::FSWritableFile> file)
      : rocksdb::FSWritableFileOwnerWrapper(std::move(file)), faults_(faults) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    return faults_.NoteListWrite(rocksdb::FSWritableFileOwnerWrapper::Append(data, options, debug));
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& info, IODebugContext* debug) override {
    return faults_.NoteListWrite(
        rocksdb::FSWritableFileOwnerWrapper::Append(data, options, info, debug));
  }
  IOStatus Flush(const IOOptions& options, IODebugContext* debug) override {
    return faults_.NoteListWrite(rocksdb::FSWritableFileOwnerWrapper::Flush(options, debug));
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return faults_.NoteListWrite(rocksdb::FSWritableFileOwnerWrapper::Sync(options, debug));
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return faults_.NoteListWrite(rocksdb::FSWritableFileOwnerWrapper::Fsync(options, debug));
  }

 private:
  Faults& faults_;
};

// The store's folder, whose names a new list of files comes by.
class StoreFolder final : public rocksdb::FSDirectoryWrapper {
 public:
  StoreFolder(Faults& faults, std::unique_ptr<rocksdb::FSDirectory> folder)
      : rocksdb::FSDirectoryWrapper(std::move(folder)), faults_(faults) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return faults_.NoteListWrite(rocksdb::FSDirectoryWrapper::Fsync(options, debug));
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& what) override {
    return faults_.NoteListWrite(
        rocksdb::FSDirectoryWrapper::FsyncWithDirOptions(options, debug, what));
  }

 private:
  Faults& faults_;
};

class CarefulFiles final : public rocksdb::FileSystemWrapper {
 public:
  CarefulFiles(const std::shared_ptr<rocksdb::FileSystem>& files, const std::string& folder)
      : rocksdb::FileSystemWrapper(files), folder_(FolderOf(folder + "/file")) {}
  const char* Name() const override { return "CarefulFiles"; }

  // The store's own files are read as they are.
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext* debug) override {
    IOStatus opened = FileSystemWrapper::NewRandomAccessFile(path, options, result, debug);
    if (opened.ok() && FolderOf(path) != folder_)
      *result = std::make_unique<OfferedFile>(faults_, path, std::move(*result));
    return opened;
  }
  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions& options,
                    IODebugContext* debug) override {
    if (faults_.IsUnreadable(from))
      return IOStatus::IOError("a read of it has failed before, so it is not taken over", from);
    return FileSystemWrapper::LinkFile(from, to, options, debug);
  }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* debug) override {
    faults_.Forget(path);
    IOStatus made = FileSystemWrapper::NewWritableFile(path, options, result, debug);
    if (!NameOf(path).starts_with("MANIFEST-")) return made;
    if (made.ok()) *result = std::make_unique<ListFile>(faults_, std::move(*result));
    return faults_.NoteListWrite(std::move(made));
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override {
    IOStatus renamed = FileSystemWrapper::RenameFile(from, to, options, debug);
    return NameOf(to) == "CURRENT" ? faults_.NoteListWrite(std::move(renamed)) : renamed;
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* result,
                        IODebugContext* debug) override {
    IOStatus opened = FileSystemWrapper::NewDirectory(path, options, result, debug);
    if (opened.ok()) *result = std::make_unique<StoreFolder>(faults_, std::move(*result));
    return opened;
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* debug) override {
    if (faults_.list_in_doubt() && path.ends_with(".sst"))
      return IOStatus::IOError("kept, for the list of files may name it", path);
    return FileSystemWrapper::DeleteFile(path, options, debug);
  }

 private:
  const std::string folder_;
  Faults faults_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> MakeCarefulEnv(const StoreFiles* store_files,
                                             const std::string& folder) {
  const rocksdb::Env& below = store_files != nullptr ? *store_files->env : *rocksdb::Env::Default();
  return rocksdb::NewCompositeEnv(std::make_shared<CarefulFiles>(below.GetFileSystem(), folder));
}

}  // namespace kosei::storage
