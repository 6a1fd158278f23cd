#include "file_copy.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

absl::Status Short(const std::string& path, std::uint64_t found, std::uint64_t expected) {
  return MakeError(
      ErrorCode::kStorageCorrupt,
      absl::StrFormat("read %s: %d bytes long, expected %d at least", path, found, expected));
}

absl::Status CannotOpen(const std::string& path) {
  const bool there = std::filesystem::exists(path);
  return MakeError(there ? ErrorCode::kStorageIo : ErrorCode::kNotFound,
                   absl::StrFormat("read %s: it %s", path, there ? "cannot be opened" : "is gone"));
}

// Up to `count` bytes into `piece`; fewer at the end only.
absl::Status ReadPiece(std::ifstream& in, const std::string& path, std::uint64_t count,
                       std::string& piece) {
  piece.resize(static_cast<std::size_t>(count));
  in.read(piece.data(), static_cast<std::streamsize>(count));
  if (in.bad()) return MakeError(ErrorCode::kStorageIo, "read " + path + ": the device failed");
  piece.resize(static_cast<std::size_t>(in.gcount()));
  return absl::OkStatus();
}

}  // namespace

FileChecksum::FileChecksum() {
  generator_ = rocksdb::GetFileChecksumGenCrc32cFactory()->CreateFileChecksumGenerator(
      rocksdb::FileChecksumGenContext());
}

std::uint32_t FileChecksum::Finish() {
  generator_->Finalize();
  return ReadU32(generator_->GetChecksum().data());
}

absl::StatusOr<std::uint32_t> ChecksumOf(const std::string& path, std::uint64_t size) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return CannotOpen(path);
  FileChecksum checksum;
  std::string piece;
  for (std::uint64_t at = 0; at < size; at += piece.size()) {
    KOSEI_RETURN_IF_ERROR(ReadPiece(in, path, std::min<std::uint64_t>(kPiece, size - at), piece));
    if (piece.empty()) return Short(path, at, size);
    checksum.Update(piece);
  }
  return checksum.Finish();
}

absl::StatusOr<FileCopy> FileCopy::Begin(FileSystem& files, const std::string& source,
                                         const std::string& target, std::uint64_t size) {
  FileCopy copy(source, target);
  copy.size_ = size;
  copy.written_to_ = target + ".part";
  copy.in_.open(source, std::ios::binary);
  if (!copy.in_) return CannotOpen(source);
  if (files.Exists(copy.written_to_)) KOSEI_RETURN_IF_ERROR(files.RemoveFile(copy.written_to_));
  KOSEI_ASSIGN_OR_RETURN(copy.out_, files.OpenFile(copy.written_to_));
  return copy;
}

absl::StatusOr<FileCopy> FileCopy::Continue(FileSystem& files, const std::string& source,
                                            const std::string& target, std::uint64_t begin,
                                            std::uint64_t size) {
  FileCopy copy(source, target);
  copy.begin_ = begin;
  copy.size_ = size;
  copy.written_to_ = target;
  copy.in_.open(source, std::ios::binary);
  if (!copy.in_) return CannotOpen(source);
  KOSEI_ASSIGN_OR_RETURN(copy.out_, files.OpenFile(target));
  return copy;
}

absl::StatusOr<std::uint64_t> FileCopy::Step(std::uint64_t bytes_max) {
  const std::uint64_t from = at_;
  while (at_ < size_ && at_ - from < bytes_max) {
    // What is there already is read for its checksum alone.
    const std::uint64_t limit = at_ < begin_ ? begin_ : size_;
    KOSEI_RETURN_IF_ERROR(
        ReadPiece(in_, source_, std::min<std::uint64_t>(kPiece, limit - at_), piece_));
    if (piece_.empty()) return Short(source_, at_, size_);
    checksum_.Update(piece_);
    if (at_ >= begin_) KOSEI_RETURN_IF_ERROR(out_->WriteAt(at_, piece_));
    at_ += piece_.size();
  }
  return at_ - from;
}

absl::StatusOr<std::uint32_t> FileCopy::Finish() {
  KOSEI_RETURN_IF_ERROR(out_->Sync());
  out_.reset();
  if (written_to_ != target_) {
    std::error_code error;
    std::filesystem::rename(written_to_, target_, error);
    if (error) {
      return MakeError(ErrorCode::kStorageIo, "rename to " + target_ + ": " + error.message());
    }
  }
  return checksum_.Finish();
}

}  // namespace kosei::storage
