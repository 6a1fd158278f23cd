#include "repair_copy.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMarker = "REPAIRING";

absl::Status IoError(std::string_view operation, const std::string& path,
                     const std::error_code& error) {
  return MakeError(ErrorCode::kStorageIo,
                   absl::StrFormat("%s %s: %s", operation, path, error.message()));
}

bool NeverChanges(const std::string& name) {
  return name.ends_with(".sst") || name == "checkpoint";
}

bool IsLeftOut(const std::string& name) {
  return name == "lock" || name == "LOCK" || name.starts_with("LOG") || name == "load" ||
         name == "store.unfinished" || name.ends_with(".new");
}

std::uint64_t BytesOf(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return fs::file_size(path, error);
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path, error)) {
    if (entry.is_regular_file(error)) bytes += entry.file_size(error);
  }
  return bytes;
}

std::string ParentOf(const std::string& path) {
  std::error_code error;
  const fs::path parent = fs::absolute(path, error).parent_path();
  return error ? std::string(".") : parent.string();
}

}  // namespace

std::vector<Leftover> FindLeftovers(const std::string& folder) {
  std::vector<Leftover> found;
  for (const std::string_view name : {"load", "store.unfinished", "checkpoint.new"}) {
    const fs::path path = fs::path(folder) / name;
    std::error_code error;
    if (!fs::exists(path, error)) continue;
    if (fs::is_directory(path, error) && fs::is_empty(path, error)) continue;
    found.push_back({path.string(), BytesOf(path)});
  }
  return found;
}

absl::StatusOr<std::unique_ptr<RepairCopy>> RepairCopy::Make(FileSystem& files,
                                                             const std::string& folder) {
  std::unique_ptr<RepairCopy> copy(new RepairCopy(files, folder));
  KOSEI_RETURN_IF_ERROR(copy->Prepare());
  KOSEI_RETURN_IF_ERROR(copy->CopyAll());
  return copy;
}

RepairCopy::~RepairCopy() {
  std::error_code ignored;
  if (!in_place_ && fs::exists(path_ + "/" + std::string(kMarker), ignored))
    fs::remove_all(path_, ignored);
}

absl::Status RepairCopy::Prepare() {
  std::error_code error;
  if (files_.Exists(path_)) {
    if (!files_.Exists(path_ + "/" + std::string(kMarker)) && !fs::is_empty(path_, error)) {
      return MakeError(ErrorCode::kAlreadyExists,
                       "repair: " + path_ + " is in the way, and no repair left it; move it away");
    }
    fs::remove_all(path_, error);
    if (error) return IoError("remove", path_, error);
  }
  KOSEI_RETURN_IF_ERROR(files_.CreateDirectory(path_));
  KOSEI_RETURN_IF_ERROR(files_.WriteFileAtomically(
      path_ + "/" + std::string(kMarker), "koseid repair is at work here, or was ended\n"));
  KOSEI_RETURN_IF_ERROR(files_.CreateDirectory(path_ + "/store"));
  for (const std::string within : {"", "/store"}) {
    const fs::perms rights = fs::status(folder_ + within, error).permissions();
    if (!error) fs::permissions(path_ + within, rights, error);
    if (error) return IoError("set the rights of", path_ + within, error);
  }
  return absl::OkStatus();
}

absl::Status RepairCopy::CopyAll() {
  for (const std::string within : {"", "store/"}) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_ + "/" + within, error)) {
      const std::string name = entry.path().filename().string();
      if (entry.is_regular_file() && !IsLeftOut(name)) names.push_back(within + name);
    }
    if (error) return IoError("list", folder_ + "/" + within, error);
    for (const std::string& name : names) KOSEI_RETURN_IF_ERROR(CopyOne(name));
  }
  KOSEI_RETURN_IF_ERROR(files_.SyncDirectory(path_ + "/store"));
  return files_.SyncDirectory(path_);
}

absl::Status RepairCopy::CopyOne(const std::string& name) {
  const std::string from = folder_ + "/" + name;
  const std::string to = path_ + "/" + name;
  std::error_code error;
  if (NeverChanges(fs::path(name).filename().string())) {
    fs::create_hard_link(from, to, error);
    if (!error) return absl::OkStatus();
  }
  fs::copy_file(from, to, error);
  if (error) return IoError("copy", from, error);
  KOSEI_ASSIGN_OR_RETURN(const auto file, files_.OpenFile(to));
  return file->Sync();
}

absl::StatusOr<std::string> RepairCopy::TakePlace() {
  std::string before;
  std::error_code error;
  for (int number = 1; before.empty() || fs::exists(before, error); ++number)
    before = absl::StrFormat("%s.before-repair-%d", folder_, number);
  KOSEI_RETURN_IF_ERROR(files_.SyncDirectory(path_ + "/store"));
  KOSEI_RETURN_IF_ERROR(files_.SyncDirectory(path_));
  fs::rename(folder_, before, error);
  if (error) return IoError("rename", folder_, error);
  fs::rename(path_, folder_, error);
  if (error) {
    std::error_code ignored;
    fs::rename(before, folder_, ignored);
    return IoError("rename", path_, error);
  }
  in_place_ = true;
  KOSEI_RETURN_IF_ERROR(files_.SyncDirectory(ParentOf(folder_)));
  KOSEI_RETURN_IF_ERROR(files_.RemoveFile(folder_ + "/" + std::string(kMarker)));
  return before;
}

}  // namespace kosei::storage
