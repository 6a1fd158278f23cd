// FileCopy: copies the first bytes of a file piece by piece, with a checksum on the way. A file
// that only grows can be copied on from where an earlier copy ended.
#pragma once

#include <rocksdb/file_checksum.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/file_system.h"

namespace kosei::storage {

// CRC-32C, as RocksDB keeps it of its sorted files.
class FileChecksum {
 public:
  FileChecksum();
  void Update(std::string_view bytes) { generator_->Update(bytes.data(), bytes.size()); }
  std::uint32_t Finish();

 private:
  std::unique_ptr<rocksdb::FileChecksumGenerator> generator_;
};

// The CRC-32C of the first `size` bytes. kStorageCorrupt when the file is shorter, kNotFound when
// there is none.
absl::StatusOr<std::uint32_t> ChecksumOf(const std::string& path, std::uint64_t size);

class FileCopy {
 public:
  // Copies `size` bytes of `source` to `target` by way of `target`.part, which becomes `target`
  // when all is there and synced.
  static absl::StatusOr<FileCopy> Begin(FileSystem& files, const std::string& source,
                                        const std::string& target, std::uint64_t size);
  // `target` holds the first `begin` bytes already; whatever it has beyond them is overwritten.
  static absl::StatusOr<FileCopy> Continue(FileSystem& files, const std::string& source,
                                           const std::string& target, std::uint64_t begin,
                                           std::uint64_t size);

  // Up to `bytes_max` bytes; 0 when all are there. kStorageCorrupt when the source is shorter than
  // it should be.
  absl::StatusOr<std::uint64_t> Step(std::uint64_t bytes_max);
  // Synced and in place; the checksum of all `size` bytes.
  absl::StatusOr<std::uint32_t> Finish();

 private:
  FileCopy(std::string source, std::string target)
      : source_(std::move(source)), target_(std::move(target)) {}

  std::string source_;
  std::string target_;
  std::string written_to_;
  std::ifstream in_;
  std::unique_ptr<RandomAccessFile> out_;
  FileChecksum checksum_;
  std::string piece_;
  std::uint64_t at_ = 0;
  std::uint64_t begin_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace kosei::storage
