// + - * / % ^, and signs.
#include <memory>

#include "arithmetic.h"
#include "compiler.h"
#include "kosei/base/status_macros.h"
#include "run_errors.h"

namespace kosei::language {
namespace {

using Operation = Datum (*)(const Datum& a, const Datum& b, Span span, Evaluation& evaluation);

struct Operator {
  std::string_view sign;
  Operation operation;
  std::uint32_t kinds;  // that an operand may have
  std::string_view wanted;
};

Operator OperatorOf(ExpressionKind kind) {
  constexpr std::uint32_t kSizes = kNumberKinds | kDurationKind;
  if (kind == ExpressionKind::kAdd)
    return {"+", Add, kAnyKinds, "numbers, texts, lists or temporal values"};
  if (kind == ExpressionKind::kSubtract)
    return {"-", Subtract, kNumberKinds | kTemporalKinds, "a number or a temporal value"};
  if (kind == ExpressionKind::kMultiply) return {"*", Multiply, kSizes, "a number or a duration"};
  if (kind == ExpressionKind::kDivide) return {"/", Divide, kSizes, "a number or a duration"};
  if (kind == ExpressionKind::kModulo) return {"%", Modulo, kNumberKinds, "a number"};
  return {"^", Power, kNumberKinds, "a number"};
}

// Kinds of the result as far as those of numbers are known; anything else may come out otherwise.
std::uint32_t ResultKinds(ExpressionKind kind, std::uint32_t a, std::uint32_t b) {
  constexpr std::uint32_t kNumberOrNull = kNumberKinds | BitOf(DatumKind::kNull);
  if (kind == ExpressionKind::kPower) return BitOf(DatumKind::kFloat);
  if (kind == ExpressionKind::kModulo) return kNumberKinds;
  if (((a | b) & ~kNumberOrNull) != 0) return kAnyKinds;
  return (a | b) == kIntegerKind ? kIntegerKind : kNumberKinds;
}

class Arithmetic final : public TypedEvaluator {
 public:
  Arithmetic(EvaluatorPtr a, EvaluatorPtr b, Operation operation, Span span, std::uint32_t kinds)
      : TypedEvaluator(kinds),
        a_(std::move(a)),
        b_(std::move(b)),
        operation_(operation),
        span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Datum a = a_->Evaluate(row, evaluation);
    return operation_(a, b_->Evaluate(row, evaluation), span_, evaluation);
  }

 private:
  EvaluatorPtr a_;
  EvaluatorPtr b_;
  Operation operation_;
  Span span_;
};

class Signed final : public TypedEvaluator {
 public:
  Signed(EvaluatorPtr operand, bool negative, Span span)
      : TypedEvaluator(operand->type()),
        operand_(std::move(operand)),
        negative_(negative),
        span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    Datum value = operand_->Evaluate(row, evaluation);
    if (negative_) return Negate(value, span_, evaluation);
    if (value.is_null() || value.is_number() || value.kind() == DatumKind::kDuration) return value;
    return WrongKind("unary +", value, "a number or a duration", span_, evaluation);
  }

 private:
  EvaluatorPtr operand_;
  bool negative_;
  Span span_;
};

}  // namespace

EvaluatorResult CompileArithmetic(const Expression& expression, Compiler& compiler) {
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr a, compiler.Compile(*expression.operands[0]));
  if (expression.kind == ExpressionKind::kNegate || expression.kind == ExpressionKind::kPlus) {
    const bool negative = expression.kind == ExpressionKind::kNegate;
    KOSEI_RETURN_IF_ERROR(compiler.Demand(*a, kNumberKinds | kDurationKind,
                                          negative ? "unary -" : "unary +",
                                          "a number or a duration", *expression.operands[0]));
    const bool constant = a->constant() != nullptr;
    return compiler.Folded(std::make_unique<Signed>(std::move(a), negative, expression.span),
                           constant);
  }
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr b, compiler.Compile(*expression.operands[1]));
  const auto [sign, operation, kinds, wanted] = OperatorOf(expression.kind);
  KOSEI_RETURN_IF_ERROR(compiler.Demand(*a, kinds, sign, wanted, *expression.operands[0]));
  KOSEI_RETURN_IF_ERROR(compiler.Demand(*b, kinds, sign, wanted, *expression.operands[1]));
  const bool constant = a->constant() != nullptr && b->constant() != nullptr;
  const std::uint32_t result = ResultKinds(expression.kind, a->type().kinds, b->type().kinds);
  return compiler.Folded(
      std::make_unique<Arithmetic>(std::move(a), std::move(b), operation, expression.span, result),
      constant);
}

}  // namespace kosei::language
