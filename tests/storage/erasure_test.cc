// Values that are erased are nowhere any more, and everything else is proven as before.
#include "database.h"
#include "erasure_fixture.h"
#include "history_text.h"
#include "kosei/base/remnant.h"
#include "kosei/base/status_macros.h"
#include "kosei/storage/history_transfer.h"
#include "meta_table.h"
#include "pch.h"
#include "purge.h"
#include "store_dump.h"

namespace kosei::testing {
namespace {

using storage::ErasureResult;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kSecret[] = "SECRET-4711-of-the-person";

class Erasure : public ErasureTest {
 protected:
  void Put3() {
    ASSERT_OK(Put("Person", "p", {{"description", kSecret}, {"name", "one"}}).status());
    ASSERT_OK(Put("Person", "p", {{"name", "two"}}).status());
    ASSERT_OK(Put("Person", "q", {{"description", "of another"}}).status());
  }
};

TEST_F(Erasure, AnAttributeGoesOutOfEveryVersionAndTheRestStays) {
  Put3();
  const CommitNumber first{1};
  EXPECT_TRUE(Get("p", At(first))->Find(AttributeOf("description")) != nullptr);
  EXPECT_TRUE(OnDisk(kSecret));
  ASSERT_OK_AND_ASSIGN(const ErasureResult erased, Erase("p", {"description"}));
  EXPECT_EQ(erased.commit, CommitNumber{4});
  EXPECT_EQ(erased.versions, 2U);
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t commit = 1; commit <= 4; ++commit) {
      ASSERT_OK_AND_ASSIGN(const Record record, Get("p", At(CommitNumber{commit})));
      EXPECT_EQ(record.Find(AttributeOf("description")), nullptr) << commit;
      EXPECT_EQ(*record.Find(AttributeOf("name")), Value(commit == 1 ? "one" : "two"));
    }
    EXPECT_TRUE(Get("q")->Find(AttributeOf("description")) != nullptr);
    ASSERT_OK_AND_ASSIGN(const auto commit, reader().Commit(erased.commit));
    EXPECT_EQ(commit.actor, "dpo");
    EXPECT_EQ(commit.cause, "REQ-1");
    EXPECT_EQ(commit.reason, "erased description of p: asked by her");
    EXPECT_FALSE(OnDisk(kSecret));
    EXPECT_THAT(Findings(), IsEmpty());
  }
  // Nothing is left to erase, so nothing is written.
  ASSERT_OK_AND_ASSIGN(const ErasureResult again, Erase("p", {"description"}));
  EXPECT_EQ(again.commit, kNoCommit);
  EXPECT_EQ(reader().Newest().commit, erased.commit);
  // A second erasure keeps the hash of what was there first.
  ASSERT_OK(Erase("p", {"name"}).status());
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(Erasure, ARecordThatHasEndedLosesAllValues) {
  Put3();
  EXPECT_THAT(Erase("p", {}), IsError(ErrorCode::kInvalidArgument, "end it first"));
  ASSERT_OK(End("p").status());
  ASSERT_OK_AND_ASSIGN(const ErasureResult erased, Erase("p", {}));
  EXPECT_GE(erased.versions, 2U);
  ASSERT_OK_AND_ASSIGN(const Record record, Get("p", At(CommitNumber{1})));
  EXPECT_THAT(record.attributes, IsEmpty());
  EXPECT_EQ(record.key, "p");
  EXPECT_FALSE(Get("p").ok());
  ASSERT_OK_AND_ASSIGN(const auto changes, reader().Changes(erased.commit, 10));
  EXPECT_TRUE(changes.records.empty());
  EXPECT_FALSE(OnDisk(kSecret));
  EXPECT_THAT(Findings(), IsEmpty());
  // The key is as good as before.
  ASSERT_OK(Put("Person", "p", {{"name", "three"}}).status());
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(Erasure, AUniqueValueIsFreeAgainAndItsHashIsGone) {
  ASSERT_OK(Put("Server", "a", {{"serial_number", kSecret}}).status());
  ASSERT_OK(Put("Server", "a", {{"serial_number", "S2"}}).status());
  ASSERT_OK(Put("Server", "b", {{"serial_number", kSecret}}).status());
  ASSERT_OK(Erase("a", {"serial_number"}).status());
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_THAT(Put("Server", "c", {{"serial_number", kSecret}}),
              HasErrorCode(ErrorCode::kDuplicateValue));
  ASSERT_OK(Put("Server", "c", {{"serial_number", "S2"}}).status());
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(Erasure, WhatAFirstLoadWroteIsErasedToo) {
  {
    ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({"loader", "", "", ""}));
    storage::BulkChunk chunk;
    chunk.records = {MakeRecord("Person", "p", {{"description", kSecret}}),
                     MakeRecord("Person", "q", {{"description", "of another"}})};
    ASSERT_OK(load->Add(std::move(chunk)).status());
    ASSERT_OK(load->Finish().status());
  }
  ASSERT_OK(Erase("p", {"description"}).status());
  EXPECT_FALSE(OnDisk(kSecret));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(Erasure, APlannedValueIsErased) {
  ASSERT_OK(Put("Person", "p", {{"name", "one"}}).status());
  storage::Transaction transaction;
  Record planned = MakeRecord("Person", "p", {{"description", kSecret}});
  planned.valid_from = Timestamp{clock_.Now().micros + 86'400'000'000};
  transaction.put_records.push_back({planned, std::nullopt});
  ASSERT_OK(writer().Commit(std::move(transaction)).status());
  storage::View tomorrow = reader().Newest();
  tomorrow.valid_at = planned.valid_from;
  ASSERT_OK(Erase("p", {"description"}).status());
  tomorrow.commit = reader().Newest().commit;
  ASSERT_OK_AND_ASSIGN(const Record record, Get("p", tomorrow));
  EXPECT_EQ(record.Find(AttributeOf("description")), nullptr);
  EXPECT_EQ(*record.Find(AttributeOf("name")), Value("one"));
  EXPECT_FALSE(OnDisk(kSecret));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(Erasure, IndexesForgetTheValueAndKeepTheRest) {
  ASSERT_OK(engine_->indexes().Build("status"));
  ASSERT_OK(Put("Person", "p", {{"status", kSecret}, {"name", "one"}}).status());
  ASSERT_OK(Put("Person", "p", {{"status", "other"}}).status());
  ASSERT_OK(Put("Person", "q", {{"status", "other"}}).status());
  ASSERT_OK(engine_->indexes().CatchUp());
  EXPECT_TRUE(OnDisk(kSecret));
  ASSERT_OK(Erase("p", {"status"}).status());
  EXPECT_FALSE(OnDisk(kSecret));
  for (int round = 0; round < 2; ++round) {
    std::vector<RecordId> found;
    const std::string value = storage::OrderedValue(model::AttributeType::kString, Value("other"));
    ASSERT_OK_AND_ASSIGN(const bool answered,
                         reader().indexes().Visit({AttributeOf("status"), value, value + '\x01'},
                                                  reader().Newest(), [&](RecordId id) {
                                                    found.push_back(id);
                                                    return true;
                                                  }));
    EXPECT_TRUE(answered);
    EXPECT_THAT(found, ::testing::Contains(*reader().IdOf("q")));
    EXPECT_THAT(Findings(), IsEmpty());
    ASSERT_OK(engine_->indexes().CatchUp());
  }
}

TEST_F(Erasure, PlansLoseTheValueToo) {
  ASSERT_OK(Put("Person", "p", {{"name", "one"}}).status());
  OpenPlan("move");
  ASSERT_OK(Edit("move", Putting("", "p", {{"description", kSecret}, {"status", "moved"}})));
  EXPECT_EQ(Attribute("p", "description", In("move")), Value(kSecret));
  ASSERT_OK_AND_ASSIGN(const ErasureResult erased, Erase("p", {"description"}));
  EXPECT_EQ(erased.versions, 0U);
  EXPECT_EQ(erased.plan_steps, 1U);
  EXPECT_NE(erased.commit, kNoCommit);
  EXPECT_FALSE(OnDisk(kSecret));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Attribute("p", "description", In("move")), Value());
    EXPECT_EQ(Attribute("p", "status", In("move")), Value("moved"));
    EXPECT_THAT(Findings(), IsEmpty());
  }
  EXPECT_THAT(Merge("move").conflicts, IsEmpty());
  EXPECT_EQ(Attribute("p", "status", reader().Newest()), Value("moved"));
  EXPECT_EQ(Attribute("p", "description", reader().Newest()), Value());
}

TEST_F(Erasure, AnExportedHistoryTakesTheErasureAlong) {
  Put3();
  ASSERT_OK(Erase("p", {"description"}).status());
  const std::string text = ExportHistory(*engine_);
  EXPECT_THAT(text, HasSubstr("\"original_hash\":"));
  EXPECT_THAT(text, Not(HasSubstr("\"bytes\":")));
  EXPECT_THAT(text, Not(HasSubstr(kSecret)));
  const std::vector<std::string> history = DumpHistory(reader(), reader().Newest().commit);
  engine_.reset();
  std::filesystem::remove_all(folder_ / "data");
  Open();
  ASSERT_OK(ImportHistory(*engine_, text));
  EXPECT_EQ(DumpHistory(reader(), reader().Newest().commit), history);
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(Erasure, APurgeThatWasCutShortIsFinishedWhenTheStoreOpens) {
  Put3();
  engine_.reset();
  const auto open = [this] {
    storage::DatabaseOptions options;
    options.path = folder_ / "data/store";
    options.block_cache_bytes = 8 << 20;
    options.write_buffer_bytes = 8 << 20;
    return storage::Database::Open(options);
  };
  // As when the machine went down after the batch: the versions are written over, the files not.
  {
    ASSERT_OK_AND_ASSIGN(const auto database, open());
    ASSERT_OK(storage::PutMeta(
        *database, storage::PurgeMarkName(CommitNumber{4}),
        storage::EncodePurgeMark(
            {{storage::Family::kRecords, std::string(8, '\0'), std::string(8, '\xff')}})));
  }
  Open();
  engine_.reset();
  ASSERT_OK_AND_ASSIGN(const auto database, open());
  EXPECT_THAT(*storage::ListMeta(*database, "purge/"), IsEmpty());
}

TEST_F(Erasure, UnknownKeysAreRefused) {
  EXPECT_THAT(Erase("nobody", {"name"}), HasErrorCode(ErrorCode::kNotFound));
}

TEST(PurgeMark, HasTheseBytesForEver) {
  EXPECT_EQ(ToHex(storage::PurgeMarkName(CommitNumber{7})), ToHex("purge/") + "0000000000000007");
  const std::string bytes = storage::EncodePurgeMark(
      {{storage::Family::kRecords, "a", "bc"}, {storage::Family::kText, "", "\xff"}});
  EXPECT_EQ(ToHex(bytes),
            "01"
            "0001"
            "61"
            "0002"
            "6263"
            "05"
            "0000"
            "0001"
            "ff");
  ASSERT_OK_AND_ASSIGN(const auto spans, storage::DecodePurgeMark(bytes));
  EXPECT_EQ(storage::EncodePurgeMark(spans), bytes);
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    const auto cut = storage::DecodePurgeMark(bytes.substr(0, size));
    EXPECT_TRUE(!cut.ok() || storage::EncodePurgeMark(*cut) == bytes.substr(0, size)) << size;
  }
}

TEST(Remnant, HasTheseBytesForEver) {
  Record rest;
  rest.class_number = ClassNumber{3};
  rest.key = "p";
  rest.valid_from = Timestamp{1};
  const std::string bytes = EncodeRemnant(rest, std::string(32, '\x0a'), RemnantKind::kRetired);
  EXPECT_EQ(ToHex(bytes),
            "1c0000004b52454314001c00060008000c0014000000000010000500140000000001030038000000"
            "3c0000000c0000000100000000000000200000000a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
            "0a0a0a0a0a0a0a0a0a0a0a0a010000007000000000000000");
  ASSERT_OK_AND_ASSIGN(const RecordView view, RecordView::Verify(bytes));
  EXPECT_EQ(view.key(), "p");
  EXPECT_EQ(OriginalHashOf(view), std::string(32, '\x0a'));
  EXPECT_EQ(RemnantKindOf(view), RemnantKind::kRetired);
  const std::string erased = EncodeRemnant(rest, std::string(32, '\x0a'), RemnantKind::kErased);
  EXPECT_EQ(RemnantKindOf(RecordView::Trust(erased)), RemnantKind::kErased);
  const std::string whole = EncodeRecord(rest);
  EXPECT_EQ(OriginalHashOf(RecordView::Trust(whole)), "");
  EXPECT_EQ(RemnantKindOf(RecordView::Trust(whole)), std::nullopt);
  // A hash of another size is no hash.
  EXPECT_FALSE(RecordView::Verify(EncodeRemnant(rest, "short", RemnantKind::kErased)).ok());
}

}  // namespace
}  // namespace kosei::testing
