#include "engine/subquery.h"

#include <utility>

#include "engine/match_plan.h"
#include "engine/query_plan.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/made_values.h"
#include "kosei/language/tree.h"

namespace kosei::query {
namespace {

using language::BitOf;
using language::Datum;
using language::DatumKind;
using language::Evaluation;
using language::Expression;
using language::ExpressionKind;
using language::Scope;

class SubqueryEvaluator final : public language::Evaluator {
 public:
  SubqueryEvaluator(SubqueryPlan::Kind kind, OperatorPtr last, language::EvaluatorPtr item)
      : plan_(kind, std::move(last), std::move(item)) {}
  language::StaticType type() const override {
    if (plan_.kind == SubqueryPlan::Kind::kExists) return {BitOf(DatumKind::kBoolean), 0};
    if (plan_.kind == SubqueryPlan::Kind::kCount) return {BitOf(DatumKind::kInteger), 0};
    return {BitOf(DatumKind::kList), plan_.item->type().kinds};
  }
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    return static_cast<Run&>(evaluation).SubqueryOf(plan_).Evaluate(row);
  }

 private:
  const SubqueryPlan plan_;
};

language::EvaluatorPtr Make(SubqueryPlan::Kind kind, OperatorPtr last,
                            language::EvaluatorPtr item = nullptr) {
  return std::make_unique<SubqueryEvaluator>(kind, std::move(last), std::move(item));
}

}  // namespace

class Subquery::End final : public Pipe {
 public:
  End(const SubqueryPlan& plan, Run& run) : plan_(plan), run_(run) {}
  bool Push(Datum* row) override {
    ++count_;
    if (plan_.kind == SubqueryPlan::Kind::kExists) return false;
    if (plan_.kind == SubqueryPlan::Kind::kCount) return true;
    items_.push_back(plan_.item->Evaluate(row, run_));
    const auto bytes = static_cast<std::int64_t>(sizeof(Datum) + items_.back().HeapBytes());
    charged_ += bytes;
    return !run_.failed() && run_.Step() && run_.Charge(bytes);
  }
  bool Finish(Datum*) override { return true; }
  Datum Take() {
    const std::int64_t count = std::exchange(count_, 0);
    language::DatumList items = std::exchange(items_, {});
    run_.Charge(-std::exchange(charged_, 0));  // the list is the row's from now on
    if (run_.failed()) return {};
    if (plan_.kind == SubqueryPlan::Kind::kExists) return Datum::Boolean(count > 0);
    if (plan_.kind == SubqueryPlan::Kind::kCount) return Datum::Integer(count);
    return language::MakeList(std::move(items), {}, run_);
  }

 private:
  const SubqueryPlan& plan_;
  Run& run_;
  std::int64_t count_ = 0;
  language::DatumList items_;
  std::int64_t charged_ = 0;
};

Subquery::Subquery(const SubqueryPlan& plan, Run& run)
    : run_(run), end_(std::make_unique<End>(plan, run)), pipeline_(plan.last.get(), run, *end_) {}

Subquery::~Subquery() = default;

Datum Subquery::Evaluate(Datum* row) {
  pipeline_.Push(row);
  if (!run_.failed()) pipeline_.Finish(row);
  return end_->Take();
}

absl::StatusOr<language::EvaluatorPtr> PlanSubquery(Planning& planning,
                                                    const Expression& expression, Scope& scope) {
  const bool counts = expression.kind == ExpressionKind::kCount;
  if (expression.query != nullptr) {
    KOSEI_ASSIGN_OR_RETURN(PlannedQuery planned,
                           PlanQuery(planning, *expression.query, scope, false));
    scope.SkipTo(planned.slot_count);
    return Make(counts ? SubqueryPlan::Kind::kCount : SubqueryPlan::Kind::kExists,
                std::move(planned.last));
  }
  Scope inner = scope;
  language::Pattern pattern = language::Clone(*expression.pattern);
  if (!expression.name.empty()) pattern.paths.front().variable = expression.name;
  MatchRequest request;
  request.pattern = &pattern;
  request.time = planning.time();
  request.no_new_names = expression.kind == ExpressionKind::kPattern;
  const bool comprehension = expression.kind == ExpressionKind::kPatternComprehension;
  if (!request.no_new_names && !expression.operands.empty())
    request.where = expression.operands[0].get();
  KOSEI_ASSIGN_OR_RETURN(PlannedMatch planned, PlanMatch(planning, nullptr, inner, request));
  KOSEI_RETURN_IF_ERROR(planning.Grow(Operator::LengthOf(planned.last.get()), expression.span));
  language::EvaluatorPtr item;
  if (comprehension) {
    KOSEI_ASSIGN_OR_RETURN(item, planning.CompileExpression(*expression.operands[1], inner));
  }
  scope.SkipTo(inner.slot_count());
  const SubqueryPlan::Kind kind = comprehension ? SubqueryPlan::Kind::kCollect
                                  : counts      ? SubqueryPlan::Kind::kCount
                                                : SubqueryPlan::Kind::kExists;
  return Make(kind, std::move(planned.last), std::move(item));
}

}  // namespace kosei::query
