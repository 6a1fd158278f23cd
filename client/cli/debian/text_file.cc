#include "debian/text_file.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace kosei::cli::debian {
namespace {

constexpr std::size_t kTextBytesMax = 64U << 20;

}  // namespace

Root::Root(std::string path) : path_(std::move(path)) {
  while (path_.size() > 1 && path_.ends_with('/')) path_.pop_back();
}

std::string Root::Path(std::string_view absolute) const {
  return path_ == "/" ? std::string(absolute) : path_ + std::string(absolute);
}

std::optional<std::string> Root::Read(std::string_view absolute) const {
  std::ifstream file(Path(absolute), std::ios::binary);
  if (!file) return std::nullopt;
  std::string text;
  std::string part(64U << 10, '\0');
  // Sizes of files in /proc are 0: read until nothing comes.
  while (text.size() < kTextBytesMax) {
    file.read(part.data(), static_cast<std::streamsize>(part.size()));
    if (file.gcount() <= 0) break;
    text.append(part, 0, static_cast<std::size_t>(file.gcount()));
  }
  return text;
}

std::vector<std::string> Root::List(std::string_view absolute) const {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(Path(absolute), error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void ForEachLine(std::string_view text, const std::function<void(std::string_view)>& visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

std::string OneLine(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    utf8proc_int32_t code_point = -1;
    const utf8proc_ssize_t bytes =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                         static_cast<utf8proc_ssize_t>(text.size()), &code_point);
    const std::size_t taken = bytes > 0 ? static_cast<std::size_t>(bytes) : 1;
    if (bytes <= 0) {
      out += "\xef\xbf\xbd";
    } else if (code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0)) {
      out += ' ';
    } else {
      out += text.substr(0, taken);
    }
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace kosei::cli::debian
