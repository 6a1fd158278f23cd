// NaiveStatement: carries out a statement clause by clause over lists of rows, as the language is
// defined, without a plan. Expressions are compiled by language/; what the engine adds (patterns,
// clauses, grouping, order) is done here a second time.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/language/evaluation.h"
#include "naive_graph.h"
#include "naive_match.h"

namespace kosei::query {

struct NaiveTable {
  std::vector<std::string> columns;
  std::vector<std::vector<language::Datum>> rows;
};

class NaiveStatement final : public language::Subqueries {
 public:
  // More work than so many rows and tries in all is given up: kRowBudget.
  NaiveStatement(NaiveGraph& graph, std::size_t work_max);

  absl::StatusOr<NaiveTable> Run(std::string_view text);
  language::Evaluation& evaluation() { return evaluation_; }

  // language::Subqueries
  absl::StatusOr<language::EvaluatorPtr> Compile(const language::Expression& expression,
                                                 language::Scope& scope) override;
  language::Datum Subquery(const language::Expression& expression, const NaiveRow& row);

 private:
  struct Compiled {
    std::vector<std::string> names;
    std::uint32_t slots = 0;
    language::EvaluatorPtr evaluator;
  };
  using Rows = std::vector<NaiveRow>;

  NaiveTable RunQuery(const language::Query& query, const NaiveRow& outside);
  NaiveTable RunPart(const language::SingleQuery& part, const NaiveRow& outside);
  // Kept, because what is compiled is known by the place of its expression.
  NaiveMatch& MatchOf(const language::Pattern& pattern, const language::Expression* where,
                      const std::string& path_name);
  Rows Match(const language::Clause& clause, const Rows& rows);
  Rows Unwind(const language::Clause& clause, const Rows& rows);
  // Rows of the projected names; `columns` in their order.
  Rows Project(const language::Clause& clause, const Rows& rows, std::vector<std::string>& columns);
  Rows Group(const std::vector<std::string>& names,
             const std::vector<const language::Expression*>& items, const Rows& rows);
  language::Datum Value(const language::Expression& expression, const NaiveRow& row);
  language::Datum Once(const language::Expression& expression, const NaiveRow& row);
  Compiled CompileFor(const language::Expression& expression, const NaiveRow& row);
  language::Datum Evaluate(const Compiled& compiled, const NaiveRow& row);
  language::Datum Aggregated(const language::Expression& call, const Rows& rows);
  void ReplaceAggregates(language::ExpressionPtr& expression, const Rows& rows);
  bool Work();

  NaiveGraph& graph_;
  std::string text_;
  std::size_t work_left_;
  language::Evaluation evaluation_;
  NaiveValue value_;
  // Expressions that stand in no text. They stay, because what is compiled of them and of their
  // parts is known by their place.
  std::vector<language::ExpressionPtr> made_;
  std::map<const language::Expression*, Compiled> compiled_;
  std::map<const language::Pattern*, std::unique_ptr<NaiveMatch>> matches_;
};

}  // namespace kosei::query
