// =, <>, <, <=, >, >= and chains of them.
#include <memory>

#include "compiler.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/compare.h"
#include "work.h"

namespace kosei::language {
namespace {

class Comparison final : public TypedEvaluator {
 public:
  Comparison(EvaluatorPtr a, EvaluatorPtr b, ComparisonKind kind)
      : TypedEvaluator(kBooleanKind), a_(std::move(a)), b_(std::move(b)), kind_(kind) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Datum a = a_->Evaluate(row, evaluation);
    const Datum b = b_->Evaluate(row, evaluation);
    return MayPassOver(a, b, evaluation) ? Compare(kind_, a, b) : Datum();
  }

 private:
  EvaluatorPtr a_;
  EvaluatorPtr b_;
  ComparisonKind kind_;
};

// a < b < c is a < b AND b < c, with b evaluated once.
class ComparisonChain final : public TypedEvaluator {
 public:
  ComparisonChain(std::vector<EvaluatorPtr> operands, std::vector<ComparisonKind> kinds)
      : TypedEvaluator(kBooleanKind), operands_(std::move(operands)), kinds_(std::move(kinds)) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    bool unknown = false;
    Datum before = operands_[0]->Evaluate(row, evaluation);
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
      Datum next = operands_[i + 1]->Evaluate(row, evaluation);
      if (!MayPassOver(before, next, evaluation)) return {};
      const Datum holds = Compare(kinds_[i], before, next);
      if (holds.is_null()) {
        unknown = true;
      } else if (!holds.is_true()) {
        return holds;
      }
      before = std::move(next);
    }
    return unknown ? Datum() : Datum::Boolean(true);
  }

 private:
  std::vector<EvaluatorPtr> operands_;
  std::vector<ComparisonKind> kinds_;
};

}  // namespace

EvaluatorResult CompileComparison(const Expression& expression, Compiler& compiler) {
  KOSEI_ASSIGN_OR_RETURN(std::vector<EvaluatorPtr> operands,
                         CompileAll(expression.operands, compiler));
  const bool constant = AllConstant(operands);
  if (operands.size() > 2) {
    return compiler.Folded(
        std::make_unique<ComparisonChain>(std::move(operands), expression.comparisons), constant);
  }
  return compiler.Folded(
      std::make_unique<Comparison>(std::move(operands[0]), std::move(operands[1]),
                                   expression.comparisons[0]),
      constant);
}

}  // namespace kosei::language
