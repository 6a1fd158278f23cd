// The parts that many messages share: Views, keys, versions, commits.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "call.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/read_generated.h"
#include "kosei/protocol/session_generated.h"
#include "kosei/protocol/write_generated.h"
#include "kosei/storage/plans.h"
#include "kosei/storage/reader.h"
#include "kosei/storage/writer.h"

namespace kosei::server {

// How a request names a View; absent: the newest.
absl::StatusOr<storage::ViewName> DecodeViewName(const fb::ViewSpec* spec);
absl::StatusOr<storage::View> ResolveView(const storage::Reader& reader, const fb::ViewSpec* spec);
// The same without the disk, for an I/O thread: nullopt when it is needed.
absl::StatusOr<std::optional<storage::View>> ResolveViewInMemory(const storage::Reader& reader,
                                                                 const fb::ViewSpec* spec);
inline fb::ViewInfo EncodeView(const storage::View& view) {
  return fb::ViewInfo(view.commit.value, view.valid_at.micros);
}

// kNotFound when no record ever had this key.
absl::StatusOr<RecordId> IdOfKey(const storage::Reader& reader, std::string_view operation,
                                 std::string_view key);

// The records that a request names: kRowBudget when there are too many.
absl::StatusOr<std::vector<RecordId>> IdsOfKeys(
    const storage::Reader& reader, std::string_view operation,
    const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* keys);
// Classes of the model of the View's day: kUnknownClass.
absl::StatusOr<std::vector<ClassNumber>> ClassesOf(
    const model::Schema& schema,
    const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* names);

// Names of impact contexts as asked, or all that the model of the View has.
absl::StatusOr<std::vector<std::string>> ContextsOf(
    const storage::Reader& reader, const storage::View& view,
    const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* names, bool all);

flatbuffers::Offset<flatbuffers::String> Text(Builder& builder, std::string_view text);
flatbuffers::Offset<fb::RecordVersion> EncodeVersion(Builder& builder,
                                                     const storage::RecordVersion& version);
flatbuffers::Offset<fb::CommitSummary> EncodeCommit(Builder& builder, const storage::Plans& plans,
                                                    const storage::CommitInfo& commit);
flatbuffers::Offset<fb::LinkSpan> EncodeLink(Builder& builder, const storage::Reader& reader,
                                             const storage::LinkVersion& link);
flatbuffers::Offset<fb::WriteCounts> EncodeCounts(Builder& builder,
                                                  const storage::CommitResult& result);
flatbuffers::Offset<fb::Error> EncodeErrorTable(Builder& builder, const absl::Status& status);

// An answer that no frame of this peer can carry.
absl::Status TooLarge(const Call& call, std::string_view remedy);

// Counts bytes that a stream keeps for its reader in the server's gauge, as long as it lives.
class KeptBytes {
 public:
  explicit KeptBytes(std::atomic<std::uint64_t>& gauge) : gauge_(gauge) {}
  ~KeptBytes() { gauge_ -= bytes_; }
  KeptBytes(const KeptBytes&) = delete;
  KeptBytes& operator=(const KeptBytes&) = delete;
  // kOverloaded when all streams together would keep more than `max`.
  absl::Status Add(std::uint64_t bytes, std::uint64_t max);

 private:
  std::atomic<std::uint64_t>& gauge_;
  std::uint64_t bytes_ = 0;
};

// Bodies that were made beforehand, handed out one by one.
class CollectedStream : public Stream {
 public:
  explicit CollectedStream(const Services& services) : services_(services), kept_(gauge()) {}
  // kMemoryBudget when this answer grows beyond what one request may collect.
  absl::Status Add(const Call& call, std::string_view body);
  absl::StatusOr<Part> Next(std::size_t bytes_max, Builder& builder) override;

 private:
  std::atomic<std::uint64_t>& gauge() { return services_.counters.stream_bytes; }

  const Services& services_;
  KeptBytes kept_;
  std::uint64_t collected_ = 0;
  std::vector<std::string> bodies_;
  std::size_t next_ = 0;
};

}  // namespace kosei::server
