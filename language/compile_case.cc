// CASE with and without a subject.
#include <memory>

#include "compiler.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/compare.h"

namespace kosei::language {
namespace {

struct Branch {
  EvaluatorPtr when;
  EvaluatorPtr then;
};

class Case final : public TypedEvaluator {
 public:
  // `subject` and `otherwise` may be nullptr.
  Case(EvaluatorPtr subject, std::vector<Branch> branches, EvaluatorPtr otherwise, StaticType type)
      : TypedEvaluator(type),
        subject_(std::move(subject)),
        branches_(std::move(branches)),
        otherwise_(std::move(otherwise)) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Datum subject = subject_ == nullptr ? Datum() : subject_->Evaluate(row, evaluation);
    for (const auto& [when, then] : branches_) {
      const Datum value = when->Evaluate(row, evaluation);
      const bool taken = subject_ == nullptr ? value.is_true() : IsEqual(subject, value) == true;
      if (taken) return then->Evaluate(row, evaluation);
    }
    return otherwise_ == nullptr ? Datum() : otherwise_->Evaluate(row, evaluation);
  }

 private:
  EvaluatorPtr subject_;
  std::vector<Branch> branches_;
  EvaluatorPtr otherwise_;
};

}  // namespace

EvaluatorResult CompileCase(const Expression& expression, Compiler& compiler) {
  KOSEI_ASSIGN_OR_RETURN(std::vector<EvaluatorPtr> parts,
                         CompileAll(expression.operands, compiler));
  const bool constant = AllConstant(parts);
  std::size_t next = 0;
  EvaluatorPtr subject;
  if (expression.has_subject) subject = std::move(parts[next++]);
  std::vector<Branch> branches;
  StaticType type{0, 0};
  const auto take = [&type](const EvaluatorPtr& then) {
    type.kinds |= then->type().kinds;
    type.item_kinds |= then->type().item_kinds;
  };
  for (; next + 1 < parts.size(); next += 2) {
    take(parts[next + 1]);
    branches.push_back({std::move(parts[next]), std::move(parts[next + 1])});
  }
  EvaluatorPtr otherwise;
  if (next < parts.size()) {
    otherwise = std::move(parts[next]);
    take(otherwise);
  }
  return compiler.Folded(
      std::make_unique<Case>(std::move(subject), std::move(branches), std::move(otherwise), type),
      constant);
}

}  // namespace kosei::language
