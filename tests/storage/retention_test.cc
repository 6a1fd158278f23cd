// Old versions go by policy; what somebody still needs does not, and nothing is silently absent.
#include "kosei/storage/retention.h"

#include "history_text.h"
#include "kosei/base/bytes.h"
#include "pch.h"
#include "retention_book.h"
#include "retention_fixture.h"
#include "store_dump.h"

namespace kosei::testing {
namespace {

using storage::LegalHold;
using storage::RetentionPolicy;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Retention : public RetentionTest {
 protected:
  // Versions of "p" in commits 1, 2 and 3, 100 days apart, the last of them 100 days ago.
  void Three() {
    for (const char* name : {"one", "two", "three"}) {
      ASSERT_OK(Put("Person", "p", {{"name", name}, {"status", name}}).status());
      Days(100);
    }
  }
};

TEST_F(Retention, ASupersededVersionGoesAndTheNewestStays) {
  Three();
  ASSERT_OK(engine_->indexes().Build("status"));
  ASSERT_OK(engine_->indexes().CatchUp());
  SetPolicy("Person", "P150D");
  const storage::RetentionCounts dry = Run(true);
  EXPECT_EQ(dry.retired, 1U);
  EXPECT_EQ(dry.kept_policy, 1U);
  EXPECT_EQ(dry.kept_newest, 1U);
  EXPECT_THAT(RetiredOf("p"), IsEmpty());
  const CommitNumber before = reader().Newest().commit;
  EXPECT_EQ(Run().retired, 1U);
  EXPECT_THAT(RetiredOf("p"), ElementsAre(1));
  ASSERT_OK_AND_ASSIGN(const auto commit, reader().Commit(CommitNumber{before.value + 1}));
  EXPECT_EQ(commit.actor, "officer");
  EXPECT_EQ(commit.reason, "retention run: run");
  // Nothing is left to retire, so nothing is written.
  EXPECT_EQ(Run().retired, 0U);
  EXPECT_EQ(reader().Newest().commit, commit.number);
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(Get("p", At(CommitNumber{1})),
                IsError(ErrorCode::kHistoryRetired, "it is whole from commit 2 ("));
    EXPECT_EQ(Attribute("p", "name", At(CommitNumber{2})), Value("two"));
    EXPECT_EQ(Attribute("p", "name", reader().Newest()), Value("three"));
    EXPECT_THAT(Findings(), IsEmpty());
  }
}

TEST_F(Retention, WhatWasRetiredIsNeverSilentlyAbsent) {
  ASSERT_OK(Put("Person", "p", {{"name", "one"}}).status());
  ASSERT_OK(Put("Server", "s", {{"name", "srv"}}).status());
  ASSERT_OK(Link("s", "owned_by", "p").status());
  Days(100);
  ASSERT_OK(Put("Person", "p", {{"name", "two"}}).status());
  Days(100);
  SetPolicy("Person", "P10D");
  EXPECT_EQ(Run().retired, 1U);
  for (int round = 0; round < 2; ++round) {
    const storage::View then = At(CommitNumber{3});
    EXPECT_TRUE(HasLink("s", "owned_by", "p", then));
    const RecordId id = *reader().IdOf("p");
    ASSERT_OK_AND_ASSIGN(const auto left, reader().GetWhatIsLeft(id, then));
    EXPECT_EQ(left.begin, CommitNumber{1});
    EXPECT_EQ(left.record().key(), "p");
    EXPECT_EQ(left.record().class_number(), ClassOf("Person"));
    std::vector<std::string> keys;
    ASSERT_OK(reader().Scan(then, RecordId{1}, [&](RecordId, CommitNumber, RecordView record) {
      keys.emplace_back(record.key());
      return true;
    }));
    EXPECT_THAT(keys, ElementsAre("p", "s"));
    // An index would not find it, so none is asked.
    const auto found =
        reader().indexes().FindText("one", then, 10, [] { return absl::OkStatus(); });
    ASSERT_OK(found.status());
    EXPECT_FALSE(found->has_value());
    Reopen();
  }
}

TEST_F(Retention, CountAndEndAreRulesAsWell) {
  Three();
  SetPolicy("Person", "", 2);
  EXPECT_EQ(Run().retired, 1U);
  EXPECT_THAT(RetiredOf("p"), ElementsAre(1));
  SetPolicy("Person", "P1D", 3);
  EXPECT_EQ(Run().retired, 0U) << "both rules must let a version go";
  SetPolicy("Person", "", 0, "P1Y");
  ASSERT_OK(End("p").status());
  Days(360);
  EXPECT_EQ(Run().retired, 0U);
  Days(10);
  EXPECT_EQ(Run().retired, 2U);
  EXPECT_THAT(RetiredOf("p"), ElementsAre(1, 2, 3));
  EXPECT_THAT(Get("p", At(CommitNumber{3})),
              IsError(ErrorCode::kHistoryRetired, "nothing of it is left"));
  EXPECT_THAT(Get("p"), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(Findings(), IsEmpty());
  // The key is as good as before.
  ASSERT_OK(Put("Person", "p", {{"name", "four"}}).status());
  EXPECT_EQ(Attribute("p", "name", reader().Newest()), Value("four"));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(Retention, TheNearestPolicyCounts) {
  Three();
  ASSERT_OK(Put("Server", "s", {{"name", "one"}}).status());
  ASSERT_OK(Put("Server", "s", {{"name", "two"}}).status());
  Days(100);
  SetPolicy("ConfigurationItem", "P10D");
  SetPolicy("Person", "P10Y");
  EXPECT_EQ(Run().retired, 1U);
  EXPECT_THAT(RetiredOf("p"), IsEmpty());
  EXPECT_THAT(RetiredOf("s"), ElementsAre(4));
  ASSERT_OK(retention().ClearPolicy(ClassOf("Person"), Why("no more")).status());
  EXPECT_EQ(Run().retired, 2U);
  EXPECT_THAT(RetiredOf("p"), ElementsAre(1, 2));
}

TEST_F(Retention, BaselinesPlansAndHoldsKeepTheirVersions) {
  Three();
  ASSERT_OK(Put("Person", "q", {{"name", "one"}}).status());
  ASSERT_OK(Put("Person", "q", {{"name", "two"}}).status());
  OpenPlan("future");
  ASSERT_OK(Edit("future", Putting("", "q", {{"status", "planned"}})));
  ASSERT_OK(Put("Person", "q", {{"name", "three"}}).status());
  Days(100);
  ASSERT_OK(writer().CreateBaseline({"audit", At(CommitNumber{2}), "", "ann", clock_.Now()}));
  SetPolicy("Person", "P10D");
  storage::RetentionCounts counts = Run();
  EXPECT_EQ(counts.kept_baseline, 1U);
  EXPECT_EQ(counts.kept_plan, 1U);
  EXPECT_EQ(counts.retired, 2U);
  EXPECT_THAT(RetiredOf("p"), ElementsAre(1));
  EXPECT_THAT(RetiredOf("q"), ElementsAre(4));
  EXPECT_THAT(Findings(), IsEmpty());
  Hold("case", {"p"});
  ASSERT_OK(writer().DropBaseline("audit"));
  ASSERT_OK(plans().Drop("future"));
  counts = Run();
  EXPECT_EQ(counts.kept_hold, 1U);
  EXPECT_EQ(counts.retired, 1U);
  EXPECT_THAT(RetiredOf("q"), ElementsAre(4, 5));
  ASSERT_OK(retention().DropHold("case", Why("settled")).status());
  EXPECT_EQ(Run().retired, 1U);
  EXPECT_THAT(RetiredOf("p"), ElementsAre(1, 2));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(Retention, WhatIsPlannedOrSaidOfLaterDaysStays) {
  ASSERT_OK(Put("Person", "p", {{"name", "now"}}).status());
  storage::Transaction transaction;
  Record planned = MakeRecord("Person", "p", {{"name", "then"}});
  planned.valid_from = Timestamp{clock_.Now().micros + std::int64_t{500} * 86'400'000'000};
  transaction.put_records.push_back({planned, std::nullopt});
  ASSERT_OK(writer().Commit(std::move(transaction)).status());
  Days(400);
  SetPolicy("Person", "P1D");
  EXPECT_EQ(Run().retired, 0U) << "the older statement is what is so now";
  EXPECT_EQ(Attribute("p", "name", reader().Newest()), Value("now"));
  Days(200);
  EXPECT_EQ(Run().retired, 1U);
  EXPECT_EQ(Attribute("p", "name", reader().Newest()), Value("then"));
  storage::View past = reader().Newest();
  past.valid_at = Timestamp{planned.valid_from.micros - 1};
  EXPECT_THAT(Get("p", past), HasErrorCode(ErrorCode::kHistoryRetired));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(Retention, EveryDecisionIsACommitThatSaysWhoAndWhy) {
  ASSERT_OK(Put("Person", "p").status());
  SetPolicy("Person", "P2Y", 3, "P6M");
  Hold("case-7", {"p"});
  EXPECT_THAT(retention().AddHold({.name = "case-7", .keys = {"p"}}, Why("again")),
              HasErrorCode(ErrorCode::kAlreadyExists));
  ASSERT_OK(retention().DropHold("case-7", Why("settled")).status());
  EXPECT_THAT(retention().DropHold("case-7", Why("again")), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(retention().AddHold({.name = "case-7", .keys = {"p"}}, Why("again")),
              HasErrorCode(ErrorCode::kAlreadyExists));
  ASSERT_OK(retention().ClearPolicy(ClassOf("Person"), Why("new law")).status());
  EXPECT_THAT(retention().ClearPolicy(ClassOf("Person"), Why("again")),
              HasErrorCode(ErrorCode::kNotFound));
  const std::vector<std::string> reasons = {
      "retention of Person set: keep for P2Y, keep 3 versions, after the end P6M: law",
      "hold case-7 added: case", "hold case-7 dropped: settled",
      "retention of Person cleared: new law"};
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    ASSERT_OK_AND_ASSIGN(const auto commit, reader().Commit(CommitNumber{i + 2}));
    EXPECT_EQ(commit.reason, reasons[i]);
    EXPECT_EQ(commit.actor, "officer");
  }
  Reopen();
  ASSERT_OK_AND_ASSIGN(const auto holds, retention().Holds());
  ASSERT_THAT(holds, SizeIs(1));
  ASSERT_TRUE(holds[0].dropped.has_value());
  EXPECT_EQ(holds[0].dropped->actor, "officer");
  EXPECT_EQ(holds[0].dropped->reason, "settled");
  EXPECT_EQ(holds[0].dropped->commit, CommitNumber{4});
  ASSERT_OK_AND_ASSIGN(const auto policies, retention().Policies());
  EXPECT_THAT(policies, IsEmpty());
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(Retention, RefusesWhatMeansNothing) {
  EXPECT_THAT(retention().SetPolicy({ClassOf("Person")}, Why("law")),
              IsError(ErrorCode::kInvalidArgument, "say how long"));
  EXPECT_THAT(retention().SetPolicy({ClassNumber{999}, Period{1, 0}}, Why("law")),
              HasErrorCode(ErrorCode::kUnknownClass));
  EXPECT_THAT(retention().AddHold({.name = "x"}, Why("law")),
              IsError(ErrorCode::kInvalidArgument, "which records"));
  EXPECT_THAT(retention().AddHold({.name = "x", .keys = {"nobody"}}, Why("law")),
              IsError(ErrorCode::kNotFound, "nobody"));
  EXPECT_THAT(retention().AddHold({.name = "", .keys = {"p"}}, Why("law")),
              HasErrorCode(ErrorCode::kInvalidText));
}

TEST_F(Retention, AHoldKeepsARecordFromErasure) {
  ASSERT_OK(Put("Person", "p", {{"name", "one"}}).status());
  ASSERT_OK(
      retention().AddHold({.name = "tax", .class_number = ClassOf("Person")}, Why("law")).status());
  EXPECT_THAT(Erase("p", {"name"}), IsError(ErrorCode::kLegalHold, "tax"));
  ASSERT_OK(retention().DropHold("tax", Why("done")).status());
  ASSERT_OK(Erase("p", {"name"}).status());
}

TEST_F(Retention, ARetiredVersionMayStillBeErasedAndAnErasedOneRetired) {
  Three();
  ASSERT_OK(Erase("p", {"name"}).status());
  Days(1);
  SetPolicy("Person", "P120D");
  EXPECT_EQ(Run().retired, 1U);
  ASSERT_OK(Erase("p", {"status"}).status());
  EXPECT_THAT(RetiredOf("p"), ElementsAre(1));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(Retention, ARunThatIsCutShortLeavesASoundStoreAndTheNextGoesOn) {
  constexpr int kRecords = 300;
  for (const char* name : {"one", "two"}) {
    storage::Transaction transaction;
    for (int i = 0; i < kRecords; ++i) {
      transaction.put_records.push_back(
          {MakeRecord("Person", "p" + std::to_string(i), {{"name", name}}), std::nullopt});
    }
    clock_.Advance(std::chrono::seconds(1));
    ASSERT_OK(writer().Commit(std::move(transaction)).status());
  }
  Days(100);
  SetPolicy("Person", "P1D");
  // As the disk is when the machine goes down between two batches.
  const auto cut = retention().Run(Why("run"), false, [this] {
    std::filesystem::copy(folder_ / "data", folder_ / "copy",
                          std::filesystem::copy_options::recursive);
    return false;
  });
  EXPECT_THAT(cut, HasErrorCode(ErrorCode::kCancelled));
  engine_.reset();
  std::filesystem::remove_all(folder_ / "data");
  std::filesystem::rename(folder_ / "copy", folder_ / "data");
  Open();
  EXPECT_THAT(RetiredOf("p0"), ElementsAre(1));
  EXPECT_THAT(RetiredOf("p299"), IsEmpty());
  EXPECT_THAT(Get("p0", At(CommitNumber{1})), HasErrorCode(ErrorCode::kHistoryRetired));
  EXPECT_THAT(Findings(), IsEmpty());
  const storage::RetentionCounts counts = Run();
  EXPECT_EQ(counts.retired + counts.gone, static_cast<std::uint64_t>(kRecords));
  EXPECT_GT(counts.gone, 0U);
  EXPECT_THAT(RetiredOf("p299"), ElementsAre(1));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(Retention, AnExportedHistoryTakesRetiredVersionsAlong) {
  Three();
  SetPolicy("Person", "P1D");
  EXPECT_EQ(Run().retired, 2U);
  const std::string text = ExportHistory(*engine_);
  EXPECT_THAT(text, HasSubstr("\"retired\":true"));
  const std::vector<std::string> history = DumpHistory(reader(), reader().Newest().commit);
  engine_.reset();
  std::filesystem::remove_all(folder_ / "data");
  Open();
  ASSERT_OK(ImportHistory(*engine_, text));
  EXPECT_EQ(DumpHistory(reader(), reader().Newest().commit), history);
  // No index is asked for what it cannot know.
  ASSERT_OK(engine_->indexes().CatchUp());
  const auto found =
      reader().indexes().FindText("one", At(CommitNumber{1}), 10, [] { return absl::OkStatus(); });
  ASSERT_OK(found.status());
  EXPECT_FALSE(found->has_value());
  EXPECT_THAT(RetiredOf("p"), ElementsAre(1, 2));
  EXPECT_THAT(Get("p", At(CommitNumber{1})), HasErrorCode(ErrorCode::kHistoryRetired));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST(RetentionPolicy, HasTheseBytesForEver) {
  RetentionPolicy policy{ClassNumber{258}};
  policy.keep_for = Period{24, 0};
  policy.keep_versions = 3;
  policy.set = {CommitNumber{7}, Timestamp{8}, "ann", "law"};
  EXPECT_EQ(ToHex(storage::PolicyName(policy.class_number)), ToHex("retention/") + "0102");
  const std::string bytes = storage::EncodePolicy(policy);
  EXPECT_EQ(ToHex(bytes),
            "01"
            "00000018"
            "0000000000000000"
            "00000003"
            "00000000"
            "0000000000000000"
            "0000000000000007"
            "0000000000000008"
            "0003616e6e"
            "00036c6177");
  ASSERT_OK_AND_ASSIGN(const RetentionPolicy read,
                       storage::DecodePolicy(policy.class_number, bytes));
  EXPECT_EQ(storage::EncodePolicy(read), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(storage::DecodePolicy(policy.class_number, bytes.substr(0, size)),
                HasErrorCode(ErrorCode::kStorageCorrupt));
  }
}

TEST(LegalHold, HasTheseBytesForEver) {
  LegalHold hold{"case"};
  hold.keys = {"p"};
  hold.class_number = ClassNumber{2};
  hold.added = {CommitNumber{7}, Timestamp{8}, "ann", ""};
  hold.dropped = {CommitNumber{9}, Timestamp{10}, "", "x"};
  EXPECT_EQ(storage::HoldName("case"), "hold/case");
  const std::string bytes = storage::EncodeHold(hold);
  EXPECT_EQ(ToHex(bytes),
            "0002"
            "00000001"
            "000170"
            "0000000000000007"
            "0000000000000008"
            "0003616e6e"
            "0000"
            "01"
            "0000000000000009"
            "000000000000000a"
            "0000"
            "000178");
  ASSERT_OK_AND_ASSIGN(const LegalHold read, storage::DecodeHold("case", bytes));
  EXPECT_EQ(storage::EncodeHold(read), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(storage::DecodeHold("case", bytes.substr(0, size)),
                HasErrorCode(ErrorCode::kStorageCorrupt));
  }
}

}  // namespace
}  // namespace kosei::testing
