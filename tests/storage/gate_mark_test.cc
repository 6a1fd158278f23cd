// The marks of records that have, or ever had, a gate of their own: after every way in which a
// store comes to be in memory they are there, on those records and on no other.
#include <rocksdb/db.h>

#include <random>
#include <set>
#include <string>

#include "database.h"
#include "history_text.h"
#include "keys.h"
#include "kosei/storage/backup.h"
#include "kosei/storage/verification.h"
#include "pch.h"
#include "plan_fixture.h"

namespace kosei::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kGate[] = "any(depends_on)";

class GateMarkTest : public PlanTest {
 protected:
  void SetUp() override { engine_ = NewStore(data_); }

  // The small model, in which everything may have a gate.
  storage::EngineOptions GateOptions(const std::string& name, bool checkpoint) {
    storage::EngineOptions options = Options();
    options.folder = folder_ / name;
    options.checkpoint = checkpoint;
    options.checkpoint_changes = 1;
    model::AttributeDefinition gate;
    gate.name = "gate";
    gate.type = model::AttributeType::kGate;
    gate.label = {"Gate", "ゲート"};
    options.model.classes.front().attributes.push_back(gate);
    return options;
  }
  std::unique_ptr<storage::Engine> NewStore(const std::string& name, bool checkpoint = true) {
    auto engine = storage::Engine::Open(GateOptions(name, checkpoint));
    EXPECT_OK(engine);
    return engine.ok() ? *std::move(engine) : nullptr;
  }
  void OpenAgain(bool checkpoint) {
    engine_.reset();
    engine_ = NewStore(data_, checkpoint);
  }

  static std::set<std::string> Marked(storage::Engine& engine, const storage::View& view) {
    std::set<std::string> marked;
    const auto graph = engine.reader().Graph(view);
    EXPECT_OK(graph);
    if (!graph.ok()) return marked;
    for (storage::NodeIndex node = 1; node < graph->node_limit(); ++node) {
      if (!graph->MayHaveGate(node)) continue;
      const auto key = engine.reader().KeyOf(storage::RecordOf(node));
      marked.insert(std::string(key));
    }
    return marked;
  }
  static std::set<std::string> Marked(storage::Engine& engine) {
    return Marked(engine, engine.reader().Newest());
  }
  std::vector<std::string> Findings(const std::string& name) {
    storage::VerifyOptions verify;
    verify.folder = folder_ / name;
    const auto report = storage::VerifyStore(verify);
    EXPECT_OK(report);
    return report.ok() ? report->findings : std::vector<std::string>{"no report"};
  }

  // A first load of records, some with a gate, in which dated ones stand between.
  void Load(std::mt19937_64& random) {
    ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({"loader", "first load", "", ""}));
    storage::BulkChunk chunk;
    for (int i = 0; i < 12; ++i) {
      const std::string key = "k" + std::to_string(i);
      const bool gated = random() % 3 == 0;
      if (gated) gated_.insert(key);
      Record record = MakeRecord("Server", key, gated ? Attributes{{"gate", kGate}} : Attributes{});
      if (random() % 3 == 0) record.valid_from = Timestamp{clock_.Now().micros - 1'000'000};
      chunk.records.push_back(std::move(record));
    }
    ASSERT_OK(load->Add(std::move(chunk)));
    ASSERT_OK(load->Finish());
  }
  void Change(std::mt19937_64& random) {
    const std::string key = "k" + std::to_string(random() % 20);
    switch (random() % 6) {
      case 0:
        if (Put("Server", key, {{"gate", kGate}}).ok()) gated_.insert(key);
        break;
      case 1:
        Put("Server", key, {{"gate", Value()}, {"memory", std::int64_t{1}}}).status().IgnoreError();
        break;
      case 2:
        Put("Server", key, {{"memory", static_cast<std::int64_t>(random() % 50)}})
            .status()
            .IgnoreError();
        break;
      case 3:
        End(key).status().IgnoreError();
        break;
      case 4:
        Link(key, "depends_on", "k1").status().IgnoreError();
        break;
      default:
        Put("Application", "a" + std::to_string(random() % 5), {{"name", "x"}})
            .status()
            .IgnoreError();
    }
  }

  std::string data_ = "data";
  std::set<std::string> gated_;  // keys of which a version has a gate
};

TEST_F(GateMarkTest, AreThereAfterEveryStart) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    engine_.reset();
    gated_.clear();
    data_ = "data" + std::to_string(seed);
    engine_ = NewStore(data_);
    std::mt19937_64 random(seed);
    if (seed % 2 == 0) Load(random);
    EXPECT_EQ(Marked(*engine_), gated_) << "loaded";
    for (int round = 0; round < 6; ++round) {
      for (int i = 0; i < 12; ++i) Change(random);
      EXPECT_EQ(Marked(*engine_), gated_) << "committed";
      // With the checkpoint of this close; without one; with one from before the last commits.
      OpenAgain(round % 3 != 1);
      EXPECT_EQ(Marked(*engine_), gated_) << "opened again, round " << round;
    }
    EXPECT_FALSE(gated_.empty());
    EXPECT_EQ(Marked(*engine_, At(CommitNumber{1})), gated_) << "a View of before is careful, too";

    const std::string history = ExportHistory(*engine_);
    const std::string copy = "copy" + std::to_string(seed);
    auto other = NewStore(copy);
    ASSERT_OK(ImportHistory(*other, history));
    EXPECT_EQ(Marked(*other), gated_) << "imported";
    other.reset();
    other = NewStore(copy);
    EXPECT_EQ(Marked(*other), gated_) << "imported and opened again";
    other.reset();
    EXPECT_THAT(Findings(copy), IsEmpty());
    engine_.reset();
    EXPECT_THAT(Findings(data_), IsEmpty());
  }
}

TEST_F(GateMarkTest, AStoreThatIsTakenBackHasThemWhereVersionsAreLeft) {
  ASSERT_OK(Put("Server", "early", {{"gate", kGate}}));
  ASSERT_OK_AND_ASSIGN(const auto kept, Put("Server", "plain"));
  ASSERT_OK(Put("Server", "late", {{"gate", kGate}}));
  ASSERT_OK_AND_ASSIGN(auto run, engine_->BeginBackup({folder_ / "backups", 0}));
  for (bool done = false; !done;) {
    ASSERT_OK_AND_ASSIGN(done, run->Step());
  }
  storage::RestoreOptions restore;
  restore.from = folder_ / "backups";
  restore.folder = folder_ / "restored";
  restore.to_commit = kept.commit;
  ASSERT_OK(storage::RestoreBackup(restore));
  EXPECT_THAT(Findings("restored"), IsEmpty());
  const auto restored = NewStore("restored");
  EXPECT_THAT(Marked(*restored), ElementsAre("early"));
}

TEST_F(GateMarkTest, APlanIsCarefulWithWhatItTouches) {
  ASSERT_OK(Put("Server", "a"));
  ASSERT_OK(Put("Server", "b"));
  OpenPlan("move");
  ASSERT_OK(Edit("move", Putting("Server", "a", {{"gate", kGate}})));
  ASSERT_OK(Edit("move", Putting("Server", "new", {{"gate", kGate}})));
  const std::set<std::string> planned = Marked(*engine_, In("move"));
  EXPECT_THAT(planned, Contains("a"));
  EXPECT_THAT(planned, Contains("new"));
  EXPECT_THAT(Marked(*engine_), IsEmpty());
  EXPECT_THAT(Edit("move", Putting("Server", "b", {{"gate", "any(depends_off)"}})),
              IsError(ErrorCode::kUnknownRelationshipType, "did you mean \"depends_on\"?"));
  EXPECT_THAT(Merge("move").conflicts, IsEmpty());
  EXPECT_THAT(Marked(*engine_), ElementsAre("a", "new"));
}

TEST_F(GateMarkTest, VerifyMissesAMark) {
  ASSERT_OK(Put("Server", "a", {{"gate", kGate}}));
  const RecordId id = *reader().IdOf("a");
  engine_.reset();
  ASSERT_THAT(Findings("data"), IsEmpty());
  {
    storage::DatabaseOptions options;
    options.path = folder_ / "data/store";
    options.block_cache_bytes = 8 << 20;
    options.write_buffer_bytes = 8 << 20;
    ASSERT_OK_AND_ASSIGN(const auto database, storage::Database::Open(options));
    const std::string key = storage::keys::GatedKey(id);
    ASSERT_TRUE(
        database->db()
            .Delete(rocksdb::WriteOptions(), database->family(storage::Family::kDefault), key)
            .ok());
  }
  EXPECT_THAT(Findings("data"), Contains(HasSubstr("it has a gate of its own, and the record has "
                                                   "no mark that says so")));
}

}  // namespace
}  // namespace kosei::testing
