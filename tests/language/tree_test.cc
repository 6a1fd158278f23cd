#include "kosei/language/tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "kosei/language/parse.h"
#include "kosei/language/print.h"

namespace kosei::language {
namespace {

using testing::UnorderedElementsAre;

std::set<std::string> FreeIn(std::string_view text) {
  const absl::StatusOr<ExpressionPtr> expression = ParseExpression(text);
  EXPECT_TRUE(expression.ok()) << expression.status();
  return FreeVariables(**expression);
}

TEST(TreeTest, VariablesOfAnExpressionsOwnAreNotFree) {
  EXPECT_THAT(FreeIn("[x IN a WHERE x > b | x + c]"), UnorderedElementsAre("a", "b", "c"));
  EXPECT_THAT(FreeIn("[x IN x | x]"), UnorderedElementsAre("x"));
  EXPECT_THAT(FreeIn("reduce(t = a, x IN b | t + x + c)"), UnorderedElementsAre("a", "b", "c"));
  EXPECT_THAT(FreeIn("all(x IN a WHERE x.y = b)"), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(FreeIn("$a + 1"), UnorderedElementsAre());
}

TEST(TreeTest, EveryPartOfAPatternAndAQueryIsLookedAt) {
  EXPECT_THAT(FreeIn("[(n {k: a})-[r WHERE b]->(m WHERE c) WHERE d | e]"),
              UnorderedElementsAre("n", "a", "r", "b", "m", "c", "d", "e"));
  EXPECT_THAT(FreeIn("EXISTS { MATCH (n {k: a})-[r*1..2 {k: b}]->(m WHERE c) WHERE d "
                     "WITH n AS n ORDER BY e SKIP f LIMIT g WHERE h "
                     "UNWIND i AS x CALL p(j) YIELD k RETURN l }"),
              UnorderedElementsAre("n", "a", "r", "b", "m", "c", "d", "e", "f", "g", "h", "i", "j",
                                   "k", "l"));
  EXPECT_THAT(FreeIn("COUNT { MATCH (n) FOR VALID_TIME AS OF a RETURN n UNION RETURN b AS n }"),
              UnorderedElementsAre("n", "a", "b"));
}

TEST(TreeTest, ACopyIsTheSame) {
  constexpr std::string_view kText =
      "FOR SYSTEM_TIME FROM 1 TO 2 MATCH p = (n:A|B {k: 1})-[r:T*1..2 WHERE true]->(m)"
      " ((x)-->(y) WHERE x = y){1,3} () IN PLAN q WHERE EXISTS { MATCH (n) RETURN n } "
      "WITH DISTINCT *, 1 AS a ORDER BY a DESC SKIP 1 LIMIT 2 WHERE a CALL p.q(1) YIELD b "
      "UNWIND [1] AS c MERGE (z) ON CREATE SET z.a = 1 ON MATCH SET z += {b: 2} "
      "SET z:L REMOVE z.a DETACH DELETE z RETURN [x IN c | x] AS d";
  const absl::StatusOr<Statement> statement = Parse(kText);
  ASSERT_TRUE(statement.ok()) << statement.status();
  EXPECT_EQ(ToText(Clone(statement->query)), ToText(statement->query));
}

}  // namespace
}  // namespace kosei::language
