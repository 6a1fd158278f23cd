// From scenarios to verdicts, against a target that answers as it is told.
#include "run.h"

#include <filesystem>
#include <fstream>

#include "kosei/base/error.h"
#include "status_matchers.h"
#include "temp_folder.h"

namespace kosei::tck {
namespace {

using ::kosei::testing::IsError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ToldTarget final : public Target {
 public:
  absl::Status Prepare(const Names& names, const Content& content) override {
    if (models.empty() || models.back() != ModelYaml(names)) models.push_back(ModelYaml(names));
    records.push_back(content.records.size());
    return absl::OkStatus();
  }
  absl::StatusOr<Answer> Run(const std::string& query,
                             const std::map<std::string, Cell>& /*parameters*/) override {
    queries.push_back(query);
    if (query.starts_with("BAD")) return MakeError(ErrorCode::kQuerySyntax, "bad", "Bad");
    return Answer{{"n"}, {{Cell::Integer(1)}}};
  }
  std::vector<std::string> models;
  std::vector<std::size_t> records;
  std::vector<std::string> queries;
};

// One scenario; `given` are its steps before the query.
std::string Text(std::string_view name, std::string_view given, std::string_view query,
                 std::string_view then) {
  std::string text = "Scenario: ";
  text.append(name).append("\n").append(given).append("\nWhen executing query:\n\"\"\"\n");
  return text.append(query).append("\n\"\"\"\n").append(then).append("\n");
}

std::string After(std::string_view statement) {
  return "Given an empty graph\nAnd having executed:\n\"\"\"\n" + std::string(statement) +
         "\n\"\"\"";
}

constexpr std::string_view kOne = "Then the result should be, in any order:\n | n |\n | 1 |";
constexpr std::string_view kTwo = "Then the result should be, in any order:\n | n |\n | 2 |";

absl::StatusOr<std::vector<Result>> RunAll(const std::string& text, Target& target,
                                           const std::string& graphs = "none") {
  const auto scenarios = ParseFeature(text, "f.feature");
  if (!scenarios.ok()) return scenarios.status();
  return RunScenarios(*scenarios, {graphs}, target);
}

TEST(RunScenarios, GivesEachItsVerdict) {
  ToldTarget target;
  ASSERT_OK_AND_ASSIGN(
      const std::vector<Result> results,
      RunAll(Text("right", After("CREATE ({a: 1}), ({a: 2})"), "MATCH (n) RETURN n", kOne) +
                 Text("wrong", "Given any graph", "RETURN 1 AS n", kTwo) +
                 Text("error", "Given any graph", "BAD",
                      "Then a SyntaxError should be raised at compile time: Bad") +
                 Text("writes", "Given any graph", "CREATE (n)", kOne) +
                 Text("too much", After("CREATE ()-[:T {p: 1}]->()"), "MATCH (n) RETURN n", kOne),
             target));
  ASSERT_EQ(results.size(), 5U);
  EXPECT_EQ(results[0].verdict.outcome, Outcome::kPassed);
  EXPECT_TRUE(results[1].verdict.wrong_rows);
  EXPECT_EQ(results[2].verdict.outcome, Outcome::kPassed);
  EXPECT_TRUE(results[2].expects_error);
  EXPECT_EQ(results[3].verdict.outcome, Outcome::kUnsupported);
  EXPECT_FALSE(results[3].category.read_only);
  EXPECT_EQ(results[4].verdict.outcome, Outcome::kUnsupported);
  EXPECT_THAT(results[4].verdict.reason, HasSubstr("a relationship with properties"));
  EXPECT_THAT(target.queries, ElementsAre("MATCH (n) RETURN n", "RETURN 1 AS n", "BAD"));
  EXPECT_THAT(target.records, ElementsAre(2U, 0U, 0U));
}

TEST(RunScenarios, SharesAModelWherePossible) {
  ToldTarget target;
  ASSERT_OK(RunAll(Text("a", After("CREATE (:A {p: 1})"), "MATCH (n:B) RETURN n.q", kOne) +
                       Text("b", After("CREATE (:B {d: date('2020-01-01')})"), "RETURN 1", kOne) +
                       Text("c", After("CREATE (:C {d: 5})"), "RETURN 1", kOne) +
                       Text("d", After("CREATE (:D {p: 'x'})"), "RETURN 1", kOne),
                   target));
  ASSERT_EQ(target.models.size(), 2U) << "d is a date in one and a number in another";
  for (const char* name : {"labels: ['A']", "labels: ['B']", "labels: ['D']", "'p'", "'q'", "date"})
    EXPECT_THAT(target.models[0], HasSubstr(name));
  EXPECT_THAT(target.models[1], HasSubstr("labels: ['C']"));
}

TEST(RunScenarios, ReadsNamedGraphs) {
  ToldTarget target;
  const std::string scenario = Text("a", "Given the tiny graph", "RETURN 1", kOne);
  ASSERT_OK_AND_ASSIGN(const std::vector<Result> none, RunAll(scenario, target));
  EXPECT_EQ(none[0].verdict.outcome, Outcome::kFailed);
  const testing::TempFolder folder;
  std::filesystem::create_directory(folder / "tiny");
  std::ofstream(folder / "tiny/tiny.cypher") << "CREATE (:A), (:B)\nCREATE (:C);\n";
  ASSERT_OK_AND_ASSIGN(const std::vector<Result> found, RunAll(scenario, target, folder.path()));
  EXPECT_EQ(found[0].verdict.outcome, Outcome::kPassed);
  EXPECT_EQ(target.records.back(), 3U);
}

TEST(RunScenarios, StopsAtWhatItCannotRead) {
  ToldTarget target;
  EXPECT_THAT(RunAll(Text("a", "Given a strange thing", "RETURN 1", kOne), target),
              IsError(ErrorCode::kInvalidArgument, "not known to the runner"));
}

}  // namespace
}  // namespace kosei::tck
