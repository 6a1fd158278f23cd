// Damaged backups, full disks, runs that were cut short.
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>

#include "backup_folder.h"
#include "full_files.h"
#include "kosei/storage/backup.h"
#include "pch.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

namespace fs = std::filesystem;
using storage::BackupReport;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class BackupDamageTest : public StoreTest {
 protected:
  std::string backups() const { return folder_ / "backups"; }

  absl::StatusOr<BackupReport> Backup() {
    auto run = engine_->BeginBackup({backups()});
    if (!run.ok()) return run.status();
    while (true) {
      const auto done = (*run)->Step();
      if (!done.ok()) return done.status();
      if (*done) return (*run)->report();
    }
  }
  storage::RestoreOptions ToNew() {
    storage::RestoreOptions options;
    options.from = backups();
    options.folder = folder_ / "restored";
    return options;
  }
  std::vector<std::string> Findings() {
    const auto report = storage::CheckBackups({.folder = backups()});
    EXPECT_OK(report);
    return report.ok() ? report->findings : std::vector<std::string>{"no report"};
  }
  // Sorted files, a log and two backups.
  void Fill() {
    for (int i = 0; i < 30; ++i) {
      ASSERT_OK(Put("Server", "s" + std::to_string(i), {{"name", std::string(500, 'x')}}));
    }
    Reopen();
    ASSERT_OK(Put("Server", "later"));
    ASSERT_OK(Backup());
    ASSERT_OK(Put("Server", "even later"));
    ASSERT_OK(Backup());
  }
  static void Flip(const std::string& path, std::uint64_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(byte ^ 0x20));
  }
};

TEST_F(BackupDamageTest, AWholeBackupHasNoFindings) {
  Fill();
  ASSERT_OK_AND_ASSIGN(const auto report, storage::CheckBackups({.folder = backups()}));
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_THAT(report.backups, SizeIs(2));
  EXPECT_GT(report.bytes, 0);
}

TEST_F(BackupDamageTest, EveryFlippedByteOfEveryKindOfFileIsFoundAndNamed) {
  Fill();
  ASSERT_OK_AND_ASSIGN(const auto manifests, storage::ReadManifests(LocalFileSystem(), backups()));
  std::set<std::string> kinds;
  for (const storage::BackupFile& file : manifests.back().files) {
    const std::string path = storage::StoredPath(backups(), file);
    kinds.insert(file.name.substr(0, 4) == "MANI" ? "MANIFEST" : file.name.substr(6));
    for (const std::uint64_t at : {std::uint64_t{0}, file.size / 2, file.size - 1}) {
      SCOPED_TRACE(path + " at " + std::to_string(at));
      Flip(path, at);
      EXPECT_THAT(storage::RestoreBackup(ToNew()), IsError(ErrorCode::kStorageCorrupt, path));
      EXPECT_THAT(Findings(), Contains(HasSubstr(path)));
      EXPECT_FALSE(fs::exists(folder_ / "restored"));
      Flip(path, at);
    }
  }
  EXPECT_THAT(kinds, ::testing::UnorderedElementsAre("MANIFEST", ".sst", ".log"));
  ASSERT_OK(storage::RestoreBackup(ToNew()));
}

TEST_F(BackupDamageTest, EveryFlippedByteOfAManifestIsFoundAndNamed) {
  Fill();
  const std::string path = storage::ManifestPath(backups(), 2);
  for (std::uint64_t at = 0; at < fs::file_size(path); at += 7) {
    SCOPED_TRACE(at);
    Flip(path, at);
    EXPECT_THAT(storage::RestoreBackup(ToNew()), IsError(ErrorCode::kStorageCorrupt, path));
    EXPECT_THAT(Backup(), IsError(ErrorCode::kStorageCorrupt, path));
    Flip(path, at);
  }
  fs::resize_file(path, fs::file_size(path) - 1);
  EXPECT_THAT(storage::RestoreBackup(ToNew()), IsError(ErrorCode::kStorageCorrupt, "cut short"));
}

TEST_F(BackupDamageTest, AFileThatIsGoneOrCutShortIsNamedWithTheBackupsThatNeedIt) {
  Fill();
  ASSERT_OK_AND_ASSIGN(const auto manifests, storage::ReadManifests(LocalFileSystem(), backups()));
  const storage::BackupFile& file = manifests.back().files.front();
  const std::string path = storage::StoredPath(backups(), file);
  fs::resize_file(path, file.size - 1);
  EXPECT_THAT(storage::RestoreBackup(ToNew()), IsError(ErrorCode::kStorageCorrupt, path));
  EXPECT_THAT(Findings(), Contains(HasSubstr("needed by backup 1, 2")));
  fs::remove(path);
  EXPECT_THAT(storage::RestoreBackup(ToNew()), IsError(ErrorCode::kStorageCorrupt, "it is gone"));
  // The next backup has everything again.
  ASSERT_OK(Backup());
  ASSERT_OK(storage::RestoreBackup(ToNew()));
}

TEST_F(BackupDamageTest, ADamagedFileOfTheStoreIsNotBackedUp) {
  for (int i = 0; i < 30; ++i) {
    ASSERT_OK(Put("Server", "s" + std::to_string(i), {{"name", std::string(500, 'x')}}));
  }
  Reopen();
  for (const auto& entry : fs::directory_iterator(folder_ / "data/store")) {
    if (entry.path().extension() != ".sst") continue;
    fs::remove_all(backups());
    Flip(entry.path(), 5);
    EXPECT_THAT(Backup(), IsError(ErrorCode::kStorageCorrupt, entry.path().string()));
    Flip(entry.path(), 5);
  }
  ASSERT_OK(Backup());
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(BackupDamageTest, AFullDiskEndsABackupAndTheNextOneGoesOn) {
  engine_.reset();
  FullFiles files(1'000'000);
  storage::EngineOptions options = Options();
  options.files = &files;
  ASSERT_OK_AND_ASSIGN(engine_, storage::Engine::Open(options));
  for (int i = 0; i < 30; ++i) {
    ASSERT_OK(Put("Server", "s" + std::to_string(i), {{"name", std::string(50'000, 'x')}}));
  }
  EXPECT_THAT(Backup(), IsError(ErrorCode::kStorageIo, "no space left"));
  EXPECT_THAT(storage::RestoreBackup(ToNew()), IsError(ErrorCode::kNotFound, "no finished backup"));
  files.Empty();
  ASSERT_OK(Put("Server", "goes on"));
  ASSERT_OK_AND_ASSIGN(const BackupReport report, Backup());
  EXPECT_EQ(report.backup.commit.value, 31);
  ASSERT_OK(storage::RestoreBackup(ToNew()));
  engine_.reset();  // before its disk
}

TEST_F(BackupDamageTest, AFullDiskIsSaidBeforeAnythingIsCopied) {
  ASSERT_OK(Put("Server", "a"));
  engine_.reset();
  storage::EngineOptions options = Options();
  options.free_bytes_min = std::uint64_t{1} << 60;
  ASSERT_OK_AND_ASSIGN(engine_, storage::Engine::Open(options));
  EXPECT_THAT(Backup(), IsError(ErrorCode::kStorageLow, "MiB are free"));
}

TEST_F(BackupDamageTest, AFullDiskEndsARestoreAndLeavesNothingInTheFoldersPlace) {
  Fill();
  FullFiles files(20'000);
  storage::RestoreOptions options = ToNew();
  options.files = &files;
  EXPECT_THAT(storage::RestoreBackup(options), IsError(ErrorCode::kStorageIo, "no space left"));
  EXPECT_FALSE(fs::exists(folder_ / "restored"));
  files.Empty();
  ASSERT_OK(storage::RestoreBackup(options));
}

TEST_F(BackupDamageTest, ARestoreThatWasCutShortIsClearedByTheNext) {
  Fill();
  const std::string working = folder_ / "restored.restoring";
  fs::create_directories(working + "/store");
  std::ofstream(working + "/store/000001.sst") << "half a file";
  EXPECT_THAT(storage::RestoreBackup(ToNew()), IsError(ErrorCode::kAlreadyExists, "move it away"));
  std::ofstream(working + "/RESTORING") << "x";
  fs::create_directories(folder_ / "restored");  // empty: taken
  ASSERT_OK(storage::RestoreBackup(ToNew()));
  EXPECT_FALSE(fs::exists(working));
  EXPECT_TRUE(fs::exists(folder_ / "restored/FORMAT"));
}

TEST_F(BackupDamageTest, WhatABackupThatWasCutShortLeftIsUsedOrCleared) {
  ASSERT_OK(Put("Server", "a"));
  ASSERT_OK(Backup());
  std::ofstream(backups() + "/files/000099.log.part") << "half a file";
  std::ofstream(backups() + "/files/000098-00000000-9.sst") << "unneeded";
  ASSERT_OK_AND_ASSIGN(const auto manifests, storage::ReadManifests(LocalFileSystem(), backups()));
  for (const storage::BackupFile& file : manifests.back().files) {
    if (!file.name.ends_with(".log")) continue;
    std::ofstream(storage::StoredPath(backups(), file), std::ios::app) << "a torn tail";
  }
  ASSERT_OK(Put("Server", "b"));
  ASSERT_OK(Backup());
  EXPECT_FALSE(fs::exists(backups() + "/files/000099.log.part"));
  EXPECT_FALSE(fs::exists(backups() + "/files/000098-00000000-9.sst"));
  EXPECT_THAT(Findings(), IsEmpty());
  ASSERT_OK(storage::RestoreBackup(ToNew()));
}

TEST_F(BackupDamageTest, ALogThatIsNotTheOneBackedUpBeforeIsRefused) {
  ASSERT_OK(Put("Server", "a"));
  ASSERT_OK(Backup());
  ASSERT_OK_AND_ASSIGN(const auto manifests, storage::ReadManifests(LocalFileSystem(), backups()));
  for (const storage::BackupFile& file : manifests.back().files) {
    if (file.name.ends_with(".log")) Flip(folder_ / ("data/store/" + file.name), 9);
  }
  EXPECT_THAT(Backup(), IsError(ErrorCode::kStorageCorrupt, "run koseid verify"));
}

}  // namespace
}  // namespace kosei::testing
