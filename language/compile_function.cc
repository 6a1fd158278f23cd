// Calls of functions.
#include <algorithm>
#include <array>
#include <memory>

#include "absl/container/inlined_vector.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "compiler.h"
#include "functions.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "temporal_calls.h"
#include "work.h"

namespace kosei::language {
namespace {

using Values = absl::InlinedVector<Datum, 4>;

Values EvaluateAll(const std::vector<EvaluatorPtr>& arguments, Datum* row, Evaluation& evaluation) {
  Values values;
  for (const EvaluatorPtr& argument : arguments)
    values.push_back(argument->Evaluate(row, evaluation));
  return values;
}

class FunctionCall final : public TypedEvaluator {
 public:
  FunctionCall(const Function& function, std::vector<EvaluatorPtr> arguments, Span span)
      : TypedEvaluator(function.gives),
        function_(function),
        arguments_(std::move(arguments)),
        span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Values values = EvaluateAll(arguments_, row, evaluation);
    const bool any_null = std::ranges::any_of(values, &Datum::is_null);
    if (any_null && function_.nulls == NullRule::kGivesNull) return {};
    std::uint64_t work = 0;
    for (const Datum& value : values) work += WorkOf(value);
    if (evaluation.failed() || (work != 0 && !evaluation.Proceed(work))) return {};
    return function_.call({function_, values.data(), values.size(), span_, evaluation});
  }

 private:
  const Function& function_;
  std::vector<EvaluatorPtr> arguments_;
  Span span_;
};

class TemporalCall final : public Evaluator {
 public:
  TemporalCall(const TemporalFunction& function, std::vector<EvaluatorPtr> arguments, Span span)
      : function_(function), arguments_(std::move(arguments)), span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Values values = EvaluateAll(arguments_, row, evaluation);
    return function_.call(values.data(), values.size(), span_, evaluation);
  }

 private:
  const TemporalFunction& function_;
  std::vector<EvaluatorPtr> arguments_;
  Span span_;
};

class Coalesce final : public TypedEvaluator {
 public:
  Coalesce(std::vector<EvaluatorPtr> arguments, StaticType type)
      : TypedEvaluator(type), arguments_(std::move(arguments)) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    for (const EvaluatorPtr& argument : arguments_)
      if (Datum value = argument->Evaluate(row, evaluation); !value.is_null()) return value;
    return {};
  }

 private:
  std::vector<EvaluatorPtr> arguments_;
};

absl::Status CheckCount(const Expression& expression, std::size_t least, std::size_t most,
                        Compiler& compiler) {
  const std::size_t count = expression.operands.size();
  if (count >= least && count <= most) return absl::OkStatus();
  std::string wanted = std::to_string(least);
  if (most == SIZE_MAX) {
    wanted += " or more";
  } else if (most > least) {
    wanted += " to " + std::to_string(most);
  }
  return compiler.Error("InvalidNumberOfArguments", expression,
                        absl::StrFormat("%s() takes %s argument%s, found %d", expression.name,
                                        wanted, wanted == "1" ? "" : "s", count));
}

// These read no clock and no time zone when they are given a text.
bool IsFixedByText(std::string_view name) {
  constexpr std::array<std::string_view, 4> kNames = {"date", "duration", "localdatetime",
                                                      "localtime"};
  return std::ranges::find(kNames, name) != kNames.end();
}

EvaluatorResult CallTemporal(const TemporalFunction& function, const Expression& expression,
                             std::vector<EvaluatorPtr> arguments, Compiler& compiler) {
  KOSEI_RETURN_IF_ERROR(CheckCount(expression, function.least, function.most, compiler));
  const bool constant = arguments.size() == 1 && arguments[0]->constant() != nullptr &&
                        arguments[0]->constant()->kind() == DatumKind::kString &&
                        IsFixedByText(function.name);
  return compiler.Folded(
      std::make_unique<TemporalCall>(function, std::move(arguments), expression.span), constant);
}

EvaluatorResult CallBuiltIn(const Function& function, const Expression& expression,
                            std::vector<EvaluatorPtr> arguments, Compiler& compiler) {
  KOSEI_RETURN_IF_ERROR(CheckCount(expression, function.least, function.most, compiler));
  if (!arguments.empty()) {
    KOSEI_RETURN_IF_ERROR(compiler.Demand(*arguments[0], function.accepts, expression.name + "()",
                                          KindsText(function.accepts), *expression.operands[0]));
  }
  const bool constant = function.outcome == Outcome::kSameForSame && AllConstant(arguments);
  return compiler.Folded(
      std::make_unique<FunctionCall>(function, std::move(arguments), expression.span), constant);
}

EvaluatorResult CallCoalesce(const Expression& expression, std::vector<EvaluatorPtr> arguments,
                             Compiler& compiler) {
  KOSEI_RETURN_IF_ERROR(CheckCount(expression, 1, SIZE_MAX, compiler));
  StaticType type{0, 0};
  for (const EvaluatorPtr& argument : arguments) {
    type.kinds |= argument->type().kinds;
    type.item_kinds |= argument->type().item_kinds;
  }
  const bool constant = AllConstant(arguments);
  return compiler.Folded(std::make_unique<Coalesce>(std::move(arguments), type), constant);
}

absl::Status Unknown(const Expression& expression, Compiler& compiler) {
  NearestName nearest(expression.name);
  constexpr std::array<std::string_view, 11> kElsewhere = {
      "coalesce", "count",          "sum",           "avg", "min", "max", "collect", "stDev",
      "stDevP",   "percentileCont", "percentileDisc"};
  for (const std::string_view name : kElsewhere) nearest.Offer(name);
  for (const std::string_view name : TemporalFunctionNames()) nearest.Offer(name);
  for (const auto table : FunctionTables())
    for (const Function& function : table) nearest.Offer(function.name);
  std::vector<std::string> added;
  if (compiler.context().functions != nullptr) added = compiler.context().functions->Names();
  for (const std::string& name : added) nearest.Offer(name);
  return compiler.Error(
      "UnknownFunction", expression,
      absl::StrFormat("there is no function %s()%s", expression.name, nearest.Suggestion()));
}

// A pattern is no value: only exists() takes one.
absl::Status CheckNoPattern(const Expression& expression, std::string_view name,
                            Compiler& compiler) {
  if (name == "exists") return absl::OkStatus();
  for (const ExpressionPtr& operand : expression.operands) {
    if (operand->kind != ExpressionKind::kPattern) continue;
    return compiler.Error("UnexpectedSyntax", *operand,
                          absl::StrFormat("%s() takes no pattern; write a pattern comprehension "
                                          "[pattern | value], or COUNT { pattern }",
                                          expression.name));
  }
  return absl::OkStatus();
}

}  // namespace

EvaluatorResult CompileFunction(const Expression& expression, Compiler& compiler) {
  const std::string name = absl::AsciiStrToLower(expression.name);
  if (IsAggregate(name)) {
    return compiler.Error("InvalidAggregation", expression,
                          absl::StrFormat("%s() cannot stand here: aggregates stand in WITH and "
                                          "RETURN, outside of lists' loops",
                                          expression.name));
  }
  KOSEI_RETURN_IF_ERROR(CheckNoPattern(expression, name, compiler));
  KOSEI_ASSIGN_OR_RETURN(std::vector<EvaluatorPtr> arguments,
                         CompileAll(expression.operands, compiler));
  if (expression.distinct) {
    return compiler.Error("UnexpectedSyntax", expression,
                          "DISTINCT belongs to aggregates such as count() and collect()");
  }
  // exists(pattern) is the pattern's own answer.
  if (name == "exists" && arguments.size() == 1 &&
      expression.operands[0]->kind == ExpressionKind::kPattern)
    return std::move(arguments[0]);
  if (name == "coalesce") return CallCoalesce(expression, std::move(arguments), compiler);
  if (const Function* const function = FindFunction(name))
    return CallBuiltIn(*function, expression, std::move(arguments), compiler);
  if (const TemporalFunction* const function = FindTemporalFunction(name))
    return CallTemporal(*function, expression, std::move(arguments), compiler);
  if (compiler.context().functions != nullptr) {
    KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr added,
                           compiler.context().functions->Make(expression, arguments));
    if (added != nullptr) return added;
  }
  return Unknown(expression, compiler);
}

}  // namespace kosei::language
