// Statements that several threads carry out: the same rows in the same order as from one, the same
// errors and limits, and nobody is held up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "helping_threads.h"
#include "kosei/base/error.h"
#include "statement_store.h"
#include "status_matchers.h"

namespace kosei::query {
namespace {

using ::kosei::testing::HasErrorCode;

constexpr int kThings = 3'000;

// Things that stand in rings of ten, with a size each.
class ParallelStatements : public ::testing::Test {
 protected:
  ParallelStatements() {
    storage::Transaction transaction;
    for (int i = 0; i < kThings; ++i) {
      transaction.put_records.push_back(
          asked_.Make(Key(i), i % 3 == 0 ? "Machine" : "Thing",
                      {{"name", Value(absl::StrCat("name ", i % 7))}}));
    }
    const RelationshipTypeNumber needs =
        asked_.store().reader().schema()->FindRelationshipType("needs")->number;
    for (int i = 0; i < kThings; ++i)
      transaction.put_links.push_back({Key(i), needs, Key(i - i % 10 + (i + 1) % 10)});
    asked_.store().Commit(std::move(transaction));
  }
  static std::string Key(int i) { return absl::StrCat("t", i); }

  StatementRunner Runner(std::uint32_t part_records = 50) {
    return StatementRunner(asked_.store().reader(), asked_.store().clock(),
                           {.threads = &threads_, .part_records = part_records});
  }
  std::vector<std::string> RowsOf(StatementRunner& runner, const std::string& text) {
    const auto told = asked_.AskBy(runner, text);
    EXPECT_TRUE(told.ok()) << text << "\n" << told.status();
    return told.ok() ? told->rows : std::vector<std::string>();
  }

  StatementStore asked_;
  HelpingThreads threads_{3};
};

constexpr const char* kTexts[] = {
    "MATCH (n) RETURN key(n)",
    "MATCH (n:Machine) WHERE n.name = 'name 3' RETURN key(n), n.name",
    "MATCH (a)-[:needs]->(b) RETURN key(a), key(b)",
    "MATCH (a)-[:needs]->(b) RETURN b.name, count(*)",
    "MATCH (a)-[:needs]->(b)-[:needs]->(c) RETURN labels(c), count(*)",
    "MATCH (a)-[:needs*1..3]->(b:Machine) RETURN a.name, collect(key(b))[..5], count(DISTINCT b)",
    "MATCH (n) RETURN count(*), min(n.name), max(key(n)), collect(DISTINCT n.name)",
    "MATCH (n) WITH size(key(n)) AS s RETURN s, sum(s), avg(s), stdev(s), percentileCont(s, 0.5)",
    "MATCH (n) RETURN DISTINCT n.name",
    "MATCH (n) RETURN key(n) ORDER BY key(n) DESC SKIP 3 LIMIT 20",
    "MATCH (n) RETURN key(n) LIMIT 700",
    "MATCH (n) RETURN key(n) SKIP 2900",
    "MATCH (n) UNWIND range(1, 40) AS i RETURN key(n), i",
    "MATCH (n) OPTIONAL MATCH (n)-[:gives]->(m) RETURN count(n), count(m)",
    "MATCH (n) WHERE EXISTS { MATCH (n)-->(m:Machine) } RETURN count(*)",
    "MATCH (n:Machine) WITH n LIMIT 5 MATCH (n)-->(m) RETURN key(n), key(m)",
    "MATCH (n {name: 'nobody'}) RETURN count(*), collect(n)",
};

TEST_F(ParallelStatements, HaveTheSameRowsInTheSameOrder) {
  for (const std::uint32_t part_records : {1U, 50U, 1'000U, 5'000U}) {
    StatementRunner runner = Runner(part_records);
    for (const std::string text : kTexts) {
      SCOPED_TRACE(absl::StrCat(text, " in parts of ", part_records));
      EXPECT_EQ(RowsOf(runner, text), asked_.Rows(text));
    }
  }
  EXPECT_GT(threads_.given, 20U);
}

TEST_F(ParallelStatements, HaveTheSameRowsWhenNobodyHelpsOrHelpersAreCalledAway) {
  StatementRunner runner = Runner();
  threads_.away = true;
  for (const std::string text : kTexts) EXPECT_EQ(RowsOf(runner, text), asked_.Rows(text)) << text;
  threads_.away = false;
  threads_.wanted = true;
  for (const std::string text : kTexts) EXPECT_EQ(RowsOf(runner, text), asked_.Rows(text)) << text;
}

TEST_F(ParallelStatements, FewRecordsAreNotWorthAHelper) {
  StatementRunner runner = Runner(kThings + 1);
  for (const std::string text : kTexts) RowsOf(runner, text);
  EXPECT_EQ(threads_.given, 0U);
}

TEST_F(ParallelStatements, AnErrorComesBehindTheRowsBeforeIt) {
  StatementRunner runner = Runner();
  // One text in the middle is no number.
  const std::string head =
      "MATCH (n) WITH n, CASE WHEN key(n) = 't1500' THEN 'none' ELSE 1 END AS number ";
  for (int i = 0; i < 20; ++i) {
    const auto told = asked_.AskBy(runner, head + "RETURN sum(number)");
    ASSERT_FALSE(told.ok());
    EXPECT_EQ(MessageOf(told.status()), asked_.Error(head + "RETURN sum(number)"));
    // Nobody asks for as many rows.
    EXPECT_EQ(RowsOf(runner, head + "RETURN -number LIMIT 1400").size(), 1'400U);
    EXPECT_FALSE(asked_.AskBy(runner, head + "RETURN -number LIMIT 1600").ok());
  }
}

TEST_F(ParallelStatements, ShareOneBudget) {
  StatementRunner runner = Runner();
  Limits limits;
  limits.steps = 5'000;
  const std::string far = "MATCH (a)-[:needs*1..9]->(b) RETURN count(DISTINCT a.name + b.name)";
  EXPECT_THAT(asked_.AskBy(runner, far, limits).status(), HasErrorCode(ErrorCode::kRowBudget));
  limits = {};
  limits.memory_bytes = 1 << 16;
  EXPECT_THAT(
      asked_.AskBy(runner, "MATCH (a), (b) RETURN collect(key(a) + key(b))", limits).status(),
      HasErrorCode(ErrorCode::kMemoryBudget));
  // Rows that are given away need none, however many they are.
  limits.memory_bytes = 2 << 20;
  const std::string many = "MATCH (n) UNWIND range(1, 300) AS i RETURN i";
  const auto told = asked_.AskBy(runner, many, limits);
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ(told->rows.size(), kThings * 300U);
}

TEST_F(ParallelStatements, StopWhenTheyAreCancelled) {
  StatementRunner runner = Runner(1);
  const auto cancelled = std::make_shared<std::atomic<bool>>(false);
  struct Nobody final : RowVisitor {
    void Columns(std::span<const std::string>, const storage::View&) override {}
    bool Row(std::span<const language::Datum>, language::Evaluation&) override { return true; }
  } nobody;
  StatementRequest request;
  request.text = "MATCH (a), (b:Machine), (c:Machine) RETURN count(a.name + b.name + c.name)";
  std::thread caller([&] {
    while (threads_.given == 0) std::this_thread::yield();
    *cancelled = true;
  });
  const auto summary =
      runner.Run(request, Budget(Limits{}, asked_.store().clock(), cancelled), nobody);
  caller.join();
  EXPECT_THAT(summary.status(), HasErrorCode(ErrorCode::kCancelled));
}

TEST_F(ParallelStatements, AProfileCountsTheRowsOfAllThreads) {
  StatementRunner runner = Runner();
  for (const std::string text : kTexts) {
    // How far a statement goes that stops early depends on who is at work.
    if (text.find("LIMIT") != std::string::npos) continue;
    SCOPED_TRACE(text);
    const auto many = asked_.AskBy(runner, "PROFILE " + text);
    const auto one = asked_.Ask("PROFILE " + text);
    ASSERT_TRUE(many.ok() && one.ok());
    ASSERT_EQ(many->summary.plan.size(), one->summary.plan.size());
    for (std::size_t i = 0; i < one->summary.plan.size(); ++i) {
      const PlanLine& line = one->summary.plan[i];
      EXPECT_EQ(many->summary.plan[i].name, line.name);
      EXPECT_EQ(many->summary.plan[i].rows, line.rows) << line.name;
    }
  }
}

TEST_F(ParallelStatements, ARangeOfTimeIsReadByOneThread) {
  StatementRunner runner = Runner();
  const std::string text = "FOR SYSTEM_TIME FROM 1 TO 1 MATCH (n:Machine) RETURN count(*)";
  EXPECT_EQ(RowsOf(runner, text), asked_.Rows(text));
  EXPECT_EQ(threads_.given, 0U);
}

}  // namespace
}  // namespace kosei::query
