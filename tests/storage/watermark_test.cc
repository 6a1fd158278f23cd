// The watermark: the newest whole slot counts; a damaged file is noticed.
#include "watermark.h"

#include <filesystem>
#include <fstream>

#include "pch.h"
#include "status_matchers.h"
#include "temp_folder.h"

namespace kosei::storage {
namespace {

class WatermarkTest : public ::testing::Test {
 protected:
  std::unique_ptr<Watermark> Open() {
    auto watermark = Watermark::Open(LocalFileSystem(), folder_ / "watermark");
    EXPECT_OK(watermark);
    return watermark.ok() ? *std::move(watermark) : nullptr;
  }
  void Damage(std::streamoff offset) {
    std::fstream file(folder_ / "watermark", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(offset);
    file.put('\x55');
  }
  static WatermarkValue At(std::uint64_t commit) {
    return {CommitNumber{commit}, std::string(32, 'h')};
  }

  testing::TempFolder folder_;
};

TEST_F(WatermarkTest, RemembersTheLastOfManyAdvances) {
  EXPECT_EQ(Open()->value().commit, kNoCommit);
  for (std::uint64_t commit = 1; commit <= 5; ++commit) {
    const auto watermark = Open();
    EXPECT_EQ(watermark->value().commit, CommitNumber{commit - 1});
    ASSERT_OK(watermark->Advance(At(commit)));
  }
}

// A disk may be full when the second slot is first needed.
TEST_F(WatermarkTest, HasAllItsSpaceFromTheStart) {
  const auto watermark = Open();
  EXPECT_EQ(std::filesystem::file_size(folder_ / "watermark"), 8'192U);
  ASSERT_OK(watermark->Advance(At(1)));
  ASSERT_OK(watermark->Advance(At(2)));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "watermark"), 8'192U);
}

TEST_F(WatermarkTest, ATornSlotFallsBackToTheOther) {
  {
    const auto watermark = Open();
    ASSERT_OK(watermark->Advance(At(1)));
    ASSERT_OK(watermark->Advance(At(2)));
  }
  Damage(4096 + 20);
  EXPECT_EQ(Open()->value().commit, CommitNumber{1});
}

TEST_F(WatermarkTest, TwoDamagedSlotsAreAnError) {
  {
    const auto watermark = Open();
    ASSERT_OK(watermark->Advance(At(1)));
    ASSERT_OK(watermark->Advance(At(2)));
  }
  Damage(20);
  Damage(4096 + 20);
  EXPECT_THAT(Watermark::Open(LocalFileSystem(), folder_ / "watermark"),
              testing::IsError(ErrorCode::kStorageCorrupt, "both slots"));
}

}  // namespace
}  // namespace kosei::storage
