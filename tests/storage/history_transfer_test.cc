#include "kosei/storage/history_transfer.h"

#include <random>

#include "full_files.h"
#include "history_text.h"
#include "kosei/base/status_macros.h"
#include "kosei/storage/verification.h"
#include "pch.h"
#include "store_dump.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

using storage::ImportedHistory;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class HistoryTransfer : public StoreTest {
 protected:
  std::unique_ptr<storage::Engine> NewStore(const std::string& name,
                                            FileSystem& files = LocalFileSystem()) {
    storage::EngineOptions options = Options();
    options.folder = folder_ / name;
    options.files = &files;
    auto engine = storage::Engine::Open(std::move(options));
    EXPECT_OK(engine);
    return engine.ok() ? *std::move(engine) : nullptr;
  }
  // What is in memory after an import is what an opening would find.
  void ExpectSame(std::unique_ptr<storage::Engine> engine, const std::string& name) {
    const CommitNumber newest = reader().Newest().commit;
    const auto counts = reader().Counts();
    for (int opening = 0; opening < 2; ++opening) {
      SCOPED_TRACE(opening == 0 ? "as imported" : "opened again");
      EXPECT_EQ(engine->reader().Newest().commit, newest);
      EXPECT_EQ(DumpHistory(engine->reader(), newest), DumpHistory(reader(), newest));
      EXPECT_EQ(engine->reader().Counts().records, counts.records);
      EXPECT_EQ(engine->reader().Counts().links, counts.links);
      engine.reset();
      engine = NewStore(name);
    }
    engine.reset();
    storage::VerifyOptions verify;
    verify.folder = folder_ / name;
    const auto report = storage::VerifyStore(verify);
    ASSERT_OK(report);
    EXPECT_THAT(report->findings, IsEmpty());
  }
  void FirstLoad(int records) {
    ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({"loader", "first load", "", "cmdb"}));
    storage::BulkChunk chunk;
    for (int i = 0; i < records; ++i) {
      chunk.records.push_back(
          MakeRecord("Server", "s" + std::to_string(i),
                     {{"serial_number", "S" + std::to_string(i)}, {"memory", std::int64_t{i}}}));
      if (i > 0) chunk.links.push_back({"s" + std::to_string(i), TypeOf("depends_on"), "s0"});
    }
    ASSERT_OK(load->Add(std::move(chunk)));
    ASSERT_OK(load->Finish());
  }
  void Change(std::mt19937& random) {
    clock_.Advance(std::chrono::seconds(1));
    const std::string a = "サーバー\"" + std::to_string(random() % 8) + "\"";
    const std::string b = "サーバー\"" + std::to_string(random() % 8) + "\"";
    storage::Transaction transaction;
    transaction.provenance = {"誰か", "because \\ \n of tests", "CHG-1", "scan"};
    const auto hours = static_cast<std::int64_t>(random() % 9) - 4;
    const Timestamp other{clock_.Now().micros + hours * 3'600'000'000};
    switch (random() % 7) {
      case 0:
      case 1:
        transaction.put_records.push_back(
            {MakeRecord("Server", a,
                        {{"name", "名前\t" + std::to_string(random() % 3)},
                         {"memory", static_cast<std::int64_t>(random())},
                         {"serial_number", "S" + std::to_string(random() % 6)}}),
             std::nullopt});
        break;
      case 2:
        transaction.put_records.push_back(
            {MakeRecord("Server", a, {{"memory", Value()}}), std::nullopt});
        transaction.put_links.push_back({a, TypeOf("depends_on"), b});
        break;
      case 3:
        transaction.put_links.push_back({a, TypeOf("provides"), b});
        transaction.put_links.back().valid_from = other;
        break;
      case 4:
        transaction.end_links.push_back({a, TypeOf("depends_on"), b});
        break;
      case 5:
        transaction.put_records.push_back({MakeRecord("Server", a, {{"memory", 1}}), {}});
        transaction.put_records.back().record.valid_from = other;
        break;
      default:
        transaction.end_records.push_back({a, std::nullopt});
    }
    IgnoreError(writer().Commit(std::move(transaction)).status(), "some are refused");
  }
};

TEST_F(HistoryTransfer, AnImportedHistoryIsTheSameAndExportsAgainToTheSameBytes) {
  const std::uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  if (seed % 2 == 0) FirstLoad(300);
  for (int i = 0; i < 250; ++i) Change(random);
  ASSERT_OK(writer().CreateBaseline({"監査", reader().Newest(), "the audit's \"view\""}));
  const std::string text = ExportHistory(*engine_);
  EXPECT_THAT(text, StartsWith("{\"kosei_history\":1,"));
  auto imported = NewStore("imported");
  ASSERT_OK_AND_ASSIGN(const ImportedHistory report, ImportHistory(*imported, text));
  EXPECT_EQ(report.newest, reader().Newest().commit);
  EXPECT_EQ(report.commits, report.newest.value);
  EXPECT_EQ(report.baselines, 1);
  EXPECT_TRUE(ExportHistory(*imported, 100'000) == text);
  ASSERT_OK_AND_ASSIGN(const auto baselines, imported->reader().Baselines());
  ASSERT_THAT(baselines, SizeIs(1));
  EXPECT_EQ(baselines[0].view, reader().Baselines()->at(0).view);
  ExpectSame(std::move(imported), "imported");
}

// The store has the load then, but nobody may build on what was not acknowledged.
TEST_F(HistoryTransfer, AFirstLoadWhoseProofCannotBeWrittenLeavesItsNumberToNobody) {
  FirstLoad(50);
  const std::string text = ExportHistory(*engine_);
  FullFiles files(UINT64_MAX);
  auto imported = NewStore("imported", files);
  files.RefuseNext();
  EXPECT_FALSE(ImportHistory(*imported, text).ok());
  storage::Transaction transaction;
  transaction.put_records.push_back({MakeRecord("Server", "other"), std::nullopt});
  EXPECT_THAT(imported->writer().Commit(std::move(transaction)),
              HasErrorCode(ErrorCode::kStorageReadOnly));
  imported.reset();
  imported = NewStore("imported");
  ASSERT_OK(ImportHistory(*imported, text));
  ExpectSame(std::move(imported), "imported");
}

TEST_F(HistoryTransfer, AnImportThatWasCutShortIsDoneAgainAndGoesOn) {
  FirstLoad(50);
  std::mt19937 random(3);
  for (int i = 0; i < 60; ++i) Change(random);
  const std::string text = ExportHistory(*engine_);
  for (const std::size_t cut : {text.size() / 10, text.size() / 2, text.size() - 2}) {
    SCOPED_TRACE(cut);
    const std::string name = "cut" + std::to_string(cut);
    auto imported = NewStore(name);
    EXPECT_THAT(ImportHistory(*imported, std::string_view(text).substr(0, cut)),
                HasErrorCode(ErrorCode::kInvalidArgument));
    const std::uint64_t in = imported->reader().Newest().commit.value;
    ASSERT_OK_AND_ASSIGN(const ImportedHistory report, ImportHistory(*imported, text));
    EXPECT_EQ(report.commits_there, in);
    EXPECT_EQ(report.commits + report.commits_there, report.newest.value);
    ExpectSame(std::move(imported), name);
  }
}

TEST_F(HistoryTransfer, AStoreThatHasGoneOnTakesTheRestOnly) {
  std::mt19937 random(5);
  for (int i = 0; i < 20; ++i) Change(random);
  auto imported = NewStore("imported");
  ASSERT_OK(ImportHistory(*imported, ExportHistory(*engine_)));
  for (int i = 0; i < 20; ++i) Change(random);
  const std::string later = ExportHistory(*engine_);
  ASSERT_OK(ImportHistory(*imported, later));
  EXPECT_TRUE(ExportHistory(*imported) == later);
  // A store that went its own way is left alone.
  storage::Transaction own;
  Record record = MakeRecord("Server", "own");
  own.put_records.push_back({record, std::nullopt});
  ASSERT_OK(imported->writer().Commit(std::move(own)));
  EXPECT_THAT(ImportHistory(*imported, later), IsError(ErrorCode::kVersionConflict, "has"));
  std::mt19937 other(6);
  for (int i = 0; i < 20; ++i) Change(other);
  EXPECT_THAT(ImportHistory(*imported, ExportHistory(*engine_)),
              IsError(ErrorCode::kVersionConflict, "is another one in this store"));
}

TEST_F(HistoryTransfer, WhatWasAlteredIsRefusedWithItsLine) {
  ASSERT_OK(Put("Server", "a", {{"name", "one"}, {"memory", 4}}));
  ASSERT_OK(Put("Server", "b"));
  ASSERT_OK(Link("a", "depends_on", "b"));
  const std::string text = ExportHistory(*engine_);
  struct Case {
    std::string what;
    std::string with;
    std::string says;
  };
  int number = 0;
  for (const Case& c : {
           Case{"\"memory\":4", "\"memory\":5", "its content hash"},
           Case{"\"actor\":\"test\"", "\"actor\":\"mallory\"", "the line was altered"},
           Case{"\"memory\":4", "\"memori\":4", "not among the names"},
           Case{"\"memory\":4", "\"memory\":4.5", "a value must be"},
           Case{"\"memory\":4", "\"memory\":", "no JSON object"},
           Case{"\"target\":\"b\"", "\"target\":\"c\"", "no record \"c\""},
           Case{"{\"record\":2", "{\"record\":7", "its content hash"},
           Case{"\"header\":\"", "\"header\":\"AAAA", "a commit's header"},
           Case{"{\"kosei_history\":1", "{\"kosei_history\":9", "use a newer koseid"},
           Case{"{\"end\":true,\"commits\":3", "{\"end\":true,\"commits\":4", "lines are missing"},
           Case{"\"class\":\"Server\",\"key\":\"b\"", "\"class\":\"Server\",\"key\":\"a\"",
                "its key is \"a\""},
       }) {
    SCOPED_TRACE(c.with);
    std::string altered = text;
    const std::size_t at = altered.find(c.what);
    ASSERT_NE(at, std::string::npos);
    altered.replace(at, c.what.size(), c.with);
    auto imported = NewStore("altered" + std::to_string(++number));
    const auto outcome = ImportHistory(*imported, altered);
    EXPECT_THAT(outcome, IsError(ErrorCode::kInvalidArgument, c.says));
    EXPECT_THAT(outcome.status().ToString(), HasSubstr("import history, line "));
  }
}

TEST_F(HistoryTransfer, LinesThatAreMissingOrOutOfPlaceAreRefused) {
  ASSERT_OK(Put("Server", "a"));
  ASSERT_OK(Put("Server", "b"));
  std::vector<std::string> lines;
  std::string text = ExportHistory(*engine_);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    lines.push_back(text.substr(at, end - at));
    at = end;
  }
  for (std::size_t without = 0; without < lines.size(); ++without) {
    if (lines[without].starts_with("{\"model\"")) continue;
    SCOPED_TRACE("without line " + std::to_string(without + 1));
    std::string cut;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (i != without) cut += lines[i];
    }
    auto imported = NewStore("without" + std::to_string(without));
    EXPECT_THAT(ImportHistory(*imported, cut), HasErrorCode(ErrorCode::kInvalidArgument));
  }
  auto imported = NewStore("twice");
  EXPECT_THAT(ImportHistory(*imported, text + text),
              IsError(ErrorCode::kInvalidArgument, "after the end"));
  EXPECT_THAT(ImportHistory(*imported, ""),
              IsError(ErrorCode::kInvalidArgument, "line 1: the text ends"));
}

TEST_F(HistoryTransfer, AnEmptyStoreIsATextOfItsOwn) {
  const std::string text = ExportHistory(*engine_);
  auto imported = NewStore("imported");
  ASSERT_OK(ImportHistory(*imported, text));
  EXPECT_EQ(imported->reader().Newest().commit, kNoCommit);
  EXPECT_EQ(ExportHistory(*imported), text);
}

TEST_F(HistoryTransfer, NobodyElseBeginsAStoreThatIsBeingImported) {
  ASSERT_OK(Put("Server", "a"));
  const std::string text = ExportHistory(*engine_);
  auto imported = NewStore("imported");
  ASSERT_OK_AND_ASSIGN(auto run, imported->BeginImport());
  EXPECT_THAT(imported->BeginImport(), HasErrorCode(ErrorCode::kOverloaded));
  storage::Transaction transaction;
  transaction.put_records.push_back({MakeRecord("Server", "x"), std::nullopt});
  EXPECT_THAT(imported->writer().Commit(transaction), HasErrorCode(ErrorCode::kOverloaded));
  run.reset();
  ASSERT_OK(ImportHistory(*imported, text));
  transaction = {};
  transaction.put_records.push_back({MakeRecord("Server", "x"), std::nullopt});
  EXPECT_OK(imported->writer().Commit(std::move(transaction)));
}

}  // namespace
}  // namespace kosei::testing
