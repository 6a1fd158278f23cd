// The file of a checkpoint: a header and sections, each with a checksum. What the sections hold is
// the business of checkpoint.h. Little-endian, for the sections are arrays as they lie in memory.
//
//   0     "KCKP" format:u32
//   8     from:u64 covers:u64 to:u64       commits (CheckpointHeader)
//   32    hash:32 bytes                    of commit `to`
//   64    sections:u32 zero:u32
//   72    { id:u32 zero:u32 bytes:u64 xxh3_64:u64 } repeated
//   4088  xxh3_64:u64                      of all before it
//   4096  the sections, one behind the other, to the end of the file
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hash.h"
#include "kosei/base/file_system.h"
#include "kosei/base/ids.h"

namespace kosei::storage {

// A reader knows all sections of a file or does not use it, so a new section needs no new format.
enum class SectionId : std::uint32_t {
  kKeySizes = 1,    // u16 a node, from node 0 on; 0: no record
  kKeys = 2,        // the bytes of all keys
  kClasses = 3,     // u16 a node
  kLatest = 4,      // u64 a node: newest commit << 1 | live
  kCommits = 5,     // u64: commits in which live links began, ascending
  kOutDegrees = 6,  // u32 a node: its live links that go out
  kOutNodes = 7,    // u32 a link, in order of its source: the target
  kOutTypes = 8,    // u8 a link
  kOutBegins = 9,   // u32 a link: index into kCommits
  kInDegrees = 10,  // likewise, the links that come in
  kInNodes = 11,
  kInTypes = 12,
  kInBegins = 13,
  kEnded = 14,  // links that ended: { source:u32 target:u32 type:u64 begin:u64 end:u64 }
  // links with a valid time of their own: { source:u32 target:u32 type:u32 statements:u32, then
  // commit:u64 live:u64 from:i64 to:i64 for each }
  kTimed = 15,
};

struct CheckpointHeader {
  CommitNumber from;    // keys, classes and newest commits hold all of this commit and before
  CommitNumber covers;  // likewise the links
  CommitNumber to;      // nothing later than this commit is in it
  std::string hash = std::string(32, '\0');  // of commit `to`
};

class CheckpointWriter {
 public:
  // Replaces what is at `path`.
  static absl::StatusOr<std::unique_ptr<CheckpointWriter>> Create(FileSystem& files,
                                                                  const std::string& path);

  // Errors are kept for Finish.
  void Begin(SectionId id);
  void Append(std::string_view bytes);
  template <typename T>
  void AppendAll(std::span<const T> values) {
    Append({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
  }
  template <typename T>
  void AppendOne(T value) {
    AppendAll(std::span<const T>(&value, 1));
  }
  std::uint64_t bytes() const { return offset_; }
  // Durable when it returns OK.
  absl::Status Finish(const CheckpointHeader& header);

 private:
  struct Entry {
    SectionId id;
    std::uint64_t bytes = 0;
    std::uint64_t checksum = 0;
  };

  explicit CheckpointWriter(std::unique_ptr<RandomAccessFile> file);
  void Flush();
  void EndSection();

  std::unique_ptr<RandomAccessFile> file_;
  std::string buffer_;
  std::uint64_t offset_ = 0;  // of the buffer's first byte
  std::uint64_t unsynced_ = 0;
  XXH3_state_t state_{};
  std::vector<Entry> entries_;
  absl::Status status_;
};

// Thread-safe: sections may be read side by side.
class CheckpointFile {
 public:
  // Reads and checks the header. kNotFound when there is no file; kStorageCorrupt when it is
  // damaged, of another version or has sections that are not known.
  static absl::StatusOr<std::unique_ptr<CheckpointFile>> Open(FileSystem& files,
                                                              const std::string& path);

  const CheckpointHeader& header() const { return header_; }
  // How many elements of that size the section has.
  absl::StatusOr<std::uint64_t> CountOf(SectionId id, std::size_t element_bytes) const;
  // Reads all of it to `out` and checks it.
  absl::Status Read(SectionId id, char* out) const;
  // Reads every section, keeps nothing, and checks them.
  absl::Status Check() const;
  // All of a section.
  template <typename T>
  absl::StatusOr<std::vector<T>> ReadAll(SectionId id) const {
    const absl::StatusOr<std::uint64_t> count = CountOf(id, sizeof(T));
    if (!count.ok()) return count.status();
    std::vector<T> values(*count);
    const absl::Status read = Read(id, reinterpret_cast<char*>(values.data()));
    if (!read.ok()) return read;
    return values;
  }

 private:
  struct Section {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    std::uint64_t checksum = 0;
    bool is_there = false;
  };
  static constexpr std::size_t kSectionCount = 16;

  explicit CheckpointFile(std::unique_ptr<RandomAccessFile> file) : file_(std::move(file)) {}
  absl::Status Decode(std::string_view header);
  // Calls `take` with each piece of a section, then checks it.
  absl::Status Visit(std::size_t id, absl::FunctionRef<void(std::string_view)> take) const;

  std::unique_ptr<RandomAccessFile> file_;
  CheckpointHeader header_;
  std::vector<Section> sections_ = std::vector<Section>(kSectionCount);  // by id
};

}  // namespace kosei::storage
