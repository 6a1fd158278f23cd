// What a statement may take: memory of the values it holds, and time in every part of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "kosei/base/error.h"
#include "statement_store.h"

namespace kosei::query {
namespace {

using language::Datum;
using ::testing::ElementsAre;

std::string Many(std::string_view part, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}

class StatementBudget : public ::testing::Test {
 protected:
  StatementBudget() {
    asked_.store().Apply({.add = {"a", "b", "c"}});
    asked_.store().Apply({.link = {{"a", "needs", "b"}, {"a", "needs", "c"}}});
  }
  StatementStore asked_;
};

TEST_F(StatementBudget, ValuesThatGrowEndWithTheBudgetAndNotWithTheMemory) {
  const std::string texts[] = {
      "RETURN range(0, 9223372036854775807)",
      "RETURN range(0, 9000000)",
      "RETURN size(reduce(t = 'x', i IN range(1, 60) | t + t))",
      "RETURN size(reduce(l = [1], i IN range(1, 60) | l + l))",
      "RETURN reduce(t = 'xxxxxxxxxx', i IN range(1, 60) | replace(t, 'x', t))",
      "RETURN size([x IN range(1, 100000) | range(1, 100000)])",
      "UNWIND range(1, 1) AS y RETURN size([x IN range(1, 100000) | range(y, 100000)])",
      "RETURN [" + Many("range(1, 1000000), ", 5'000) + "1]",
      "RETURN {a: [" + Many("range(1, 1000000), ", 5'000) + "1]}",
      "RETURN " + Many("(range(1, 1000000) = ", 150) + "1" + Many(")", 150),
      "RETURN size(split(reduce(t = 'x', i IN range(1, 25) | t + t), ''))",
      "RETURN size(toStringList(range(1, 3000000)))",
      "MATCH (n) RETURN [(n)-->(m) | range(1, 3000000)]",
      "UNWIND range(1, 100000) AS x RETURN collect(range(1, 100000))",
      "UNWIND range(1, 100000) AS x WITH range(1, 10000) AS list RETURN list ORDER BY list",
      "UNWIND range(1, 100000) AS x RETURN DISTINCT range(x, 100000)",
      "RETURN 1 AS x ORDER BY [y IN range(1, 100000) | range(1, 100000)]",
      "RETURN reduce(l = [1], i IN range(1, 60) | [l, l])",
      "RETURN [x IN range(1, 100000) | range(1, 60000)]",
      "WITH range(1, 1000000) AS a RETURN a, a AS b, a AS c, a AS d, a AS e",
      "FOR SYSTEM_TIME AS OF size([x IN range(1, 100000) | range(1, 100000)]) RETURN 1",
  };
  for (const std::string& text : texts) {
    const auto told = asked_.Ask(text);
    EXPECT_EQ(CodeOf(told.status()), ErrorCode::kMemoryBudget) << text.substr(0, 100) << "\n"
                                                               << told.status();
  }
}

TEST_F(StatementBudget, TheErrorSaysWhereAndWhatToDo) {
  const std::string error = asked_.Error("RETURN [x IN range(1, 100000) | range(1, x)]");
  EXPECT_THAT(error, ::testing::StartsWith("line 1, column "));
  EXPECT_THAT(error, ::testing::HasSubstr("the values that the statement holds at one time take "
                                          "more than 64 MiB; work on rows"));
}

TEST_F(StatementBudget, ManyRowsThatAreLetGoTakeNoMemory) {
  EXPECT_THAT(asked_.Rows("UNWIND range(1, 2000) AS x RETURN sum(size(range(x, 20000)))"),
              ElementsAre("38001000"));
}

// A time clause is evaluated before anything runs, and may be as long.
TEST_F(StatementBudget, EveryPartOfAStatementCanBeStopped) {
  class None final : public RowVisitor {
    void Columns(std::span<const std::string>, const storage::View&) override {}
    bool Row(std::span<const Datum>, language::Evaluation&) override { return true; }
  } none;
  const auto cancelled = std::make_shared<const std::atomic<bool>>(true);
  constexpr std::string_view kLong =
      "size([x IN range(1, 1000000) WHERE any(y IN range(1, 1000000) WHERE y = 0)])";
  for (const std::string& text :
       {"FOR SYSTEM_TIME AS OF " + std::string(kLong) + " RETURN 1",
        "MATCH (n) FOR VALID_TIME AS OF " + std::string(kLong) + " RETURN 1",
        "RETURN " + std::string(kLong), "RETURN 1 AS x SKIP " + std::string(kLong)}) {
    StatementRequest request;
    request.text = text;
    EXPECT_EQ(CodeOf(asked_.runner()
                         .Run(request, Budget({}, asked_.store().clock(), cancelled), none)
                         .status()),
              ErrorCode::kCancelled)
        << text;
  }
}

}  // namespace
}  // namespace kosei::query
