// When a scenario has passed.
#include "verdict.h"

#include "kosei/base/error.h"
#include "report.h"
#include "status_matchers.h"

namespace kosei::tck {
namespace {

using ::testing::HasSubstr;

Cell Parsed(std::string_view text) { return *ParseCell(text); }

Answer Rows(std::vector<std::string> columns, const std::vector<std::vector<std::string>>& rows) {
  Answer answer{std::move(columns), {}};
  for (const std::vector<std::string>& row : rows) {
    answer.rows.emplace_back();
    for (const std::string& cell : row) answer.rows.back().push_back(Parsed(cell));
  }
  return answer;
}

Execution Expecting(const Answer& answer, bool in_order = false,
                    ListOrder lists = ListOrder::kCounts) {
  Execution execution;
  execution.rows = ExpectedRows{answer.columns, answer.rows, in_order, lists, false};
  return execution;
}

Execution ExpectingError(std::string type, std::string detail) {
  Execution execution;
  execution.error = ExpectedError{std::move(type), std::move(detail)};
  return execution;
}

TEST(Judge, ComparesRowsInAnyOrderOrInOrder) {
  const Answer ab = Rows({"x"}, {{"1"}, {"2"}});
  const Answer ba = Rows({"x"}, {{"2"}, {"1"}});
  EXPECT_EQ(Judge(Expecting(ab), ba).outcome, Outcome::kPassed);
  EXPECT_EQ(Judge(Expecting(ab, true), ab).outcome, Outcome::kPassed);
  const Verdict verdict = Judge(Expecting(ab, true), ba);
  EXPECT_EQ(verdict.outcome, Outcome::kFailed);
  EXPECT_TRUE(verdict.wrong_rows);
  EXPECT_THAT(verdict.reason, HasSubstr("| 2 |"));
  EXPECT_TRUE(Judge(Expecting(ab), Rows({"x"}, {{"1"}})).wrong_rows);
  EXPECT_TRUE(Judge(Expecting(ab), Rows({"x"}, {{"1"}, {"2"}, {"2"}})).wrong_rows);
  EXPECT_TRUE(Judge(Expecting(ab), Rows({"x"}, {{"1"}, {"2.0"}})).wrong_rows);
}

TEST(Judge, ComparesListsAndColumns) {
  const Answer list = Rows({"x"}, {{"[1, 2]"}});
  const Answer turned = Rows({"x"}, {{"[2, 1]"}});
  EXPECT_TRUE(Judge(Expecting(list), turned).wrong_rows);
  EXPECT_EQ(Judge(Expecting(list, false, ListOrder::kIgnored), turned).outcome, Outcome::kPassed);
  const Answer two = Rows({"x", "y"}, {{"1", "2"}});
  EXPECT_TRUE(Judge(Expecting(two), Rows({"y", "x"}, {{"2", "1"}})).wrong_rows);
  EXPECT_TRUE(Judge(Expecting(two), Rows({"x"}, {{"1"}})).wrong_rows);
}

TEST(Judge, EmptyMeansNoRowsWhateverTheColumns) {
  Execution execution;
  execution.rows = ExpectedRows{{}, {}, false, ListOrder::kCounts, true};
  EXPECT_EQ(Judge(execution, Rows({"x"}, {})).outcome, Outcome::kPassed);
  EXPECT_TRUE(Judge(execution, Rows({"x"}, {{"1"}})).wrong_rows);
}

TEST(Judge, AnErrorHasToBeTheNamedOne) {
  const Execution execution = ExpectingError("SyntaxError", "UndefinedVariable");
  const auto error = [](ErrorCode code, std::string_view detail) -> absl::StatusOr<Answer> {
    return MakeError(code, "message", detail);
  };
  EXPECT_EQ(Judge(execution, error(ErrorCode::kQuerySyntax, "UndefinedVariable")).outcome,
            Outcome::kPassed);
  for (const auto& other : {error(ErrorCode::kQuerySyntax, "UnexpectedSyntax"),
                            error(ErrorCode::kQueryType, "UndefinedVariable")}) {
    const Verdict verdict = Judge(execution, other);
    EXPECT_EQ(verdict.outcome, Outcome::kFailed);
    EXPECT_FALSE(verdict.wrong_rows);
    EXPECT_THAT(verdict.reason, HasSubstr("expected SyntaxError UndefinedVariable, found"));
  }
  EXPECT_TRUE(Judge(execution, Rows({"x"}, {})).wrong_rows);
  EXPECT_EQ(Judge(ExpectingError("TypeError", "*"), error(ErrorCode::kQueryType, "Any")).outcome,
            Outcome::kPassed);
  EXPECT_EQ(Judge(ExpectingError("OddError", "*"), error(ErrorCode::kQueryType, "Any")).outcome,
            Outcome::kUnsupported);
}

TEST(Judge, WhatTheServerDoesNotDoIsUnsupported) {
  const absl::StatusOr<Answer> refused = MakeError(ErrorCode::kQueryUnsupported, "no CALL");
  EXPECT_EQ(Judge(Expecting(Rows({"x"}, {})), refused).outcome, Outcome::kUnsupported);
  EXPECT_EQ(Judge(ExpectingError("SyntaxError", "*"), refused).outcome, Outcome::kUnsupported);
  const absl::StatusOr<Answer> broken = MakeError(ErrorCode::kInternal, "broken");
  EXPECT_EQ(Judge(Expecting(Rows({"x"}, {})), broken).outcome, Outcome::kFailed);
}

TEST(Report, CountsAndLists) {
  const Category core{true, true};
  const Category read_only{true, false};
  const Report report({
      {"clauses/match/a.feature", "[1] a", core, false, {}},
      {"clauses/match/a.feature", "[2] b", core, true, {Outcome::kFailed, true, "wrong"}},
      {"clauses/with/b.feature", "[1] c", read_only, false, {Outcome::kFailed, false, "error"}},
      {"clauses/with/b.feature", "[2] d", read_only, false, {Outcome::kUnsupported, false, "no"}},
      {"clauses/set/c.feature", "[1] e", {}, false, {Outcome::kUnsupported, false, "writes"}},
  });
  EXPECT_EQ(report.All().scenarios, 5U);
  EXPECT_EQ(report.ReadOnly().scenarios, 4U);
  EXPECT_EQ(report.Core().passed, 1U);
  EXPECT_FALSE(report.AllPassed());
  const std::string table = report.Table();
  EXPECT_THAT(table, HasSubstr("clauses/match "));
  EXPECT_TRUE(table.ends_with("\ntck: scenarios 5 passed 1 failed 2 unsupported 2 wrong_rows 1\n"))
      << table;
  EXPECT_EQ(report.List(),
            "wrong_rows: clauses/match/a.feature: [2] b\n  wrong\n"
            "failed: clauses/with/b.feature: [1] c\n  error\n"
            "unsupported: clauses/with/b.feature: [2] d\n  no\n"
            "unsupported: clauses/set/c.feature: [1] e\n  writes\n");
}

TEST(Report, AllPassedWhenNothingFailedAndNothingIsNotSupported) {
  const Result passed{"a.feature", "[1] a", {true, true}, false, {}};
  EXPECT_TRUE(Report({passed, passed}).AllPassed());
  for (const Verdict& verdict :
       {Verdict{Outcome::kFailed, true, "rows"}, Verdict{Outcome::kFailed, false, "error"},
        Verdict{Outcome::kUnsupported, false, "no"}}) {
    const Result other{"a.feature", "[2] b", {true, true}, false, verdict};
    EXPECT_FALSE(Report({passed, other}).AllPassed()) << verdict.reason;
  }
}

}  // namespace
}  // namespace kosei::tck
