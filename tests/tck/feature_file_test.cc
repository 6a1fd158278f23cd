// What is read of feature files.
#include "feature_file.h"

#include <filesystem>
#include <fstream>

#include "status_matchers.h"
#include "temp_folder.h"

namespace kosei::tck {
namespace {

using ::kosei::testing::IsError;
using ::testing::ElementsAre;

constexpr std::string_view kFeature = R"(
#encoding: utf-8
Feature: Things - a feature

  Of which it says something.

  # a comment
  Background:
    Given an empty graph

  @slow @odd
  Scenario: [1] One thing
    And having executed:
      """
      CREATE ({name: 'a'}),

        ({name: '| b'})
      """
    When executing query:
      """
      RETURN 1
      """
    Then the result should be, in any order:
      | n      | 'a\|b' |
      | 'x\ny' | '\\'   |
    And no side effects

  Scenario Outline: [2] With <word> in the name
    When executing query:
      """
      RETURN <a> + <b>
      """
    Then the result should be, in any order:
      | <a> | x |
      | <b> | <word> |

    Examples:
      | a | b | word |
      | 1 | 2 | one  |
      | 3 | 4 | <a>  |

    Examples:
      | a | b | word |
      | 5 | 6 | two  |
)";

TEST(ParseFeature, ReadsStepsWithTheirTextsAndTables) {
  ASSERT_OK_AND_ASSIGN(const auto scenarios, ParseFeature(kFeature, "things.feature"));
  ASSERT_EQ(scenarios.size(), 4U);
  const Scenario& one = scenarios[0];
  EXPECT_EQ(one.file, "things.feature");
  EXPECT_EQ(one.name, "[1] One thing");
  ASSERT_EQ(one.steps.size(), 5U);
  EXPECT_EQ(one.steps[0].text, "an empty graph") << "the background's";
  EXPECT_EQ(one.steps[1].text, "having executed:");
  EXPECT_EQ(one.steps[1].doc, "CREATE ({name: 'a'}),\n\n  ({name: '| b'})");
  EXPECT_EQ(one.steps[1].line, 13U);
  EXPECT_THAT(one.steps[3].table,
              ElementsAre(ElementsAre("n", "'a|b'"), ElementsAre("'x\ny'", "'\\'")));
}

TEST(ParseFeature, ExpandsOutlinesRowByRow) {
  ASSERT_OK_AND_ASSIGN(const auto scenarios, ParseFeature(kFeature, "things.feature"));
  EXPECT_EQ(scenarios[1].name, "[2] With one in the name (example 1)");
  EXPECT_EQ(scenarios[3].name, "[2] With two in the name (example 3)") << "of the second table";
  EXPECT_EQ(scenarios[3].steps[1].doc, "RETURN 5 + 6");
  EXPECT_THAT(scenarios[1].steps[2].table,
              ElementsAre(ElementsAre("1", "x"), ElementsAre("2", "one")));
  // What an example brings in is not looked at again.
  EXPECT_THAT(scenarios[2].steps[2].table[1], ElementsAre("4", "<a>"));
}

TEST(ParseFeature, SaysWhereWhatIsWrong) {
  const auto parse = [](std::string_view text) { return ParseFeature(text, "f").status(); };
  const auto code = ErrorCode::kInvalidArgument;
  EXPECT_THAT(parse("Scenario: a\n  Give up\n"), IsError(code, "f:2: expected a step"));
  EXPECT_THAT(parse("Scenario: a\n Given x\n  \"\"\"\n"), IsError(code, "f:3: a text that does"));
  EXPECT_THAT(parse("Scenario: a\n Given x\n  | a | b |\n  | c |\n"),
              IsError(code, "f:4: a row of 1 cells in a table of 2"));
  EXPECT_THAT(parse("Scenario: a\n Given x\n  | a\n"), IsError(code, "begins and ends with |"));
  EXPECT_THAT(parse("| a |\n"), IsError(code, "f:1: a table without a step"));
  EXPECT_THAT(parse("Scenario: a\n Given x\n Examples:\n | a |\n"), IsError(code, "f:3: examples"));
  EXPECT_THAT(parse("Scenario Outline: a\n Given x\n"), IsError(code, "has no examples"));
}

void Write(const std::string& folder, const std::string& name, const std::string& text) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/" + name) << text;
}

TEST(ParseFeature, TakesARowWithoutCells) {
  ASSERT_OK_AND_ASSIGN(const auto scenarios,
                       ParseFeature("Scenario: a\n Given x\n  |\n Then y\n", "f"));
  EXPECT_THAT(scenarios[0].steps[0].table, ElementsAre(::testing::IsEmpty()));
  EXPECT_EQ(scenarios[0].steps[1].text, "y");
}

TEST(ReadFeatures, FindsAllFilesInOrder) {
  const testing::TempFolder folder;
  EXPECT_THAT(ReadFeatures(folder / "none"), IsError(ErrorCode::kNotFound, "name the folder"));
  Write(folder / "b", "two.feature", "Feature: b\nScenario: two\n Given x\n");
  Write(folder / "a", "one.feature", "Feature: a\nScenario: one\n Given x\n");
  Write(folder / "a", "notes.txt", "Scenario: none\n");
  ASSERT_OK_AND_ASSIGN(const auto scenarios, ReadFeatures(folder.path()));
  ASSERT_EQ(scenarios.size(), 2U);
  EXPECT_EQ(scenarios[0].file, "a/one.feature");
  EXPECT_EQ(scenarios[1].name, "two");
}

}  // namespace
}  // namespace kosei::tck
