#include "process/definition_files.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

absl::StatusOr<client::ProcessFile> Read(const std::filesystem::path& path, std::string name) {
  std::ifstream stream(path, std::ios::binary);
  client::ProcessFile file;
  file.name = std::move(name);
  file.text.assign(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  if (stream.good() || stream.eof()) return file;
  return MakeError(ErrorCode::kNotFound, absl::StrFormat("file %s cannot be read", path.string()));
}

}  // namespace

absl::StatusOr<std::vector<client::ProcessFile>> ReadProcessFiles(const std::string& path) {
  std::error_code error;
  std::vector<client::ProcessFile> files;
  if (std::filesystem::is_regular_file(path, error)) {
    KOSEI_ASSIGN_OR_RETURN(client::ProcessFile file,
                           Read(path, std::filesystem::path(path).filename().string()));
    files.push_back(std::move(file));
    return files;
  }
  std::set<std::filesystem::path> paths;
  std::filesystem::recursive_directory_iterator each(path, error);
  if (!error) {
    for (const auto end = std::filesystem::recursive_directory_iterator(); each != end && !error;
         each.increment(error)) {
      if (each->path().extension() == ".yaml") paths.insert(each->path());
    }
  }
  if (error || paths.empty()) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("definitions of processes: folder %s %s", path,
                                     error ? error.message() : "has no *.yaml files"));
  }
  for (const std::filesystem::path& each_path : paths) {
    KOSEI_ASSIGN_OR_RETURN(
        client::ProcessFile file,
        Read(each_path, std::filesystem::relative(each_path, path, error).string()));
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace kosei::cli
