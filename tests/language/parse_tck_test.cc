// Every statement of the kit, ours or the openCypher TCK (KitFolder): what is to run can be parsed,
// and printed so that it reads the same again; what is wrong by its syntax alone is refused with
// the word that the kit names.
#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "feature_file.h"
#include "kit_folder.h"
#include "kosei/base/error.h"
#include "kosei/language/parse.h"
#include "kosei/language/print.h"
#include "scenario_plan.h"

namespace kosei::language {
namespace {

// Found by the parser; the other words of the kit need names, types or data.
const std::set<std::string, std::less<>> kOfSyntax = {"CreatingVarLength",
                                                      "FloatingPointOverflow",
                                                      "IntegerOverflow",
                                                      "InvalidArgumentPassingMode",
                                                      "InvalidClauseComposition",
                                                      "InvalidDelete",
                                                      "InvalidNumberLiteral",
                                                      "InvalidParameterUse",
                                                      "InvalidRelationshipPattern",
                                                      "InvalidUnicodeCharacter",
                                                      "InvalidUnicodeLiteral",
                                                      "RequiresDirectedRelationship",
                                                      "UnexpectedSyntax"};

struct Counts {
  std::size_t parsed = 0;
  std::size_t refused = 0;
};

void ExpectRoundTrip(const Statement& statement) {
  const std::string text = ToText(statement);
  const absl::StatusOr<Statement> again = Parse(text);
  ASSERT_TRUE(again.ok()) << again.status() << "\n" << text;
  EXPECT_EQ(ToText(*again), text);
}

void ExpectParsed(const std::string& query, Counts& counts) {
  SCOPED_TRACE(query);
  const absl::StatusOr<Statement> statement = Parse(query);
  ASSERT_TRUE(statement.ok()) << statement.status();
  ExpectRoundTrip(*statement);
  ++counts.parsed;
}

// What the kit expects to be refused at some time may be so by the parser, if with the same word.
void ExpectAsTheKitSays(const tck::Execution& execution, Counts& counts) {
  const bool wrong = execution.error && execution.error->type == "SyntaxError";
  if (!wrong) return ExpectParsed(execution.query, counts);
  const absl::StatusOr<Statement> statement = Parse(execution.query);
  const bool must_fail = kOfSyntax.contains(execution.error->detail);
  if (statement.ok() && !must_fail) return ExpectParsed(execution.query, counts);
  EXPECT_EQ(FieldOf(statement.status()), execution.error->detail) << execution.query << "\n"
                                                                  << statement.status();
  ++counts.refused;
}

TEST(ParseTckTest, ReadsWhatRunsAndRefusesWhatIsWrong) {
  const auto scenarios = tck::ReadFeatures(tck::KitFolder() + "/features");
  ASSERT_TRUE(scenarios.ok()) << MessageOf(scenarios.status());
  Counts counts;
  for (const tck::Scenario& scenario : *scenarios) {
    SCOPED_TRACE(scenario.file + ": " + scenario.name);
    const auto plan = tck::PlanOf(scenario);
    ASSERT_TRUE(plan.ok()) << MessageOf(plan.status());
    for (const std::string& statement : plan->setup) ExpectParsed(statement, counts);
    for (const tck::Execution& execution : plan->executions) ExpectAsTheKitSays(execution, counts);
  }
  EXPECT_GT(counts.parsed, 100U);
  EXPECT_GT(counts.refused, 5U);
}

}  // namespace
}  // namespace kosei::language
