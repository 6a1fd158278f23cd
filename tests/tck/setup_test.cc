// Graphs that the kit's set-up statements make.
#include "setup.h"

#include "datum_cell.h"
#include "kosei/base/error.h"
#include "status_matchers.h"

namespace kosei::tck {
namespace {

using ::kosei::testing::HasErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class SetupTest : public ::testing::Test {
 protected:
  absl::Status CarryOut(const std::string& statement,
                        const std::map<std::string, Cell>& values = {}) {
    return Execute(statement, values, graph_);
  }

  std::vector<std::string> Nodes() {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
      if (!graph_.nodes()[i].deleted) texts.push_back(Text(graph_.NodeAt(i)));
    }
    return texts;
  }
  // "(:A)-[:T]->(:B)"
  std::vector<std::string> Links() {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < graph_.links().size(); ++i) {
      const MemoryLink link = graph_.links()[i];
      if (link.deleted) continue;
      texts.push_back(Text(graph_.NodeAt(link.source)) + "-" + Text(graph_.LinkAt(i)) + "->" +
                      Text(graph_.NodeAt(link.target)));
    }
    return texts;
  }

 private:
  std::string Text(const language::Datum& datum) {
    language::Evaluation evaluation;
    evaluation.graph = &graph_;
    return TextOf(CellOf(datum, evaluation));
  }

  MemoryGraph graph_;
};

TEST_F(SetupTest, CreatesPatterns) {
  ASSERT_OK(
      CarryOut("CREATE (a:A:B {p: 1, none: null}), (b), (a)-[:T {q: 2}]->(b), (b)<-[:S]-(:C)"));
  EXPECT_THAT(Nodes(), ElementsAre("(:A:B {p: 1})", "()", "(:C)"));
  EXPECT_THAT(Links(), ElementsAre("(:A:B {p: 1})-[:T {q: 2}]->()", "(:C)-[:S]->()"));
}

TEST_F(SetupTest, KeepsVariablesFromClauseToClause) {
  ASSERT_OK(
      CarryOut("CREATE (a {n: 1})\nCREATE (b {n: a.n + 1})\nCREATE (a)-[:T]->(b), (a)-[:T]->(a)"));
  EXPECT_THAT(Links(), ElementsAre("({n: 1})-[:T]->({n: 2})", "({n: 1})-[:T]->({n: 1})"));
}

TEST_F(SetupTest, UnwindsListsAndTakesParameters) {
  ASSERT_OK(CarryOut("UNWIND $list AS i CREATE ({n: i})", {{"list", *ParseCell("[1, 2.5, 'x']")}}));
  EXPECT_THAT(Nodes(), ElementsAre("({n: 1})", "({n: 2.5})", "({n: 'x'})"));
  ASSERT_OK(CarryOut("UNWIND [] AS i CREATE (:Never)"));
  EXPECT_EQ(Nodes().size(), 3U);
}

TEST_F(SetupTest, GroupsRowsByWith) {
  ASSERT_OK(
      CarryOut("CREATE (a:S), (b:E) WITH * UNWIND range(1, 3) AS i CREATE (n {v: i}) "
               "WITH a, b, [a] + collect(n) + [b] AS list "
               "UNWIND range(0, size(list) - 2) AS i "
               "WITH list[i] AS n1, list[i + 1] AS n2 CREATE (n1)-[:T]->(n2)"));
  EXPECT_THAT(Links(), UnorderedElementsAre("(:S)-[:T]->({v: 1})", "({v: 1})-[:T]->({v: 2})",
                                            "({v: 2})-[:T]->({v: 3})", "({v: 3})-[:T]->(:E)"));
}

TEST_F(SetupTest, MatchesWhatIsThere) {
  ASSERT_OK(CarryOut("CREATE (:A {p: 1})-[:T]->(:B), (:A {p: 2})-[:T]->(:B), (:C)"));
  ASSERT_OK(CarryOut("MATCH (a:A)-[r:T]->(b) WHERE a.p > 1 DELETE r CREATE (b)-[:BACK]->(a)"));
  EXPECT_THAT(Links(), ElementsAre("(:A {p: 1})-[:T]->(:B)", "(:B)-[:BACK]->(:A {p: 2})"));
  ASSERT_OK(CarryOut("MATCH (a:A {p: 1}), (c:C) CREATE (a)-[:TO]->(c)"));
  EXPECT_EQ(Links().size(), 3U);
  ASSERT_OK(CarryOut("MATCH (c:C)<-[:TO]-(a)-[:TO]->(x) CREATE (:Never)")) << "a link is used once";
  EXPECT_EQ(Nodes().size(), 5U);
}

TEST_F(SetupTest, MatchesInTheDirectionsOfThePattern) {
  ASSERT_OK(CarryOut("CREATE (a:A {p: 1})-[:T]->(:B), (a)-[:S]->(a)"));
  ASSERT_OK(CarryOut("MATCH (b:B)-[:T]-(a) CREATE (:Found {from: a.p})"));
  ASSERT_OK(CarryOut("MATCH (b:B)-[:T]->(a) CREATE (:Never)"));
  ASSERT_OK(CarryOut("MATCH (a:A)-[:S]-(x) CREATE (:Loop {from: x.p})"));
  EXPECT_THAT(Nodes(),
              ElementsAre("(:A {p: 1})", "(:B)", "(:Found {from: 1})", "(:Loop {from: 1})"))
      << "a link to itself is found once";
}

TEST_F(SetupTest, SetsRemovesAndDeletes) {
  ASSERT_OK(CarryOut("CREATE (n:A {p: 1, q: 2})-[r:T]->(m:M)"));
  ASSERT_OK(CarryOut("MATCH (n:A) SET n.p = n.q + 1, n:B:C SET n += {z: 0, q: null} REMOVE n:C"));
  EXPECT_EQ(Nodes().front(), "(:A:B {p: 3, z: 0})");
  ASSERT_OK(CarryOut("MATCH (n:A) SET n = {only: true} REMOVE n.missing"));
  EXPECT_EQ(Nodes().front(), "(:A:B {only: true})");
  ASSERT_OK(CarryOut("MATCH (m:M) DETACH DELETE m"));
  EXPECT_THAT(Nodes(), ElementsAre("(:A:B {only: true})"));
  EXPECT_THAT(Links(), IsEmpty());
}

TEST_F(SetupTest, MergesOnce) {
  for (int i = 0; i < 2; ++i)
    ASSERT_OK(CarryOut("MERGE (n:A {p: 1}) ON CREATE SET n.made = 1 ON MATCH SET n.met = 1"));
  EXPECT_THAT(Nodes(), ElementsAre("(:A {made: 1, met: 1, p: 1})"));
}

TEST_F(SetupTest, SaysWhatItDoesNotDo) {
  for (const char* statement :
       {"MATCH (a)-[*]->(b) CREATE (c)", "OPTIONAL MATCH (a) CREATE (b)",
        "MATCH (n) WITH n LIMIT 1 CREATE (m)", "MATCH (n) WITH sum(n.p) AS s CREATE (m)",
        "MATCH p = (a) CREATE (b)", "MATCH (a)-[r]->(b) MATCH (b)-[r]->(c) CREATE (d)"}) {
    EXPECT_THAT(CarryOut(statement), HasErrorCode(ErrorCode::kQueryUnsupported)) << statement;
  }
  EXPECT_THAT(CarryOut("CREATE (n"), HasErrorCode(ErrorCode::kQuerySyntax));
  EXPECT_THAT(CarryOut("CREATE ({p: $missing})"), HasErrorCode(ErrorCode::kQueryParameter));
}

}  // namespace
}  // namespace kosei::tck
