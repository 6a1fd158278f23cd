// Every query of the openCypher TCK, where the environment KOSEI_TCK names its folder: what is to
// run can be parsed, and what is wrong by its syntax alone is refused with the word the kit names.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/base/error.h"
#include "kosei/language/parse.h"
#include "kosei/language/print.h"

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

using Row = std::map<std::string, std::string>;

struct Scenario {
  std::string name;
  std::vector<std::string> queries;  // the last one is what the scenario is about
  std::string syntax_error;          // empty: none
  std::vector<Row> examples;
};

std::string Trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return std::string(line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin));
}

std::vector<std::string> Cells(std::string_view line) {
  std::vector<std::string> cells;
  std::string cell;
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '|') {
      cell += line[++i];
    } else if (line[i] == '|') {
      cells.push_back(Trimmed(cell));
      cell.clear();
    } else {
      cell += line[i];
    }
  }
  return cells;
}

std::vector<Scenario> ReadFeature(const std::filesystem::path& path) {
  std::vector<Scenario> scenarios;
  std::ifstream file(path);
  std::string line;
  bool query = false;
  bool examples = false;
  std::vector<std::string> columns;
  while (std::getline(file, line)) {
    const std::string trimmed = Trimmed(line);
    if (trimmed == "\"\"\"") {
      query = !query;
      if (query) scenarios.back().queries.emplace_back();
    } else if (query) {
      scenarios.back().queries.back().append(line).append("\n");
    } else if (trimmed.starts_with("Scenario") || trimmed.starts_with("Background")) {
      scenarios.emplace_back().name = path.filename().string() + ": " + trimmed;
      examples = false;
    } else if (trimmed.starts_with("Examples")) {
      examples = true;
      columns.clear();
    } else if (const std::size_t at = trimmed.find(" should be raised");
               at != std::string::npos && !trimmed.starts_with("#")) {
      if (trimmed.find("SyntaxError") != std::string::npos)
        scenarios.back().syntax_error = trimmed.substr(trimmed.rfind(' ') + 1);
    } else if (examples && trimmed.starts_with("|")) {
      const std::vector<std::string> cells = Cells(trimmed);
      if (columns.empty()) {
        columns = cells;
        continue;
      }
      Row& row = scenarios.back().examples.emplace_back();
      for (std::size_t i = 0; i < columns.size() && i < cells.size(); ++i)
        row[columns[i]] = cells[i];
    }
  }
  return scenarios;
}

std::string Filled(std::string text, const Row& row) {
  for (const auto& [column, cell] : row) {
    const std::string mark = "<" + column + ">";
    for (std::size_t at = text.find(mark); at != std::string::npos;
         at = text.find(mark, at + cell.size())) {
      text.replace(at, mark.size(), cell);
    }
  }
  return text;
}

void ExpectRoundTrip(const Statement& statement) {
  const std::string text = ToText(statement);
  const absl::StatusOr<Statement> again = Parse(text);
  ASSERT_TRUE(again.ok()) << again.status() << "\n" << text;
  EXPECT_EQ(ToText(*again), text);
}

TEST(ParseTckTest, ReadsWhatRunsAndRefusesWhatIsWrong) {
  const char* const folder = std::getenv("KOSEI_TCK");
  if (folder == nullptr || !std::filesystem::exists(folder))
    GTEST_SKIP() << "the environment names no folder KOSEI_TCK";
  std::size_t parsed = 0;
  std::size_t refused = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".feature") continue;
    for (Scenario& scenario : ReadFeature(entry.path())) {
      if (scenario.examples.empty()) scenario.examples.emplace_back();
      for (const Row& row : scenario.examples) {
        for (std::size_t i = 0; i < scenario.queries.size(); ++i) {
          const std::string query = Filled(scenario.queries[i], row);
          SCOPED_TRACE(scenario.name + "\n" + query);
          const absl::StatusOr<Statement> statement = Parse(query);
          const bool wrong = i + 1 == scenario.queries.size() && !scenario.syntax_error.empty();
          const bool must_fail = wrong && kOfSyntax.contains(scenario.syntax_error);
          if (must_fail || (wrong && !statement.ok())) {
            EXPECT_FALSE(statement.ok());
            EXPECT_EQ(FieldOf(statement.status()), scenario.syntax_error) << statement.status();
            ++refused;
          } else {
            EXPECT_TRUE(statement.ok()) << statement.status();
            if (statement.ok()) ExpectRoundTrip(*statement);
            ++parsed;
          }
        }
      }
    }
  }
  EXPECT_GT(parsed, 0U) << "no feature files in " << folder;
  std::printf("%zu queries parsed, %zu refused\n", parsed, refused);
}

}  // namespace
}  // namespace kosei::language
