// [a, b], {a: 1} and map projections n {.name, a: 1, .*}.
#include <memory>

#include "compiler.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/made_values.h"
#include "run_errors.h"

namespace kosei::language {
namespace {

class ListOf final : public TypedEvaluator {
 public:
  ListOf(std::vector<EvaluatorPtr> items, StaticType type, Span span)
      : TypedEvaluator(type), items_(std::move(items)), span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    DatumList list;
    list.reserve(items_.size());
    for (const EvaluatorPtr& item : items_) {
      list.push_back(item->Evaluate(row, evaluation));
      if (evaluation.failed() || !evaluation.HasRoom(0, span_)) return {};
    }
    return MakeList(std::move(list), span_, evaluation);
  }

 private:
  std::vector<EvaluatorPtr> items_;
  Span span_;
};

class MapOf final : public TypedEvaluator {
 public:
  MapOf(std::vector<std::string> keys, std::vector<EvaluatorPtr> values, Span span)
      : TypedEvaluator(kMapKind), keys_(std::move(keys)), values_(std::move(values)), span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    DatumMap map;
    map.reserve(keys_.size());
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      map.emplace_back(keys_[i], values_[i]->Evaluate(row, evaluation));
      if (evaluation.failed() || !evaluation.HasRoom(0, span_)) return {};
    }
    return MakeMap(std::move(map), span_, evaluation);
  }

 private:
  std::vector<std::string> keys_;
  std::vector<EvaluatorPtr> values_;
  Span span_;
};

// A value that is nullptr stands for `.*`.
class Projection final : public TypedEvaluator {
 public:
  Projection(EvaluatorPtr owner, std::vector<std::string> keys, std::vector<EvaluatorPtr> values,
             Span span)
      : TypedEvaluator(kMapKind),
        owner_(std::move(owner)),
        keys_(std::move(keys)),
        values_(std::move(values)),
        span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Datum owner = owner_->Evaluate(row, evaluation);
    if (owner.is_null()) return {};
    DatumMap map;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (values_[i] != nullptr) {
        map.emplace_back(keys_[i], values_[i]->Evaluate(row, evaluation));
        if (evaluation.failed() || !evaluation.HasRoom(0, span_)) return {};
        continue;
      }
      DatumMap all;
      if (owner.kind() == DatumKind::kNode) {
        all = evaluation.graph->Properties(owner.node(), evaluation);
      } else if (owner.kind() == DatumKind::kRelationship) {
        all = evaluation.graph->Properties(owner.relationship(), evaluation);
      } else if (owner.kind() == DatumKind::kMap) {
        all = owner.map();
      } else {
        return WrongKind("{.*}", owner, "a node, a relationship or a map", span_, evaluation);
      }
      for (auto& entry : all) map.push_back(std::move(entry));
    }
    return MakeMap(std::move(map), span_, evaluation);
  }

 private:
  EvaluatorPtr owner_;
  std::vector<std::string> keys_;
  std::vector<EvaluatorPtr> values_;
  Span span_;
};

EvaluatorResult CompileProjection(const Expression& expression, Compiler& compiler) {
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr owner, compiler.Compile(*expression.operands[0]));
  KOSEI_RETURN_IF_ERROR(compiler.Demand(*owner, kNodeKind | kRelationshipKind | kMapKind, "{...}",
                                        "a node, a relationship or a map",
                                        *expression.operands[0]));
  std::vector<EvaluatorPtr> values(expression.names.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (expression.operands[i + 1] == nullptr) continue;
    KOSEI_ASSIGN_OR_RETURN(values[i], compiler.Compile(*expression.operands[i + 1]));
  }
  return std::make_unique<Projection>(std::move(owner), expression.names, std::move(values),
                                      expression.span);
}

}  // namespace

EvaluatorResult CompileCollection(const Expression& expression, Compiler& compiler) {
  if (expression.kind == ExpressionKind::kMapProjection)
    return CompileProjection(expression, compiler);
  KOSEI_ASSIGN_OR_RETURN(std::vector<EvaluatorPtr> values,
                         CompileAll(expression.operands, compiler));
  const bool constant = AllConstant(values);
  if (expression.kind == ExpressionKind::kMap) {
    return compiler.Folded(
        std::make_unique<MapOf>(expression.names, std::move(values), expression.span), constant,
        kFoldedLiteralMax);
  }
  StaticType type{kListKind, 0};
  for (const EvaluatorPtr& value : values) type.item_kinds |= value->type().kinds;
  if (values.empty()) type.item_kinds = kAnyKinds;
  return compiler.Folded(std::make_unique<ListOf>(std::move(values), type, expression.span),
                         constant, kFoldedLiteralMax);
}

}  // namespace kosei::language
