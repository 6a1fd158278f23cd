// A real koseid for a test: started on a free port with a data folder of the test's own, stopped by
// its process id, gone with the test even when that crashes (the kernel kills it with the thread
// that started it, so start it from the test's main thread). Not thread-safe.
//
//   ServerProcess server({.binary = KOSEI_SERVER_BINARY, .data = folder / "data"});
//   ASSERT_OK(server.Start());
//   ... server.address(), server.admin_token() ...
//   ASSERT_OK(server.Stop());   // SIGTERM: drains; Kill() is kill -9; then Start() again
//
// CMake: target_compile_definitions(X PRIVATE KOSEI_SERVER_BINARY="$<TARGET_FILE:koseid>") and
// add_dependencies(X koseid).
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace kosei::testing {

class ServerProcess {
 public:
  struct Settings {
    std::string binary;
    std::string data;
    std::vector<std::string> arguments = {};    // after --data and --listen
    std::vector<std::string> environment = {};  // "NAME=value", besides the test's own
    std::string listen = "127.0.0.1:0";
    // A sanitized server on a busy machine is slow to start.
    std::chrono::seconds patience{120};
  };

  explicit ServerProcess(Settings settings) : settings_(std::move(settings)) {}
  ~ServerProcess() { Kill(); }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Returns when the server has said `ready ADDRESS:PORT` (and `bolt ADDRESS:PORT`). A restart asks
  // for the port it had, so that clients find it again.
  absl::Status Start() {
    int out[2];
    if (pipe2(out, O_CLOEXEC) != 0) return Failed("pipe");
    const int log =
        open(log_path().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (log < 0) return Failed("open " + log_path());
    std::vector<std::string> words = {settings_.binary, "--data", settings_.data, "--listen",
                                      address_.empty() ? settings_.listen : address_};
    words.insert(words.end(), settings_.arguments.begin(), settings_.arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    // The first of one name counts.
    std::vector<std::string> more = settings_.environment;
    std::vector<char*> environment;
    for (std::string& variable : more) environment.push_back(variable.data());
    for (char** each = environ; *each != nullptr; ++each) environment.push_back(*each);
    environment.push_back(nullptr);
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ == 0) {
      // Only async-signal-safe calls from here to exec.
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) _exit(127);
      dup2(out[1], STDOUT_FILENO);
      dup2(log, STDERR_FILENO);
      execve(argv[0], argv.data(), environment.data());
      _exit(127);
    }
    close(out[1]);
    close(log);
    if (pid_ < 0) {
      close(out[0]);
      return Failed("fork");
    }
    stdout_ = out[0];
    return AwaitReady();
  }

  // Asks it to drain and waits for the end. An exit code other than 0 is an error.
  absl::Status Stop() {
    if (pid_ <= 0) return absl::OkStatus();
    kill(pid_, SIGTERM);
    const int status = Reap();
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
    return absl::InternalError(absl::StrCat("koseid ended with wait status ", status, "\n", Log()));
  }
  // kill -9: nothing is flushed.
  void Kill() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    Reap();
  }

  bool running() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }
  const std::string& address() const { return address_; }  // "127.0.0.1:41234"
  // With --bolt-listen among the arguments.
  const std::string& bolt_address() const { return bolt_address_; }
  const std::string& data() const { return settings_.data; }
  std::string admin_token() const {
    std::string token = ReadFile(settings_.data + "/admin.token");
    while (!token.empty() && (token.back() == '\n' || token.back() == ' ')) token.pop_back();
    return token;
  }
  // What it wrote to standard error so far.
  std::string Log() const { return ReadFile(log_path()); }

 private:
  std::string log_path() const { return settings_.data + ".log"; }
  static std::string ReadFile(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  static absl::Status Failed(const std::string& what) {
    return absl::InternalError(absl::StrCat(what, ": ", std::strerror(errno)));
  }

  bool speaks_bolt() const {
    const std::vector<std::string>& words = settings_.arguments;
    return std::find(words.begin(), words.end(), "--bolt-listen") != words.end();
  }
  // Of a whole line that begins with `word`.
  static bool ReadAddress(const std::string& said, std::string_view word, std::string& address) {
    const std::size_t begin = said.find(word);
    const std::size_t end = begin == std::string::npos ? begin : said.find('\n', begin);
    if (end == std::string::npos) return false;
    address = said.substr(begin + word.size(), end - begin - word.size());
    return true;
  }

  absl::Status AwaitReady() {
    const auto end = std::chrono::steady_clock::now() + settings_.patience;
    std::string said;
    while (true) {
      if (ReadAddress(said, "ready ", address_) &&
          (!speaks_bolt() || ReadAddress(said, "bolt ", bolt_address_)))
        return absl::OkStatus();
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now());
      pollfd wait{stdout_, POLLIN, 0};
      if (left.count() <= 0 || poll(&wait, 1, static_cast<int>(left.count())) <= 0) {
        Kill();
        return absl::DeadlineExceededError("koseid did not say ready\n" + said + Log());
      }
      char bytes[512];
      const ssize_t count = read(stdout_, bytes, sizeof bytes);
      if (count <= 0) {
        const int status = Reap();
        return absl::InternalError(
            absl::StrCat("koseid ended with wait status ", status, " before ready\n", said, Log()));
      }
      said.append(bytes, static_cast<std::size_t>(count));
    }
  }
  int Reap() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    if (stdout_ >= 0) close(std::exchange(stdout_, -1));
    return status;
  }

  const Settings settings_;
  pid_t pid_ = -1;
  int stdout_ = -1;
  std::string address_;
  std::string bolt_address_;
};

}  // namespace kosei::testing
