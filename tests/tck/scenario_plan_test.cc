// What a scenario's steps ask for.
#include "scenario_plan.h"

#include "status_matchers.h"

namespace kosei::tck {
namespace {

using ::kosei::testing::IsError;
using ::testing::ElementsAre;

absl::StatusOr<Scenario> One(std::string_view steps, std::string_view file = "f") {
  auto scenarios = ParseFeature("Scenario: s\n" + std::string(steps), file);
  if (!scenarios.ok()) return scenarios.status();
  return scenarios->at(0);
}

absl::StatusOr<ScenarioPlan> Plan(std::string_view steps) {
  const auto scenario = One(steps);
  return scenario.ok() ? PlanOf(*scenario) : scenario.status();
}

std::string Executing(std::string_view query) {
  return "When executing query:\n\"\"\"\n" + std::string(query) + "\n\"\"\"\n";
}

std::string ExecutingForNothing(std::string_view query) {
  return Executing(query) + "Then the result should be empty\n";
}

TEST(PlanOf, ReadsGraphParametersAndRows) {
  ASSERT_OK_AND_ASSIGN(
      const ScenarioPlan plan,
      Plan("Given the binary-tree-1 graph\n"
           "And having executed:\n\"\"\"\nCREATE ()\n\"\"\"\n"
           "And parameters are:\n | a | [1, 'x'] |\n | b | null |\n" +
           Executing("RETURN $a") +
           "Then the result should be, in order (ignoring element order for lists):\n"
           " | $a  |\n | [2] |\n | {k: 1} |\nAnd no side effects\n"));
  EXPECT_EQ(plan.graph, "binary-tree-1");
  EXPECT_THAT(plan.setup, ElementsAre("CREATE ()"));
  EXPECT_EQ(TextOf(plan.parameters.at("a")), "[1, 'x']");
  EXPECT_EQ(plan.parameters.at("b").kind, CellKind::kNull);
  ASSERT_EQ(plan.executions.size(), 1U);
  EXPECT_EQ(plan.executions[0].query, "RETURN $a");
  const ExpectedRows& rows = *plan.executions[0].rows;
  EXPECT_TRUE(rows.in_order);
  EXPECT_EQ(rows.lists, ListOrder::kIgnored);
  EXPECT_FALSE(rows.any_columns);
  EXPECT_THAT(rows.columns, ElementsAre("$a"));
  ASSERT_EQ(rows.rows.size(), 2U);
  EXPECT_EQ(TextOf(rows.rows[1][0]), "{k: 1}");
}

TEST(PlanOf, ReadsErrorsAndEmptyResults) {
  ASSERT_OK_AND_ASSIGN(
      const ScenarioPlan plan,
      Plan("Given any graph\n" + Executing("A") +
           "Then a SyntaxError should be raised at compile time: UndefinedVariable\n" +
           Executing("B") +
           "Then an ArgumentError should be raised at any time: *\n"
           "When executing control query:\n\"\"\"\nC\n\"\"\"\n"
           "Then the result should be empty\n"));
  ASSERT_EQ(plan.executions.size(), 3U);
  EXPECT_EQ(plan.executions[0].error->type, "SyntaxError");
  EXPECT_EQ(plan.executions[0].error->detail, "UndefinedVariable");
  EXPECT_EQ(plan.executions[1].error->detail, "*");
  EXPECT_TRUE(plan.executions[2].rows->any_columns);
}

TEST(PlanOf, LetsNoStepPassUnread) {
  const auto code = ErrorCode::kInvalidArgument;
  EXPECT_THAT(Plan("Given a strange graph\n"), IsError(code, "f:2: step 'a strange graph'"));
  EXPECT_THAT(Plan("Then the result should be empty\n"), IsError(code, "nothing was executed"));
  EXPECT_THAT(Plan("Given any graph\n"), IsError(code, "executes nothing"));
  EXPECT_THAT(Plan(Executing("A") + "And no side effects\n"), IsError(code, "expects nothing"));
  EXPECT_THAT(Plan(Executing("A") + "Then the result should be, in any odrer:\n | a |\n"),
              IsError(code, "not known"));
  EXPECT_THAT(Plan(Executing("A") + "Then the result should be, in order:\n"),
              IsError(code, "a table of rows is missing"));
  EXPECT_THAT(Plan(Executing("A") + "Then the result should be empty\n | a |\n"),
              IsError(code, "no table belongs here"));
  EXPECT_THAT(Plan("Given parameters are:\n" + Executing("A")), IsError(code, "name and value"));
  EXPECT_THAT(Plan(Executing("A") + "Then the result should be, in order:\n | a |\n | b |\n"),
              IsError(code, "expected a value"));
  EXPECT_THAT(Plan(Executing("A") + "Then a Problem is raised\n"), IsError(code, "not known"));
  EXPECT_THAT(Plan("When executing query:\n"), IsError(code, "missing"));
}

TEST(Writes, SeesClausesAndNotNames) {
  for (const std::string_view query :
       {"CREATE (n)", "MATCH (n) SET n.x = 1", "match (n) delete n", "MERGE (n)",
        "MATCH (n) REMOVE n:A", "UNWIND [1] AS i CREATE ()", "MATCH (n) SET n:A"}) {
    EXPECT_TRUE(Writes(query)) << query;
  }
  for (const std::string_view query :
       {"RETURN 'CREATE (n)'", "RETURN n.set", "MATCH (n:Create) RETURN n", "RETURN $set",
        "// CREATE (n)\nRETURN 1", "RETURN /* SET n */ 1", "RETURN {set: 1}",
        "MATCH (`create (`) RETURN 1", "MATCH (created) RETURN created", "RETURN \"\\\" SET n\""}) {
    EXPECT_FALSE(Writes(query)) << query;
  }
}

TEST(CategoryOf, TellsTheSetsApart) {
  const auto category = [](std::string_view query, std::string_view file = "clauses/match/f") {
    const auto scenario = One("Given any graph\n" + ExecutingForNothing(query), file);
    const auto plan = PlanOf(*scenario);
    return CategoryOf(*scenario, *plan);
  };
  EXPECT_TRUE(category("MATCH (n) RETURN n").core);
  EXPECT_TRUE(category("RETURN [x IN [1] WHERE x > (1) | x]").core);
  EXPECT_FALSE(category("CREATE (n)").read_only);
  for (const std::string_view query :
       {"RETURN date('2015')", "RETURN duration.between(a, b)", "RETURN all(x IN y WHERE x)",
        "MATCH (n) WHERE exists { (n)-->() } RETURN n", "RETURN [(n)-[:T]->(m) | m]",
        "RETURN [p = (n)-->() | p]"}) {
    EXPECT_TRUE(category(query).read_only) << query;
    EXPECT_FALSE(category(query).core) << query;
  }
  EXPECT_FALSE(category("RETURN 1", "expressions/temporal/f").core);
  const auto scenario =
      One("Given there exists a procedure a() :: ():\n" + ExecutingForNothing("CALL a()"));
  ASSERT_OK(scenario);
  ASSERT_OK_AND_ASSIGN(const ScenarioPlan plan, PlanOf(*scenario));
  EXPECT_FALSE(CategoryOf(*scenario, plan).read_only);
}

}  // namespace
}  // namespace kosei::tck
