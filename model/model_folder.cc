// A model folder: which files it has, in which order they are read.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_format.h"
#include "definition_checks.h"
#include "kosei/base/error.h"
#include "kosei/base/file_system.h"
#include "kosei/base/status_macros.h"
#include "kosei/model/definition.h"
#include "model_parser.h"
#include "names.h"
#include "yaml_map.h"

namespace kosei::model {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFilesMax = 1'000;

absl::Status FolderError(const std::string& folder, std::string_view message) {
  return ModelError({}, absl::StrFormat("read model %s: %s", folder, message));
}

// Every *.yaml under the folder, in the order of their paths.
absl::StatusOr<std::vector<fs::path>> ListFiles(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return FolderError(
        folder, "there is no such folder; name the folder that holds the model's *.yaml files");
  }
  std::vector<fs::path> files;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const fs::path& path = entry->path();
    std::error_code kind_error;
    if (!entry->is_regular_file(kind_error)) continue;
    if (path.extension() == ".yml")
      return FolderError(folder, absl::StrFormat("%s would not be read; rename it to end in .yaml",
                                                 path.string()));
    if (path.extension() != ".yaml") continue;
    if (files.size() == kFilesMax)
      return FolderError(folder, absl::StrFormat("more than %d files; join some", kFilesMax));
    files.push_back(path);
  }
  if (error) return FolderError(folder, absl::StrFormat("cannot list it: %s", error.message()));
  if (files.empty()) return FolderError(folder, "no *.yaml file in it; is it the right folder?");
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

absl::StatusOr<std::vector<ModelFile>> ReadModelFiles(const std::string& folder) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<fs::path> files, ListFiles(folder));
  std::vector<ModelFile> read;
  std::uint64_t total = 0;
  for (const fs::path& path : files) {
    std::error_code error;
    const std::uint64_t size = fs::file_size(path, error);
    if (error)
      return ModelError(path.string(), absl::StrFormat("cannot read it: %s", error.message()));
    total += size;
    if (size > kModelFileBytesMax || total > kModelBytesMax) {
      return ModelError(path.string(),
                        absl::StrFormat("the file has %d bytes, the model so far %d; expected at "
                                        "most %d a file and %d in all",
                                        size, total, kModelFileBytesMax, kModelBytesMax));
    }
    absl::StatusOr<std::string> text = LocalFileSystem().ReadFile(path.string());
    if (!text.ok())
      return ModelError(path.string(),
                        absl::StrFormat("cannot read it: %s", MessageOf(text.status())));
    read.push_back({path.string(), *std::move(text)});
  }
  return read;
}

absl::StatusOr<ModelDefinition> ReadModel(const std::string& folder) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<ModelFile> files, ReadModelFiles(folder));
  return ParseModelFiles(files);
}

}  // namespace kosei::model
