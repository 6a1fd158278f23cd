// Backups and restores with the real programs.
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <thread>

#include "kosei_process.h"

namespace kosei::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Backups : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(server_.Start());
    for (int i = 1; i <= 5; ++i) Set("srv-" + std::to_string(i), "サーバー");
  }
  Outcome Run(std::vector<std::string> words) {
    return RunProgram(
        folder_.path(), std::move(words),
        {"KOSEI_SERVER=" + server_.address(), "KOSEI_TOKEN_FILE=" + folder_ / "data/admin.token",
         "LANG=C.UTF-8", "PATH=/usr/bin:/bin"},
        "");
  }
  Outcome Kosei(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), KOSEI_BINARY);
    return Run(std::move(arguments));
  }
  Outcome Koseid(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), KOSEI_SERVER_BINARY);
    return Run(std::move(arguments));
  }
  void Set(const std::string& key, const std::string& name) {
    const Outcome outcome = Kosei({"set", key, "name=" + name, "--class", "Server"});
    EXPECT_EQ(outcome.code, 0) << outcome.notes;
  }
  Outcome Restore(const std::string& name, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"restore", "--from", folder_ / "backups/nightly", "--data",
                                      folder_ / name};
    words.insert(words.end(), more.begin(), more.end());
    return Koseid(std::move(words));
  }
  // Waits for what another program will do soon.
  static bool Await(const std::function<bool()>& happened) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!happened()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  static bool HasEntries(const std::string& folder) {
    std::error_code error;
    return fs::directory_iterator(folder, error) != fs::directory_iterator() && !error;
  }

  kosei::testing::TempFolder folder_;
  kosei::testing::ServerProcess server_{{.binary = KOSEI_SERVER_BINARY,
                                         .data = folder_ / "data",
                                         .arguments = {"--backup-dir", folder_ / "backups"}}};
};

TEST_F(Backups, AreMadeWhileTheServerServesAndRestoredToAnyCommit) {
  const Outcome first = Kosei({"admin", "backup", "nightly", "--output", "json"});
  ASSERT_EQ(first.code, 0) << first.notes;
  const Json report(first.out);
  EXPECT_EQ(report.Number("/number"), 1);
  EXPECT_EQ(report.Number("/commit"), 5);
  EXPECT_EQ(report.Number("/bytes"), report.Number("/bytes_copied"));
  Set("srv-6", "later");
  const Outcome second = Kosei({"admin", "backup", "nightly", "--output", "json"});
  ASSERT_EQ(second.code, 0) << second.notes;
  EXPECT_EQ(Json(second.out).Number("/number"), 2);
  EXPECT_LT(Json(second.out).Number("/bytes_copied"), report.Number("/bytes_copied"));
  EXPECT_THAT(server_.Log(), HasSubstr("event=backup_made"));

  const Outcome newest = Restore("newest");
  ASSERT_EQ(newest.code, 0) << newest.notes;
  EXPECT_THAT(newest.out, HasSubstr("restored up to commit 6"));
  const Outcome third = Restore("third", {"--to", "3"});
  ASSERT_EQ(third.code, 0) << third.notes;
  EXPECT_THAT(third.out, HasSubstr("2 later commits left out"));
  for (const std::string name : {"newest", "third"}) {
    const Outcome verified = Koseid({"verify", "--data", folder_ / name});
    EXPECT_EQ(verified.code, 0) << verified.out << verified.notes;
  }
  // A server on it answers as of then, and knows the same tokens.
  ASSERT_OK(server_.Stop());
  kosei::testing::ServerProcess restored(
      {.binary = KOSEI_SERVER_BINARY, .data = folder_ / "third", .listen = server_.address()});
  ASSERT_OK(restored.Start());
  EXPECT_EQ(Kosei({"get", "srv-3"}).code, 0);
  EXPECT_EQ(Kosei({"get", "srv-4"}).code, 7);
  Set("srv-4", "another future");
}

TEST_F(Backups, AreCheckedWithoutBeingRestored) {
  ASSERT_EQ(Kosei({"admin", "backup", "nightly"}).code, 0);
  const std::vector<std::string> check = {"restore", "--from", folder_ / "backups/nightly",
                                          "--check"};
  const Outcome whole = Koseid(check);
  EXPECT_EQ(whole.code, 0) << whole.notes;
  EXPECT_THAT(whole.out, HasSubstr("whole; 1 backups"));
  for (const auto& file : fs::directory_iterator(folder_ / "backups/nightly/files")) {
    fs::resize_file(file.path(), fs::file_size(file.path()) / 2);
  }
  const Outcome damaged = Koseid(check);
  EXPECT_EQ(damaged.code, 1);
  EXPECT_THAT(damaged.out, HasSubstr("damaged: read "));
  const Outcome refused = Restore("new");
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.notes, HasSubstr("is cut short"));
  EXPECT_FALSE(fs::exists(folder_ / "new"));
}

TEST_F(Backups, GoOnlyWhereTheConfigurationAllows) {
  fs::create_directories(folder_ / "backups");
  fs::create_directory_symlink(folder_ / "data", folder_ / "backups/link");
  struct Case {
    std::string folder;
    std::string says;
  };
  for (const Case& c :
       {Case{"../data", "\"..\""}, Case{"a/../../b", "\"..\""}, Case{"/tmp/x", "an absolute path"},
        Case{"link", "a symbolic link"}, Case{"link/below", "a symbolic link"}, Case{"", "1 to"}}) {
    SCOPED_TRACE(c.folder);
    const Outcome outcome = Kosei({"admin", "backup", c.folder});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.notes, HasSubstr(c.says));
  }
  ASSERT_EQ(Kosei({"admin", "token", "create", "w", "--role", "writer", "--write",
                   folder_ / "writer.token"})
                .code,
            0);
  EXPECT_EQ(Kosei({"--token-file", folder_ / "writer.token", "admin", "backup", "x"}).code, 5);
  EXPECT_EQ(Kosei({"admin", "backup", "deep/er"}).code, 0);
  EXPECT_TRUE(fs::exists(folder_ / "backups/deep/er/BACKUP"));
  // Without the option nothing is written at all.
  ASSERT_OK(server_.Stop());
  kosei::testing::ServerProcess without(
      {.binary = KOSEI_SERVER_BINARY, .data = folder_ / "data", .listen = server_.address()});
  ASSERT_OK(without.Start());
  const Outcome outcome = Kosei({"admin", "backup", "nightly"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.notes, HasSubstr("--backup-dir"));
}

TEST_F(Backups, AServerThatIsKilledLeavesNoHalfBackupAndTheNextOneIsWhole) {
  for (int round = 0; round < 3; ++round) {
    SCOPED_TRACE(round);
    fs::remove_all(folder_ / "backups");
    std::future<Outcome> backup = std::async(std::launch::async, [this] {
      return Kosei({"--timeout", "5", "admin", "backup", "nightly"});
    });
    ASSERT_TRUE(Await([this] { return HasEntries(folder_ / "backups/nightly/files"); }));
    server_.Kill();
    backup.wait();
    ASSERT_OK(server_.Start());
    Set("srv-after", std::to_string(round));
    const Outcome again = Kosei({"admin", "backup", "nightly"});
    ASSERT_EQ(again.code, 0) << again.notes;
    const std::string name = "restored" + std::to_string(round);
    ASSERT_EQ(Restore(name).code, 0);
    EXPECT_EQ(Koseid({"verify", "--data", folder_ / name}).code, 0);
  }
}

TEST_F(Backups, ARestoreThatIsKilledLeavesNothingInPlaceAndIsDoneAgain) {
  ASSERT_EQ(Kosei({"admin", "backup", "nightly"}).code, 0);
  for (int round = 0; round < 3; ++round) {
    SCOPED_TRACE(round);
    const std::string name = folder_ / ("restored" + std::to_string(round));
    std::vector<std::string> words = {KOSEI_SERVER_BINARY,         "restore", "--from",
                                      folder_ / "backups/nightly", "--data",  name};
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_t child = -1;
    ASSERT_EQ(posix_spawn(&child, argv[0], nullptr, nullptr, argv.data(), environ), 0);
    EXPECT_TRUE(Await([&name] { return fs::exists(name + ".restoring") || fs::exists(name); }));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    // Nothing, or all of it.
    if (fs::exists(name)) {
      EXPECT_EQ(Koseid({"verify", "--data", name}).code, 0);
      continue;
    }
    const Outcome again = Restore("restored" + std::to_string(round));
    ASSERT_EQ(again.code, 0) << again.notes;
    EXPECT_EQ(Koseid({"verify", "--data", name}).code, 0);
  }
}

TEST_F(Backups, SayWhatIsWrongWithTheCommandLine) {
  EXPECT_EQ(Koseid({"restore"}).code, 2);
  EXPECT_EQ(Koseid({"restore", "--from", folder_ / "backups"}).code, 2);
  EXPECT_EQ(Koseid({"restore", "--help"}).code, 0);
  ASSERT_EQ(Kosei({"admin", "backup", "nightly"}).code, 0);
  const Outcome time = Restore("x", {"--to", "yesterday"});
  EXPECT_EQ(time.code, 2);
  EXPECT_THAT(time.notes, HasSubstr("the number of a commit, or a time"));
  const Outcome there = Restore("data");
  EXPECT_EQ(there.code, 2);
  EXPECT_THAT(there.notes, HasSubstr("nothing is ever overwritten"));
}

}  // namespace
}  // namespace kosei::cli
