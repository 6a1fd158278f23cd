// The scrubber of a real server, seen with the real client.
#include <chrono>
#include <filesystem>
#include <fstream>

#include "kosei_process.h"

namespace kosei::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Scrubbing : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(server_.Start());
    std::ofstream rows(folder_ / "rows.jsonl");
    for (int i = 0; i < 2'000; ++i) {
      rows << R"({"class": "Server", "key": "srv-)" << i << R"(", "name": "Server )" << i * 7'919
           << "\"}\n";
    }
    rows.close();
    // The first load of a store makes sorted files.
    const Outcome loaded = Kosei({"import", "--records", folder_ / "rows.jsonl"});
    ASSERT_EQ(loaded.code, 0) << loaded.notes;
  }
  Outcome Kosei(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), KOSEI_BINARY);
    return RunProgram(
        folder_.path(), std::move(arguments),
        {"KOSEI_SERVER=" + server_.address(), "KOSEI_TOKEN_FILE=" + folder_ / "data/admin.token",
         "LANG=C.UTF-8", "PATH=/usr/bin:/bin"},
        "");
  }
  // Begins a round and waits for its end.
  Outcome ScrubAll() {
    const std::string before = Json(Kosei({"admin", "scrub", "-o", "json"}).out).Text("/finished");
    (void)Kosei({"admin", "scrub", "--start"});
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (true) {
      Outcome outcome = Kosei({"admin", "scrub", "-o", "json"});
      const Json status(outcome.out);
      if (status.Text("/finished") != before && status.Text("/state") == "waiting") return outcome;
      if (std::chrono::steady_clock::now() > end) return outcome;
    }
  }
  std::string LargestSortedFile() const {
    std::string found;
    std::uintmax_t size = 0;
    for (const auto& entry : fs::directory_iterator(folder_ / "data/store")) {
      if (entry.path().extension() != ".sst" || entry.file_size() < size) continue;
      found = entry.path().string();
      size = entry.file_size();
    }
    return found;
  }

  kosei::testing::TempFolder folder_;
  kosei::testing::ServerProcess server_{{.binary = KOSEI_SERVER_BINARY, .data = folder_ / "data"}};
};

TEST_F(Scrubbing, FindsAByteThatWasFlippedUnderARunningServer) {
  const Outcome sound = ScrubAll();
  ASSERT_EQ(sound.code, 0) << sound.out;
  EXPECT_GT(Json(sound.out).Number("/finished_bytes"), 10'000);
  const std::string path = LargestSortedFile();
  {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(fs::file_size(path) / 2));
    file << "damaged";
  }
  const Outcome damaged = ScrubAll();
  EXPECT_EQ(damaged.code, 1);
  EXPECT_EQ(Json(damaged.out).Number("/finding_count"), 1);
  EXPECT_THAT(Json(damaged.out).Text("/findings/0/what"), HasSubstr(path));
  EXPECT_THAT(Kosei({"admin", "scrub", "-o", "table"}).out,
              AllOf(HasSubstr("findings"), HasSubstr(path)));
  EXPECT_THAT(Kosei({"admin", "scrub", "-o", "csv"}).out, HasSubstr(path));
  EXPECT_THAT(Kosei({"status", "-o", "jsonl"}).out, HasSubstr("\"scrub_findings\": 1"));
  EXPECT_THAT(server_.Log(), HasSubstr("scrub: " + path));
  // The server goes on.
  EXPECT_EQ(Kosei({"set", "srv-new", "name=new", "--class", "Server"}).code, 0);
  EXPECT_EQ(Kosei({"get", "srv-new"}).code, 0);
}

TEST_F(Scrubbing, IsPausedAndResumed) {
  EXPECT_EQ(Json(Kosei({"admin", "scrub", "--pause", "-o", "jsonl"}).out).Text("/state"), "paused");
  ASSERT_OK(server_.Stop());
  ASSERT_OK(server_.Start());
  EXPECT_EQ(Json(Kosei({"admin", "scrub", "-o", "jsonl"}).out).Text("/state"), "paused");
  EXPECT_NE(Json(Kosei({"admin", "scrub", "--resume", "-o", "jsonl"}).out).Text("/state"),
            "paused");
  EXPECT_EQ(Kosei({"admin", "scrub", "--start", "--pause"}).code, 2);
}

}  // namespace
}  // namespace kosei::cli
