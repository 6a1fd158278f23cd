// koseid repair, with the real programs.
#include <filesystem>
#include <fstream>

#include "kosei_process.h"

namespace kosei::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Repairing : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(server_.Start());
    for (int i = 1; i <= 3; ++i) {
      const Outcome set =
          Run({KOSEI_BINARY, "set", "srv-" + std::to_string(i), "name=one", "--class", "Server"});
      ASSERT_EQ(set.code, 0) << set.notes;
    }
    ASSERT_OK(server_.Stop());
  }
  Outcome Run(std::vector<std::string> words) {
    return RunProgram(
        folder_.path(), std::move(words),
        {"KOSEI_SERVER=" + server_.address(), "KOSEI_TOKEN_FILE=" + folder_ / "data/admin.token",
         "LANG=C.UTF-8", "PATH=/usr/bin:/bin"},
        "");
  }
  Outcome Repair(std::vector<std::string> more = {}) {
    std::vector<std::string> words = {KOSEI_SERVER_BINARY, "repair", "--data", folder_ / "data"};
    words.insert(words.end(), more.begin(), more.end());
    return Run(std::move(words));
  }
  // What a power cut may leave behind the list of files.
  void SpoilListOfFiles() {
    for (const auto& entry : fs::directory_iterator(folder_ / "data/store")) {
      if (entry.path().filename().string().starts_with("MANIFEST"))
        std::ofstream(entry.path(), std::ios::binary | std::ios::app)
            << std::string("sum!\x0a\x00\x01", 7) + std::string(30, 'x');
    }
  }

  kosei::testing::TempFolder folder_;
  kosei::testing::ServerProcess server_{{.binary = KOSEI_SERVER_BINARY, .data = folder_ / "data"}};
};

TEST_F(Repairing, MakesAStoreServeAgainThatAPowerCutKeptShut) {
  EXPECT_THAT(Repair({"--dry-run"}).out, HasSubstr("sound; newest commit 3"));
  SpoilListOfFiles();
  EXPECT_FALSE(server_.Start().ok());
  const Outcome plan = Repair({"--dry-run"});
  EXPECT_EQ(plan.code, 1);
  EXPECT_THAT(plan.out, AllOf(HasSubstr("damaged: "), HasSubstr("would: cut MANIFEST"),
                              HasSubstr("can be mended; newest commit afterwards 3")));
  const Json json(Repair({"--dry-run", "--output", "json"}).out);
  EXPECT_EQ(json.Text("/outcome"), "mendable");
  EXPECT_EQ(json.Number("/acknowledged"), 3);
  const Outcome mended = Repair();
  EXPECT_EQ(mended.code, 0) << mended.out << mended.notes;
  EXPECT_THAT(mended.out, AllOf(HasSubstr("done: cut MANIFEST"), HasSubstr("mended and sound"),
                                HasSubstr(".before-repair-1")));
  EXPECT_TRUE(fs::exists(folder_ / "data.before-repair-1"));
  ASSERT_OK(server_.Start());
  EXPECT_EQ(Run({KOSEI_BINARY, "get", "srv-3"}).code, 0);
}

TEST_F(Repairing, CannotRunWhileTheStoreIsServedOrWithoutOne) {
  ASSERT_OK(server_.Start());
  const Outcome served = Repair();
  EXPECT_EQ(served.code, 2);
  EXPECT_THAT(served.notes, HasSubstr("another koseid has it open"));
  EXPECT_EQ(Run({KOSEI_SERVER_BINARY, "repair"}).code, 2);
  EXPECT_EQ(Run({KOSEI_SERVER_BINARY, "repair", "--data", folder_ / "nowhere"}).code, 2);
  EXPECT_THAT(Run({KOSEI_SERVER_BINARY, "repair", "--help"}).out, HasSubstr("--accept-loss"));
}

}  // namespace
}  // namespace kosei::cli
