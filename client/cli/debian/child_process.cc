#include "debian/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/time.h"

namespace kosei::cli::debian {
namespace {

constexpr std::chrono::seconds kTimeMax{120};
constexpr std::uint64_t kBytesMax = std::uint64_t{4} << 30;

class ProgramSource : public ByteSource {
 public:
  ProgramSource(pid_t child, int descriptor, std::string name)
      : child_(child),
        descriptor_(descriptor),
        name_(std::move(name)),
        deadline_(SystemClock().Monotonic() + kTimeMax) {}
  ~ProgramSource() override {
    close(descriptor_);
    if (child_ <= 0) return;
    kill(child_, SIGKILL);
    Wait();
  }

  absl::StatusOr<std::size_t> Read(char* to, std::size_t count) override {
    if (child_ <= 0) return std::size_t{0};
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          deadline_ - SystemClock().Monotonic());
      pollfd waiting{descriptor_, POLLIN, 0};
      const int ready = left.count() <= 0 ? 0 : poll(&waiting, 1, static_cast<int>(left.count()));
      if (ready == 0) {
        return MakeError(ErrorCode::kDeadlineExceeded,
                         absl::StrFormat("run %s: no end after %d s", name_, kTimeMax.count()));
      }
      const ssize_t got = ready < 0 ? -1 : read(descriptor_, to, count);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        return MakeError(ErrorCode::kStorageIo,
                         absl::StrFormat("read from %s: %s", name_, std::strerror(errno)));
      }
      if (got == 0) return AtEnd();
      bytes_ += static_cast<std::uint64_t>(got);
      if (bytes_ > kBytesMax) {
        return MakeError(ErrorCode::kMemoryBudget,
                         absl::StrFormat("run %s: it writes more than %d bytes", name_, kBytesMax));
      }
      return static_cast<std::size_t>(got);
    }
  }
  std::uint64_t bytes_read() const override { return bytes_; }
  std::uint64_t bytes_total() const override { return 0; }

 private:
  int Wait() {
    int status = 0;
    while (waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    child_ = -1;
    return status;
  }
  absl::StatusOr<std::size_t> AtEnd() {
    const int status = Wait();
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::size_t{0};
    return MakeError(ErrorCode::kStorageIo,
                     absl::StrFormat("run %s: it failed (%s %d)", name_,
                                     WIFEXITED(status) ? "exit code" : "signal",
                                     WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status)));
  }

  pid_t child_;
  const int descriptor_;
  const std::string name_;
  const std::chrono::nanoseconds deadline_;
  std::uint64_t bytes_ = 0;
};

// The environment of the child: ours, in the C locale.
std::vector<std::string> ChildEnvironment() {
  std::vector<std::string> variables = {"LC_ALL=C", "SYSTEMD_COLORS=0", "SYSTEMD_PAGER="};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    if (!text.starts_with("LC_") && !text.starts_with("LANG") && !text.starts_with("KOSEI_")) {
      variables.push_back(text);
    }
  }
  return variables;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenProgram(const std::vector<std::string>& arguments) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return MakeError(ErrorCode::kInternal, absl::StrFormat("pipe: %s", std::strerror(errno)));
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<std::string> words = arguments;
  std::vector<std::string> variables = ChildEnvironment();
  pid_t child = -1;
  const int failed = posix_spawnp(&child, words.front().c_str(), &actions, nullptr,
                                  Pointers(words).data(), Pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (failed != 0) {
    close(ends[0]);
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("run %s: %s", words.front(), std::strerror(failed)));
  }
  return std::make_unique<ProgramSource>(child, ends[0], words.front());
}

}  // namespace kosei::cli::debian
