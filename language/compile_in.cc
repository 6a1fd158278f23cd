// value IN list.
#include <memory>

#include "compiler.h"
#include "kosei/base/status_macros.h"
#include "membership.h"
#include "run_errors.h"
#include "work.h"

namespace kosei::language {
namespace {

// Shorter lists are looked through.
constexpr std::size_t kWorthHashing = 12;

Datum AsDatum(std::optional<bool> answer) {
  return answer.has_value() ? Datum::Boolean(*answer) : Datum();
}

class InConstant final : public TypedEvaluator {
 public:
  InConstant(EvaluatorPtr value, const Datum& list)
      : TypedEvaluator(kBooleanKind), value_(std::move(value)), members_(list) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    return AsDatum(members_.Contains(value_->Evaluate(row, evaluation)));
  }

 private:
  EvaluatorPtr value_;
  Membership members_;
};

class In final : public TypedEvaluator {
 public:
  In(EvaluatorPtr value, EvaluatorPtr list, Span span)
      : TypedEvaluator(kBooleanKind),
        value_(std::move(value)),
        list_(std::move(list)),
        span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Datum value = value_->Evaluate(row, evaluation);
    const Datum list = list_->Evaluate(row, evaluation);
    if (list.is_null()) return {};
    if (list.kind() != DatumKind::kList) return WrongKind("IN", list, "a list", span_, evaluation);
    if (!MayPassOver(value, list, evaluation)) return {};
    if (list.list().size() < kWorthHashing) return AsDatum(IsItem(value, list.list()));
    return AsDatum(Find(value, list, evaluation));
  }

 private:
  // A list that was here in the row before (a parameter, a list that was collected) is made ready.
  struct Kept {
    Datum last;
    std::unique_ptr<Membership> members;
  };
  std::optional<bool> Find(const Datum& value, const Datum& list, Evaluation& evaluation) const {
    std::shared_ptr<void>& place = evaluation.kept[this];
    if (place == nullptr) place = std::make_shared<Kept>();
    auto& kept = *static_cast<Kept*>(place.get());
    if (kept.members != nullptr && kept.members->IsOf(list)) return kept.members->Contains(value);
    if (!kept.last.is_null() && &kept.last.list() == &list.list()) {
      kept.members = std::make_unique<Membership>(list);
      return kept.members->Contains(value);
    }
    kept.last = list;
    return IsItem(value, list.list());
  }

  EvaluatorPtr value_;
  EvaluatorPtr list_;
  Span span_;
};

}  // namespace

EvaluatorResult CompileIn(const Expression& expression, Compiler& compiler) {
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr value, compiler.Compile(*expression.operands[0]));
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr list, compiler.Compile(*expression.operands[1]));
  KOSEI_RETURN_IF_ERROR(compiler.Demand(*list, kListKind, "IN", "a list", *expression.operands[1]));
  const Datum* const items = list->constant();
  const bool constant = value->constant() != nullptr && items != nullptr;
  if (!constant && items != nullptr && items->kind() == DatumKind::kList)
    return std::make_unique<InConstant>(std::move(value), *items);
  return compiler.Folded(std::make_unique<In>(std::move(value), std::move(list), expression.span),
                         constant);
}

}  // namespace kosei::language
