// How statements are read: their clauses, patterns and moments of time.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "kosei/base/error.h"
#include "kosei/language/parse.h"
#include "kosei/language/print.h"

namespace kosei::language {
namespace {

Statement Parsed(std::string_view text) {
  absl::StatusOr<Statement> statement = Parse(text);
  EXPECT_TRUE(statement.ok()) << statement.status();
  return statement.ok() ? *std::move(statement) : Statement();
}

std::string Canonical(std::string_view text) {
  const absl::StatusOr<Statement> statement = Parse(text);
  return statement.ok() ? ToText(*statement) : std::string(MessageOf(statement.status()));
}

PathPattern PathOf(std::string_view pattern) {
  Statement statement = Parsed("MATCH " + std::string(pattern) + " RETURN 1");
  if (statement.query.parts.empty()) return {};
  return std::move(statement.query.parts[0].clauses[0].pattern.paths[0]);
}

TEST(ParseStatementTest, ClausesOfAQuery) {
  const Statement statement = Parsed(
      "MATCH (n:Server {name: 'a'})-[r:RUNS_ON]->(m) WHERE m.x > 1 OPTIONAL MATCH (m)--(k) "
      "UNWIND [1, 2] AS i WITH DISTINCT n, i AS j ORDER BY j DESC, n.name SKIP 1 LIMIT 2 WHERE j > "
      "0 "
      "CALL kosei.impact(n, {depth: 3}) YIELD ci AS c, score WHERE score > 1 RETURN *, c ORDER BY "
      "c");
  ASSERT_EQ(statement.query.parts.size(), 1U);
  const auto& clauses = statement.query.parts[0].clauses;
  ASSERT_EQ(clauses.size(), 6U);
  EXPECT_FALSE(clauses[0].optional);
  EXPECT_NE(clauses[0].where, nullptr);
  EXPECT_TRUE(clauses[1].optional);
  EXPECT_EQ(clauses[2].variable, "i");
  EXPECT_TRUE(clauses[3].distinct);
  EXPECT_EQ(clauses[3].items[1].alias, "j");
  ASSERT_EQ(clauses[3].order.size(), 2U);
  EXPECT_TRUE(clauses[3].order[0].descending);
  EXPECT_FALSE(clauses[3].order[1].descending);
  EXPECT_NE(clauses[3].skip, nullptr);
  EXPECT_NE(clauses[3].where, nullptr);
  EXPECT_EQ(clauses[4].procedure, "kosei.impact");
  EXPECT_EQ(clauses[4].arguments.size(), 2U);
  EXPECT_EQ(clauses[4].items[0].alias, "c");
  EXPECT_NE(clauses[4].where, nullptr);
  EXPECT_TRUE(clauses[5].star);
  EXPECT_EQ(clauses[5].items.size(), 1U);
}

TEST(ParseStatementTest, AColumnIsNamedAsItIsWritten) {
  const Statement statement = Parsed("RETURN count( * ) , n . name AS x, 1+ 2");
  const auto& items = statement.query.parts[0].clauses[0].items;
  EXPECT_EQ(items[0].text, "count( * )");
  EXPECT_EQ(items[1].text, "n . name");
  EXPECT_EQ(items[2].text, "1+ 2");
}

TEST(ParseStatementTest, UnionsAndModes) {
  const Statement statement = Parsed("EXPLAIN RETURN 1 AS a UNION ALL RETURN 2 AS a;");
  EXPECT_EQ(statement.mode, StatementMode::kExplain);
  EXPECT_EQ(statement.query.parts.size(), 2U);
  EXPECT_TRUE(statement.query.union_all[0]);
  EXPECT_EQ(Parsed("profile RETURN 1").mode, StatementMode::kProfile);
}

TEST(ParseStatementTest, CommentsAndBlanksOfAnyScriptFallAway) {
  EXPECT_EQ(Canonical("/* a\n * b */ MATCH (n) // all of them\nRETURN\u3000n"),
            "MATCH (n) RETURN n");
}

TEST(ParseStatementTest, TimeOfAStatementAndOfAMatch) {
  const Statement statement = Parsed(
      "IN PLAN move FOR VALID_TIME AS OF date('2026-01-01') FOR SYSTEM_TIME AS OF $t "
      "MATCH (n) FOR SYSTEM_TIME FROM 'a' TO 'b' IN PLAN 'the other' WHERE n.x RETURN n");
  EXPECT_EQ(statement.time.plan->literal.string(), "move");
  EXPECT_EQ(statement.time.valid_as_of->kind, ExpressionKind::kFunction);
  EXPECT_EQ(statement.time.system_as_of->kind, ExpressionKind::kParameter);
  const Clause& match = statement.query.parts[0].clauses[0];
  EXPECT_EQ(match.time.system_to->literal.string(), "b");
  EXPECT_EQ(match.time.plan->literal.string(), "the other");
  EXPECT_NE(match.where, nullptr);
  EXPECT_EQ(Canonical("FOR SYSTEM_TIME AS OF $t IN PLAN $p MATCH (n) RETURN n"),
            "FOR SYSTEM_TIME AS OF $t IN PLAN $p MATCH (n) RETURN n");
}

TEST(ParseStatementTest, LengthsOfRelationships) {
  struct Case {
    std::string_view pattern;
    std::uint32_t least;
    std::optional<std::uint32_t> most;
  };
  const Case kCases[] = {
      {"()-[*]->()", 1, std::nullopt},
      {"()-[r*2]->()", 2, 2},
      {"()-[:A*1..]->()", 1, std::nullopt},
      {"()-[*..3]->()", 1, 3},
      {"()-[*0..3]->()", 0, 3},
      {"()-[*..]->()", 1, std::nullopt},
      {"()-[:A]->{1,6}()", 1, 6},
      {"()-[:A]->{2}()", 2, 2},
      {"()-[:A]->{2,}()", 2, std::nullopt},
      {"()-[:A]->{,5}()", 0, 5},
      {"()-->+()", 1, std::nullopt},
      {"()<--*()", 0, std::nullopt},
  };
  for (const Case& c : kCases) {
    const PathPattern path = PathOf(c.pattern);
    ASSERT_EQ(path.steps.size(), 1U) << c.pattern;
    const auto& hops = path.steps[0].relationship->hops;
    ASSERT_TRUE(hops.has_value()) << c.pattern;
    EXPECT_EQ(hops->least, c.least) << c.pattern;
    EXPECT_EQ(hops->most, c.most) << c.pattern;
  }
}

TEST(ParseStatementTest, DirectionsAndTypes) {
  EXPECT_EQ(PathOf("()-->()").steps[0].relationship->direction, PatternDirection::kRight);
  EXPECT_EQ(PathOf("()<--()").steps[0].relationship->direction, PatternDirection::kLeft);
  EXPECT_EQ(PathOf("()--()").steps[0].relationship->direction, PatternDirection::kEither);
  EXPECT_EQ(PathOf("()<-[r]->()").steps[0].relationship->direction, PatternDirection::kEither);
  const std::vector<std::string> both = {"A", "B"};
  EXPECT_EQ(PathOf("()-[:A|B]-()").steps[0].relationship->types, both);
  EXPECT_EQ(PathOf("()-[:A|:B]-()").steps[0].relationship->types, both);
}

TEST(ParseStatementTest, LabelsAreChoicesThatAreAllDemanded) {
  using Labels = std::vector<LabelChoice>;
  EXPECT_EQ(PathOf("(:A:B)").nodes[0].labels, (Labels{{{"A"}}, {{"B"}}}));
  EXPECT_EQ(PathOf("(:A&B)").nodes[0].labels, (Labels{{{"A"}}, {{"B"}}}));
  EXPECT_EQ(PathOf("(:A|B)").nodes[0].labels, (Labels{{{"A"}, {"B"}}}));
  EXPECT_EQ(PathOf("(:(A|B)&C)").nodes[0].labels, (Labels{{{"A"}, {"B"}}, {{"C"}}}));
  EXPECT_EQ(PathOf("(:A|B&C)").nodes[0].labels, (Labels{{{"A"}, {"B"}}, {{"A"}, {"C"}}}));
  EXPECT_EQ(PathOf("(:match)").nodes[0].labels, (Labels{{{"match"}}}));
}

TEST(ParseStatementTest, LabelsMayBeRefused) {
  using Labels = std::vector<LabelChoice>;
  const auto no = [](std::string name) { return LabelTest{std::move(name), true}; };
  EXPECT_EQ(PathOf("(:!A)").nodes[0].labels, (Labels{{no("A")}}));
  EXPECT_EQ(PathOf("(:!!A)").nodes[0].labels, (Labels{{{"A"}}}));
  EXPECT_EQ(PathOf("(:A&!B)").nodes[0].labels, (Labels{{{"A"}}, {no("B")}}));
  EXPECT_EQ(PathOf("(:!(A|B))").nodes[0].labels, (Labels{{no("A")}, {no("B")}}));
  EXPECT_EQ(PathOf("(:!(A&B)|C)").nodes[0].labels, (Labels{{no("A"), no("B"), {"C"}}}));
  EXPECT_EQ(PathOf("(:!((A|B)&C))").nodes[0].labels,
            (Labels{{no("A"), no("C")}, {no("B"), no("C")}}));
}

TEST(ParseStatementTest, QuantifiedPathsHaveANodeOnEachSide) {
  const PathPattern path = PathOf("p = (x) ((a)-[:T]->(b) WHERE a.x < b.x){1,3} (y)");
  EXPECT_EQ(path.variable, "p");
  ASSERT_EQ(path.nodes.size(), 2U);
  ASSERT_TRUE(path.steps[0].quantified.has_value());
  EXPECT_EQ(path.steps[0].quantified->hops.most, 3U);
  EXPECT_NE(path.steps[0].quantified->where, nullptr);
  EXPECT_EQ(PathOf("((a)-->(b)){2}").nodes.size(), 2U);
  EXPECT_EQ(PathOf("((a)-->(b))+ ((c)--(d))* (e)").nodes.size(), 3U);
  EXPECT_EQ(PathOf("((a)-->(b))").steps.size(), 1U);
}

TEST(ParseStatementTest, ShortestPaths) {
  for (const std::string_view text :
       {"p = shortestPath((a)-[*]-(b))", "p = ANY SHORTEST (a)-[*]-(b)"}) {
    const PathPattern path = PathOf(text);
    EXPECT_EQ(path.selector, PathSelector::kShortest) << text;
    EXPECT_EQ(path.variable, "p");
  }
  EXPECT_EQ(PathOf("ALL SHORTEST (a)-->+(b)").selector, PathSelector::kAllShortest);
  EXPECT_EQ(PathOf("allShortestPaths((a)-[*..5]->(b))").selector, PathSelector::kAllShortest);
}

TEST(ParseStatementTest, ClausesThatChangeAreReadToo) {
  for (const std::string_view text :
       {"CREATE (n:A {x: 1})-[:T]->(m)", "CREATE (n $map)",
        "MERGE (n:A) ON CREATE SET n.x = 1 ON MATCH SET n += {y: 2}, n:B:C",
        "MATCH (n) SET n = $map REMOVE n.x, n:B", "MATCH (n) DETACH DELETE n, n.x"}) {
    EXPECT_EQ(Canonical(text), text);
  }
}

TEST(ParseStatementTest, WordsOfTheLanguageAreNamesWhereTheyCanBeNothingElse) {
  EXPECT_EQ(Canonical("MATCH (n:Order {limit: 1})-[:SET]->() RETURN n.with AS order"),
            "MATCH (n:Order {limit: 1})-[:SET]->() RETURN n.with AS order");
  EXPECT_EQ(Canonical("MATCH (`order`) RETURN `order`"), "MATCH (`order`) RETURN `order`");
}

}  // namespace
}  // namespace kosei::language
