// The temporal scenarios of the openCypher TCK that need no graph, when KOSEI_TCK names the folder
// of a kit: WITH and RETURN of expressions, and the values they must have.
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "datum_cell.h"
#include "expected_value.h"
#include "feature_file.h"
#include "kosei/base/error.h"
#include "kosei/language/evaluation.h"
#include "kosei/language/parse.h"

namespace kosei::language {
namespace {

// One row that goes from clause to clause.
class RowOfScenario {
 public:
  explicit RowOfScenario(std::string_view text) : text_(text) {}

  // The values of a clause's items, which are the row's variables afterwards.
  absl::StatusOr<std::vector<tck::Cell>> Project(const Clause& clause) {
    Scope next;
    std::vector<Datum> values;
    std::vector<tck::Cell> cells;
    for (const ProjectionItem& item : clause.items) {
      auto evaluator = Compile(*item.expression, scope_, CompileContext{.text = text_});
      if (!evaluator.ok()) return std::move(evaluator).status();
      slots_.resize(std::max<std::size_t>(scope_.slot_count(), slots_.size()));
      values.push_back((*evaluator)->Evaluate(slots_.data(), evaluation_));
      if (evaluation_.failed()) return evaluation_.error;
      cells.push_back(tck::CellOf(values.back(), evaluation_));
      next.Add(item.alias.empty() ? item.text : item.alias);
    }
    scope_ = std::move(next);
    slots_ = std::move(values);
    return cells;
  }

 private:
  std::string_view text_;
  Evaluation evaluation_;
  Scope scope_;
  std::vector<Datum> slots_;
};

bool NeedsNoGraph(const Query& query) {
  if (query.parts.size() != 1) return false;
  for (const Clause& clause : query.parts.front().clauses) {
    const bool projects = clause.kind == ClauseKind::kWith || clause.kind == ClauseKind::kReturn;
    if (!projects || clause.where != nullptr || !clause.order.empty() || clause.star) return false;
  }
  return true;
}

std::string RowText(const std::vector<tck::Cell>& cells) {
  std::string text;
  for (const tck::Cell& cell : cells) text += "| " + tck::TextOf(cell) + " ";
  return text;
}

// What the last clause gives, as the kit would write it, or the error.
std::string Ran(const std::string& text, const Query& query) {
  RowOfScenario row(text);
  std::vector<tck::Cell> cells;
  for (const Clause& clause : query.parts.front().clauses) {
    auto values = row.Project(clause);
    if (!values.ok()) return "error: " + std::string(MessageOf(values.status()));
    cells = *std::move(values);
  }
  return RowText(cells);
}

struct Expected {
  std::string query;
  std::string row;  // empty: an error is expected
};

std::optional<Expected> ExpectedOf(const tck::Scenario& scenario) {
  Expected expected;
  for (const tck::Step& step : scenario.steps) {
    if (step.text.starts_with("having executed")) return std::nullopt;
    if (step.text.starts_with("executing query")) expected.query = step.doc.value_or("");
    if (!step.text.starts_with("the result should be") || step.table.size() != 2) continue;
    std::vector<tck::Cell> cells;
    for (const std::string& text : step.table[1]) {
      const auto cell = tck::ParseCell(text);
      if (!cell.ok()) return std::nullopt;
      cells.push_back(*cell);
    }
    expected.row = RowText(cells);
  }
  return expected;
}

TEST(TemporalFeatureTest, ScenariosOfTheKitHold) {
  const char* const kit = std::getenv("KOSEI_TCK");
  if (kit == nullptr) GTEST_SKIP() << "KOSEI_TCK names no folder of the openCypher TCK";
  const auto scenarios = tck::ReadFeatures(std::string(kit) + "/features/expressions/temporal");
  ASSERT_TRUE(scenarios.ok()) << MessageOf(scenarios.status());
  int run = 0;
  for (const tck::Scenario& scenario : *scenarios) {
    const auto expected = ExpectedOf(scenario);
    if (!expected.has_value()) continue;
    const auto statement = Parse(expected->query);
    ASSERT_TRUE(statement.ok()) << scenario.name << ": " << MessageOf(statement.status());
    if (!NeedsNoGraph(statement->query)) continue;
    ++run;
    const std::string found = Ran(expected->query, statement->query);
    if (expected->row.empty()) {
      EXPECT_TRUE(found.starts_with("error")) << scenario.name << "\n" << expected->query;
    } else {
      EXPECT_EQ(found, expected->row) << scenario.name << "\n" << expected->query;
    }
  }
  EXPECT_GT(run, 500);
}

}  // namespace
}  // namespace kosei::language
