#include "definition/expression.h"

#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/parse.h"
#include "kosei/language/query_error.h"
#include "kosei/language/temporal_text.h"
#include "kosei/language/tree.h"

namespace kosei::process {
namespace {

using language::BitOf;
using language::Datum;
using language::DatumKind;
using language::Expression;
using language::ExpressionKind;
using language::StaticType;

// An expression of a definition reckons with a few values: what needs more is a mistake.
constexpr std::uint64_t kLoopQuestionsMax = 100;  // of 1,024 steps each
constexpr std::uint64_t kMemoryBytesMax = 16U << 20;

// Looks at `record.x` and `input.x`, wherever they stand.
absl::Status CheckNames(const Expression& expression, std::string_view text,
                        const ExpressionNames& names) {
  const bool property = expression.kind == ExpressionKind::kProperty &&
                        expression.operands[0]->kind == ExpressionKind::kVariable;
  if (property) {
    const std::string& owner = expression.operands[0]->name;
    std::string problem;
    if (owner == "record") problem = names.record(expression.name);
    if (owner == "input") problem = names.input(expression.name);
    if (!problem.empty()) {
      return language::MakeQueryError(ErrorCode::kQuerySyntax, "UndefinedVariable", text,
                                      expression.span, problem);
    }
  }
  absl::Status status;
  ForEachPart(expression, [&](const Expression& part) {
    if (status.ok()) status = CheckNames(part, text, names);
  });
  return status;
}

absl::Status AsDefinitionError(const absl::Status& status) {
  return MakeError(ErrorCode::kModelInvalid, MessageOf(status));
}

// In the order in which Evaluate fills the row.
language::Scope ScopeOfDefinitions() {
  language::Scope scope;
  const auto kind = [](DatumKind value) { return StaticType{BitOf(value), language::kAnyKinds}; };
  scope.Add("record", kind(DatumKind::kMap));
  scope.Add("input", kind(DatumKind::kMap));
  scope.Add("actor", kind(DatumKind::kString));
  scope.Add("roles", {BitOf(DatumKind::kList), BitOf(DatumKind::kString)});
  scope.Add("now", kind(DatumKind::kDateTime));
  return scope;
}

}  // namespace

absl::StatusOr<CompiledExpression> CompiledExpression::Make(std::string_view text,
                                                            const ExpressionNames& names) {
  const absl::StatusOr<language::ExpressionPtr> tree = language::ParseExpression(text);
  if (!tree.ok()) return AsDefinitionError(tree.status());
  language::Scope scope = ScopeOfDefinitions();
  absl::StatusOr<language::EvaluatorPtr> evaluator =
      language::Compile(**tree, scope, {text, nullptr, nullptr, nullptr});
  if (!evaluator.ok()) return AsDefinitionError(evaluator.status());
  if (const absl::Status known = CheckNames(**tree, text, names); !known.ok())
    return AsDefinitionError(known);
  return CompiledExpression(std::string(text), *std::move(evaluator), scope.slot_count());
}

absl::StatusOr<Datum> CompiledExpression::Evaluate(const ExpressionValues& values) const {
  KOSEI_ASSIGN_OR_RETURN(language::DateTime now,
                         language::DateTimeOf(values.now, values.time_zone));
  std::vector<Datum> row = {values.record, values.input, values.actor, values.roles,
                            Datum::Of(std::move(now))};
  row.resize(slot_count_);
  const language::DatumMap no_parameters;
  language::Evaluation evaluation;
  evaluation.parameters = &no_parameters;
  evaluation.now = values.now;
  evaluation.time_zone = values.time_zone;
  std::uint64_t questions = 0;
  evaluation.interruption = [&questions]() -> absl::Status {
    if (++questions <= kLoopQuestionsMax) return absl::OkStatus();
    return MakeError(ErrorCode::kRowBudget, "the expression takes too many steps");
  };
  evaluation.LimitMemory(kMemoryBytesMax);
  Datum value = evaluator_->Evaluate(row.data(), evaluation);
  if (evaluation.failed()) return language::AddPlace(evaluation.error, text_);
  return value;
}

}  // namespace kosei::process
