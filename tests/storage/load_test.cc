// Bulk loads: the first one through sorted files, later ones as commits; items are judged one by
// one.
#include "pch.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

using storage::BulkChunk;
using storage::RejectedItem;

class LoadTest : public StoreTest {
 protected:
  BulkChunk SomeChunk() {
    BulkChunk chunk;
    chunk.records = {MakeRecord("Server", "s1", {{"name", "One"}, {"serial_number", "SN-1"}}),
                     MakeRecord("Application", "a1"), MakeRecord("Application", "a2")};
    chunk.links = {{"a1", TypeOf("hosted_on"), "s1"}, {"a2", TypeOf("depends_on"), "a1"}};
    return chunk;
  }
  absl::StatusOr<storage::CommitResult> Load(BulkChunk chunk) {
    auto load = writer().BeginBulk({"loader", "test", "", "csv"});
    if (!load.ok()) return load.status();
    if (auto result = (*load)->Add(std::move(chunk)); !result.ok()) return result.status();
    return (*load)->Finish();
  }
};

TEST_F(LoadTest, TheFirstLoadIsOneCommitThatSurvivesAReopen) {
  ASSERT_OK_AND_ASSIGN(const auto result, Load(SomeChunk()));
  EXPECT_EQ(result.commit, CommitNumber{1});
  EXPECT_EQ(result.records_created, 3U);
  EXPECT_EQ(result.links_created, 2U);
  for (int pass = 0; pass < 2; ++pass) {
    SCOPED_TRACE(pass == 0 ? "at once" : "after reopening");
    EXPECT_EQ(reader().Counts().records, 3U);
    EXPECT_EQ(reader().Counts().links, 2U);
    ASSERT_OK_AND_ASSIGN(const Record record, Get("s1"));
    EXPECT_EQ(*record.Find(AttributeOf("name")), Value("One"));
    EXPECT_TRUE(HasLink("a1", "hosted_on", "s1", reader().Newest()));
    EXPECT_FALSE(HasLink("a1", "hosted_on", "s1", At(kNoCommit)));
    EXPECT_THAT(Put("Server", "s9", {{"serial_number", "SN-1"}}),
                HasErrorCode(ErrorCode::kDuplicateValue));
    ASSERT_OK_AND_ASSIGN(const auto changes, reader().Changes(CommitNumber{1}, 100));
    EXPECT_EQ(changes.records.size(), 3U);
    EXPECT_EQ(changes.links.size(), 2U);
    Reopen();
  }
}

TEST_F(LoadTest, TheSameLoadTwiceChangesNothing) {
  ASSERT_OK(Load(SomeChunk()));
  ASSERT_OK_AND_ASSIGN(const auto again, Load(SomeChunk()));
  EXPECT_EQ(again.commit, kNoCommit);
  EXPECT_EQ(again.records_unchanged, 3U);
  EXPECT_EQ(again.links_unchanged, 2U);
  EXPECT_EQ(reader().Newest().commit, CommitNumber{1});
}

TEST_F(LoadTest, BadItemsAreReportedAndTheOthersGoIn) {
  for (const bool first : {true, false}) {
    SCOPED_TRACE(first ? "first load" : "later load");
    const std::string prefix = first ? "x" : "y";
    BulkChunk chunk;
    chunk.records = {MakeRecord("Server", prefix + "1", {{"serial_number", prefix}}),
                     MakeRecord("Server", prefix + "2", {{"memory", "lots"}}),
                     MakeRecord("Server", prefix + "3", {{"serial_number", prefix}}),
                     MakeRecord("Application", prefix + "4")};
    chunk.links = {{prefix + "4", TypeOf("hosted_on"), prefix + "1"},
                   {prefix + "4", TypeOf("hosted_on"), prefix + "2"},
                   {prefix + "1", TypeOf("hosted_on"), prefix + "4"}};
    ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({}));
    ASSERT_OK_AND_ASSIGN(const auto result, load->Add(std::move(chunk)));
    ASSERT_OK(load->Finish());
    ASSERT_EQ(result.rejected.size(), 4U);
    EXPECT_EQ(result.rejected[0].index, 1U);
    EXPECT_THAT(result.rejected[0].status, HasErrorCode(ErrorCode::kWrongType));
    EXPECT_EQ(FieldOf(result.rejected[0].status), "memory");
    EXPECT_THAT(result.rejected[1].status, HasErrorCode(ErrorCode::kDuplicateValue));
    EXPECT_EQ(result.rejected[2].kind, RejectedItem::Kind::kLink);
    EXPECT_THAT(result.rejected[2].status, HasErrorCode(ErrorCode::kLinkEndMissing));
    EXPECT_THAT(result.rejected[3].status, HasErrorCode(ErrorCode::kEndpointNotAllowed));
    EXPECT_OK(Get(prefix + "1"));
    EXPECT_OK(Get(prefix + "4"));
    EXPECT_THAT(Get(prefix + "2"), HasErrorCode(ErrorCode::kNotFound));
  }
}

TEST_F(LoadTest, AKeyThatRepeatsInAFirstLoadBecomesItsNextVersion) {
  BulkChunk chunk;
  chunk.records = {MakeRecord("Server", "s1", {{"name", "old"}, {"memory", 1}}),
                   MakeRecord("Server", "s1", {{"name", "old"}, {"memory", 1}}),
                   MakeRecord("Server", "s1", {{"name", "new"}})};
  ASSERT_OK_AND_ASSIGN(const auto result, Load(std::move(chunk)));
  EXPECT_EQ(result.records_created, 1U);
  EXPECT_EQ(result.records_unchanged, 1U);
  EXPECT_EQ(result.records_updated, 1U);
  ASSERT_OK_AND_ASSIGN(const Record record, Get("s1"));
  EXPECT_EQ(*record.Find(AttributeOf("name")), Value("new"));
  EXPECT_EQ(*record.Find(AttributeOf("memory")), Value(1));
}

TEST_F(LoadTest, AnAbandonedFirstLoadLeavesNothingAndMayBeDoneAgain) {
  {
    ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({}));
    ASSERT_OK(load->Add(SomeChunk()));
    EXPECT_THAT(writer().BeginBulk({}), HasErrorCode(ErrorCode::kOverloaded));
    EXPECT_THAT(Put("Server", "other"), HasErrorCode(ErrorCode::kOverloaded));
  }
  EXPECT_EQ(reader().Newest().commit, kNoCommit);
  EXPECT_EQ(reader().IdOf("s1"), std::nullopt);
  BulkChunk reversed = SomeChunk();
  std::reverse(reversed.records.begin(), reversed.records.end());
  ASSERT_OK_AND_ASSIGN(const auto result, Load(std::move(reversed)));
  EXPECT_EQ(result.records_created, 3U);
  EXPECT_EQ(result.links_created, 2U);
  Reopen();
  EXPECT_OK(Get("s1"));
  EXPECT_TRUE(HasLink("a2", "depends_on", "a1", reader().Newest()));
}

TEST_F(LoadTest, ACompleteChunkEndsLinksThatWentAway) {
  ASSERT_OK(Load(SomeChunk()));
  BulkChunk chunk;
  chunk.records = {MakeRecord("Application", "a2")};
  chunk.links = {{"a2", TypeOf("depends_on"), "s1"}};
  chunk.complete_types = {TypeOf("depends_on")};
  ASSERT_OK_AND_ASSIGN(const auto result, Load(std::move(chunk)));
  EXPECT_EQ(result.links_created, 1U);
  EXPECT_EQ(result.links_ended, 1U);
  EXPECT_FALSE(HasLink("a2", "depends_on", "a1", reader().Newest()));
  EXPECT_TRUE(HasLink("a2", "depends_on", "a1", At(CommitNumber{1})));
  EXPECT_TRUE(HasLink("a1", "hosted_on", "s1", reader().Newest())) << "not a record of the chunk";
}

storage::BulkChunk NumberedChunk(std::uint64_t number, std::vector<Record> records) {
  storage::BulkChunk chunk;
  chunk.records = std::move(records);
  chunk.number = number;
  chunk.digest = 100 + number;
  return chunk;
}

TEST_F(LoadTest, ANamedLoadGoesOnWhereItWas) {
  ASSERT_OK(Put("Server", "there").status());
  {
    ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({"loader", "", "", "csv"}, "nightly"));
    EXPECT_EQ(load->position().chunk, 0U);
    ASSERT_OK(load->Add(NumberedChunk(1, {MakeRecord("Server", "a")})).status());
    // Nothing changes, and still it counts as done.
    ASSERT_OK(load->Add(NumberedChunk(2, {MakeRecord("Server", "a")})).status());
    ASSERT_OK(load->Add(NumberedChunk(
                            3, {MakeRecord("Server", "b"), MakeRecord("ConfigurationItem", "c")}))
                  .status());
  }
  Reopen();
  const CommitNumber newest = reader().Newest().commit;
  EXPECT_EQ(newest, CommitNumber{3});
  ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({"loader", "", "", "csv"}, "nightly"));
  EXPECT_EQ(load->position().chunk, 3U);
  EXPECT_EQ(load->position().digest, 103U);
  EXPECT_EQ(load->position().counts.records_created, 2U);
  EXPECT_EQ(load->position().counts.records_unchanged, 1U);
  // A chunk that comes again is judged and changes nothing, whatever happened since.
  ASSERT_OK(End("b"));
  ASSERT_OK_AND_ASSIGN(const auto again,
                       load->Add(NumberedChunk(
                           3, {MakeRecord("Server", "b"), MakeRecord("ConfigurationItem", "c")})));
  EXPECT_EQ(again.rejected.size(), 1U);
  EXPECT_EQ(again.counts.commit, kNoCommit);
  EXPECT_FALSE(Get("b").ok());
  EXPECT_THAT(load->Add(NumberedChunk(5, {MakeRecord("Server", "d")})),
              HasErrorCode(ErrorCode::kProtocolOrder));
  ASSERT_OK(load->Add(NumberedChunk(4, {MakeRecord("Server", "d")})).status());
  ASSERT_OK_AND_ASSIGN(const auto total, load->Finish());
  EXPECT_EQ(total.records_created, 3U);
  // Another source or another batch is another load.
  ASSERT_OK_AND_ASSIGN(auto other, writer().BeginBulk({"loader", "", "", "csv2"}, "nightly"));
  EXPECT_EQ(other->position().chunk, 0U);
}

TEST_F(LoadTest, AFirstLoadIsKnownByItsNameWhenItIsOver) {
  {
    ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({"loader", "", "", "csv"}, "first"));
    ASSERT_OK(load->Add(NumberedChunk(1, {MakeRecord("Server", "a")})).status());
  }
  {
    ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({"loader", "", "", "csv"}, "first"));
    EXPECT_EQ(load->position().chunk, 0U) << "nothing of it was there";
    ASSERT_OK(load->Add(NumberedChunk(1, {MakeRecord("Server", "a")})).status());
    ASSERT_OK(load->Add(NumberedChunk(2, {MakeRecord("Server", "b")})).status());
    ASSERT_OK(load->Finish().status());
  }
  ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({"loader", "", "", "csv"}, "first"));
  EXPECT_EQ(load->position().chunk, 2U);
  EXPECT_EQ(load->position().counts.records_created, 2U);
}

TEST_F(LoadTest, OldPositionsAreForgotten) {
  ASSERT_OK(Put("Server", "there").status());
  const auto load_one = [this](const std::string& batch) {
    ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({"loader", "", "", "csv"}, batch));
    ASSERT_OK(load->Add(NumberedChunk(1, {MakeRecord("Server", batch)})).status());
  };
  load_one("old");
  clock_.Advance(std::chrono::hours(24 * 31));
  load_one("young");
  ASSERT_OK_AND_ASSIGN(auto old, writer().BeginBulk({"loader", "", "", "csv"}, "old"));
  EXPECT_EQ(old->position().chunk, 0U);
  ASSERT_OK_AND_ASSIGN(auto young, writer().BeginBulk({"loader", "", "", "csv"}, "young"));
  EXPECT_EQ(young->position().chunk, 1U);
}

}  // namespace
}  // namespace kosei::testing
