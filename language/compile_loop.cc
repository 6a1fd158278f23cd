// What goes through a list with a variable of its own: comprehensions, all/any/none/single, reduce.
#include <memory>

#include "absl/strings/str_format.h"
#include "compiler.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/made_values.h"
#include "run_errors.h"

namespace kosei::language {
namespace {

// The list and the variable that takes each of its items.
struct Loop {
  EvaluatorPtr list;
  std::uint32_t slot = 0;
  Span span;

  // The list's value; null when there is nothing to go through, after an error too.
  Datum Items(std::string_view what, Datum* row, Evaluation& evaluation) const {
    Datum items = list->Evaluate(row, evaluation);
    if (items.is_null() || items.kind() == DatumKind::kList) return items;
    return WrongKind(what, items, "a list", span, evaluation);
  }
};

class ListComprehension final : public TypedEvaluator {
 public:
  ListComprehension(Loop loop, EvaluatorPtr where, EvaluatorPtr result, StaticType type)
      : TypedEvaluator(type),
        loop_(std::move(loop)),
        where_(std::move(where)),
        result_(std::move(result)) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Datum items = loop_.Items("list comprehension", row, evaluation);
    if (items.is_null()) return {};
    DatumList results;
    for (const Datum& item : items.list()) {
      if (!evaluation.Proceed()) return {};
      row[loop_.slot] = item;
      if (where_ != nullptr && !where_->Evaluate(row, evaluation).is_true()) continue;
      results.push_back(result_ == nullptr ? item : result_->Evaluate(row, evaluation));
      if (!evaluation.HasRoom(results.capacity() * sizeof(Datum), loop_.span)) return {};
    }
    return MakeList(std::move(results), loop_.span, evaluation);
  }

 private:
  Loop loop_;
  EvaluatorPtr where_;   // nullptr: all items
  EvaluatorPtr result_;  // nullptr: the items themselves
};

class Quantifier final : public TypedEvaluator {
 public:
  Quantifier(Loop loop, EvaluatorPtr where, QuantifierKind kind)
      : TypedEvaluator(kBooleanKind),
        loop_(std::move(loop)),
        where_(std::move(where)),
        kind_(kind) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Datum items = loop_.Items("quantifier", row, evaluation);
    if (items.is_null()) return {};
    std::size_t holding = 0;
    bool unknown = false;
    for (const Datum& item : items.list()) {
      if (!evaluation.Proceed()) return {};
      row[loop_.slot] = item;
      const Datum holds = where_ == nullptr ? item : where_->Evaluate(row, evaluation);
      if (holds.is_null()) {
        unknown = true;
      } else if (holds.kind() != DatumKind::kBoolean) {
        return WrongKind("WHERE of a quantifier", holds, "a boolean", loop_.span, evaluation);
      } else if (!holds.boolean()) {
        if (kind_ == QuantifierKind::kAll) return Datum::Boolean(false);
      } else {
        ++holding;
        if (kind_ == QuantifierKind::kAny) return Datum::Boolean(true);
        if (kind_ == QuantifierKind::kNone) return Datum::Boolean(false);
        if (kind_ == QuantifierKind::kSingle && holding > 1) return Datum::Boolean(false);
      }
    }
    if (unknown) return {};
    if (kind_ == QuantifierKind::kSingle) return Datum::Boolean(holding == 1);
    return Datum::Boolean(kind_ != QuantifierKind::kAny);
  }

 private:
  Loop loop_;
  EvaluatorPtr where_;  // nullptr: the items are the truth values themselves
  QuantifierKind kind_;
};

class Reduce final : public Evaluator {
 public:
  Reduce(Loop loop, EvaluatorPtr start, std::uint32_t total_slot, EvaluatorPtr step)
      : loop_(std::move(loop)),
        start_(std::move(start)),
        total_slot_(total_slot),
        step_(std::move(step)) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    Datum total = start_->Evaluate(row, evaluation);
    const Datum items = loop_.Items("reduce()", row, evaluation);
    if (items.is_null()) return {};
    for (const Datum& item : items.list()) {
      if (!evaluation.Proceed()) return {};
      row[total_slot_] = std::move(total);
      row[loop_.slot] = item;
      total = step_->Evaluate(row, evaluation);
    }
    return total;
  }

 private:
  Loop loop_;
  EvaluatorPtr start_;
  std::uint32_t total_slot_;
  EvaluatorPtr step_;
};

EvaluatorResult CompileList(const Expression& operand, std::string_view what, Compiler& compiler) {
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr list, compiler.Compile(operand));
  KOSEI_RETURN_IF_ERROR(compiler.Demand(*list, kListKind, what, "a list", operand));
  return list;
}

StaticType ItemOf(const Evaluator& list) { return {list.type().item_kinds, kAnyKinds}; }

EvaluatorResult CompileOptional(const ExpressionPtr& expression, Compiler& compiler) {
  if (expression == nullptr) return EvaluatorPtr();
  return compiler.Compile(*expression);
}

EvaluatorResult CompileWhere(const ExpressionPtr& expression, Compiler& compiler) {
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr where, CompileOptional(expression, compiler));
  if (where != nullptr)
    KOSEI_RETURN_IF_ERROR(compiler.Demand(*where, kBooleanKind, "WHERE", "a boolean", *expression));
  return where;
}

EvaluatorResult CompileComprehension(const Expression& expression, Loop loop, Compiler& compiler) {
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr where, CompileWhere(expression.operands[1], compiler));
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr result, CompileOptional(expression.operands[2], compiler));
  const StaticType type{kListKind,
                        result == nullptr ? loop.list->type().item_kinds : result->type().kinds};
  return std::make_unique<ListComprehension>(std::move(loop), std::move(where), std::move(result),
                                             type);
}

EvaluatorResult CompileReduce(const Expression& expression, Compiler& compiler) {
  Scope& scope = compiler.scope();
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr start, compiler.Compile(*expression.operands[0]));
  Loop loop;
  loop.span = expression.span;
  KOSEI_ASSIGN_OR_RETURN(loop.list, CompileList(*expression.operands[1], "reduce()", compiler));
  const std::uint32_t total = scope.Add(expression.name);
  loop.slot = scope.Add(expression.names[0], ItemOf(*loop.list));
  EvaluatorResult step = compiler.Compile(*expression.operands[2]);
  scope.Remove(expression.names[0]);
  scope.Remove(expression.name);
  if (!step.ok()) return std::move(step).status();
  return std::make_unique<Reduce>(std::move(loop), std::move(start), total, *std::move(step));
}

}  // namespace

EvaluatorResult CompileLoop(const Expression& expression, Compiler& compiler) {
  if (expression.kind == ExpressionKind::kReduce) return CompileReduce(expression, compiler);
  Loop loop;
  loop.span = expression.span;
  const bool quantifies = expression.kind == ExpressionKind::kQuantifier;
  KOSEI_ASSIGN_OR_RETURN(loop.list,
                         CompileList(*expression.operands[0],
                                     quantifies ? "quantifier" : "list comprehension", compiler));
  loop.slot = compiler.scope().Add(expression.name, ItemOf(*loop.list));
  EvaluatorResult made = EvaluatorPtr();
  if (quantifies) {
    EvaluatorResult where = CompileWhere(expression.operands[1], compiler);
    if (where.ok()) {
      made =
          std::make_unique<Quantifier>(std::move(loop), *std::move(where), expression.quantifier);
    } else {
      made = std::move(where).status();
    }
  } else {
    made = CompileComprehension(expression, std::move(loop), compiler);
  }
  compiler.scope().Remove(expression.name);
  return made;
}

}  // namespace kosei::language
