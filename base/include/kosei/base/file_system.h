// The few file operations that kosei does itself (RocksDB has a file system of its own): behind an
// interface so that tests inject faults. Paths are UTF-8. Errors are kStorageIo (or kNotFound) and
// name the path. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace kosei {

// An open file for reading and writing at offsets. Closed by its destructor.
class RandomAccessFile {
 public:
  virtual ~RandomAccessFile() = default;
  // Up to `count` bytes; fewer at the end of the file.
  virtual absl::StatusOr<std::string> ReadAt(std::uint64_t offset, std::size_t count) = 0;
  virtual absl::Status WriteAt(std::uint64_t offset, std::string_view bytes) = 0;
  // Data (not necessarily times) on the device: fdatasync.
  virtual absl::Status Sync() = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual bool Exists(const std::string& path) = 0;
  // Makes the folder and its parents, each synced into the one that holds it; fine when it exists.
  virtual absl::Status CreateDirectory(const std::string& path) = 0;
  // Opens, creating with mode 0600 when absent.
  virtual absl::StatusOr<std::unique_ptr<RandomAccessFile>> OpenFile(const std::string& path) = 0;
  virtual absl::StatusOr<std::string> ReadFile(const std::string& path) = 0;
  // Writes a new file with mode 0600 in a temporary name, syncs it and its folder, and renames it
  // into place.
  virtual absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes) = 0;
  // Renames a file, replacing what has the new name; durable when it returns OK.
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
  virtual absl::Status RemoveFile(const std::string& path) = 0;
  virtual absl::Status SyncDirectory(const std::string& path) = 0;
  // Bytes an ordinary process may still write on the file system that holds `path`.
  virtual absl::StatusOr<std::uint64_t> FreeBytes(const std::string& path) = 0;
};

// The machine's file system; lives as long as the program.
FileSystem& LocalFileSystem();

}  // namespace kosei
