// A server that is killed (kill -9) in the middle of a retention run or of an erasure: the store is
// sound, nothing else is gone, and what was begun is finished by the next start or run.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "estate.h"
#include "kosei/base/error.h"
#include "left_behind.h"

namespace kosei::e2e {
namespace {

using kosei::testing::HasErrorCode;
using Verdict = FolderWatch::Verdict;

constexpr int kServers = 6'000;

class InterruptedRemoval : public Estate {
 protected:
  // One after the other, in a thread of its own and over a connection of its own. Whoever watches
  // the folder of the test sees when it is over.
  template <typename Request>
  std::thread Begin(const Request& request) {
    return std::thread([this, request, own = Connect(server.admin_token())] {
      request(*own);
      std::ofstream(folder / "over") << "yes";
    });
  }
  // Sound as it was left; then it goes on.
  void KillAndRestart(std::thread& request) {
    client.reset();
    server.Kill();
    request.join();
    ExpectSound(server.data(), folder / "left");
    ASSERT_OK(server.Start());
    client = Connect(server.admin_token());
    ASSERT_NE(client, nullptr);
  }
  // Until files of the store were touched so often, or the request is over.
  static FolderWatch::Judge Touched(int times, std::string suffix) {
    return [times, suffix = std::move(suffix)](std::string_view file, bool) mutable {
      if (file == "over") return Verdict::kMissed;
      if (file.ends_with(suffix)) --times;
      return times < 0 ? Verdict::kMet : Verdict::kWait;
    };
  }
};

class InterruptedRetention : public InterruptedRemoval {
 protected:
  void Load(const std::string& name) {
    ASSERT_OK_AND_ASSIGN(auto loader, client->BeginBulk({"nightly", "", "test"}));
    for (int i = 0; i < kServers; ++i)
      ASSERT_OK(loader->AddRecord(MakeRecord("Server", Key(i), {{"name", name}})));
    ASSERT_OK(loader->Finish());
  }
  static std::string Key(int i) { return "host-" + std::to_string(i); }
  // What a run has retired, would retire now, or did before.
  struct Counts {
    std::uint64_t retired = 0, gone = 0;
  };
  Counts Run(bool dry_run) {
    const auto report = client->RunRetention(dry_run, "law");
    EXPECT_OK(report);
    Counts counts;
    if (!report.ok()) return counts;
    for (const client::RetentionCounts& one : report->classes) {
      counts.retired += one.retired;
      counts.gone += one.gone;
    }
    return counts;
  }
  void ExpectNewestWhole() {
    ASSERT_OK_AND_ASSIGN(const client::StatusReport status, client->Status());
    EXPECT_EQ(status.records, static_cast<std::uint64_t>(kServers));
    for (int i = 0; i < kServers; i += 97) EXPECT_EQ(TextOf(Key(i), "name"), "new") << Key(i);
  }
};

TEST_F(InterruptedRetention, IsGoneOnWithByTheNextRun) {
  Load("old");
  Load("new");
  ASSERT_OK(client->SetRetention({.class_name = "Server", .keep_versions = 1}, "law"));
  ASSERT_EQ(Run(true).retired, static_cast<std::uint64_t>(kServers));
  std::uint64_t gone = 0;
  int in_the_middle = 0;
  for (const int touches : {0, 3, 10, 20}) {
    SCOPED_TRACE("after " + std::to_string(touches) + " batches more");
    ASSERT_OK_AND_ASSIGN(const client::StatusReport before, client->Status());
    std::filesystem::remove(folder / "over");
    const FolderWatch watch({server.data() + "/store", folder.path()});
    std::atomic<bool> over{false};
    std::thread request = Begin([&over](client::Client& to) {
      (void)to.RunRetention(false, "law");
      over = true;
    });
    // The commit comes with the first batch.
    while (!over) {
      ASSERT_OK_AND_ASSIGN(const client::StatusReport now, client->Status());
      if (now.newest_commit > before.newest_commit) break;
    }
    (void)watch.Await(Touched(touches, ".log"));
    ASSERT_NO_FATAL_FAILURE(KillAndRestart(request));
    const Counts left = Run(true);
    EXPECT_EQ(left.gone + left.retired, static_cast<std::uint64_t>(kServers));
    EXPECT_GE(left.gone, gone);
    if (left.gone > gone && left.retired > 0) ++in_the_middle;
    gone = left.gone;
    ExpectNewestWhole();
  }
  EXPECT_GT(in_the_middle, 0);
  EXPECT_EQ(Run(false).retired, kServers - gone);
  EXPECT_EQ(Run(true).retired, 0U);
  EXPECT_THAT(client->Get({Key(7)}, At(1)), HasErrorCode(ErrorCode::kHistoryRetired));
  ExpectNewestWhole();
  client.reset();
  ASSERT_OK(server.Stop());
  ExpectSound(server.data(), folder / "left");
}

class InterruptedErasure : public InterruptedRemoval {
 protected:
  bool OnDisk(const std::string& text) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(server.data())) {
      if (!entry.is_regular_file()) continue;
      std::ostringstream bytes;
      bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      if (bytes.str().find(text) != std::string::npos) return true;
    }
    return false;
  }
};

TEST_F(InterruptedErasure, IsFinishedByTheNextStartOrWasNotBegun) {
  int interrupted = 0;
  int begun = 0;
  int number = 0;
  for (const int touches : {0, 1, 3, 6, 10, 16, 24, 40}) {
    SCOPED_TRACE("after " + std::to_string(touches) + " touches of files");
    const std::string key = "person-" + std::to_string(++number);
    const std::string secret = "Wq7#kJ-" + std::to_string(number) + "-zR!x9vLm";
    const std::uint64_t first = Put({MakeRecord("Person", key, {{"name", secret}})});
    const std::uint64_t second = Put({MakeRecord("Person", key, {{"description", "moved"}})});
    ASSERT_TRUE(OnDisk(secret));
    std::filesystem::remove(folder / "over");
    const FolderWatch watch({server.data() + "/store", folder.path()});
    std::atomic<bool> acknowledged{false};
    std::thread request = Begin([&, key](client::Client& to) {
      acknowledged = to.Erase({.key = key, .attributes = {"name"}, .reason = "asked"}).ok();
    });
    (void)watch.Await(Touched(touches, ""));
    ASSERT_NO_FATAL_FAILURE(KillAndRestart(request));
    const std::string then = TextOf(key, "name", At(first));
    EXPECT_EQ(TextOf(key, "name", At(second)), then) << "one version has it and the other not";
    EXPECT_EQ(TextOf(key, "name"), then);
    if (acknowledged) EXPECT_EQ(then, "");
    if (!acknowledged) ++interrupted;
    if (!acknowledged && then.empty()) ++begun;
    if (!then.empty()) {
      EXPECT_EQ(then, secret);
      ASSERT_OK(client->Erase({.key = key, .attributes = {"name"}, .reason = "asked"}));
    }
    EXPECT_EQ(TextOf(key, "name", At(first)), "");
    EXPECT_EQ(TextOf(key, "description"), "moved");
    EXPECT_FALSE(OnDisk(secret));
  }
  EXPECT_GT(interrupted, 0);
  EXPECT_GT(begun, 0) << "none was killed between its commit and its end";
  client.reset();
  ASSERT_OK(server.Stop());
  ExpectSound(server.data(), folder / "left");
}

}  // namespace
}  // namespace kosei::e2e
