// NOT, AND, OR, XOR, IS NULL: three-valued logic.
#include <algorithm>
#include <memory>
#include <optional>

#include "compiler.h"
#include "kosei/base/status_macros.h"
#include "run_errors.h"

namespace kosei::language {
namespace {

class Not final : public TypedEvaluator {
 public:
  Not(EvaluatorPtr operand, Span span)
      : TypedEvaluator(kBooleanKind), operand_(std::move(operand)), span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Datum value = operand_->Evaluate(row, evaluation);
    if (value.kind() == DatumKind::kBoolean) return Datum::Boolean(!value.boolean());
    return value.is_null() ? Datum() : WrongKind("NOT", value, "a boolean", span_, evaluation);
  }

 private:
  EvaluatorPtr operand_;
  Span span_;
};

// AND with `decisive` false, OR with true: the first decisive operand decides, a null otherwise
// makes the answer null.
class Junction final : public TypedEvaluator {
 public:
  Junction(std::vector<EvaluatorPtr> operands, bool decisive, Span span)
      : TypedEvaluator(kBooleanKind),
        operands_(std::move(operands)),
        decisive_(decisive),
        span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    bool unknown = false;
    for (const EvaluatorPtr& operand : operands_) {
      const Datum value = operand->Evaluate(row, evaluation);
      if (value.kind() == DatumKind::kBoolean) {
        if (value.boolean() == decisive_) return value;
      } else if (value.is_null()) {
        unknown = true;
      } else {
        return WrongKind(decisive_ ? "OR" : "AND", value, "a boolean", span_, evaluation);
      }
    }
    return unknown ? Datum() : Datum::Boolean(!decisive_);
  }

 private:
  std::vector<EvaluatorPtr> operands_;
  bool decisive_;
  Span span_;
};

class Xor final : public TypedEvaluator {
 public:
  Xor(std::vector<EvaluatorPtr> operands, Span span)
      : TypedEvaluator(kBooleanKind), operands_(std::move(operands)), span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    bool odd = false;
    bool unknown = false;
    for (const EvaluatorPtr& operand : operands_) {
      const Datum value = operand->Evaluate(row, evaluation);
      if (!value.is_null() && value.kind() != DatumKind::kBoolean)
        return WrongKind("XOR", value, "a boolean", span_, evaluation);
      unknown = unknown || value.is_null();
      odd = odd != value.is_true();
    }
    return unknown ? Datum() : Datum::Boolean(odd);
  }

 private:
  std::vector<EvaluatorPtr> operands_;
  Span span_;
};

class IsNull final : public TypedEvaluator {
 public:
  IsNull(EvaluatorPtr operand, bool wanted)
      : TypedEvaluator(kBooleanKind), operand_(std::move(operand)), wanted_(wanted) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    return Datum::Boolean(operand_->Evaluate(row, evaluation).is_null() == wanted_);
  }

 private:
  EvaluatorPtr operand_;
  bool wanted_;
};

std::string_view WordOf(ExpressionKind kind) {
  if (kind == ExpressionKind::kNot) return "NOT";
  if (kind == ExpressionKind::kAnd) return "AND";
  return kind == ExpressionKind::kOr ? "OR" : "XOR";
}

EvaluatorResult CompileBoolean(const Expression& operand, std::string_view word,
                               Compiler& compiler) {
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr evaluator, compiler.Compile(operand));
  KOSEI_RETURN_IF_ERROR(compiler.Demand(*evaluator, kBooleanKind, word, "a boolean", operand));
  return evaluator;
}

// a AND b AND c is written as a tree that leans to the left; its operands from left to right.
std::vector<const Expression*> OperandsOf(const Expression& expression) {
  std::vector<const Expression*> operands;
  const Expression* rest = &expression;
  for (; rest->kind == expression.kind; rest = rest->operands[0].get())
    operands.push_back(rest->operands[1].get());
  operands.push_back(rest);
  std::reverse(operands.begin(), operands.end());
  return operands;
}

}  // namespace

EvaluatorResult CompileLogic(const Expression& expression, Compiler& compiler) {
  const ExpressionKind kind = expression.kind;
  if (kind == ExpressionKind::kIsNull || kind == ExpressionKind::kIsNotNull) {
    KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr operand, compiler.Compile(*expression.operands[0]));
    const bool constant = operand->constant() != nullptr;
    return compiler.Folded(
        std::make_unique<IsNull>(std::move(operand), kind == ExpressionKind::kIsNull), constant);
  }
  const std::string_view word = WordOf(kind);
  if (kind == ExpressionKind::kNot) {
    KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr operand,
                           CompileBoolean(*expression.operands[0], word, compiler));
    const bool constant = operand->constant() != nullptr;
    return compiler.Folded(std::make_unique<Not>(std::move(operand), expression.span), constant);
  }
  std::vector<EvaluatorPtr> operands;
  for (const Expression* operand : OperandsOf(expression)) {
    KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr evaluator, CompileBoolean(*operand, word, compiler));
    operands.push_back(std::move(evaluator));
  }
  const bool constant = AllConstant(operands);
  EvaluatorPtr made;
  if (kind == ExpressionKind::kXor) {
    made = std::make_unique<Xor>(std::move(operands), expression.span);
  } else {
    made = std::make_unique<Junction>(std::move(operands), kind == ExpressionKind::kOr,
                                      expression.span);
  }
  return compiler.Folded(std::move(made), constant);
}

}  // namespace kosei::language
