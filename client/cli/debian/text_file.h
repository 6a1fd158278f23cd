// Small text files of a machine, below a root folder that a test may choose.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kosei::cli::debian {

// The files below one root ("/" on this machine). What cannot be read is as if it were not there.
class Root {
 public:
  explicit Root(std::string path);
  bool is_this_machine() const { return path_ == "/"; }
  // "/etc/hostname" below the root.
  std::string Path(std::string_view absolute) const;
  // At most 64 MiB of it.
  std::optional<std::string> Read(std::string_view absolute) const;
  // Names in a folder, sorted; empty when it cannot be read.
  std::vector<std::string> List(std::string_view absolute) const;

 private:
  std::string path_;
};

// Calls `visit` with each line, without its end.
void ForEachLine(std::string_view text, const std::function<void(std::string_view)>& visit);
// Words between blanks.
std::vector<std::string_view> Words(std::string_view line);
// One line of valid UTF-8: control characters become blanks, bad bytes U+FFFD.
std::string OneLine(std::string_view text);

}  // namespace kosei::cli::debian
