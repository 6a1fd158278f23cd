#include "kosei/storage/backup.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "backup_folder.h"
#include "database.h"
#include "kosei/base/status_macros.h"
#include "kosei/storage/verification.h"
#include "meta_table.h"
#include "model_versions.h"
#include "pch.h"
#include "rewind.h"
#include "store_dump.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

namespace fs = std::filesystem;
using storage::BackupReport;
using storage::RestoreOptions;
using storage::RestoreReport;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class BackupTest : public StoreTest {
 protected:
  std::string backups() const { return folder_ / "backups"; }

  absl::StatusOr<BackupReport> Backup(std::uint32_t keep = 0) {
    auto run = engine_->BeginBackup({backups(), keep});
    if (!run.ok()) return run.status();
    while (true) {
      const auto done = (*run)->Step();
      if (!done.ok()) return done.status();
      if (*done) return (*run)->report();
    }
  }
  RestoreOptions To(const std::string& name) {
    RestoreOptions options;
    options.from = backups();
    options.folder = folder_ / name;
    return options;
  }
  // The restored store, opened; sound to koseid verify.
  std::unique_ptr<storage::Engine> OpenRestored(const std::string& name) {
    storage::VerifyOptions verify;
    verify.folder = folder_ / name;
    const auto report = storage::VerifyStore(verify);
    EXPECT_OK(report);
    if (report.ok()) EXPECT_THAT(report->findings, IsEmpty());
    storage::EngineOptions options = Options();
    options.folder = folder_ / name;
    auto engine = storage::Engine::Open(std::move(options));
    EXPECT_OK(engine);
    return engine.ok() ? *std::move(engine) : nullptr;
  }
  // A random change; some change nothing, or are refused.
  void Change(std::mt19937& random) {
    const std::string a = "サーバー" + std::to_string(random() % 10);
    const std::string b = "サーバー" + std::to_string(random() % 10);
    switch (random() % 8) {
      case 0:
      case 1:
      case 2:
        IgnoreError(Put("Server", a,
                        {{"memory", static_cast<std::int64_t>(random() % 5)},
                         {"serial_number", "S" + std::to_string(random() % 8)}})
                        .status(),
                    "a serial number may be taken");
        break;
      case 3:
        IgnoreError(Link(a, "depends_on", b).status(), "an end may be missing");
        break;
      case 4:
        IgnoreError(Unlink(a, "depends_on", b).status(), "it may not be there");
        break;
      case 6:
        SayOfAnotherTime(a, static_cast<int>(random() % 9) - 4);
        break;
      default:
        IgnoreError(End(a).status(), "it may not be there");
    }
  }
  // A late report, or a planned fact.
  void SayOfAnotherTime(const std::string& key, int hours) {
    clock_.Advance(std::chrono::seconds(1));
    storage::Transaction transaction;
    Record record = MakeRecord("Server", key, {{"memory", 64}});
    record.valid_from = Timestamp{clock_.Now().micros + hours * 3'600'000'000};
    record.valid_to = Timestamp{record.valid_from.micros + 7'200'000'000};
    transaction.put_records.push_back({record, std::nullopt});
    transaction.put_links.push_back({key, TypeOf("provides"), "サーバー0"});
    transaction.put_links.back().valid_from = record.valid_from;
    if (hours % 2 == 0) transaction.put_links.clear();
    IgnoreError(writer().Commit(std::move(transaction)).status(), "an end may be missing");
  }
  void ExpectSame(storage::Engine& restored, CommitNumber newest) {
    EXPECT_EQ(restored.reader().Newest().commit, newest);
    EXPECT_EQ(DumpHistory(restored.reader(), newest), DumpHistory(reader(), newest));
  }
};

TEST_F(BackupTest, ARestoredBackupIsTheStoreAsOfItsCommitInEveryView) {
  const std::uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::vector<CommitNumber> commits;
  for (int backup = 0; backup < 4; ++backup) {
    for (int i = 0; i < 60; ++i) Change(random);
    if (backup == 1) Reopen();
    ASSERT_OK_AND_ASSIGN(const BackupReport report, Backup());
    EXPECT_EQ(report.backup.commit, reader().Newest().commit);
    commits.push_back(report.backup.commit);
  }
  for (int i = 0; i < 20; ++i) Change(random);
  for (std::uint32_t backup = 1; backup <= commits.size(); ++backup) {
    SCOPED_TRACE("backup " + std::to_string(backup));
    RestoreOptions options = To("restored" + std::to_string(backup));
    options.backup = backup;
    ASSERT_OK_AND_ASSIGN(const RestoreReport report, storage::RestoreBackup(options));
    EXPECT_EQ(report.commit, commits[backup - 1]);
    EXPECT_NE(report.store_id, reader().Counts().store_id);
    const auto restored = OpenRestored("restored" + std::to_string(backup));
    ASSERT_NE(restored, nullptr);
    EXPECT_EQ(restored->reader().Counts().store_id, report.store_id);
    ExpectSame(*restored, commits[backup - 1]);
  }
}

TEST_F(BackupTest, BackupsMadeWhileEightWritersCommitAreWholeAndOfOneCommit) {
  ASSERT_OK(Put("Server", "first"));
  std::atomic<bool> stop{false};
  std::vector<std::thread> writers;
  for (int t = 0; t < 8; ++t) {
    writers.emplace_back([this, t, &stop] {
      for (int i = 0; !stop.load(); ++i) {
        storage::Transaction transaction;
        const std::string key = "t" + std::to_string(t) + "-" + std::to_string(i % 20);
        transaction.put_records.push_back({MakeRecord("Server", key, {{"memory", i}}), {}});
        EXPECT_OK(writer().Commit(std::move(transaction)));
      }
    });
  }
  std::vector<BackupReport> reports;
  for (int i = 0; i < 5; ++i) {
    const auto report = Backup();
    EXPECT_OK(report);
    if (report.ok()) reports.push_back(*report);
  }
  stop.store(true);
  for (std::thread& thread : writers) thread.join();
  ASSERT_THAT(reports, SizeIs(5));
  for (const BackupReport& report : reports) {
    const std::string name = "restored" + std::to_string(report.backup.number);
    RestoreOptions options = To(name);
    options.backup = report.backup.number;
    ASSERT_OK_AND_ASSIGN(const RestoreReport made, storage::RestoreBackup(options));
    EXPECT_EQ(made.commit, report.backup.commit);
    ASSERT_OK_AND_ASSIGN(const auto commit, reader().Commit(made.commit));
    EXPECT_EQ(made.hash, commit.hash);
    const auto restored = OpenRestored(name);
    ASSERT_NE(restored, nullptr);
    EXPECT_EQ(DumpOf(restored->reader(), restored->reader().Newest()),
              DumpOf(reader(), {made.commit, restored->reader().Newest().valid_at}));
  }
}

TEST_F(BackupTest, ASecondBackupCopiesOnlyWhatIsNew) {
  for (int i = 0; i < 200; ++i) {
    ASSERT_OK(Put("Server", "s" + std::to_string(i), {{"name", std::string(5'000, 'x')}}));
  }
  Reopen();  // the log becomes sorted files
  ASSERT_OK(engine_->indexes().CatchUp());
  ASSERT_OK_AND_ASSIGN(const BackupReport first, Backup());
  EXPECT_EQ(first.bytes_copied, first.backup.bytes);
  ASSERT_OK(Put("Server", "one more"));
  ASSERT_OK(engine_->indexes().CatchUp());  // which writes too
  ASSERT_OK_AND_ASSIGN(const BackupReport second, Backup());
  EXPECT_LT(second.bytes_copied, 4'000);
  EXPECT_EQ(second.backup.number, 2);
  ASSERT_OK_AND_ASSIGN(const BackupReport third, Backup());
  EXPECT_EQ(third.bytes_copied, 0);
}

TEST_F(BackupTest, KeepRemovesTheOldestBackupsAndWhatOnlyTheyNeeded) {
  for (int i = 0; i < 4; ++i) {
    ASSERT_OK(Put("Server", "s", {{"memory", i}}));
    Reopen();
    ASSERT_OK(Backup(2));
  }
  ASSERT_OK_AND_ASSIGN(const auto manifests, storage::ReadManifests(LocalFileSystem(), backups()));
  ASSERT_THAT(manifests, SizeIs(2));
  EXPECT_EQ(manifests[0].info.number, 3);
  EXPECT_EQ(manifests[1].info.number, 4);
  std::set<std::string> needed;
  for (const auto& manifest : manifests) {
    for (const auto& file : manifest.files) needed.insert(file.stored);
  }
  std::set<std::string> found;
  for (const auto& file : fs::directory_iterator(backups() + "/files")) {
    found.insert(file.path().filename().string());
  }
  EXPECT_EQ(found, needed);
}

TEST_F(BackupTest, RestoreGoesToEveryCommitAndToTimesBetween) {
  std::mt19937 random(7);
  std::map<std::uint64_t, Timestamp> times;
  while (reader().Newest().commit.value < 24) {
    Change(random);
    const auto newest = reader().Newest().commit;
    if (newest.value == 10) ASSERT_OK(Backup());
    if (newest != kNoCommit) times[newest.value] = reader().Commit(newest)->time;
    if (newest.value == 18 && reader().Baselines()->empty()) {
      ASSERT_OK(writer().CreateBaseline({"at-18", reader().Newest(), ""}));
    }
  }
  ASSERT_OK(Backup());
  for (const auto& [commit, time] : times) {
    SCOPED_TRACE("commit " + std::to_string(commit));
    const std::string name = "to" + std::to_string(commit);
    RestoreOptions options = To(name);
    if (commit % 2 == 0) {
      options.to_commit = CommitNumber{commit};
    } else {
      options.to_time = Timestamp{time.micros + 400'000};  // before the next one
    }
    ASSERT_OK_AND_ASSIGN(const RestoreReport report, storage::RestoreBackup(options));
    EXPECT_EQ(report.commit.value, commit);
    EXPECT_EQ(report.backup.commit.value, commit <= 10 ? 10U : 24U);
    const auto restored = OpenRestored(name);
    ASSERT_NE(restored, nullptr);
    ExpectSame(*restored, CommitNumber{commit});
    ASSERT_OK_AND_ASSIGN(const auto baselines, restored->reader().Baselines());
    EXPECT_EQ(baselines.size(), commit >= 18 ? 1U : 0U);
    if (commit > 10 && commit < 18) EXPECT_THAT(report.baselines_left_out, ElementsAre("at-18"));
    // What was freed by going back can be used again.
    storage::Transaction transaction;
    transaction.put_records.push_back(
        {MakeRecord("Server", "after", {{"serial_number", "new"}}), std::nullopt});
    ASSERT_OK(restored->writer().Commit(std::move(transaction)));
  }
}

TEST_F(BackupTest, GoingBackTakesModelsThatCameLaterAndWhatIsDerived) {
  ASSERT_OK(Put("Server", "a", {{"name", "one"}}));
  model::ModelDefinition model = SmallModel();
  model.classes.push_back(model.classes.back());
  model.classes.back().name = "Router";
  ASSERT_OK_AND_ASSIGN(const auto changed, writer().ChangeModel(model, {"ann", "routers", "", ""},
                                                                storage::ModelChangeMode::kApply));
  ASSERT_EQ(changed.commit.value, 2);
  ASSERT_OK(Put("Router", "r"));
  engine_.reset();
  const std::vector<std::pair<storage::Family, std::string>> derived = {
      {storage::Family::kIndex, "entry"},
      {storage::Family::kText, "entry"},
      {storage::Family::kMeta, "index/0007"},
      {storage::Family::kMeta, "load/nightly"}};
  storage::DatabaseOptions options;
  options.path = folder_ / "data/store";
  options.write_buffer_bytes = 8 << 20;
  ASSERT_OK_AND_ASSIGN(const auto database, storage::Database::Open(options));
  for (const auto& [family, key] : derived) {
    ASSERT_TRUE(
        database->db().Put(rocksdb::WriteOptions(), database->family(family), key, "x").ok());
  }
  ASSERT_OK_AND_ASSIGN(const auto report, storage::RewindTo(*database, CommitNumber{1}));
  EXPECT_EQ(report.commits, 2);
  for (const auto& [family, key] : derived) {
    EXPECT_THAT(database->Get(family, key), HasErrorCode(ErrorCode::kNotFound)) << key;
  }
  ASSERT_OK_AND_ASSIGN(const auto models,
                       storage::ListMeta(*database, storage::kModelVersionPrefix));
  EXPECT_THAT(models, SizeIs(1));
}

TEST_F(BackupTest, GoingBackOpensPlansThatWereMergedLaterAndDropsWhatWasPlannedSince) {
  storage::Plans& plans = engine_->plans();
  const auto memory = [this](int size) {
    clock_.Advance(std::chrono::seconds(1));
    storage::Transaction edits;
    edits.provenance.actor = "planner";
    edits.put_records.push_back({MakeRecord("", "a", {{"memory", size}}), std::nullopt});
    return edits;
  };
  ASSERT_OK(Put("Server", "a", {{"memory", 1}}));
  clock_.Advance(std::chrono::seconds(1));
  ASSERT_OK(plans.Open("early", "", {}));
  ASSERT_OK(plans.Open("merged-before", "", {}));
  ASSERT_OK(plans.Edit("merged-before", memory(2)));
  ASSERT_OK(plans.Merge("merged-before", {}));  // commit 2
  ASSERT_OK(plans.Edit("early", memory(3)));
  clock_.Advance(std::chrono::seconds(1));
  ASSERT_OK(Put("Server", "b"));  // commit 3
  ASSERT_OK(plans.Edit("early", memory(4)));
  ASSERT_OK(plans.Rebase("early", storage::Take::kNeither));
  ASSERT_OK(plans.Merge("early", {}));  // commit 4
  ASSERT_OK(plans.Open("late", "", {}));
  ASSERT_OK(Backup());

  RestoreOptions options = To("then");
  options.to_commit = CommitNumber{2};
  ASSERT_OK_AND_ASSIGN(const RestoreReport report, storage::RestoreBackup(options));
  EXPECT_THAT(report.plans_left_out, ElementsAre("late"));
  const auto then = OpenRestored("then");
  ASSERT_NE(then, nullptr);
  const std::vector<storage::PlanInfo> left = then->plans().List();
  ASSERT_THAT(left, SizeIs(2));
  EXPECT_EQ(left[0].name, "early");
  EXPECT_EQ(left[0].state, storage::PlanState::kOpen);
  EXPECT_EQ(left[0].steps, 1U);
  EXPECT_EQ(left[0].edits, 1U);
  EXPECT_EQ(left[0].base, CommitNumber{2});
  EXPECT_EQ(left[1].state, storage::PlanState::kMerged);
  ASSERT_OK_AND_ASSIGN(const auto again, then->plans().Merge("early", {}));
  EXPECT_THAT(again.conflicts, IsEmpty());
  EXPECT_THAT(again.commits, SizeIs(1));
}

TEST_F(BackupTest, RestoreSaysWhatItCannotReach) {
  ASSERT_OK(Put("Server", "a"));
  ASSERT_OK(Backup());
  RestoreOptions options = To("restored");
  options.to_commit = CommitNumber{9};
  EXPECT_THAT(storage::RestoreBackup(options), IsError(ErrorCode::kNotFound, "ends with commit 1"));
  options = To("restored");
  options.to_time = Timestamp{clock_.Now().micros + 1'000'000};
  EXPECT_THAT(storage::RestoreBackup(options), IsError(ErrorCode::kNotFound, "leave --to out"));
  options.to_time = Timestamp{0};
  EXPECT_THAT(storage::RestoreBackup(options),
              IsError(ErrorCode::kNotFound, "the first commit came after"));
  options = To("restored");
  options.backup = 5;
  EXPECT_THAT(storage::RestoreBackup(options), IsError(ErrorCode::kNotFound, "no backup 5"));
  options = To("data");
  EXPECT_THAT(storage::RestoreBackup(options),
              IsError(ErrorCode::kAlreadyExists, "nothing is ever overwritten"));
  options = To("restored");
  options.from = folder_ / "data";
  EXPECT_THAT(storage::RestoreBackup(options),
              IsError(ErrorCode::kNotFound, "no folder of backups"));
  EXPECT_FALSE(fs::exists(folder_ / "restored"));
}

TEST_F(BackupTest, AFirstLoadIsInTheBackup) {
  ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({"loader", "first load", "", ""}));
  storage::BulkChunk chunk;
  for (int i = 0; i < 500; ++i) {
    chunk.records.push_back(MakeRecord("Server", "s" + std::to_string(i),
                                       {{"serial_number", "S" + std::to_string(i)}}));
  }
  for (int i = 1; i < 500; ++i) {
    chunk.links.push_back({"s" + std::to_string(i), TypeOf("depends_on"), "s0"});
  }
  ASSERT_OK(load->Add(std::move(chunk)));
  ASSERT_OK(load->Finish());
  load.reset();
  ASSERT_OK(End("s3"));
  ASSERT_OK(Backup());
  RestoreOptions options = To("restored");
  options.to_commit = CommitNumber{1};
  ASSERT_OK(storage::RestoreBackup(options));
  const auto restored = OpenRestored("restored");
  ASSERT_NE(restored, nullptr);
  ExpectSame(*restored, CommitNumber{1});
}

TEST_F(BackupTest, AnEmptyStoreIsBackedUpAndRestored) {
  ASSERT_OK(writer().PutSetting("token/x", "y"));
  ASSERT_OK(Backup());
  ASSERT_OK(storage::RestoreBackup(To("restored")));
  const auto restored = OpenRestored("restored");
  ASSERT_NE(restored, nullptr);
  EXPECT_EQ(restored->reader().Newest().commit, kNoCommit);
  ASSERT_OK_AND_ASSIGN(const auto settings, restored->writer().Settings(""));
  EXPECT_THAT(settings, SizeIs(1));
}

TEST_F(BackupTest, AFolderOfAnotherStoreOrOfOtherThingsIsRefused) {
  ASSERT_OK(Put("Server", "a"));
  ASSERT_OK(Backup());
  ASSERT_OK(storage::RestoreBackup(To("other")));
  const auto other = OpenRestored("other");
  ASSERT_NE(other, nullptr);
  EXPECT_THAT(other->BeginBackup({backups()}),
              IsError(ErrorCode::kAlreadyExists, "choose another folder"));
  EXPECT_THAT(engine_->BeginBackup({folder_ / "data"}),
              IsError(ErrorCode::kAlreadyExists, "holds something else"));
}

TEST_F(BackupTest, OneBackupIntoAFolderAtATime) {
  ASSERT_OK(Put("Server", "a"));
  ASSERT_OK_AND_ASSIGN(auto run, engine_->BeginBackup({backups()}));
  EXPECT_THAT(engine_->BeginBackup({backups()}), IsError(ErrorCode::kOverloaded, "under way"));
  run.reset();
  ASSERT_OK(Backup());
}

TEST_F(BackupTest, ABackupThatWasGivenUpLeavesNoBackup) {
  ASSERT_OK(Put("Server", "a"));
  {
    ASSERT_OK_AND_ASSIGN(const auto run, engine_->BeginBackup({backups()}));
  }
  EXPECT_THAT(storage::RestoreBackup(To("restored")),
              IsError(ErrorCode::kNotFound, "no finished backup"));
  ASSERT_OK_AND_ASSIGN(const BackupReport report, Backup());
  EXPECT_EQ(report.backup.number, 1);
}

}  // namespace
}  // namespace kosei::testing
