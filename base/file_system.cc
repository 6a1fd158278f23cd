#include "kosei/base/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei {
namespace {

absl::Status IoError(std::string_view operation, const std::string& path, int error) {
  const ErrorCode code = error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kStorageIo;
  return MakeError(
      code, absl::StrFormat("%s %s: %s", operation, path, std::system_category().message(error)));
}

// A file descriptor that is closed once.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

class LocalFile final : public RandomAccessFile {
 public:
  LocalFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

  absl::StatusOr<std::string> ReadAt(std::uint64_t offset, std::size_t count) override {
    std::string bytes(count, '\0');
    std::size_t done = 0;
    while (done < count) {
      const ssize_t got =
          pread(fd_.get(), bytes.data() + done, count - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return IoError("read", path_, errno);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    bytes.resize(done);
    return bytes;
  }

  absl::Status WriteAt(std::uint64_t offset, std::string_view bytes) override {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t put = pwrite(fd_.get(), bytes.data() + done, bytes.size() - done,
                                 static_cast<off_t>(offset + done));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return IoError("write", path_, errno);
      done += static_cast<std::size_t>(put);
    }
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    return fdatasync(fd_.get()) == 0 ? absl::OkStatus() : IoError("sync", path_, errno);
  }

 private:
  Descriptor fd_;
  std::string path_;
};

class LocalFiles final : public FileSystem {
 public:
  bool Exists(const std::string& path) override { return access(path.c_str(), F_OK) == 0; }

  absl::Status CreateDirectory(const std::string& path) override {
    const std::filesystem::path folder(path);
    const std::string parent = folder.parent_path().string();
    if (path.empty()) return absl::OkStatus();
    struct stat info{};
    if (stat(path.c_str(), &info) == 0) {
      return S_ISDIR(info.st_mode) ? absl::OkStatus() : IoError("make folder", path, ENOTDIR);
    }
    if (parent != path) KOSEI_RETURN_IF_ERROR(CreateDirectory(parent));
    if (mkdir(path.c_str(), 0777) != 0 && errno != EEXIST)
      return IoError("make folder", path, errno);
    return SyncDirectory(parent.empty() ? "." : parent);
  }

  absl::StatusOr<std::unique_ptr<RandomAccessFile>> OpenFile(const std::string& path) override {
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return IoError("open", path, errno);
    return std::make_unique<LocalFile>(fd, path);
  }

  absl::StatusOr<std::string> ReadFile(const std::string& path) override {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return IoError("open", path, errno);
    LocalFile file(fd, path);
    struct stat info{};
    if (fstat(fd, &info) != 0) return IoError("stat", path, errno);
    return file.ReadAt(0, static_cast<std::size_t>(info.st_size));
  }

  absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes) override {
    const std::string temporary = path + ".new";
    {
      const int fd = open(temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
      if (fd < 0) return IoError("open", temporary, errno);
      LocalFile file(fd, temporary);
      KOSEI_RETURN_IF_ERROR(file.WriteAt(0, bytes));
      KOSEI_RETURN_IF_ERROR(file.Sync());
    }
    return Rename(temporary, path);
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    if (rename(from.c_str(), to.c_str()) != 0) return IoError("rename to", to, errno);
    const std::string folder = std::filesystem::path(to).parent_path().string();
    return SyncDirectory(folder.empty() ? "." : folder);
  }

  absl::Status RemoveFile(const std::string& path) override {
    return unlink(path.c_str()) == 0 ? absl::OkStatus() : IoError("remove", path, errno);
  }

  absl::Status SyncDirectory(const std::string& path) override {
    const Descriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.get() < 0 || fsync(folder.get()) != 0) return IoError("sync folder", path, errno);
    return absl::OkStatus();
  }

  absl::StatusOr<std::uint64_t> FreeBytes(const std::string& path) override {
    struct statvfs info{};
    if (statvfs(path.c_str(), &info) != 0) return IoError("free space of", path, errno);
    return std::uint64_t{info.f_bavail} * std::uint64_t{info.f_frsize};
  }
};

}  // namespace

FileSystem& LocalFileSystem() {
  static LocalFiles files;
  return files;
}

}  // namespace kosei
