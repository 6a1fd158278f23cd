// The watermark: the newest whole slot counts; a damaged file is noticed.
#include "watermark.h"

#include <filesystem>
#include <fstream>

#include "hash.h"
#include "kosei/base/bytes.h"
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

TEST_F(WatermarkTest, HasTheseBytesForEver) {
  ASSERT_OK(Open()->Advance({CommitNumber{7}, std::string(32, 'h'), 258, {12, 3'000}}));
  std::string bytes(88, '\0');
  std::ifstream(folder_ / "watermark", std::ios::binary).read(bytes.data(), 88);
  EXPECT_EQ(bytes.substr(0, 4), "KWMK");
  EXPECT_EQ(ToHex(bytes.substr(4, 20)), "0000000300000000000000010000000000000007");
  EXPECT_EQ(bytes.substr(24, 32), std::string(32, 'h'));
  EXPECT_EQ(ToHex(bytes.substr(56, 8)), "0000000000000102");
  EXPECT_EQ(ToHex(bytes.substr(64, 16)), "000000000000000c0000000000000bb8");
  EXPECT_EQ(ReadU64(bytes.data() + 80), Hash64(std::string_view(bytes).substr(0, 80)));
}

TEST_F(WatermarkTest, ReadsTheFormatsThatKnewNoWritesOrNoListOfFiles) {
  for (const std::uint32_t format : {1U, 2U}) {
    SCOPED_TRACE(format);
    std::string bytes = "KWMK";
    AppendU32(bytes, format);
    AppendU64(bytes, 1);
    AppendU64(bytes, 7);
    bytes += std::string(32, 'h');
    if (format == 2) AppendU64(bytes, 258);
    AppendU64(bytes, Hash64(bytes));
    bytes.resize(8'192, '\0');
    std::ofstream(folder_ / "watermark", std::ios::binary) << bytes;
    const auto watermark = Open();
    EXPECT_EQ(watermark->value().commit, CommitNumber{7});
    EXPECT_EQ(watermark->value().writes, format == 2 ? 258U : 0U);
    EXPECT_EQ(watermark->value().files, FileListExtent());
    ASSERT_OK(watermark->Advance(At(8)));
    EXPECT_EQ(Open()->value().commit, CommitNumber{8});
  }
}

TEST_F(WatermarkTest, WritesAndTheListOfFilesNeverGoBack) {
  const auto watermark = Open();
  ASSERT_OK(watermark->Advance({CommitNumber{1}, std::string(32, 'h'), 50, {7, 900}}));
  ASSERT_OK(watermark->Advance({CommitNumber{2}, std::string(32, 'h'), 0, {6, 1'000}}));
  EXPECT_EQ(Open()->value().writes, 50U);
  EXPECT_EQ(Open()->value().files, (FileListExtent{7, 900}));
  ASSERT_OK(watermark->Advance({CommitNumber{3}, std::string(32, 'h'), 0, {8, 10}}));
  EXPECT_EQ(Open()->value().files, (FileListExtent{8, 10}));
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
