// Attachments: files that belong to a record of a process, to a comment or to an entry of a work
// log. What they say of themselves is one record (class Attachment), their bytes are others that
// are found by their hash, so that the same content is kept once, and backup, export, history and
// erasure treat bytes like everything else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/process/desk.h"

namespace kosei::process {

struct AttachmentLimits {
  std::uint64_t bytes_max = std::uint64_t{10} << 20;  // of one
  std::uint32_t count_max = 100;                      // of one record
};

// What is said of an attachment before its bytes are there.
struct AttachmentHead {
  std::string key;         // of the record
  std::string name;        // of the file: no path
  std::string media_type;  // "text/plain"
  std::uint64_t bytes = 0;
};

struct Attached {
  std::string key;
  CommitNumber commit;  // kNoCommit: the record has the same under the same name already
  bool stored = false;  // its content was not there before
};

struct AttachmentInfo {
  std::string key, name, media_type, sha256;
  std::uint64_t bytes = 0;
  ClassNumber class_number;  // of the attachment
  ClassNumber owner_class;   // of the record that has it
};

// Thread-safe. Reads and commits wait for the disk.
class Attachments {
 public:
  // All must outlive it.
  static std::unique_ptr<Attachments> Open(const storage::Reader& reader, storage::Writer& writer,
                                           query::StatementRunner& statements, Desk& desk,
                                           const Clock& clock, const AttachmentLimits& limits);
  virtual ~Attachments() = default;

  // Whether it could be attached, as far as can be told without the bytes. kOutOfRange names the
  // limit that it is beyond; kInvalidArgument, kInvalidText; kNotFound: there is no such record.
  virtual absl::Status Check(const AttachmentHead& head) = 0;
  // All of it at once. As Check(), and kInvalidArgument when the bytes have another hash or are
  // not as many as was said.
  virtual absl::StatusOr<Attached> Add(const Caller& caller, const AttachmentHead& head,
                                       std::string_view content, std::string_view sha256) = 0;
  // By its own key; or by the key of a record and its name or hash, the newest of several.
  // kNotFound.
  virtual absl::StatusOr<AttachmentInfo> Find(std::string_view key, std::string_view name) = 0;
  // At most `count` bytes, fewer at the end of a part and of the content. kNotFound: they were
  // erased.
  virtual absl::StatusOr<std::string> Read(const AttachmentInfo& attachment, std::uint64_t offset,
                                           std::size_t count) = 0;
};

// As `Find` says it, for those who may not see what is there.
absl::Status NoSuchAttachment(std::string_view key, std::string_view name);

}  // namespace kosei::process
