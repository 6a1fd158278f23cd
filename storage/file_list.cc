#include "file_list.h"

#include <charconv>
#include <string_view>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"

namespace kosei::storage {

std::uint64_t FileListNumber(std::string_view name) {
  constexpr std::string_view kPrefix = "MANIFEST-";
  if (name.starts_with('/')) name.remove_prefix(1);
  if (!name.starts_with(kPrefix)) return 0;
  name.remove_prefix(kPrefix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() ? number : 0;
}

absl::Status CheckFileList(FileSystem& files, const std::string& folder,
                           const FileListExtent& known) {
  const auto current = files.ReadFile(folder + "/CURRENT");
  if (HasCode(current.status(), ErrorCode::kNotFound)) return absl::OkStatus();
  if (!current.ok()) return current.status();
  const std::string name = current->substr(0, current->find('\n'));
  const std::uint64_t number = FileListNumber(name);
  if (number == 0 || number > known.number) return absl::OkStatus();
  const auto list = files.ReadFile(folder + "/" + name);
  if (HasCode(list.status(), ErrorCode::kNotFound)) return absl::OkStatus();
  if (!list.ok()) return list.status();
  if (number == known.number && list->size() >= known.bytes) return absl::OkStatus();
  return MakeError(
      ErrorCode::kCommitsMissing,
      absl::StrFormat("the list of files %s/%s ends at byte %d, expected MANIFEST-%06d and %d "
                      "bytes at least: its last entries are gone, and what was acknowledged may "
                      "be gone with them; restore the folder from a backup",
                      folder, name, list->size(), known.number, known.bytes));
}

}  // namespace kosei::storage
