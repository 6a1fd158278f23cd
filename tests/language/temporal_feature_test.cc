// The temporal scenarios of the kit, ours or the openCypher TCK (KitFolder), that need no graph:
// WITH and RETURN of expressions, and the values they must have.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "datum_cell.h"
#include "expected_value.h"
#include "feature_file.h"
#include "kit_folder.h"
#include "kosei/base/error.h"
#include "kosei/language/evaluation.h"
#include "kosei/language/parse.h"
#include "scenario_plan.h"

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
  std::string row;  // empty: an error
};

// Nothing: it needs a graph or parameters, or has not exactly one row.
std::optional<Expected> ExpectedOf(const tck::ScenarioPlan& plan) {
  if (!plan.setup.empty() || !plan.parameters.empty() || plan.executions.size() != 1)
    return std::nullopt;
  const tck::Execution& execution = plan.executions.front();
  if (execution.error) return Expected{execution.query, ""};
  if (!execution.rows || execution.rows->rows.size() != 1) return std::nullopt;
  return Expected{execution.query, RowText(execution.rows->rows.front())};
}

TEST(TemporalFeatureTest, ScenariosOfTheKitHold) {
  const auto scenarios = tck::ReadFeatures(tck::KitFolder() + "/features/expressions/temporal");
  ASSERT_TRUE(scenarios.ok()) << MessageOf(scenarios.status());
  std::size_t run = 0;
  for (const tck::Scenario& scenario : *scenarios) {
    SCOPED_TRACE(scenario.file + ": " + scenario.name);
    const auto plan = tck::PlanOf(scenario);
    ASSERT_TRUE(plan.ok()) << MessageOf(plan.status());
    const std::optional<Expected> expected = ExpectedOf(*plan);
    if (!expected) continue;
    const auto statement = Parse(expected->query);
    ASSERT_TRUE(statement.ok()) << MessageOf(statement.status());
    if (!NeedsNoGraph(statement->query)) continue;
    ++run;
    const std::string found = Ran(expected->query, statement->query);
    if (expected->row.empty()) {
      EXPECT_TRUE(found.starts_with("error")) << found << "\n" << expected->query;
    } else {
      EXPECT_EQ(found, expected->row) << expected->query;
    }
  }
  EXPECT_GT(run, scenarios->size() / 2) << "most of them need no graph";
}

}  // namespace
}  // namespace kosei::language
