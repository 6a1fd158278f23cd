// Damage of each kind: what a repair says of it, and what it makes of it.
#include "kosei/storage/repair.h"

#include <rocksdb/db.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "database.h"
#include "pch.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

namespace fs = std::filesystem;
using storage::RepairOutcome;
using storage::RepairReport;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string ReadWhole(const fs::path& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}
std::string Sketch(const std::string& bytes) {
  return std::to_string(bytes.size()) + " " + std::to_string(std::hash<std::string>()(bytes));
}
void WriteWhole(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}
void Flip(const fs::path& path, std::uint64_t at) {
  std::string bytes = ReadWhole(path);
  bytes.at(at) = static_cast<char>(~bytes.at(at));
  // Another file under the same name: the bytes may have further names.
  fs::remove(path);
  WriteWhole(path, bytes);
}

class RepairTest : public StoreTest {
 protected:
  std::string data() const { return folder_ / "data"; }

  // A first load, later commits in the log, a baseline; then it is closed.
  void Fill() {
    ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({"loader", "first load", "", ""}));
    storage::BulkChunk chunk;
    for (int i = 0; i < 200; ++i)
      chunk.records.push_back(MakeRecord(
          "Server", "s" + std::to_string(i),
          {{"name", "Server " + std::to_string(i)}, {"serial_number", "SN-" + std::to_string(i)}}));
    ASSERT_OK(load->Add(std::move(chunk)));
    ASSERT_OK(load->Finish());
    for (int i = 0; i < 5; ++i) ASSERT_OK(Put("Server", "p" + std::to_string(i)));
    ASSERT_OK(writer().CreateBaseline({"audit", reader().Newest(), ""}));
    ASSERT_OK(engine_->indexes().CatchUp());
    engine_.reset();
  }
  RepairReport Run(bool dry_run, std::uint64_t accept_loss = 0) {
    storage::RepairOptions options;
    options.folder = data();
    options.dry_run = dry_run;
    options.accept_loss = CommitNumber{accept_loss};
    options.model = SmallModel();
    auto report = storage::RepairStore(options);
    EXPECT_OK(report);
    return report.ok() ? *report : RepairReport();
  }
  // Every file of the folder but text logs and locks: its size and hash.
  std::map<std::string, std::string> Content() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      const std::string name = entry.path().filename().string();
      if (!entry.is_regular_file() || name.starts_with("LOG") || name == "lock") continue;
      files[entry.path().string()] = Sketch(ReadWhole(entry.path()));
    }
    return files;
  }
  // What a repair says first changes nothing.
  RepairReport DryRun(std::uint64_t accept_loss = 0) {
    const auto before = Content();
    RepairReport report = Run(true, accept_loss);
    EXPECT_EQ(Content(), before);
    EXPECT_EQ(report.kept_folder, "");
    return report;
  }
  void ExpectMended(std::uint64_t newest, std::uint64_t accept_loss = 0) {
    const RepairReport plan = DryRun(accept_loss);
    EXPECT_EQ(plan.outcome, RepairOutcome::kMendable);
    EXPECT_EQ(plan.kept.value, newest);
    const auto before = Content();
    const RepairReport report = Run(false, accept_loss);
    ASSERT_EQ(report.outcome, RepairOutcome::kMended);
    EXPECT_EQ(report.actions, plan.actions);
    EXPECT_EQ(report.kept.value, newest);
    ASSERT_EQ(report.kept_folder, data() + ".before-repair-1");
    for (const auto& [path, bytes] : before) {
      const std::string kept = report.kept_folder + path.substr(data().size());
      EXPECT_EQ(Sketch(ReadWhole(kept)), bytes) << path;
    }
    EXPECT_FALSE(fs::exists(data() + ".repairing"));
    EXPECT_EQ(Run(true).outcome, RepairOutcome::kSound);
    Open();
    EXPECT_EQ(reader().Newest().commit.value, newest);
    EXPECT_OK(Get("s199"));
    EXPECT_OK(engine_->indexes().CatchUp());
    ASSERT_OK_AND_ASSIGN(const auto next, Put("Server", "after"));
    EXPECT_EQ(next.commit.value, newest + 1);
  }
  void ExpectNothingDone(RepairOutcome outcome) {
    const auto before = Content();
    EXPECT_EQ(Run(true).outcome, outcome);
    EXPECT_EQ(Run(false).outcome, outcome);
    EXPECT_EQ(Content(), before);
  }
  fs::path Newest(const std::string& part) const {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(data() + "/store")) {
      const std::string name = entry.path().filename().string();
      if (name.find(part) != std::string::npos && entry.path() > found) found = entry.path();
    }
    return found;
  }
  // The sorted files of a family.
  std::vector<fs::path> SortedFiles(const std::string& family) const {
    storage::DatabaseOptions options;
    options.path = data() + "/store";
    options.block_cache_bytes = 1 << 20;
    options.write_buffer_bytes = 1 << 20;
    options.read_only = true;
    const auto database = storage::Database::Open(options);
    EXPECT_OK(database);
    std::vector<rocksdb::LiveFileMetaData> files;
    (*database)->db().GetLiveFilesMetaData(&files);
    std::vector<fs::path> paths;
    for (const auto& file : files)
      if (file.column_family_name == family) paths.emplace_back(file.db_path + file.name);
    return paths;
  }
};

TEST_F(RepairTest, OfASoundStoreHasNothingToDo) {
  Fill();
  const RepairReport report = DryRun();
  EXPECT_EQ(report.outcome, RepairOutcome::kSound);
  EXPECT_THAT(report.damage, IsEmpty());
  EXPECT_THAT(report.actions, IsEmpty());
  EXPECT_EQ(report.acknowledged.value, 6U);
  EXPECT_EQ(report.kept.value, 6U);
  EXPECT_EQ(Run(false).outcome, RepairOutcome::kSound);
}

TEST_F(RepairTest, CutsBytesBehindTheListOfFiles) {
  Fill();
  const fs::path list = Newest("MANIFEST");
  // It looks like a record, which only its checksum tells.
  const std::string garbage = std::string("sum!\x0a\x00\x01", 7) + std::string(30, 'x');
  WriteWhole(list, ReadWhole(list) + garbage);
  fs::permissions(data(), fs::perms::owner_all);
  EXPECT_FALSE(storage::Engine::Open(Options()).ok());
  EXPECT_THAT(DryRun().actions,
              Contains(AllOf(HasSubstr("cut MANIFEST"), HasSubstr("does not have its checksum"))));
  ExpectMended(6);
  ASSERT_NE(engine_, nullptr);
  EXPECT_EQ(fs::status(data()).permissions(), fs::perms::owner_all);
  storage::ViewName audit;
  audit.kind = storage::ViewName::Kind::kBaseline;
  audit.baseline = "audit";
  EXPECT_OK(reader().Resolve(audit));
}

TEST_F(RepairTest, DropsADamagedCheckpoint) {
  Fill();
  Flip(data() + "/checkpoint", 5'000);
  const RepairReport plan = DryRun();
  EXPECT_THAT(plan.damage, Contains(HasSubstr("checkpoint")));
  EXPECT_THAT(plan.actions, Contains(HasSubstr("drop the checkpoint")));
  ExpectMended(6);
}

TEST_F(RepairTest, LetsDamagedIndexesBeBuiltAnew) {
  Fill();
  Reopen();  // the log goes into sorted files
  engine_.reset();
  const std::vector<fs::path> files = SortedFiles("text");
  ASSERT_FALSE(files.empty());
  Flip(files[0], fs::file_size(files[0]) / 3);
  EXPECT_THAT(DryRun().actions, Contains(HasSubstr("drop all indexes")));
  ExpectMended(6);
  const auto indexes = engine_->indexes().List();
  ASSERT_FALSE(indexes.empty());
  EXPECT_EQ(indexes[0].state, storage::IndexState::kWhole);
}

TEST_F(RepairTest, LetsIndexesBeBuiltAnewWhoseFilesCannotEvenBeOpened) {
  Fill();
  Reopen();
  engine_.reset();
  const std::vector<fs::path> files = SortedFiles("text");
  ASSERT_FALSE(files.empty());
  const std::string whole = ReadWhole(files[0]);
  fs::remove(files[0]);
  WriteWhole(files[0], whole.substr(0, whole.size() / 2));
  ExpectMended(6);
}

TEST_F(RepairTest, BuildsTheBookOfUniqueValuesAnew) {
  ASSERT_NO_FATAL_FAILURE(Fill());
  const std::vector<fs::path> files = SortedFiles("identity");
  ASSERT_FALSE(files.empty());
  Flip(files[0], fs::file_size(files[0]) / 3);
  EXPECT_THAT(DryRun().actions,
              ElementsAre(AllOf(HasSubstr("book of unique values"), HasSubstr("200 values"))));
  ExpectMended(6);
  EXPECT_THAT(Put("Server", "p0", {{"serial_number", "SN-7"}}),
              IsError(ErrorCode::kDuplicateValue, "record s7"));
  EXPECT_OK(Put("Server", "s7", {{"serial_number", "SN-new"}}));
  EXPECT_OK(Put("Server", "p0", {{"serial_number", "SN-7"}}));
}

TEST_F(RepairTest, BuildsTheBookAnewWhoseFileCannotEvenBeOpened) {
  Fill();
  const std::vector<fs::path> files = SortedFiles("identity");
  ASSERT_FALSE(files.empty());
  const std::string whole = ReadWhole(files[0]);
  fs::remove(files[0]);
  WriteWhole(files[0], whole.substr(0, whole.size() / 2));
  ExpectMended(6);
  EXPECT_THAT(Put("Server", "p0", {{"serial_number", "SN-7"}}),
              HasErrorCode(ErrorCode::kDuplicateValue));
}

TEST_F(RepairTest, MendsIndexesAndTheBookTogether) {
  Fill();
  Reopen();
  engine_.reset();
  for (const std::string family : {"identity", "text"}) {
    const std::vector<fs::path> files = SortedFiles(family);
    ASSERT_FALSE(files.empty());
    Flip(files[0], fs::file_size(files[0]) / 3);
  }
  EXPECT_THAT(DryRun().actions,
              ElementsAre(HasSubstr("book of unique values"), HasSubstr("drop all indexes")));
  ExpectMended(6);
}

TEST_F(RepairTest, SaysThatDamagedRecordsAreInABackupOrGone) {
  Fill();
  const std::vector<fs::path> files = SortedFiles("records");
  ASSERT_FALSE(files.empty());
  Flip(files[0], fs::file_size(files[0]) / 3);
  EXPECT_THAT(DryRun().damage, Contains(HasSubstr(files[0].string())));
  ExpectNothingDone(RepairOutcome::kNotMendable);
}

TEST_F(RepairTest, GivesCommitsUpOnlyWhenToldWhichIsTheLastThatIsKept) {
  Fill();
  const fs::path earlier = folder_ / "earlier";
  fs::copy(data(), earlier, fs::copy_options::recursive);
  Open();
  for (int i = 0; i < 3; ++i) ASSERT_OK(Put("Server", "q" + std::to_string(i)));
  engine_.reset();
  fs::copy_file(data() + "/watermark", earlier / "watermark", fs::copy_options::overwrite_existing);
  fs::remove_all(data());
  fs::rename(earlier, data());
  const RepairReport plan = DryRun();
  EXPECT_EQ(plan.outcome, RepairOutcome::kNeedsConsent);
  EXPECT_EQ(plan.acknowledged.value, 9U);
  EXPECT_EQ(plan.kept.value, 6U);
  EXPECT_THAT(plan.actions, Contains(HasSubstr("give up commits 7 to 9")));
  ExpectNothingDone(RepairOutcome::kNeedsConsent);
  EXPECT_EQ(Run(false, 5).outcome, RepairOutcome::kNeedsConsent);
  EXPECT_EQ(Run(false, 9).outcome, RepairOutcome::kNeedsConsent);
  ExpectMended(6, 6);
}

TEST_F(RepairTest, GoesOnWithoutTheEndOfTheListOfFilesWhenToldTo) {
  Fill();
  const fs::path earlier = folder_ / "earlier";
  fs::copy(data(), earlier, fs::copy_options::recursive);
  Reopen();  // a newer list is begun, and nothing written but that
  engine_.reset();
  fs::copy_file(data() + "/watermark", earlier / "watermark", fs::copy_options::overwrite_existing);
  fs::remove_all(data());
  fs::rename(earlier, data());
  const RepairReport plan = DryRun();
  EXPECT_EQ(plan.outcome, RepairOutcome::kNeedsConsent);
  EXPECT_THAT(plan.damage, Contains(HasSubstr("the list of files")));
  EXPECT_THAT(plan.actions, Contains(HasSubstr("without the last entries of the list of files")));
  ExpectNothingDone(RepairOutcome::kNeedsConsent);
  ExpectMended(6, 6);
}

TEST_F(RepairTest, GivesUpWhatFollowsDamageInTheLog) {
  Fill();
  Open();
  for (int i = 0; i < 20; ++i)
    ASSERT_OK(Put("Server", "q" + std::to_string(i), {{"description", std::string(500, 'x')}}));
  engine_.reset();
  const fs::path log = Newest(".log");
  Flip(log, fs::file_size(log) / 2);
  const RepairReport plan = DryRun();
  EXPECT_EQ(plan.outcome, RepairOutcome::kNeedsConsent);
  EXPECT_EQ(plan.acknowledged.value, 26U);
  EXPECT_GT(plan.kept.value, 6U);
  EXPECT_LT(plan.kept.value, 26U);
  ExpectMended(plan.kept.value, plan.kept.value);
}

TEST_F(RepairTest, WithoutAWatermarkAsksWhetherTheNewestCommitIsTheLast) {
  Fill();
  Flip(data() + "/watermark", 10);
  Flip(data() + "/watermark", 4'106);
  const RepairReport plan = DryRun();
  EXPECT_EQ(plan.outcome, RepairOutcome::kNeedsConsent);
  EXPECT_EQ(plan.acknowledged, kNoCommit);
  EXPECT_THAT(plan.actions, Contains(HasSubstr("take commit 6 for the last one")));
  ExpectMended(6, 6);
}

TEST_F(RepairTest, RemovesWhatALoadLeftThatDidNotFinish) {
  Fill();
  fs::create_directories(data() + "/load");
  WriteWhole(data() + "/load/1.sst", std::string(1'000, 'x'));
  const RepairReport plan = DryRun();
  EXPECT_EQ(plan.outcome, RepairOutcome::kSound);
  EXPECT_THAT(plan.actions, Contains(AllOf(HasSubstr("remove"), HasSubstr("1000 bytes"))));
  EXPECT_EQ(Run(false).outcome, RepairOutcome::kSound);
  EXPECT_FALSE(fs::exists(data() + "/load"));
}

TEST_F(RepairTest, RunsOnlyWhereNobodyElseDoes) {
  storage::RepairOptions options;
  options.folder = data();
  EXPECT_THAT(storage::RepairStore(options), HasErrorCode(ErrorCode::kStorageInUse));
  Fill();
  Flip(data() + "/checkpoint", 5'000);
  fs::create_directories(data() + ".repairing");
  WriteWhole(data() + ".repairing/notes", "mine");
  EXPECT_THAT(storage::RepairStore(options), HasErrorCode(ErrorCode::kAlreadyExists));
  EXPECT_EQ(ReadWhole(data() + ".repairing/notes"), "mine");
  options.folder = folder_ / "nowhere";
  EXPECT_THAT(storage::RepairStore(options), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(RepairTest, ARunThatWasEndedIsInNobodysWay) {
  Fill();
  Flip(data() + "/checkpoint", 5'000);
  fs::create_directories(data() + ".repairing/store");
  WriteWhole(data() + ".repairing/REPAIRING", "koseid repair was ended");
  WriteWhole(data() + ".repairing/store/1.sst", "half");
  EXPECT_EQ(Run(false).outcome, RepairOutcome::kMended);
  EXPECT_FALSE(fs::exists(data() + ".repairing"));
  EXPECT_FALSE(fs::exists(data() + "/store/1.sst"));
}

}  // namespace
}  // namespace kosei::testing
