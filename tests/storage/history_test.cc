// Records: nothing is overwritten, every View tells what was known then, writers are held to what
// they read.
#include <algorithm>
#include <string>

#include "pch.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

using storage::CommitResult;
using storage::ViewName;

class HistoryTest : public StoreTest {};

TEST_F(HistoryTest, EveryVersionStaysReadable) {
  ASSERT_OK_AND_ASSIGN(const CommitResult first,
                       Put("Server", "web-1", {{"name", "Web"}, {"memory", 8}}));
  ASSERT_OK_AND_ASSIGN(const CommitResult second, Put("Server", "web-1", {{"memory", 16}}));
  ASSERT_OK_AND_ASSIGN(const CommitResult third, End("web-1"));
  EXPECT_EQ(first.records_created, 1U);
  EXPECT_EQ(second.records_updated, 1U);
  EXPECT_EQ(third.records_ended, 1U);
  ASSERT_OK_AND_ASSIGN(const Record then, Get("web-1", At(first.commit)));
  EXPECT_EQ(*then.Find(AttributeOf("memory")), Value(8));
  ASSERT_OK_AND_ASSIGN(const Record later, Get("web-1", At(second.commit)));
  EXPECT_EQ(*later.Find(AttributeOf("memory")), Value(16));
  EXPECT_EQ(*later.Find(AttributeOf("name")), Value("Web"));
  EXPECT_THAT(Get("web-1"), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(Get("web-1", At(kNoCommit)), HasErrorCode(ErrorCode::kNotFound));

  ASSERT_OK_AND_ASSIGN(const auto history,
                       reader().History(*reader().IdOf("web-1"), reader().Newest()));
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[0].begin, third.commit);
  EXPECT_TRUE(history[0].record().ended());
  EXPECT_EQ(history[1].end, third.commit);
  EXPECT_EQ(history[2].end, second.commit);
}

TEST_F(HistoryTest, AKeyThatComesBackGoesOnWithItsHistory) {
  ASSERT_OK(Put("Server", "web-1", {{"name", "first"}}));
  const auto id = reader().IdOf("web-1");
  ASSERT_OK(End("web-1"));
  ASSERT_OK(Put("Server", "web-1", {{"memory", 4}}));
  EXPECT_EQ(reader().IdOf("web-1"), id);
  ASSERT_OK_AND_ASSIGN(const Record now, Get("web-1"));
  EXPECT_EQ(now.Find(AttributeOf("name")), nullptr) << "what ended does not come back by itself";
}

TEST_F(HistoryTest, NothingChangedIsNoCommit) {
  ASSERT_OK(Put("Server", "web-1", {{"name", "Web"}}));
  const storage::View before = reader().Newest();
  ASSERT_OK_AND_ASSIGN(const CommitResult again, Put("Server", "web-1", {{"name", "Web"}}));
  EXPECT_EQ(again.commit, kNoCommit);
  EXPECT_EQ(again.records_unchanged, 1U);
  EXPECT_EQ(reader().Newest().commit, before.commit);
}

TEST_F(HistoryTest, ANullRemovesAnAttributeAndTheOthersStay) {
  ASSERT_OK(Put("Server", "web-1", {{"name", "Web"}, {"memory", 8}}));
  ASSERT_OK(Put("Server", "web-1", {{"memory", Value()}}));
  ASSERT_OK_AND_ASSIGN(const Record now, Get("web-1"));
  EXPECT_EQ(now.Find(AttributeOf("memory")), nullptr);
  EXPECT_NE(now.Find(AttributeOf("name")), nullptr);
}

TEST_F(HistoryTest, OptimisticWritersAreToldWhenTheyAreLate) {
  ASSERT_OK_AND_ASSIGN(const CommitResult first, Put("Server", "web-1", {{"name", "a"}}));
  ASSERT_OK(Put("Server", "web-1", {{"name", "b"}}));
  storage::Transaction late;
  late.put_records.push_back({MakeRecord("Server", "web-1", {{"name", "c"}}), first.commit});
  EXPECT_THAT(writer().Commit(late), HasErrorCode(ErrorCode::kVersionConflict));
  storage::Transaction fresh;
  fresh.put_records.push_back({MakeRecord("Server", "web-1", {{"name", "c"}}), kNoCommit});
  EXPECT_THAT(writer().Commit(fresh), HasErrorCode(ErrorCode::kAlreadyExists));
}

TEST_F(HistoryTest, ATransactionIsAllOrNothing) {
  storage::Transaction transaction;
  transaction.put_records.push_back({MakeRecord("Server", "good"), std::nullopt});
  transaction.put_records.push_back(
      {MakeRecord("Server", "bad", {{"memory", "much"}}), std::nullopt});
  EXPECT_THAT(writer().Commit(transaction), IsError(ErrorCode::kWrongType, "bad"));
  EXPECT_THAT(Get("good"), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_EQ(reader().Newest().commit, kNoCommit);
}

TEST_F(HistoryTest, RefusesWhatTheModelRefuses) {
  Record unknown = MakeRecord("Server", "x");
  unknown.class_number = ClassNumber{999};
  storage::Transaction transaction;
  transaction.put_records.push_back({unknown, std::nullopt});
  EXPECT_THAT(writer().Commit(transaction), HasErrorCode(ErrorCode::kUnknownClass));
  EXPECT_THAT(Put("", "nobody"), HasErrorCode(ErrorCode::kUnknownClass));
  EXPECT_THAT(Put("ConfigurationItem", "x"), HasErrorCode(ErrorCode::kAbstractClass));
  EXPECT_THAT(Put("Server", "x", {{"memory", -1}}), HasErrorCode(ErrorCode::kOutOfRange));
  ASSERT_OK(Put("Server", "x"));
  EXPECT_THAT(Put("Application", "x"), IsError(ErrorCode::kClassMismatch, "another key"));
}

TEST_F(HistoryTest, ReferencesMustExistAndBeOfTheirClass) {
  ASSERT_OK(Put("Application", "app"));
  EXPECT_THAT(Put("Server", "s", {{"backup_of", "nowhere"}}),
              HasErrorCode(ErrorCode::kLinkEndMissing));
  EXPECT_THAT(Put("Server", "s", {{"backup_of", "app"}}), HasErrorCode(ErrorCode::kWrongType));
  ASSERT_OK(Put("Server", "t"));
  EXPECT_OK(Put("Server", "s", {{"backup_of", "t"}}));
}

TEST_F(HistoryTest, CommitsAreChainedAndSayWhoAndWhy) {
  storage::Transaction transaction;
  transaction.provenance = {"sato", "new rack", "CHG-1", "manual"};
  transaction.put_records.push_back({MakeRecord("Server", "a"), std::nullopt});
  ASSERT_OK_AND_ASSIGN(const CommitResult first, writer().Commit(transaction));
  ASSERT_OK_AND_ASSIGN(const CommitResult second, Put("Server", "b"));
  ASSERT_OK_AND_ASSIGN(const auto one, reader().Commit(first.commit));
  ASSERT_OK_AND_ASSIGN(const auto two, reader().Commit(second.commit));
  EXPECT_EQ(one.actor, "sato");
  EXPECT_EQ(one.cause, "CHG-1");
  EXPECT_EQ(one.previous_hash, std::string(32, '\0'));
  EXPECT_EQ(two.previous_hash, one.hash);
  EXPECT_GT(two.time, one.time);
  ASSERT_OK_AND_ASSIGN(const auto changes, reader().Changes(second.commit, 100));
  ASSERT_EQ(changes.records.size(), 1U);
  EXPECT_EQ(reader().KeyOf(changes.records[0].record), "b");
}

TEST_F(HistoryTest, CommitTimesAscendWhenTheClockGoesBack) {
  ASSERT_OK_AND_ASSIGN(const CommitResult first, Put("Server", "a"));
  clock_.JumpTo(Timestamp{1'000'000});
  ASSERT_OK_AND_ASSIGN(const CommitResult second, Put("Server", "b"));
  EXPECT_EQ(second.time.micros, first.time.micros + 1);
}

TEST_F(HistoryTest, ViewsResolveByCommitTimeAndBaseline) {
  ASSERT_OK_AND_ASSIGN(const CommitResult first, Put("Server", "a"));
  ASSERT_OK_AND_ASSIGN(const CommitResult second, Put("Server", "b"));
  const auto at_time = [this](Timestamp time) {
    return reader().Resolve({ViewName::Kind::kTime, {}, time, {}});
  };
  ASSERT_OK_AND_ASSIGN(const auto between, at_time(Timestamp{second.time.micros - 1}));
  EXPECT_EQ(between.commit, first.commit);
  ASSERT_OK_AND_ASSIGN(const auto exactly, at_time(second.time));
  EXPECT_EQ(exactly.commit, second.commit);
  ASSERT_OK_AND_ASSIGN(const auto before, at_time(Timestamp{first.time.micros - 1}));
  EXPECT_EQ(before.commit, kNoCommit);
  EXPECT_THAT(at_time(Timestamp{clock_.Now().micros + 60'000'000}),
              HasErrorCode(ErrorCode::kFutureTime));
  EXPECT_THAT(reader().Resolve({ViewName::Kind::kCommit, CommitNumber{99}, {}, {}}),
              HasErrorCode(ErrorCode::kNotFound));
  ASSERT_OK(writer().CreateBaseline({"before move", between, "audit"}));
  EXPECT_THAT(writer().CreateBaseline({"before move", between, ""}),
              HasErrorCode(ErrorCode::kAlreadyExists));
  ASSERT_OK_AND_ASSIGN(const auto named,
                       reader().Resolve({ViewName::Kind::kBaseline, {}, {}, "before move"}));
  EXPECT_EQ(named, between);
  EXPECT_THAT(reader().Resolve({ViewName::Kind::kBaseline, {}, {}, "none"}),
              HasErrorCode(ErrorCode::kUnknownBaseline));
  ASSERT_OK(writer().DropBaseline("before move"));
  EXPECT_THAT(reader().Resolve({ViewName::Kind::kBaseline, {}, {}, "before move"}),
              HasErrorCode(ErrorCode::kUnknownBaseline));
  EXPECT_THAT(writer().DropBaseline("before move"), HasErrorCode(ErrorCode::kUnknownBaseline));
}

TEST_F(HistoryTest, AViewIsResolvedInMemoryOrNotAtAll) {
  ASSERT_OK_AND_ASSIGN(const CommitResult first, Put("Server", "a"));
  // Enough commits that the first lies in another block than the newest, which an opening reads.
  for (int i = 0; i < 500; ++i) ASSERT_OK(Put("Server", "more " + std::to_string(i)));
  Reopen();
  const storage::ViewName name{ViewName::Kind::kCommit, first.commit, {}, {}};
  EXPECT_FALSE(reader().ResolveIfCached(name).has_value());
  ASSERT_OK_AND_ASSIGN(const auto view, reader().Resolve(name));
  const auto cached = reader().ResolveIfCached(name);
  ASSERT_TRUE(cached.has_value());
  ASSERT_OK(cached->status());
  EXPECT_EQ(**cached, view);
  // What is wrong with the name itself needs no disk.
  const auto future = reader().ResolveIfCached(
      {ViewName::Kind::kTime, {}, Timestamp{clock_.Now().micros + 60'000'000}, {}});
  ASSERT_TRUE(future.has_value());
  EXPECT_THAT(*future, HasErrorCode(ErrorCode::kFutureTime));
}

TEST_F(HistoryTest, ScanSeesWhatHeldInTheView) {
  ASSERT_OK(Put("Server", "a"));
  ASSERT_OK_AND_ASSIGN(const CommitResult middle, Put("Server", "b"));
  ASSERT_OK(End("a"));
  ASSERT_OK(Put("Server", "c"));
  const auto keys = [this](const storage::View& view) {
    std::vector<std::string> found;
    EXPECT_OK(reader().Scan(view, RecordId{1}, [&found](RecordId, CommitNumber, RecordView record) {
      found.emplace_back(record.key());
      return true;
    }));
    return found;
  };
  EXPECT_THAT(keys(At(middle.commit)), ::testing::ElementsAre("a", "b"));
  EXPECT_THAT(keys(reader().Newest()), ::testing::ElementsAre("b", "c"));
}

TEST_F(HistoryTest, StatementsAboutThePastAreTrueFromThen) {
  ASSERT_OK_AND_ASSIGN(const CommitResult first, Put("Server", "a", {{"memory", 8}}));
  storage::Transaction late;
  late.put_records.push_back({MakeRecord("Server", "a", {{"memory", 32}}), std::nullopt});
  late.put_records[0].record.valid_from = Timestamp{first.time.micros + 10};
  late.put_records[0].record.valid_to = Timestamp{first.time.micros + 20};
  clock_.Advance(std::chrono::hours(1));
  ASSERT_OK_AND_ASSIGN(const CommitResult second, writer().Commit(late));
  const auto memory = [this](CommitNumber commit, std::int64_t instant) {
    const auto record = Get("a", {commit, Timestamp{instant}});
    return record.ok() ? record->Find(AttributeOf("memory"))->integer() : -1;
  };
  EXPECT_EQ(memory(second.commit, first.time.micros + 15), 32);
  EXPECT_EQ(memory(second.commit, first.time.micros + 25), 8);
  EXPECT_EQ(memory(first.commit, first.time.micros + 15), 8) << "what was believed then";
}

}  // namespace
}  // namespace kosei::testing
