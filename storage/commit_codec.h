// How a commit is written down: its header (base/schema/commit.fbs), the hash of what it wrote, and
// the hash chain
//   hash(c) = SHA-256(header bytes of c), and the header carries hash(c - 1)
// so that no byte of any earlier commit can change without every later hash telling.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/bytes.h"
#include "kosei/base/ids.h"
#include "kosei/base/record.h"
#include "kosei/storage/reader.h"

namespace kosei::storage {

// How a content hash is made. Form 1 (stores of format 1) hashes the bytes of all records as one
// run; form 2 hashes the hash of each, so that the hash of a record whose bytes were erased still
// proves the others.
enum class ContentForm : std::uint8_t { kBytes = 1, kHashes = 2 };

// What a commit writes, hashed in order: records ascending by id, then links ascending by source,
// type, target.
class ContentHash {
 public:
  explicit ContentHash(ContentForm form = ContentForm::kHashes) : form_(form) {}
  void AddRecord(RecordId id, std::string_view bytes);
  // A record as it is stored: what is left of a version (base/remnant.h) stands for what it was.
  void AddStored(RecordId id, const RecordView& record);
  // Form 2 only: a record of which no more than the SHA-256 of its bytes is left.
  void AddRecordHash(RecordId id, std::string_view hash);
  // `value`: as stored in the links family.
  void AddLink(RecordId source, RelationshipTypeNumber type, RecordId target,
               std::string_view value);
  std::string Finish();

 private:
  void Flush();
  ContentForm form_;
  Sha256 hash_;
  std::string buffer_;  // small pieces are hashed together
};

inline constexpr std::size_t kChangesPerPart = 4'096;

enum class ChangesListed : bool { kNo, kYes };

// The header's bytes, its content hash in form 2. `info.hash` is not part of them: it is their
// hash.
std::string EncodeCommit(const CommitInfo& info, std::uint32_t model_version, ChangesListed listed);
// Decodes and computes the hash. kStorageCorrupt when the bytes are no commit.
struct DecodedCommit {
  CommitInfo info;
  std::uint32_t model_version = 0;
  ChangesListed listed = ChangesListed::kYes;
  ContentForm content_form = ContentForm::kBytes;
};
absl::StatusOr<DecodedCommit> DecodeCommit(std::string_view bytes);

// Parts of at most kChangesPerPart changes.
std::vector<std::string> EncodeChanges(const std::vector<RecordChange>& records,
                                       const std::vector<LinkChange>& links);
// Appends what the part lists. kStorageCorrupt when the bytes are no changes.
absl::Status DecodeChanges(std::string_view bytes, CommitChanges& changes);

}  // namespace kosei::storage
