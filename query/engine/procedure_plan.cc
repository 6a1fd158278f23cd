#include "engine/procedure_plan.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/procedure.h"
#include "engine/rows.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/print.h"
#include "kosei/language/query_error.h"

namespace kosei::query {
namespace {

using language::Datum;

class CallPipe final : public Pipe {
 public:
  CallPipe(const Procedure& procedure, const std::vector<language::EvaluatorPtr>& arguments,
           const std::vector<std::pair<std::size_t, std::uint32_t>>& yields, language::Span span,
           Run& run, Pipe& next)
      : procedure_(procedure),
        arguments_(arguments),
        yields_(yields),
        span_(span),
        run_(run),
        next_(next) {}
  bool Push(Datum* row) override {
    if (!run_.classes().empty() && !procedure_.keeps_to_classes) {
      run_.Fail(MakeError(ErrorCode::kPermissionDenied,
                          absl::StrFormat("%s looks at the whole graph, and the token is limited "
                                          "to classes; ask an administrator for one that is not",
                                          procedure_.name)));
      return false;
    }
    language::DatumList values;
    for (const language::EvaluatorPtr& argument : arguments_)
      values.push_back(argument->Evaluate(row, run_));
    if (run_.failed()) return false;
    bool more = true;
    procedure_.run(run_, values, span_, [&](Datum* columns) {
      for (const auto& [column, slot] : yields_) row[slot] = columns[column];
      return more = run_.Step() && next_.Push(row);
    });
    return more && !run_.failed();
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  const Procedure& procedure_;
  const std::vector<language::EvaluatorPtr>& arguments_;
  const std::vector<std::pair<std::size_t, std::uint32_t>>& yields_;
  const language::Span span_;
  Run& run_;
  Pipe& next_;
};

class CallOperator final : public Operator {
 public:
  CallOperator(OperatorPtr input, const Procedure& procedure,
               std::vector<language::EvaluatorPtr> arguments,
               std::vector<std::pair<std::size_t, std::uint32_t>> yields, language::Span span)
      : Operator(std::move(input)),
        procedure_(procedure),
        arguments_(std::move(arguments)),
        yields_(std::move(yields)),
        span_(span) {}
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<CallPipe>(procedure_, arguments_, yields_, span_, run, next);
  }
  std::string_view name() const override { return "Call"; }
  std::string details() const override { return std::string(procedure_.name); }

 private:
  const Procedure& procedure_;
  const std::vector<language::EvaluatorPtr> arguments_;
  const std::vector<std::pair<std::size_t, std::uint32_t>> yields_;
  const language::Span span_;
};

class CallPlanner {
 public:
  CallPlanner(Planning& planning, language::Scope& scope, const language::Clause& clause)
      : planning_(planning), scope_(scope), clause_(clause) {}

  absl::StatusOr<PlannedCall> Run(OperatorPtr input) {
    KOSEI_ASSIGN_OR_RETURN(const Procedure* procedure, Find());
    const std::size_t count = clause_.arguments.size();
    if (count < procedure->least || count > procedure->most) {
      return planning_.Error(
          "InvalidNumberOfArguments", clause_.span,
          absl::StrFormat("%s is called as %s", procedure->name, procedure->usage));
    }
    std::vector<language::EvaluatorPtr> arguments;
    for (const language::ExpressionPtr& argument : clause_.arguments) {
      KOSEI_ASSIGN_OR_RETURN(language::EvaluatorPtr value,
                             planning_.CompileExpression(*argument, scope_));
      arguments.push_back(std::move(value));
    }
    PlannedCall planned;
    std::vector<std::pair<std::size_t, std::uint32_t>> yields;
    const auto yield = [&](std::size_t column, const std::string& name,
                           language::Span span) -> absl::Status {
      if (scope_.Find(name).has_value()) {
        return planning_.Error(
            "VariableAlreadyBound", span,
            absl::StrFormat("`%s` has a value already; yield it as another name", name));
      }
      const language::DatumKind kind = procedure->columns[column].kind;
      const std::uint32_t kinds =
          kind == language::DatumKind::kNull ? language::kAnyKinds : language::BitOf(kind);
      const std::uint32_t slot = scope_.Add(name, {kinds, language::kAnyKinds});
      yields.emplace_back(column, slot);
      planned.columns.push_back(name);
      planned.slots.push_back(slot);
      return absl::OkStatus();
    };
    if (!clause_.yields || clause_.yield_star) {
      for (std::size_t i = 0; i < procedure->columns.size(); ++i)
        KOSEI_RETURN_IF_ERROR(yield(i, std::string(procedure->columns[i].name), clause_.span));
    } else {
      for (const language::ProjectionItem& item : clause_.items) {
        const std::string& name = item.expression->name;
        const auto column =
            std::find_if(procedure->columns.begin(), procedure->columns.end(),
                         [&](const ProcedureColumn& each) { return each.name == name; });
        if (column == procedure->columns.end()) return UnknownColumn(*procedure, name, item.span);
        KOSEI_RETURN_IF_ERROR(yield(static_cast<std::size_t>(column - procedure->columns.begin()),
                                    item.alias.empty() ? name : item.alias, item.span));
      }
    }
    planned.last = std::make_unique<CallOperator>(
        std::move(input), *procedure, std::move(arguments), std::move(yields), clause_.span);
    if (clause_.where == nullptr) return planned;
    KOSEI_ASSIGN_OR_RETURN(language::EvaluatorPtr where,
                           planning_.CompileCondition(*clause_.where, scope_));
    planned.last =
        MakeFilter(std::move(planned.last), std::move(where), language::ToText(*clause_.where));
    return planned;
  }

 private:
  absl::StatusOr<const Procedure*> Find() const {
    NearestName nearest(clause_.procedure);
    for (const Procedure& each : Procedures()) {
      if (each.name == clause_.procedure) return &each;
      nearest.Offer(each.name);
    }
    return language::MakeQueryError(
        ErrorCode::kQueryProcedure, "ProcedureNotFound", planning_.text(), clause_.span,
        absl::StrFormat("there is no procedure `%s`%s", clause_.procedure, nearest.Suggestion()));
  }

  absl::Status UnknownColumn(const Procedure& procedure, const std::string& name,
                             language::Span span) const {
    NearestName nearest(name);
    std::string known;
    for (const ProcedureColumn& each : procedure.columns) {
      nearest.Offer(each.name);
      known += (known.empty() ? "" : ", ") + std::string(each.name);
    }
    return planning_.Error("UndefinedVariable", span,
                           absl::StrFormat("%s yields %s, not `%s`%s", procedure.name, known, name,
                                           nearest.Suggestion()));
  }

  Planning& planning_;
  language::Scope& scope_;
  const language::Clause& clause_;
};

}  // namespace

absl::StatusOr<PlannedCall> PlanCall(Planning& planning, OperatorPtr input, language::Scope& scope,
                                     const language::Clause& clause) {
  return CallPlanner(planning, scope, clause).Run(std::move(input));
}

}  // namespace kosei::query
