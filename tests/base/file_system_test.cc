#include "kosei/base/file_system.h"

#include <sys/stat.h>

#include "pch.h"
#include "status_matchers.h"
#include "temp_folder.h"

namespace kosei {
namespace {

TEST(LocalFileSystem, WritesWholeFilesThatOnlyTheirOwnerReads) {
  const testing::TempFolder folder;
  FileSystem& files = LocalFileSystem();
  const std::string path = folder / "secret";
  EXPECT_FALSE(files.Exists(path));
  ASSERT_OK(files.WriteFileAtomically(path, "first"));
  ASSERT_OK(files.WriteFileAtomically(path, "second"));
  ASSERT_OK_AND_ASSIGN(const std::string text, files.ReadFile(path));
  EXPECT_EQ(text, "second");
  struct stat info{};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  ASSERT_OK(files.RemoveFile(path));
  EXPECT_THAT(files.ReadFile(path), testing::IsError(ErrorCode::kNotFound, path));
}

TEST(LocalFileSystem, ReadsAndWritesAtOffsets) {
  const testing::TempFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto file, LocalFileSystem().OpenFile(folder / "file"));
  ASSERT_OK(file->WriteAt(4, "tail"));
  ASSERT_OK(file->WriteAt(0, "head"));
  ASSERT_OK(file->Sync());
  ASSERT_OK_AND_ASSIGN(const std::string all, file->ReadAt(0, 100));
  EXPECT_EQ(all, "headtail");
}

TEST(LocalFileSystem, MakesFoldersWithTheirParents) {
  const testing::TempFolder folder;
  FileSystem& files = LocalFileSystem();
  ASSERT_OK(files.CreateDirectory(folder / "a/b/c"));
  EXPECT_OK(files.CreateDirectory(folder / "a/b/c"));
  EXPECT_OK(files.CreateDirectory(folder / "a/d/"));
  ASSERT_OK(files.WriteFileAtomically(folder / "a/b/c/file", "x"));
  EXPECT_THAT(files.CreateDirectory(folder / "a/b/c/file"),
              testing::IsError(ErrorCode::kStorageIo, "file"));
  EXPECT_THAT(files.CreateDirectory(folder / "a/b/c/file/below"),
              testing::IsError(ErrorCode::kStorageIo, "file"));
}

TEST(LocalFileSystem, NamesThePathInErrors) {
  const testing::TempFolder folder;
  const std::string path = folder / "no/such/folder/file";
  EXPECT_THAT(LocalFileSystem().WriteFileAtomically(path, "x"),
              testing::IsError(ErrorCode::kNotFound, path));
  ASSERT_OK_AND_ASSIGN(const std::uint64_t free, LocalFileSystem().FreeBytes(folder.path()));
  EXPECT_GT(free, 0U);
}

}  // namespace
}  // namespace kosei
