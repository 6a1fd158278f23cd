#include "compiler.h"

#include "absl/strings/str_format.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/query_error.h"
#include "run_errors.h"

namespace kosei::language {
namespace {

constexpr std::size_t kKeptBytesMax = std::size_t{1} << 20;

class Variable final : public TypedEvaluator {
 public:
  Variable(std::uint32_t slot, StaticType type) : TypedEvaluator(type), slot_(slot) {}
  Datum Evaluate(Datum* row, Evaluation&) const override { return row[slot_]; }

 private:
  std::uint32_t slot_;
};

// A value that is the same in every row but not known before the run, or too large for a plan.
class OncePerRun final : public Evaluator {
 public:
  explicit OncePerRun(EvaluatorPtr inner) : inner_(std::move(inner)) {}
  StaticType type() const override { return inner_->type(); }
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    std::shared_ptr<void>& place = evaluation.kept[this];
    if (place == nullptr) place = std::make_shared<Kept>();
    auto& kept = *static_cast<Kept*>(place.get());
    if (kept.known) return kept.value;
    Datum value = inner_->Evaluate(row, evaluation);
    if (kept.too_large || evaluation.failed()) return value;
    kept.too_large = value.HeapBytes() > kKeptBytesMax;
    kept.known = !kept.too_large;
    if (kept.known) kept.value = value;
    return value;
  }

 private:
  struct Kept {
    bool known = false;
    bool too_large = false;
    Datum value;
  };
  EvaluatorPtr inner_;
};

class Parameter final : public Evaluator {
 public:
  Parameter(std::string name, Span span) : name_(std::move(name)), span_(span) {}
  Datum Evaluate(Datum*, Evaluation& evaluation) const override {
    if (evaluation.parameters != nullptr) {
      for (const auto& [name, value] : *evaluation.parameters)
        if (name == name_) return value;
    }
    return Fail(
        ErrorCode::kQueryParameter, "MissingParameter", span_,
        "the parameter $" + name_ + " was not given; send a value for it with the statement",
        evaluation);
  }

 private:
  std::string name_;
  Span span_;
};

EvaluatorResult CompileVariable(const Expression& expression, Compiler& compiler) {
  const auto slot = compiler.scope().Find(expression.name);
  if (slot.has_value())
    return std::make_unique<Variable>(*slot, compiler.scope().TypeOf(expression.name));
  const std::vector<std::string> names = compiler.scope().Names();
  NearestName nearest(expression.name);
  for (const std::string& name : names) nearest.Offer(name);
  return compiler.Error(
      "UndefinedVariable", expression,
      absl::StrFormat("`%s` is not defined here%s", expression.name,
                      nearest.best().empty() ? "; bind it in a MATCH, WITH or UNWIND before"
                                             : nearest.Suggestion()));
}

EvaluatorResult CompileSubquery(const Expression& expression, Compiler& compiler) {
  Subqueries* const subqueries = compiler.context().subqueries;
  if (subqueries != nullptr) return subqueries->Compile(expression, compiler.scope());
  return compiler.Error("UnexpectedSyntax", expression,
                        "a pattern cannot stand in this expression; match it before");
}

}  // namespace

EvaluatorPtr Compiler::Folded(EvaluatorPtr evaluator, bool operands_are_constant,
                              std::size_t bytes_max) const {
  if (!operands_are_constant) return evaluator;
  Evaluation evaluation;
  evaluation.LimitMemory(bytes_max * 4);
  Datum value = evaluator->Evaluate(nullptr, evaluation);
  if (!evaluation.failed() && value.HeapBytes() <= bytes_max)
    return std::make_unique<Constant>(std::move(value));
  return std::make_unique<OncePerRun>(std::move(evaluator));
}

absl::Status Compiler::Error(std::string_view detail, const Expression& at,
                             std::string_view message, ErrorCode code) const {
  return MakeQueryError(code, detail, context_.text, at.span, message);
}

absl::Status Compiler::Demand(const Evaluator& value, std::uint32_t kinds, std::string_view what,
                              std::string_view wanted, const Expression& at, ErrorCode code) const {
  const StaticType type = value.type();
  if (type.MayBe(kinds)) return absl::OkStatus();
  std::string found;
  for (int kind = 0; kind <= static_cast<int>(DatumKind::kPath); ++kind) {
    if ((type.kinds >> kind & 1) == 0) continue;
    if (!found.empty()) found += " or ";
    found += NameOf(static_cast<DatumKind>(kind));
  }
  return Error("InvalidArgumentType", at,
               absl::StrFormat("%s: found %s, expected %s", what, found, wanted), code);
}

EvaluatorResult Compiler::Compile(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::kLiteral:
      return std::make_unique<Constant>(expression.literal);
    case ExpressionKind::kParameter:
      return std::make_unique<Parameter>(expression.name, expression.span);
    case ExpressionKind::kVariable:
      return CompileVariable(expression, *this);
    case ExpressionKind::kProperty:
      return CompileProperty(expression, *this);
    case ExpressionKind::kHasLabels:
      return CompileHasLabels(expression, *this);
    case ExpressionKind::kIndex:
      return CompileIndex(expression, *this);
    case ExpressionKind::kSlice:
      return CompileSlice(expression, *this);
    case ExpressionKind::kList:
    case ExpressionKind::kMap:
    case ExpressionKind::kMapProjection:
      return CompileCollection(expression, *this);
    case ExpressionKind::kNot:
    case ExpressionKind::kOr:
    case ExpressionKind::kXor:
    case ExpressionKind::kAnd:
    case ExpressionKind::kIsNull:
    case ExpressionKind::kIsNotNull:
      return CompileLogic(expression, *this);
    case ExpressionKind::kNegate:
    case ExpressionKind::kPlus:
    case ExpressionKind::kAdd:
    case ExpressionKind::kSubtract:
    case ExpressionKind::kMultiply:
    case ExpressionKind::kDivide:
    case ExpressionKind::kModulo:
    case ExpressionKind::kPower:
      return CompileArithmetic(expression, *this);
    case ExpressionKind::kComparison:
      return CompileComparison(expression, *this);
    case ExpressionKind::kStartsWith:
    case ExpressionKind::kEndsWith:
    case ExpressionKind::kContains:
    case ExpressionKind::kMatches:
      return CompileTextTest(expression, *this);
    case ExpressionKind::kIn:
      return CompileIn(expression, *this);
    case ExpressionKind::kCase:
      return CompileCase(expression, *this);
    case ExpressionKind::kListComprehension:
    case ExpressionKind::kQuantifier:
    case ExpressionKind::kReduce:
      return CompileLoop(expression, *this);
    case ExpressionKind::kFunction:
      return CompileFunction(expression, *this);
    case ExpressionKind::kCountStar:
      return Error("InvalidAggregation", expression,
                   "count(*) cannot stand here: aggregates stand in WITH and RETURN, outside of "
                   "lists' loops");
    case ExpressionKind::kPattern:
    case ExpressionKind::kPatternComprehension:
    case ExpressionKind::kExists:
    case ExpressionKind::kCount:
      return CompileSubquery(expression, *this);
  }
  return Error("UnexpectedSyntax", expression, "this expression is not known");
}

bool AllConstant(const std::vector<EvaluatorPtr>& evaluators) {
  for (const EvaluatorPtr& evaluator : evaluators)
    if (evaluator->constant() == nullptr) return false;
  return true;
}

absl::StatusOr<std::vector<EvaluatorPtr>> CompileAll(const std::vector<ExpressionPtr>& expressions,
                                                     Compiler& compiler) {
  std::vector<EvaluatorPtr> compiled;
  compiled.reserve(expressions.size());
  for (const ExpressionPtr& expression : expressions) {
    KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr evaluator, compiler.Compile(*expression));
    compiled.push_back(std::move(evaluator));
  }
  return compiled;
}

EvaluatorResult Compile(const Expression& expression, Scope& scope, const CompileContext& context) {
  return Compiler(scope, context).Compile(expression);
}

}  // namespace kosei::language
