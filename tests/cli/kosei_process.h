// The real kosei against a real koseid: runs a command line and keeps what it said.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server_process.h"
#include "simdjson.h"
#include "status_matchers.h"
#include "temp_folder.h"

namespace kosei::cli {

struct Outcome {
  int code = -1;
  std::string out;
  std::string notes;
};

inline std::string ReadWhole(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}
inline void WriteWhole(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// A sanitizer is told what to do by the environment; whoever names variables need not know them.
inline void AddSanitizerSettings(std::vector<std::string>& environment) {
  for (const char* name :
       {"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "ASAN_SYMBOLIZER_PATH"}) {
    if (const char* value = std::getenv(name); value != nullptr)
      environment.push_back(std::string(name) + "=" + value);
  }
}

// What execve and posix_spawn take; valid as long as the texts.
inline std::vector<char*> PointersTo(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Runs one program with its output in files of `folder`; `input` is a file to read, or empty.
inline Outcome RunProgram(const std::string& folder, std::vector<std::string> words,
                          std::vector<std::string> environment, const std::string& input) {
  const std::string out = folder + "/out";
  const std::string notes = folder + "/notes";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, input.empty() ? "/dev/null" : input.c_str(),
                                   O_RDONLY, 0);
  constexpr int kNew = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), kNew, S_IRUSR | S_IWUSR);
  posix_spawn_file_actions_addopen(&actions, 2, notes.c_str(), kNew, S_IRUSR | S_IWUSR);
  AddSanitizerSettings(environment);
  pid_t child = -1;
  const int failed = posix_spawn(&child, words.front().c_str(), &actions, nullptr,
                                 PointersTo(words).data(), PointersTo(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return {};
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadWhole(out), ReadWhole(notes)};
}

// A server of the test's own, and kosei pointed at it.
class Terminal : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(server_.Start());
    ASSERT_FALSE(server_.admin_token().empty());
  }
  Outcome Kosei(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), KOSEI_BINARY);
    return RunProgram(
        folder_.path(), std::move(arguments),
        {"KOSEI_SERVER=" + server_.address(), "KOSEI_TOKEN_FILE=" + server_.data() + "/admin.token",
         "LANG=C.UTF-8", "PATH=/usr/bin:/bin"},
        input);
  }
  // One that must succeed.
  std::string Out(const std::vector<std::string>& arguments) {
    const Outcome outcome = Kosei(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.notes;
    return outcome.out;
  }
  std::string Path(const std::string& name) const { return folder_ / name; }
  std::string Put(const std::string& name, const std::string& text) const {
    WriteWhole(Path(name), text);
    return Path(name);
  }

  kosei::testing::TempFolder folder_;
  kosei::testing::ServerProcess server_{{.binary = KOSEI_SERVER_BINARY, .data = folder_ / "data"}};
};

// A JSON text as a document; the parser keeps what the element shows.
class Json {
 public:
  explicit Json(const std::string& text) : text_(text) {
    EXPECT_EQ(parser_.parse(text_).get(root_), simdjson::SUCCESS) << text;
  }
  // By JSON pointer: "/affected/0/key".
  simdjson::dom::element At(const std::string& pointer) const {
    simdjson::dom::element found;
    EXPECT_EQ(root_.at_pointer(pointer).get(found), simdjson::SUCCESS) << pointer << "\n" << text_;
    return found;
  }
  std::string Text(const std::string& pointer) const {
    std::string_view text;
    EXPECT_EQ(At(pointer).get(text), simdjson::SUCCESS) << pointer;
    return std::string(text);
  }
  std::int64_t Number(const std::string& pointer) const {
    std::int64_t number = -1;
    EXPECT_EQ(At(pointer).get(number), simdjson::SUCCESS) << pointer;
    return number;
  }
  bool IsNull(const std::string& pointer) const { return At(pointer).is_null(); }
  // Names of members, in order; or the number of elements.
  std::vector<std::string> Names(const std::string& pointer) const {
    std::vector<std::string> names;
    simdjson::dom::object object;
    EXPECT_EQ(At(pointer).get(object), simdjson::SUCCESS) << pointer;
    for (const auto member : object) names.emplace_back(member.key);
    return names;
  }
  std::size_t Count(const std::string& pointer) const {
    simdjson::dom::array array;
    EXPECT_EQ(At(pointer).get(array), simdjson::SUCCESS) << pointer;
    return array.size();
  }

 private:
  const std::string text_;
  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
};

}  // namespace kosei::cli
