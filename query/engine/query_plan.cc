#include "engine/query_plan.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "engine/match_plan.h"
#include "engine/procedure_plan.h"
#include "engine/projection_plan.h"
#include "engine/rows.h"
#include "engine/union.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/print.h"
#include "kosei/language/query_error.h"

namespace kosei::query {
namespace {

using language::BitOf;
using language::Clause;
using language::ClauseKind;
using language::DatumKind;
using language::Scope;

// What a list's items can be, or the value itself when it may be no list.
language::StaticType TypeOfItem(const language::StaticType& list) {
  if (list.kinds != BitOf(DatumKind::kList)) return {};
  return {list.item_kinds, language::kAnyKinds};
}

bool IsRange(const language::Expression& expression) {
  return expression.kind == language::ExpressionKind::kFunction &&
         absl::AsciiStrToLower(expression.name) == "range";
}

class PartPlanner {
 public:
  PartPlanner(Planning& planning, Scope scope, bool must_return)
      : planning_(planning), scope_(std::move(scope)), must_return_(must_return) {}

  absl::StatusOr<PlannedQuery> Run(const language::SingleQuery& part) {
    bool ended = false;
    for (const Clause& clause : part.clauses) {
      if (ended) {
        return planning_.Error("InvalidClauseComposition", clause.span,
                               "nothing can follow RETURN; use WITH to go on");
      }
      const std::uint32_t before = Operator::LengthOf(last_.get());
      KOSEI_RETURN_IF_ERROR(Plan(clause));
      KOSEI_RETURN_IF_ERROR(planning_.Grow(Operator::LengthOf(last_.get()) - before, clause.span));
      ended = clause.kind == ClauseKind::kReturn;
    }
    const bool alone = part.clauses.size() == 1 && part.clauses[0].kind == ClauseKind::kCall;
    if (!ended && must_return_ && !alone) {
      return planning_.Error("InvalidClauseComposition", part.clauses.back().span,
                             "the query ends without RETURN; say what it should return");
    }
    planned_.last = std::move(last_);
    planned_.slot_count = scope_.slot_count();
    return std::move(planned_);
  }

 private:
  absl::Status Plan(const Clause& clause) {
    switch (clause.kind) {
      case ClauseKind::kMatch:
        return Match(clause);
      case ClauseKind::kUnwind:
        return Unwind(clause);
      case ClauseKind::kWith:
      case ClauseKind::kReturn:
        return Project(clause);
      case ClauseKind::kCall:
        return Call(clause);
      case ClauseKind::kCreate:
      case ClauseKind::kMerge:
      case ClauseKind::kDelete:
      case ClauseKind::kSet:
      case ClauseKind::kRemove:
        break;
    }
    return language::MakeQueryError(
        ErrorCode::kQueryUnsupported, "ReadOnly", planning_.text(), clause.span,
        "the query language only reads; write with `kosei set`, `kosei import` or the client "
        "library");
  }

  absl::Status Match(const Clause& clause) {
    MatchRequest request;
    KOSEI_ASSIGN_OR_RETURN(request.time, planning_.TimeOf(clause.time));
    request.pattern = &clause.pattern;
    request.where = clause.where.get();
    if (!clause.optional) {
      KOSEI_ASSIGN_OR_RETURN(PlannedMatch planned,
                             PlanMatch(planning_, std::move(last_), scope_, request));
      last_ = std::move(planned.last);
      return absl::OkStatus();
    }
    KOSEI_ASSIGN_OR_RETURN(PlannedMatch planned, PlanMatch(planning_, nullptr, scope_, request));
    last_ = MakeOptional(std::move(last_), std::move(planned.last), std::move(planned.new_slots));
    return absl::OkStatus();
  }

  absl::Status Unwind(const Clause& clause) {
    UnwoundList list;
    KOSEI_ASSIGN_OR_RETURN(list.value, planning_.CompileExpression(*clause.expression, scope_));
    if (IsRange(*clause.expression)) {
      for (const language::ExpressionPtr& number : clause.expression->operands) {
        KOSEI_ASSIGN_OR_RETURN(language::EvaluatorPtr value,
                               planning_.CompileExpression(*number, scope_));
        list.range.push_back(std::move(value));
      }
    }
    if (scope_.Find(clause.variable).has_value()) {
      return planning_.Error(
          "VariableAlreadyBound", clause.span,
          absl::StrFormat("`%s` has a value already; take another name", clause.variable));
    }
    const std::uint32_t slot = scope_.Add(clause.variable, TypeOfItem(list.value->type()));
    last_ = MakeUnwind(std::move(last_), std::move(list), slot,
                       language::ToText(*clause.expression) + " AS " + clause.variable);
    return absl::OkStatus();
  }

  absl::Status Project(const Clause& clause) {
    KOSEI_ASSIGN_OR_RETURN(PlannedProjection planned,
                           PlanProjection(planning_, std::move(last_), scope_, clause));
    last_ = std::move(planned.last);
    scope_ = std::move(planned.scope);
    planned_.columns = std::move(planned.columns);
    planned_.slots = std::move(planned.slots);
    return absl::OkStatus();
  }

  absl::Status Call(const Clause& clause) {
    KOSEI_ASSIGN_OR_RETURN(PlannedCall planned,
                           PlanCall(planning_, std::move(last_), scope_, clause));
    last_ = std::move(planned.last);
    planned_.columns = std::move(planned.columns);
    planned_.slots = std::move(planned.slots);
    return absl::OkStatus();
  }

  Planning& planning_;
  Scope scope_;
  const bool must_return_;
  OperatorPtr last_;
  PlannedQuery planned_;
};

}  // namespace

absl::StatusOr<PlannedQuery> PlanQuery(Planning& planning, const language::Query& query,
                                       const Scope& scope, bool must_return) {
  if (query.parts.size() == 1) return PartPlanner(planning, scope, must_return).Run(query.parts[0]);
  const bool all = query.union_all.front();
  for (const bool each : query.union_all) {
    if (each == all) continue;
    return planning.Error("InvalidClauseComposition", query.span,
                          "UNION and UNION ALL cannot be mixed in one query");
  }
  std::vector<UnionPart> parts;
  PlannedQuery joined;
  Scope slots = scope;
  for (const language::SingleQuery& part : query.parts) {
    KOSEI_ASSIGN_OR_RETURN(PlannedQuery planned, PartPlanner(planning, slots, true).Run(part));
    slots.SkipTo(planned.slot_count);
    if (parts.empty()) joined.columns = planned.columns;
    UnionPart added;
    for (const std::string& column : joined.columns) {
      const auto found = std::find(planned.columns.begin(), planned.columns.end(), column);
      if (found == planned.columns.end() || planned.columns.size() != joined.columns.size()) {
        return planning.Error("DifferentColumnsInUnion", part.span,
                              "all parts of a UNION return columns of the same names");
      }
      added.slots.push_back(
          planned.slots[static_cast<std::size_t>(found - planned.columns.begin())]);
    }
    added.last = std::move(planned.last);
    parts.push_back(std::move(added));
  }
  for (const std::string& column : joined.columns) joined.slots.push_back(slots.Add(column));
  joined.slot_count = slots.slot_count();
  joined.last = MakeUnion(std::move(parts), joined.slots);
  if (!all) joined.last = MakeDistinct(std::move(joined.last), joined.slots);
  return joined;
}

}  // namespace kosei::query
