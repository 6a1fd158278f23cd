#include "import/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

constexpr std::size_t kBufferBytes = 256U << 10;
// What a zstd frame may ask of our memory (the default of the zstd program).
constexpr int kZstdWindowLogMax = 27;

absl::Status Damaged(const std::string& name, std::string_view what) {
  return MakeError(ErrorCode::kInvalidArgument, absl::StrFormat("unpack %s: %s", name, what));
}

// Bytes of a descriptor as they are; copies what it reads to `copy` when that is not negative.
class DescriptorSource : public ByteSource {
 public:
  DescriptorSource(int descriptor, int copy, std::string name)
      : descriptor_(descriptor), copy_(copy), name_(std::move(name)) {
    struct stat facts{};
    if (fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode)) {
      total_ = static_cast<std::uint64_t>(facts.st_size);
    }
  }
  ~DescriptorSource() override { close(descriptor_); }

  absl::StatusOr<std::size_t> Read(char* to, std::size_t count) override {
    ssize_t got = -1;
    do {
      got = read(descriptor_, to, count);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
      return MakeError(ErrorCode::kStorageIo,
                       absl::StrFormat("read %s: %s", name_, std::strerror(errno)));
    }
    const auto bytes = static_cast<std::size_t>(got);
    bytes_ += bytes;
    for (std::size_t done = 0; copy_ >= 0 && done < bytes;) {
      const ssize_t put = write(copy_, to + done, bytes - done);
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) {
        return MakeError(ErrorCode::kStorageIo,
                         absl::StrFormat("keep a copy of %s: %s", name_, std::strerror(errno)));
      }
      done += static_cast<std::size_t>(put);
    }
    return bytes;
  }
  std::uint64_t bytes_read() const override { return bytes_; }
  std::uint64_t bytes_total() const override { return total_; }

 private:
  const int descriptor_;
  const int copy_;
  const std::string name_;
  std::uint64_t bytes_ = 0;
  std::uint64_t total_ = 0;
};

// A source whose first bytes have been looked at. Base of the unpackers.
class Peeked : public ByteSource {
 public:
  Peeked(std::unique_ptr<ByteSource> inner, std::string head)
      : inner_(std::move(inner)), buffer_(std::move(head)) {
    end_ = buffer_.size();
    buffer_.resize(kBufferBytes);
  }
  absl::StatusOr<std::size_t> Read(char* to, std::size_t count) override {
    if (begin_ == end_) return inner_->Read(to, count);
    const std::size_t taken = std::min(count, end_ - begin_);
    std::memcpy(to, buffer_.data() + begin_, taken);
    begin_ += taken;
    return taken;
  }
  std::uint64_t bytes_read() const override { return inner_->bytes_read(); }
  std::uint64_t bytes_total() const override { return inner_->bytes_total(); }

 protected:
  // Makes sure that there is unread input; false at its end.
  absl::StatusOr<bool> Fill() {
    if (begin_ < end_) return true;
    KOSEI_ASSIGN_OR_RETURN(end_, inner_->Read(buffer_.data(), buffer_.size()));
    begin_ = 0;
    return end_ > 0;
  }
  const char* unread() const { return buffer_.data() + begin_; }
  std::size_t unread_bytes() const { return end_ - begin_; }
  void Consume(std::size_t bytes) { begin_ += bytes; }

 private:
  std::unique_ptr<ByteSource> inner_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

// One or more gzip members (RFC 1952).
class GzipSource : public Peeked {
 public:
  GzipSource(std::unique_ptr<ByteSource> inner, std::string head, std::string name)
      : Peeked(std::move(inner), std::move(head)), name_(std::move(name)) {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    ready_ = inflateInit2(&stream_, kGzipOnly) == Z_OK;
  }
  ~GzipSource() override { inflateEnd(&stream_); }

  absl::StatusOr<std::size_t> Read(char* to, std::size_t count) override {
    if (!ready_) return MakeError(ErrorCode::kInternal, "unpack: zlib does not start");
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(count, 1U << 30));
    const uInt wanted = stream_.avail_out;
    while (stream_.avail_out == wanted) {
      KOSEI_ASSIGN_OR_RETURN(const bool more, Fill());
      if (!more && between_members_) return std::size_t{0};
      if (!more) return Damaged(name_, "the gzip data ends early; the file is not whole");
      between_members_ = false;
      // zlib's type for input is not const; it does not write there.
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(unread()));
      stream_.avail_in = static_cast<uInt>(unread_bytes());
      const int result = inflate(&stream_, Z_NO_FLUSH);
      Consume(unread_bytes() - stream_.avail_in);
      if (result == Z_STREAM_END) {
        between_members_ = true;
        inflateReset(&stream_);
      } else if (result != Z_OK && result != Z_BUF_ERROR) {
        return Damaged(name_, stream_.msg == nullptr ? "the gzip data is damaged" : stream_.msg);
      }
    }
    return std::size_t{wanted - stream_.avail_out};
  }

 private:
  const std::string name_;
  z_stream stream_{};
  bool ready_ = false;
  bool between_members_ = false;
};

// One or more zstd frames (RFC 8878).
class ZstdSource : public Peeked {
 public:
  ZstdSource(std::unique_ptr<ByteSource> inner, std::string head, std::string name)
      : Peeked(std::move(inner), std::move(head)), name_(std::move(name)) {
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kZstdWindowLogMax);
  }

  absl::StatusOr<std::size_t> Read(char* to, std::size_t count) override {
    ZSTD_outBuffer out{to, count, 0};
    while (out.pos == 0) {
      KOSEI_ASSIGN_OR_RETURN(const bool more, Fill());
      if (!more && between_frames_) return std::size_t{0};
      if (!more) return Damaged(name_, "the zstd data ends early; the file is not whole");
      ZSTD_inBuffer in{unread(), unread_bytes(), 0};
      const std::size_t result = ZSTD_decompressStream(stream_.get(), &out, &in);
      if (ZSTD_isError(result) != 0) return Damaged(name_, ZSTD_getErrorName(result));
      Consume(in.pos);
      between_frames_ = result == 0;
    }
    return out.pos;
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  const std::string name_;
  std::unique_ptr<ZSTD_DCtx, Free> stream_{ZSTD_createDCtx()};
  bool between_frames_ = false;
};

absl::StatusOr<std::unique_ptr<ByteSource>> Unpacked(std::unique_ptr<ByteSource> source,
                                                     const std::string& name) {
  std::array<char, 4> magic{};
  std::string head;
  while (head.size() < magic.size()) {
    KOSEI_ASSIGN_OR_RETURN(const std::size_t got,
                           source->Read(magic.data(), magic.size() - head.size()));
    if (got == 0) break;
    head.append(magic.data(), got);
  }
  if (head.starts_with("\x1f\x8b")) {
    return std::make_unique<GzipSource>(std::move(source), std::move(head), name);
  }
  if (head == "\x28\xb5\x2f\xfd") {
    return std::make_unique<ZstdSource>(std::move(source), std::move(head), name);
  }
  return std::make_unique<Peeked>(std::move(source), std::move(head));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenDescriptor(int descriptor,
                                                           const std::string& name) {
  return Unpacked(std::make_unique<DescriptorSource>(descriptor, -1, name), name);
}

absl::StatusOr<std::unique_ptr<ByteSource>> OpenInput(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return MakeError(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kStorageIo,
                     absl::StrFormat("open %s: %s", path, std::strerror(errno)));
  }
  struct stat facts{};
  if (fstat(descriptor, &facts) == 0 && S_ISDIR(facts.st_mode)) {
    close(descriptor);
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("open %s: it is a folder, expected a file", path));
  }
  return OpenDescriptor(descriptor, path);
}

absl::StatusOr<std::unique_ptr<Spool>> Spool::Create() {
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(ignored);
  std::string name = (folder / "kosei-XXXXXX").string();
  const int descriptor = mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) {
    return MakeError(ErrorCode::kStorageIo,
                     absl::StrFormat("create temporary file %s: %s", name, std::strerror(errno)));
  }
  unlink(name.c_str());
  return std::unique_ptr<Spool>(new Spool(descriptor));
}

Spool::~Spool() { close(descriptor_); }

absl::StatusOr<std::unique_ptr<ByteSource>> Spool::Tee(int descriptor, const std::string& name) {
  return Unpacked(std::make_unique<DescriptorSource>(descriptor, descriptor_, name), name);
}

absl::StatusOr<std::unique_ptr<ByteSource>> Spool::Again(const std::string& name) {
  const int again = fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
  if (again < 0 || lseek(again, 0, SEEK_SET) != 0) {
    return MakeError(ErrorCode::kStorageIo,
                     absl::StrFormat("read %s again: %s", name, std::strerror(errno)));
  }
  return OpenDescriptor(again, name);
}

absl::StatusOr<std::string> ReadWhole(const std::string& path, std::size_t bytes_max,
                                      std::string_view remedy) {
  const std::string name = path == "-" ? "standard input" : path;
  absl::StatusOr<std::unique_ptr<ByteSource>> source =
      path == "-" ? OpenDescriptor(0, name) : OpenInput(path);
  KOSEI_RETURN_IF_ERROR(source.status());
  std::string text;
  std::string piece(std::size_t{64} << 10, '\0');
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::size_t count, (*source)->Read(piece.data(), piece.size()));
    if (count == 0) return text;
    text.append(piece, 0, count);
    if (text.size() > bytes_max) {
      return MakeError(ErrorCode::kRowBudget,
                       absl::StrFormat("%s: more than %d bytes; %s", name, bytes_max, remedy));
    }
  }
}

}  // namespace kosei::cli
