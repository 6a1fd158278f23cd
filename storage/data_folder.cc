#include "data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "store.h"

namespace kosei::storage {
namespace {

constexpr std::string_view kFormatPrefix = "kosei store format ";

std::string FormatPath(const std::string& folder) { return folder + "/FORMAT"; }

}  // namespace

absl::StatusOr<std::unique_ptr<FolderLock>> FolderLock::Take(const std::string& folder) {
  const std::string path = folder + "/lock";
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return MakeError(ErrorCode::kStorageIo,
                     "open " + path + ": " + std::system_category().message(errno));
  }
  std::unique_ptr<FolderLock> lock(new FolderLock(descriptor));
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return MakeError(ErrorCode::kStorageInUse,
                     "open data folder " + folder +
                         ": another koseid has it open; stop that one or choose another "
                         "folder");
  }
  return lock;
}

FolderLock::~FolderLock() { close(descriptor_); }

absl::StatusOr<FolderState> CheckFormat(FileSystem& files, const std::string& folder) {
  const std::string path = FormatPath(folder);
  if (!files.Exists(path)) return FolderState::kNew;
  KOSEI_ASSIGN_OR_RETURN(const std::string text, files.ReadFile(path));
  std::string_view rest(text);
  std::uint32_t format = 0;
  if (rest.starts_with(kFormatPrefix)) {
    rest.remove_prefix(kFormatPrefix.size());
    std::from_chars(rest.data(), rest.data() + rest.size(), format);
  }
  if (format == 0) {
    return MakeError(ErrorCode::kStorageCorrupt,
                     path + ": found no format number; restore the file from a backup");
  }
  if (format > kFormatVersion) {
    return MakeError(
        ErrorCode::kFormatTooNew,
        absl::StrFormat(
            "open data folder %s: it has format %d and this koseid knows formats up to %d; "
            "use the koseid that wrote it, or a newer one",
            folder, format, kFormatVersion));
  }
  return format < kFormatVersion ? FolderState::kOlder : FolderState::kExisting;
}

absl::Status WriteFormat(FileSystem& files, const std::string& folder) {
  return files.WriteFileAtomically(FormatPath(folder),
                                   absl::StrFormat("%s%d\n", kFormatPrefix, kFormatVersion));
}

}  // namespace kosei::storage
