// The data folder as a whole: its lock and its format.
//   FORMAT     "kosei store format 2\n"
//   lock       held (flock) while a process has the folder open
//   watermark  watermark.h
//   store/     RocksDB
//   store.unfinished/  what a first opening left that was cut short; of no use
//   load/      sorted files of a load under way; removed at start
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/file_system.h"

namespace kosei::storage {

// Holds the folder for this process until destroyed.
class FolderLock {
 public:
  // kStorageInUse when another process has it.
  static absl::StatusOr<std::unique_ptr<FolderLock>> Take(const std::string& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// kOlder: of an earlier format that this koseid reads and, once opened, writes on in its own.
enum class FolderState { kNew, kOlder, kExisting };

// Reads FORMAT: kNew when there is none; kFormatTooNew, kStorageCorrupt. A folder without FORMAT
// that holds a store is kNew too: its first opening was cut short before anything could be
// committed.
absl::StatusOr<FolderState> CheckFormat(FileSystem& files, const std::string& folder);
absl::Status WriteFormat(FileSystem& files, const std::string& folder);

}  // namespace kosei::storage
