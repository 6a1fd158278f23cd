#include "query/history_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace kosei::cli {
namespace {

constexpr std::size_t kEntriesMax = 1'000;

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string WholeText(const std::vector<std::string>& entries) {
  std::string text;
  for (const std::string& entry : entries) text += entry + "\n";
  return text;
}

void WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(descriptor, text.data(), text.size());
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

std::string HistoryPath() {
  std::string folder = Variable("XDG_STATE_HOME");
  if (folder.empty()) {
    const std::string home = Variable("HOME");
    if (home.empty()) return "";
    folder = home + "/.local/state";
  }
  return folder + "/kosei/query_history";
}

HistoryFile::HistoryFile(std::string path) : path_(std::move(path)) {
  if (path_.empty()) return;
  const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  std::error_code ignored;
  if (std::filesystem::create_directories(folder, ignored))
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ignored);
}

std::vector<std::string> HistoryFile::Load() const {
  std::vector<std::string> entries;
  if (path_.empty()) return entries;
  std::ifstream file(path_, std::ios::binary);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) entries.push_back(line);
  }
  if (entries.size() <= kEntriesMax) return entries;
  entries.erase(entries.begin(), entries.end() - kEntriesMax);
  const int descriptor = open(path_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (descriptor < 0) return entries;
  WriteAll(descriptor, WholeText(entries));
  close(descriptor);
  return entries;
}

void HistoryFile::Append(const std::string& entry) const {
  if (path_.empty() || entry.empty()) return;
  const int descriptor =
      open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return;
  WriteAll(descriptor, entry + "\n");
  close(descriptor);
}

}  // namespace kosei::cli
