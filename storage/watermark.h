// The watermark: a small file outside RocksDB that names the last acknowledged commit and its hash,
// so that an opening can prove that nothing acknowledged went missing. Two slots of 4,096 bytes,
// written in turn and synced:
//   "KWMK" format:u32 sequence:u64 commit:u64 hash:32 bytes writes:u64 list:u64 list_bytes:u64,
//   then XXH3-64 of all that: u64
// Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "file_list.h"
#include "kosei/base/file_system.h"
#include "kosei/base/ids.h"

namespace kosei::storage {

struct WatermarkValue {
  CommitNumber commit;
  std::string hash;  // 32 bytes
  // Database::synced_writes: proves that baselines, settings and plans are there, which are no
  // commits. 0: not known.
  std::uint64_t writes = 0;
  FileListExtent files = {};  // Database::file_list
};

class Watermark {
 public:
  // Opens or makes the file. A file in which both slots are broken is kStorageCorrupt; one broken
  // slot is a write that a crash cut short, and the other one counts.
  static absl::StatusOr<std::unique_ptr<Watermark>> Open(FileSystem& files,
                                                         const std::string& path);

  const WatermarkValue& value() const { return value_; }
  // Durable when it returns OK. `writes` and `files` never go back.
  absl::Status Advance(const WatermarkValue& value);

 private:
  explicit Watermark(std::unique_ptr<RandomAccessFile> file) : file_(std::move(file)) {}
  std::unique_ptr<RandomAccessFile> file_;
  WatermarkValue value_{kNoCommit, std::string(32, '\0')};
  std::uint64_t sequence_ = 0;
};

}  // namespace kosei::storage
