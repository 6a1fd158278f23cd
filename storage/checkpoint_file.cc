#include "checkpoint_file.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "hash.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::storage {
namespace {

static_assert(std::endian::native == std::endian::little, "a checkpoint is arrays in memory order");

constexpr std::string_view kMagic = "KCKP";
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kHeaderBytes = 4'096;
constexpr std::size_t kChecksumAt = kHeaderBytes - sizeof(std::uint64_t);
constexpr std::size_t kHashAt = 32;
constexpr std::size_t kCountAt = 64;
constexpr std::size_t kEntriesAt = 72;
constexpr std::size_t kEntryBytes = 24;
constexpr std::size_t kPiece = std::size_t{1} << 20;
// The disk gets the file in portions, so that commits that are synced meanwhile do not wait for all
// of it.
constexpr std::uint64_t kSyncEvery = std::uint64_t{8} << 20;

template <typename T>
void PutAt(std::string& bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof(value));
}

template <typename T>
T GetAt(std::string_view bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

absl::Status Damaged(const std::string& what) {
  return MakeError(ErrorCode::kStorageCorrupt, "read checkpoint: " + what);
}

}  // namespace

CheckpointWriter::CheckpointWriter(std::unique_ptr<RandomAccessFile> file)
    : file_(std::move(file)), buffer_(kHeaderBytes, '\0') {}

absl::StatusOr<std::unique_ptr<CheckpointWriter>> CheckpointWriter::Create(
    FileSystem& files, const std::string& path) {
  if (files.Exists(path)) KOSEI_RETURN_IF_ERROR(files.RemoveFile(path));
  KOSEI_ASSIGN_OR_RETURN(auto file, files.OpenFile(path));
  return std::unique_ptr<CheckpointWriter>(new CheckpointWriter(std::move(file)));
}

void CheckpointWriter::Flush() {
  if (status_.ok()) status_ = file_->WriteAt(offset_, buffer_);
  offset_ += buffer_.size();
  unsynced_ += buffer_.size();
  buffer_.clear();
  if (unsynced_ < kSyncEvery) return;
  if (status_.ok()) status_ = file_->Sync();
  unsynced_ = 0;
}

void CheckpointWriter::EndSection() {
  if (!entries_.empty()) entries_.back().checksum = XXH3_64bits_digest(&state_);
}

void CheckpointWriter::Begin(SectionId id) {
  EndSection();
  entries_.push_back({id});
  XXH3_64bits_reset(&state_);
}

void CheckpointWriter::Append(std::string_view bytes) {
  XXH3_64bits_update(&state_, bytes.data(), bytes.size());
  entries_.back().bytes += bytes.size();
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPiece - buffer_.size());
    buffer_.append(piece);
    bytes.remove_prefix(piece.size());
    if (buffer_.size() == kPiece) Flush();
  }
}

absl::Status CheckpointWriter::Finish(const CheckpointHeader& header) {
  EndSection();
  Flush();
  std::string bytes(kHeaderBytes, '\0');
  kMagic.copy(bytes.data(), kMagic.size());
  PutAt(bytes, 4, kFormat);
  PutAt(bytes, 8, header.from.value);
  PutAt(bytes, 16, header.covers.value);
  PutAt(bytes, 24, header.to.value);
  header.hash.copy(bytes.data() + kHashAt, Sha256::kSize);
  PutAt(bytes, kCountAt, static_cast<std::uint32_t>(entries_.size()));
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const std::size_t at = kEntriesAt + i * kEntryBytes;
    PutAt(bytes, at, static_cast<std::uint32_t>(entries_[i].id));
    PutAt(bytes, at + 8, entries_[i].bytes);
    PutAt(bytes, at + 16, entries_[i].checksum);
  }
  PutAt(bytes, kChecksumAt, Hash64(std::string_view(bytes).substr(0, kChecksumAt)));
  KOSEI_RETURN_IF_ERROR(status_);
  KOSEI_RETURN_IF_ERROR(file_->WriteAt(0, bytes));
  return file_->Sync();
}

absl::StatusOr<std::unique_ptr<CheckpointFile>> CheckpointFile::Open(FileSystem& files,
                                                                     const std::string& path) {
  if (!files.Exists(path))
    return MakeError(ErrorCode::kNotFound, "read checkpoint: there is no " + path);
  KOSEI_ASSIGN_OR_RETURN(auto file, files.OpenFile(path));
  std::unique_ptr<CheckpointFile> checkpoint(new CheckpointFile(std::move(file)));
  KOSEI_ASSIGN_OR_RETURN(const std::string header, checkpoint->file_->ReadAt(0, kHeaderBytes));
  KOSEI_RETURN_IF_ERROR(checkpoint->Decode(header));
  return checkpoint;
}

absl::Status CheckpointFile::Decode(std::string_view header) {
  if (header.size() < kHeaderBytes || header.substr(0, kMagic.size()) != kMagic)
    return Damaged("it has no header");
  if (GetAt<std::uint32_t>(header, 4) != kFormat) {
    return Damaged(absl::StrFormat("it has version %d, and this koseid writes version %d",
                                   GetAt<std::uint32_t>(header, 4), kFormat));
  }
  if (GetAt<std::uint64_t>(header, kChecksumAt) != Hash64(header.substr(0, kChecksumAt)))
    return Damaged("its header does not have its checksum");
  header_.from = CommitNumber{GetAt<std::uint64_t>(header, 8)};
  header_.covers = CommitNumber{GetAt<std::uint64_t>(header, 16)};
  header_.to = CommitNumber{GetAt<std::uint64_t>(header, 24)};
  header_.hash = header.substr(kHashAt, Sha256::kSize);
  const auto count = GetAt<std::uint32_t>(header, kCountAt);
  std::uint64_t offset = kHeaderBytes;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = kEntriesAt + i * kEntryBytes;
    const auto id = GetAt<std::uint32_t>(header, at);
    if (id >= kSectionCount || at + kEntryBytes > kChecksumAt)
      return Damaged(absl::StrFormat("it has a section %d that this koseid does not know", id));
    const auto bytes = GetAt<std::uint64_t>(header, at + 8);
    sections_[id] = {offset, bytes, GetAt<std::uint64_t>(header, at + 16), true};
    offset += bytes;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::uint64_t> CheckpointFile::CountOf(SectionId id,
                                                      std::size_t element_bytes) const {
  const Section& section = sections_[static_cast<std::size_t>(id)];
  if (!section.is_there || section.bytes % element_bytes != 0)
    return Damaged(absl::StrFormat("section %d is missing or cut", static_cast<std::uint32_t>(id)));
  return section.bytes / element_bytes;
}

absl::Status CheckpointFile::Visit(std::size_t id,
                                   absl::FunctionRef<void(std::string_view)> take) const {
  const Section& section = sections_[id];
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  for (std::uint64_t done = 0; done < section.bytes;) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, section.bytes - done));
    KOSEI_ASSIGN_OR_RETURN(const std::string piece, file_->ReadAt(section.offset + done, wanted));
    if (piece.size() < wanted)
      return Damaged(absl::StrFormat("the file ends within section %d", id));
    XXH3_64bits_update(&state, piece.data(), piece.size());
    take(piece);
    done += piece.size();
  }
  if (XXH3_64bits_digest(&state) != section.checksum)
    return Damaged(absl::StrFormat("section %d does not have its checksum", id));
  return absl::OkStatus();
}

absl::Status CheckpointFile::Read(SectionId id, char* out) const {
  return Visit(static_cast<std::size_t>(id), [&out](std::string_view piece) {
    std::memcpy(out, piece.data(), piece.size());
    out += piece.size();
  });
}

absl::Status CheckpointFile::Check() const {
  for (std::size_t id = 0; id < sections_.size(); ++id) {
    if (!sections_[id].is_there) continue;
    KOSEI_RETURN_IF_ERROR(Visit(id, [](std::string_view) {}));
  }
  return absl::OkStatus();
}

}  // namespace kosei::storage
