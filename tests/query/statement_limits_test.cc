// What a statement may cost, in planning and in running, and what happens when it costs more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "kosei/base/error.h"
#include "server_room.h"

namespace kosei::query {
namespace {

using language::Datum;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StatementLimits : public ServerRoom {
 protected:
  // nullopt: it is within.
  std::optional<ErrorCode> CodeWithin(const std::string& text, std::uint64_t memory_bytes) {
    Limits limits;
    limits.memory_bytes = memory_bytes;
    const auto told = asked_.Ask(text, {}, limits);
    return told.ok() ? std::nullopt : std::optional(CodeOf(told.status()));
  }
  // `count` servers that need the hub, in one commit.
  void MakeStar(int count) {
    Edit edit;
    edit.others.emplace_back("Server", "hub");
    for (int i = 0; i < count; ++i) edit.others.emplace_back("Server", "leaf-" + std::to_string(i));
    asked_.store().Apply(edit);
    Edit links;
    for (int i = 0; i < count; ++i)
      links.link.push_back({"leaf-" + std::to_string(i), "needs", "hub"});
    asked_.store().Apply(links);
  }
};

std::string Repeated(const std::string& part, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}

TEST_F(StatementLimits, APatternOfVeryManyPartsIsRefused) {
  EXPECT_THAT(asked_.Error("MATCH ()" + Repeated("-->()", 100'000) + " RETURN 1"),
              HasSubstr("the pattern is too large: it has more than 500"));
  EXPECT_THAT(asked_.Rows("MATCH ()" + Repeated("-->()", 200) + " RETURN count(*)"),
              ElementsAre("0"));
}

TEST_F(StatementLimits, AStatementOfVeryManyOperatorsIsRefused) {
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += "UNWIND [1] AS x" + std::to_string(i) + " ";
  EXPECT_THAT(asked_.Error(text + "RETURN 1"), HasSubstr("more than 1000 operators"));
  std::string nested = "MATCH (n)";
  for (int i = 0; i < 40; ++i) nested += " OPTIONAL MATCH ()" + Repeated("-->()", 30);
  EXPECT_THAT(asked_.Error(nested + " RETURN 1"), HasSubstr("more than 1000 operators"));
}

TEST_F(StatementLimits, ManyConditionsAreOneFilter) {
  EXPECT_THAT(asked_.Rows("MATCH (n:Server) WHERE n.cpu > 4" +
                          Repeated(" AND n.name <> 'none'", 5'000) + " RETURN n.name"),
              ElementsAre("'db'"));
  EXPECT_THAT(Plan("MATCH (n) WHERE n.name <> 'x' AND (n.price > 1 OR n.price < 0) RETURN n"),
              ElementsAre("Project", "Filter", "RecordScan"));
}

TEST_F(StatementLimits, PlanningMindsTheTime) {
  const auto cancelled = std::make_shared<const std::atomic<bool>>(true);
  class None final : public RowVisitor {
    void Columns(std::span<const std::string>, const storage::View&) override {}
    bool Row(std::span<const Datum>, language::Evaluation&) override { return true; }
  } none;
  StatementRequest request;
  // EXPLAIN: nothing runs that could find out.
  request.text = "EXPLAIN MATCH (a) RETURN a.name";
  const Budget budget({}, asked_.store().clock(), cancelled);
  EXPECT_EQ(CodeOf(asked_.runner().Run(request, budget, none).status()), ErrorCode::kCancelled);
}

TEST_F(StatementLimits, NamesAndColumnsMayBeMany) {
  std::string text = "RETURN 1 AS c0";
  for (int i = 1; i < 50'000; ++i) text += ", {a: 1}.p" + std::to_string(i);
  EXPECT_THAT(asked_.Rows(text), SizeIs(1));
}

TEST_F(StatementLimits, LinksThatAVariableLengthPatternKeepsAreCounted) {
  MakeStar(20'000);
  const std::string text = "MATCH (h {key: 'hub'})<-[:needs*1..2]-(n) RETURN count(*)";
  EXPECT_EQ(CodeWithin(text, 200'000), ErrorCode::kMemoryBudget);
  EXPECT_EQ(CodeWithin(text, 2'000'000), std::nullopt);
}

TEST_F(StatementLimits, AListOfAPatternComprehensionIsCounted) {
  MakeStar(20'000);
  const std::string text =
      "MATCH (h {key: 'hub'}) RETURN size([(h)<-[:needs]-(n) | key(n) + ' and more of it'])";
  EXPECT_EQ(CodeWithin(text, 500'000), ErrorCode::kMemoryBudget);
  EXPECT_EQ(CodeWithin(text, 8'000'000), std::nullopt);
}

TEST_F(StatementLimits, AllShortestPathsCountTheWaysTheyKnow) {
  MakeStar(3'000);
  Edit links;
  for (int i = 0; i < 3'000; ++i)
    links.link.push_back({"web-1", "near", "leaf-" + std::to_string(i)});
  asked_.store().Apply(links);
  const std::string text =
      "MATCH (a {key: 'web-1'}), (b {key: 'hub'}), p = allShortestPaths((a)-[*]->(b)) "
      "RETURN count(*)";
  EXPECT_THAT(asked_.Rows(text), ElementsAre("3000"));
  // 80 bytes a record and 24 a way.
  EXPECT_EQ(CodeWithin(text, 290'000), ErrorCode::kMemoryBudget);
  EXPECT_EQ(CodeWithin(text, 600'000), std::nullopt);
}

TEST_F(StatementLimits, ListsWithinOneRowAreCounted) {
  EXPECT_EQ(CodeWithin("RETURN size(range(1, 5000000))", 1 << 20), ErrorCode::kMemoryBudget);
  std::string lists;
  for (int i = 0; i < 50; ++i)
    lists += (i == 0 ? "" : ", ") + ("range(0, " + std::to_string(10'000 + i) + ")");
  EXPECT_EQ(CodeWithin("RETURN size([" + lists + "])", 1 << 20), ErrorCode::kMemoryBudget);
  EXPECT_EQ(CodeWithin("RETURN size([" + lists + "])", 64 << 20), std::nullopt);
  EXPECT_EQ(CodeWithin("WITH [x IN range(1, 100000) | toString(x)] AS a RETURN size(a)", 1 << 20),
            ErrorCode::kMemoryBudget);
  EXPECT_EQ(CodeWithin("RETURN size(reduce(s = 'x', i IN range(1, 24) | s + s))", 1 << 20),
            ErrorCode::kMemoryBudget);
}

TEST_F(StatementLimits, RowsThatAreKeptAreCountedAndNoMoreAreKeptThanNeeded) {
  const std::string texts =
      "UNWIND range(1, 20000) AS x WITH toString(x) + ' and more of it' AS t ";
  constexpr std::uint64_t kMemory = 1 << 20;
  EXPECT_EQ(CodeWithin(texts + "RETURN t ORDER BY t LIMIT 5", kMemory), std::nullopt);
  EXPECT_EQ(CodeWithin(texts + "RETURN t ORDER BY t SKIP 100 LIMIT 5", kMemory), std::nullopt);
  for (const std::string keeps :
       {"RETURN t ORDER BY t", "RETURN t ORDER BY t LIMIT 19000", "RETURN t ORDER BY t SKIP 19000",
        "RETURN DISTINCT t", "RETURN t, count(*)", "RETURN count(DISTINCT t)",
        "RETURN size(collect(t))", "RETURN t UNION RETURN 'x' AS t"}) {
    EXPECT_EQ(CodeWithin(texts + keeps, kMemory), ErrorCode::kMemoryBudget) << keeps;
  }
  Limits limits;
  limits.memory_bytes = kMemory;
  const auto told = asked_.Ask(texts + "RETURN DISTINCT t", {}, limits);
  EXPECT_THAT(std::string(MessageOf(told.status())),
              HasSubstr("the memory limit is 1048576; ask for less or allow more memory"));
}

TEST_F(StatementLimits, ARangeIsUnwoundWithoutMakingItsList) {
  EXPECT_EQ(CodeWithin("UNWIND range(1, 3000000) AS x RETURN count(x)", 1 << 20), std::nullopt);
  EXPECT_THAT(asked_.Rows("UNWIND range(1, 7, 3) AS x RETURN x"), ElementsAre("1", "4", "7"));
  EXPECT_THAT(asked_.Rows("UNWIND range(3, 1, -1) AS x RETURN x"), ElementsAre("3", "2", "1"));
  EXPECT_THAT(
      asked_.Rows("UNWIND range(9223372036854775806, 9223372036854775807, 7) AS x RETURN x"),
      ElementsAre("9223372036854775806"));
  EXPECT_THAT(asked_.Rows("UNWIND range(2, 1) AS x RETURN x"), IsEmpty());
  EXPECT_THAT(asked_.Error("UNWIND range(1, 2, 0) AS x RETURN x"), HasSubstr("the step is 0"));
  EXPECT_THAT(asked_.Error("UNWIND range(1, 'a') AS x RETURN x"), HasSubstr("expected integers"));
}

TEST_F(StatementLimits, ARowThatWasGivenAwayIsNotCountedAnyMore) {
  EXPECT_EQ(
      CodeWithin("UNWIND range(1, 1000) AS i RETURN [x IN range(1, 1000) | toString(x)]", 1 << 20),
      std::nullopt);
}

TEST_F(StatementLimits, GroupsWithinASubqueryTakeNoPlaceForEachRecord) {
  MakeStar(40'000);
  EXPECT_EQ(CodeWithin("MATCH (n:Router) RETURN COUNT { MATCH (n)<-[:needs]-(m) "
                       "WITH m, count(*) AS links RETURN m }",
                       100'000),
            std::nullopt);
}

TEST_F(StatementLimits, ValuesKeptToBeQuickerGiveWay) {
  MakeStar(20'000);
  // Reads 20,000 names, which are kept, and sorts by something else.
  EXPECT_EQ(CodeWithin("MATCH (h {key: 'hub'})<-[:needs]-(n) WITH n WHERE n.name IS NULL "
                       "RETURN key(n) AS k ORDER BY k",
                       4'700'000),
            std::nullopt);
}

}  // namespace
}  // namespace kosei::query
