// Links: ends must exist and be of the right classes, cardinality holds, ended records take their
// links along.
#include "pch.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

using storage::CommitResult;

class LinksTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    for (const char* key : {"s1", "s2"}) ASSERT_OK(Put("Server", key));
    for (const char* key : {"a1", "a2"}) ASSERT_OK(Put("Application", key));
  }
};

TEST_F(LinksTest, HoldFromTheirCommitUntilTheyEnd) {
  ASSERT_OK_AND_ASSIGN(const CommitResult linked, Link("a1", "depends_on", "s1"));
  ASSERT_OK_AND_ASSIGN(const CommitResult unlinked, Unlink("a1", "depends_on", "s1"));
  ASSERT_OK_AND_ASSIGN(const CommitResult again, Link("a1", "depends_on", "s1"));
  const auto holds = [this](CommitNumber commit) {
    return HasLink("a1", "depends_on", "s1", At(commit));
  };
  EXPECT_FALSE(holds(CommitNumber{linked.commit.value - 1}));
  EXPECT_TRUE(holds(linked.commit));
  EXPECT_FALSE(holds(unlinked.commit));
  EXPECT_TRUE(holds(again.commit));
  ASSERT_OK_AND_ASSIGN(const auto history,
                       reader().LinkHistory(*reader().IdOf("s1"), reader().Newest()));
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[0].end, unlinked.commit);
  EXPECT_EQ(history[1].end, kOpenEnd);
  Reopen();
  EXPECT_TRUE(holds(linked.commit));
  EXPECT_FALSE(holds(unlinked.commit));
  EXPECT_TRUE(holds(again.commit));
}

TEST_F(LinksTest, ALinkTwiceIsOneLink) {
  ASSERT_OK(Link("a1", "depends_on", "s1"));
  ASSERT_OK_AND_ASSIGN(const CommitResult again, Link("a1", "depends_on", "s1"));
  EXPECT_EQ(again.commit, kNoCommit);
  EXPECT_EQ(again.links_unchanged, 1U);
  EXPECT_EQ(reader().Counts().links, 1U);
}

TEST_F(LinksTest, RefusesMissingEndsWrongClassesAndTooMany) {
  EXPECT_THAT(Link("a1", "depends_on", "nowhere"), IsError(ErrorCode::kLinkEndMissing, "nowhere"));
  EXPECT_THAT(Link("s1", "hosted_on", "s2"), IsError(ErrorCode::kEndpointNotAllowed, "hosted_on"));
  ASSERT_OK(Link("a1", "hosted_on", "s1"));
  EXPECT_THAT(Link("a1", "hosted_on", "s2"), IsError(ErrorCode::kCardinality, "s1"));
  ASSERT_OK(Link("a2", "hosted_on", "s1"));
  ASSERT_OK(Unlink("a1", "hosted_on", "s1"));
  EXPECT_OK(Link("a1", "hosted_on", "s2"));
  EXPECT_THAT(Unlink("a1", "hosted_on", "s1"), HasErrorCode(ErrorCode::kNotFound));
  storage::Transaction unknown;
  unknown.put_links.push_back({"a1", RelationshipTypeNumber{99}, "s1"});
  EXPECT_THAT(writer().Commit(unknown), HasErrorCode(ErrorCode::kUnknownRelationshipType));
}

TEST_F(LinksTest, CardinalityCountsWhatTheSameTransactionDoes) {
  storage::Transaction move;
  ASSERT_OK(Link("a1", "hosted_on", "s1"));
  move.end_links.push_back({"a1", TypeOf("hosted_on"), "s1"});
  move.put_links.push_back({"a1", TypeOf("hosted_on"), "s2"});
  EXPECT_OK(writer().Commit(move));
  storage::Transaction two;
  two.put_links.push_back({"a2", TypeOf("hosted_on"), "s1"});
  two.put_links.push_back({"a2", TypeOf("hosted_on"), "s2"});
  EXPECT_THAT(writer().Commit(two), HasErrorCode(ErrorCode::kCardinality));
}

TEST_F(LinksTest, AnEndedRecordTakesItsLinksAlong) {
  ASSERT_OK(Link("a1", "depends_on", "s1"));
  ASSERT_OK(Link("s1", "depends_on", "s2"));
  const storage::View before = reader().Newest();
  ASSERT_OK_AND_ASSIGN(const CommitResult ended, End("s1"));
  EXPECT_EQ(ended.links_ended, 2U);
  EXPECT_FALSE(HasLink("a1", "depends_on", "s1", reader().Newest()));
  EXPECT_TRUE(HasLink("a1", "depends_on", "s1", before));
  EXPECT_EQ(reader().Counts().links, 0U);
  EXPECT_EQ(reader().Counts().records, 3U);
  EXPECT_THAT(Link("a1", "depends_on", "s1"), HasErrorCode(ErrorCode::kLinkEndMissing));
}

TEST_F(LinksTest, CyclesAndLinksToItselfAreFacts) {
  ASSERT_OK(Link("s1", "depends_on", "s2"));
  ASSERT_OK(Link("s2", "depends_on", "s1"));
  ASSERT_OK(Link("s1", "depends_on", "s1"));
  EXPECT_TRUE(HasLink("s1", "depends_on", "s1", reader().Newest()));
  ASSERT_OK_AND_ASSIGN(const CommitResult ended, End("s1"));
  EXPECT_EQ(ended.links_ended, 3U);
}

TEST_F(LinksTest, ATransactionMayLinkWhatItCreates) {
  storage::Transaction transaction;
  transaction.put_records.push_back({MakeRecord("Server", "new"), std::nullopt});
  transaction.put_links.push_back({"a1", TypeOf("depends_on"), "new"});
  ASSERT_OK_AND_ASSIGN(const CommitResult result, writer().Commit(transaction));
  EXPECT_EQ(result.records_created, 1U);
  EXPECT_EQ(result.links_created, 1U);
  EXPECT_TRUE(HasLink("a1", "depends_on", "new", reader().Newest()));
}

}  // namespace
}  // namespace kosei::testing
