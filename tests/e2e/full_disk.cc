// A disk that is full when a test says so, for a real server: loaded before the C library
// (LD_PRELOAD), it answers what the kernel answers then. It needs no right to mount anything.
//
// KOSEI_FULL_DISK names the folder that lies on that disk. While FOLDER.full exists no file below
// FOLDER grows (ENOSPC); while FOLDER.low exists no space is left for ordinary processes (statvfs).
// Everything else goes to the C library.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

template <typename Function>
Function* Next(Function* /*same type*/, const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// "FOLDER.full" and the like exists.
bool IsSaid(const char* word) {
  const char* const folder = std::getenv("KOSEI_FULL_DISK");
  if (folder == nullptr) return false;
  std::array<char, 4'096> path{};
  std::snprintf(path.data(), path.size(), "%s.%s", folder, word);
  const int error = errno;
  const bool said = access(path.data(), F_OK) == 0;
  errno = error;
  return said;
}

bool IsOnThatDisk(int file) {
  const char* const folder = std::getenv("KOSEI_FULL_DISK");
  std::array<char, 64> link{};
  std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", file);
  std::array<char, 4'096> path{};
  const ssize_t length = readlink(link.data(), path.data(), path.size() - 1);
  const std::size_t folder_length = std::strlen(folder);
  return length > 0 && std::strncmp(path.data(), folder, folder_length) == 0 &&
         path[folder_length] == '/';
}

// Whether a file that would end here would have to grow on the disk that is full.
bool IsRefused(int file, off_t end) {
  if (!IsSaid("full") || !IsOnThatDisk(file)) return false;
  struct stat info{};
  if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode) || end <= info.st_size) return false;
  errno = ENOSPC;
  return true;
}

off_t EndOf(off_t begin, size_t count) { return begin + static_cast<off_t>(count); }

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t count) {
  static auto* const next = Next(&write, "write");
  if (IsSaid("full") && IsRefused(file, EndOf(lseek(file, 0, SEEK_CUR), count))) return -1;
  return next(file, bytes, count);
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset) {
  static auto* const next = Next(&pwrite, "pwrite");
  if (IsRefused(file, EndOf(offset, count))) return -1;
  return next(file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset) {
  static auto* const next = Next(&pwrite64, "pwrite64");
  if (IsRefused(file, EndOf(offset, count))) return -1;
  return next(file, bytes, count, offset);
}

int statvfs(const char* path, struct statvfs* info) noexcept {
  static auto* const next = Next(&statvfs, "statvfs");
  const int result = next(path, info);
  if (result == 0 && IsSaid("low")) info->f_bavail = 0;
  return result;
}

int statvfs64(const char* path, struct statvfs64* info) noexcept {
  static auto* const next = Next(&statvfs64, "statvfs64");
  const int result = next(path, info);
  if (result == 0 && IsSaid("low")) info->f_bavail = 0;
  return result;
}

}  // extern "C"
