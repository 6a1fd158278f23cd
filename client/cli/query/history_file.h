// What was typed into the shell, kept for the next time: one statement a line, in a file that only
// its owner can read.
#pragma once

#include <string>
#include <vector>

namespace kosei::cli {

// $XDG_STATE_HOME/kosei/query_history, else ~/.local/state/kosei/query_history; empty when there is
// no home.
std::string HistoryPath();

class HistoryFile {
 public:
  // An empty path, or one that cannot be written, keeps nothing: a shell works without.
  explicit HistoryFile(std::string path);
  // The newest ones, oldest first.
  std::vector<std::string> Load() const;
  // One line; what shells that run at the same time add stays.
  void Append(const std::string& entry) const;

 private:
  const std::string path_;
};

}  // namespace kosei::cli
