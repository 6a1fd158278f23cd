// Opening: proves that what was acknowledged is there, before anything is written.
#include <filesystem>
#include <fstream>
#include <functional>

#include "kosei/storage/verification.h"
#include "pch.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

class OpeningTest : public StoreTest {
 protected:
  absl::Status OpenAgain() {
    engine_.reset();
    return storage::Engine::Open(Options()).status();
  }
  std::string Data(const std::string& name) { return folder_ / ("data/" + name); }
  std::vector<std::filesystem::path> StoreFiles(const std::string& extension) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(Data("store"))) {
      if (entry.path().extension() == extension) files.push_back(entry.path());
    }
    return files;
  }
};

TEST_F(OpeningTest, ASecondServerIsRefused) {
  EXPECT_THAT(storage::Engine::Open(Options()),
              IsError(ErrorCode::kStorageInUse, "another koseid"));
  ASSERT_OK(Put("Server", "a"));
}

TEST_F(OpeningTest, ANewerFormatIsRefusedAndNothingIsTouched) {
  ASSERT_OK(Put("Server", "a"));
  engine_.reset();
  std::ofstream(Data("FORMAT")) << "kosei store format 99\n";
  EXPECT_THAT(storage::Engine::Open(Options()), IsError(ErrorCode::kFormatTooNew, "99"));
  std::ofstream(Data("FORMAT")) << "kosei store format 2\n";
  EXPECT_OK(storage::Engine::Open(Options()));
}

TEST_F(OpeningTest, ALogThatLostItsEndIsNoticed) {
  for (int i = 0; i < 20; ++i) ASSERT_OK(Put("Server", "s" + std::to_string(i)));
  engine_.reset();
  ASSERT_EQ(StoreFiles(".log").size(), 1U);
  const auto log = StoreFiles(".log").front();
  // What the indexer wrote last is nobody's loss, so the cut goes further back.
  std::filesystem::resize_file(log, std::filesystem::file_size(log) / 2);
  EXPECT_THAT(storage::Engine::Open(Options()), HasErrorCode(ErrorCode::kCommitsMissing));
}

// They are no commits, so the chain does not miss them.
TEST_F(OpeningTest, ABaselineASettingOrAPlanThatIsGoneIsNoticed) {
  ASSERT_OK(Put("Server", "a"));
  const std::pair<std::string, std::function<absl::Status()>> writes[] = {
      {"baseline", [&] { return writer().CreateBaseline({"b", reader().Newest(), ""}); }},
      {"setting", [&] { return writer().PutSetting("s", "value"); }},
      {"plan", [&] { return engine_->plans().Open("p", "", {}).status(); }},
  };
  for (const auto& [what, write] : writes) {
    SCOPED_TRACE(what);
    engine_.reset();
    const std::string earlier = folder_ / (what + "-earlier");
    std::filesystem::copy(folder_ / "data", earlier, std::filesystem::copy_options::recursive);
    Open();
    ASSERT_OK(write());
    engine_.reset();
    std::filesystem::copy_file(Data("watermark"), earlier + "/watermark",
                               std::filesystem::copy_options::overwrite_existing);
    storage::EngineOptions options = Options();
    options.folder = earlier;
    EXPECT_THAT(storage::Engine::Open(options),
                IsError(ErrorCode::kCommitsMissing, "baselines, settings or plans"));
    Open();
  }
}

// What comes after is there, and the log is whole: RocksDB opens such a store without a word.
TEST_F(OpeningTest, AListOfFilesThatLostItsLastEntriesIsNoticed) {
  ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({"loader", "first load", "", ""}));
  storage::BulkChunk chunk;
  chunk.records = {MakeRecord("Server", "a"), MakeRecord("Server", "b")};
  ASSERT_OK(load->Add(std::move(chunk)));
  const auto size = [this] {
    for (const auto& file : std::filesystem::directory_iterator(Data("store"))) {
      if (file.path().filename().string().starts_with("MANIFEST")) return file.file_size();
    }
    return std::uintmax_t{0};
  };
  const std::uintmax_t before = size();
  ASSERT_OK(load->Finish());
  ASSERT_OK(Put("Server", "c"));
  engine_.reset();
  ASSERT_GT(size(), before);
  for (const auto& file : std::filesystem::directory_iterator(Data("store"))) {
    if (file.path().filename().string().starts_with("MANIFEST"))
      std::filesystem::resize_file(file.path(), before);
  }
  EXPECT_THAT(storage::Engine::Open(Options()),
              IsError(ErrorCode::kCommitsMissing, "the list of files"));
  storage::VerifyOptions options;
  options.folder = folder_ / "data";
  ASSERT_OK_AND_ASSIGN(const storage::VerifyReport report, storage::VerifyStore(options));
  EXPECT_THAT(report.findings, ::testing::Contains(::testing::HasSubstr("the list of files")));
}

TEST_F(OpeningTest, EveryFlippedByteOfTheLogIsNoticedOrHarmless) {
  for (int i = 0; i < 3; ++i) ASSERT_OK(Put("Server", "s" + std::to_string(i), {{"memory", i}}));
  engine_.reset();
  const auto log = StoreFiles(".log").front();
  std::string bytes;
  {
    std::ifstream in(log, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  for (std::size_t i = 0; i < bytes.size(); i += 97) {
    SCOPED_TRACE("byte " + std::to_string(i));
    const TempFolder copy;
    std::filesystem::copy(folder_ / "data", copy / "data",
                          std::filesystem::copy_options::recursive);
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(~damaged[i]);
    std::ofstream(copy / ("data/store/" + log.filename().string()), std::ios::binary) << damaged;
    storage::EngineOptions options = Options();
    options.folder = copy / "data";
    const auto engine = storage::Engine::Open(options);
    if (!engine.ok()) continue;
    EXPECT_EQ((*engine)->reader().Newest().commit, CommitNumber{3})
        << "an acknowledged commit is missing silently";
  }
}

TEST_F(OpeningTest, AStoreThatIsGoneIsNoticed) {
  ASSERT_OK(Put("Server", "a"));
  engine_.reset();
  std::filesystem::remove_all(Data("store"));
  EXPECT_THAT(storage::Engine::Open(Options()), HasErrorCode(ErrorCode::kCommitsMissing));
}

TEST_F(OpeningTest, ACreationThatWasCutShortStartsAgain) {
  engine_.reset();
  std::filesystem::remove(Data("FORMAT"));
  Open();
  EXPECT_OK(Put("Server", "a"));
}

TEST_F(OpeningTest, WritesStopBeforeTheDiskIsFull) {
  engine_.reset();
  storage::EngineOptions options = Options();
  options.free_bytes_min = UINT64_MAX;
  ASSERT_OK_AND_ASSIGN(engine_, storage::Engine::Open(options));
  EXPECT_THAT(Put("Server", "a"), IsError(ErrorCode::kStorageLow, "free some space"));
  EXPECT_THAT(Get("a"), HasErrorCode(ErrorCode::kNotFound)) << "reads go on";
}

TEST_F(OpeningTest, NumbersOfNamesOutliveAModelThatChanges) {
  ASSERT_OK(Put("Server", "a", {{"memory", 5}}));
  const AttributeNumber memory = AttributeOf("memory");
  const std::uint32_t version = reader().Counts().model_version;
  engine_.reset();
  storage::EngineOptions options = Options();
  std::string yaml = kSmallModel;
  yaml.insert(yaml.find("      - {name: memory"),
              "      - {name: location, type: string, label: {en: Location, ja: 場所}}\n");
  ASSERT_OK_AND_ASSIGN(options.model, model::ParseModel(yaml, "changed"));
  ASSERT_OK_AND_ASSIGN(engine_, storage::Engine::Open(options));
  EXPECT_EQ(AttributeOf("memory"), memory);
  EXPECT_EQ(reader().Counts().model_version, version + 1);
  ASSERT_OK_AND_ASSIGN(const Record record, Get("a"));
  EXPECT_EQ(*record.Find(memory), Value(5));
}

TEST_F(OpeningTest, SettingsAreKept) {
  ASSERT_OK(writer().PutSetting("token/a", "1"));
  ASSERT_OK(writer().PutSetting("token/b", "2"));
  ASSERT_OK(writer().PutSetting("token/a", ""));
  Reopen();
  ASSERT_OK_AND_ASSIGN(const auto settings, writer().Settings("token/"));
  ASSERT_EQ(settings.size(), 1U);
  EXPECT_EQ(settings[0], (std::pair<std::string, std::string>("token/b", "2")));
}

}  // namespace
}  // namespace kosei::testing
