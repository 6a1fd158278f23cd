// Subqueries within expressions: a pattern as a condition, pattern comprehensions, EXISTS, COUNT.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "engine/operator.h"
#include "engine/planning.h"
#include "kosei/language/ast.h"

namespace kosei::query {

// What is run for each evaluation: immutable, part of a plan.
class SubqueryPlan {
 public:
  enum class Kind : std::uint8_t { kExists, kCount, kCollect };
  SubqueryPlan(Kind kind_in, OperatorPtr last_in, language::EvaluatorPtr item_in)
      : kind(kind_in), last(std::move(last_in)), item(std::move(item_in)) {}
  const Kind kind;
  const OperatorPtr last;
  const language::EvaluatorPtr item;  // of kCollect
};

// Its pipes in one run.
class Subquery {
 public:
  Subquery(const SubqueryPlan& plan, Run& run);
  ~Subquery();
  // A boolean, a number or a list; null when the run failed.
  language::Datum Evaluate(language::Datum* row);

 private:
  class End;
  Run& run_;
  std::unique_ptr<End> end_;
  Pipeline pipeline_;
};

absl::StatusOr<language::EvaluatorPtr> PlanSubquery(Planning& planning,
                                                    const language::Expression& expression,
                                                    language::Scope& scope);

}  // namespace kosei::query
