// For tests that kill a server: seeing the moment at its files, and judging what it left.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"

namespace kosei::e2e {

// Sees what happens to the files of folders, from its making on.
class FolderWatch {
 public:
  enum class Verdict : std::uint8_t { kWait, kMet, kMissed };
  // `closed`: the file was written and closed; otherwise it was made or written to.
  using Judge = std::function<Verdict(std::string_view file, bool closed)>;

  explicit FolderWatch(const std::vector<std::string>& folders)
      : descriptor_(inotify_init1(IN_CLOEXEC)) {
    for (const std::string& folder : folders)
      inotify_add_watch(descriptor_, folder.c_str(), IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE);
  }
  ~FolderWatch() { close(descriptor_); }
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  // Goes on until the judge has met what it waits for (true) or missed it.
  bool Await(const Judge& judge) const {
    alignas(inotify_event) char bytes[4096];
    pollfd wait{descriptor_, POLLIN, 0};
    while (poll(&wait, 1, 120'000) > 0) {
      const ssize_t count = read(descriptor_, bytes, sizeof bytes);
      for (ssize_t at = 0; at < count;) {
        const auto* const event = reinterpret_cast<const inotify_event*>(bytes + at);
        const std::string_view name = event->len > 0 ? event->name : "";
        const Verdict verdict = judge(name, (event->mask & IN_CLOSE_WRITE) != 0);
        if (verdict != Verdict::kWait) return verdict == Verdict::kMet;
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      }
    }
    ADD_FAILURE() << "nothing happened to the files";
    return false;
  }

 private:
  const int descriptor_;
};

// koseid verify finds nothing in a copy of the store, which stays as it was left.
inline void ExpectSound(const std::string& data, const std::string& copy) {
  std::filesystem::copy(data, copy, std::filesystem::copy_options::recursive);
  const std::string binary = KOSEI_SERVER_BINARY;
  const std::string out = copy + ".out";
  std::vector<std::string> words = {binary, "verify", "--data", copy};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t child = 0;
  ASSERT_EQ(posix_spawn(&child, binary.c_str(), &actions, nullptr, arguments.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  waitpid(child, &status, 0);
  std::ostringstream said;
  said << std::ifstream(out).rdbuf();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << said.str();
  std::filesystem::remove_all(copy);
}

}  // namespace kosei::e2e
