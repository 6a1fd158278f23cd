#include "packed_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;
constexpr int kGzipWindow = 15 + 16;  // the largest, with a gzip header
constexpr int kGzipMemory = 8;
constexpr int kZstdLevel = 3;

absl::Status IoError(std::string_view operation, const std::string& path) {
  return MakeError(ErrorCode::kStorageIo, absl::StrFormat("%s %s: %s", operation, path,
                                                          std::system_category().message(errno)));
}

// The file itself, under a working name until it is whole.
class PlainFile final : public PackedFile {
 public:
  explicit PlainFile(std::string path) : path_(std::move(path)), working_(path_ + ".part") {}
  ~PlainFile() override {
    if (fd_ < 0 || is_output()) return;
    close(fd_);
    unlink(working_.c_str());
  }
  absl::Status Open() {
    if (is_output()) {
      fd_ = STDOUT_FILENO;
      return absl::OkStatus();
    }
    if (access(path_.c_str(), F_OK) == 0) {
      return MakeError(ErrorCode::kAlreadyExists,
                       "write " + path_ + ": it is there already; choose another name");
    }
    fd_ = open(working_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    return fd_ < 0 ? IoError("open", working_) : absl::OkStatus();
  }
  absl::Status Write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = write(fd_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return IoError("write", is_output() ? "standard output" : working_);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return absl::OkStatus();
  }
  absl::Status Finish() override {
    if (is_output()) return absl::OkStatus();
    if (fsync(fd_) != 0) return IoError("sync", working_);
    if (rename(working_.c_str(), path_.c_str()) != 0) return IoError("rename to", path_);
    close(std::exchange(fd_, -1));
    return absl::OkStatus();
  }

 private:
  bool is_output() const { return path_ == "-"; }
  const std::string path_;
  const std::string working_;
  int fd_ = -1;
};

class GzipFile final : public PackedFile {
 public:
  explicit GzipFile(std::unique_ptr<PlainFile> file) : file_(std::move(file)), out_(kPiece) {
    deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kGzipMemory,
                 Z_DEFAULT_STRATEGY);
  }
  ~GzipFile() override { deflateEnd(&stream_); }
  absl::Status Write(std::string_view bytes) override { return Pack(bytes, Z_NO_FLUSH); }
  absl::Status Finish() override {
    KOSEI_RETURN_IF_ERROR(Pack({}, Z_FINISH));
    return file_->Finish();
  }

 private:
  absl::Status Pack(std::string_view bytes, int flush) {
    // zlib does not write to its input.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
      stream_.avail_out = static_cast<uInt>(out_.size());
      deflate(&stream_, flush);
      KOSEI_RETURN_IF_ERROR(file_->Write({out_.data(), out_.size() - stream_.avail_out}));
    } while (stream_.avail_out == 0);
    return absl::OkStatus();
  }

  std::unique_ptr<PlainFile> file_;
  z_stream stream_{};
  std::vector<char> out_;
};

class ZstdFile final : public PackedFile {
 public:
  explicit ZstdFile(std::unique_ptr<PlainFile> file)
      : file_(std::move(file)), context_(ZSTD_createCCtx()), out_(kPiece) {
    ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, kZstdLevel);
    ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1);
  }
  ~ZstdFile() override { ZSTD_freeCCtx(context_); }
  absl::Status Write(std::string_view bytes) override { return Pack(bytes, ZSTD_e_continue); }
  absl::Status Finish() override {
    KOSEI_RETURN_IF_ERROR(Pack({}, ZSTD_e_end));
    return file_->Finish();
  }

 private:
  absl::Status Pack(std::string_view bytes, ZSTD_EndDirective directive) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    while (true) {
      ZSTD_outBuffer out{out_.data(), out_.size(), 0};
      const std::size_t left = ZSTD_compressStream2(context_, &out, &in, directive);
      if (ZSTD_isError(left) != 0) {
        return MakeError(ErrorCode::kInternal,
                         absl::StrFormat("pack: %s", ZSTD_getErrorName(left)));
      }
      KOSEI_RETURN_IF_ERROR(file_->Write({out_.data(), out.pos}));
      const bool over = directive == ZSTD_e_end ? left == 0 : in.pos == in.size;
      if (over) return absl::OkStatus();
    }
  }

  std::unique_ptr<PlainFile> file_;
  ZSTD_CCtx* context_;
  std::vector<char> out_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PackedFile>> PackedFile::Create(const std::string& path) {
  auto file = std::make_unique<PlainFile>(path);
  KOSEI_RETURN_IF_ERROR(file->Open());
  if (path.ends_with(".gz")) return std::make_unique<GzipFile>(std::move(file));
  if (path.ends_with(".zst")) return std::make_unique<ZstdFile>(std::move(file));
  return std::unique_ptr<PackedFile>(std::move(file));
}

}  // namespace kosei::cli
