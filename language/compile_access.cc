// What is inside a value: n.name, n:Label, list[0], map['key'], list[1..2].
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/strings/str_format.h"
#include "compiler.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/made_values.h"
#include "run_errors.h"
#include "temporal_calls.h"

namespace kosei::language {
namespace {

constexpr std::uint32_t kWithProperties = kNodeKind | kRelationshipKind | kMapKind | kTemporalKinds;
constexpr std::string_view kWithPropertiesText =
    "a node, a relationship, a map or a temporal value";

bool IsTemporal(DatumKind kind) { return (kTemporalKinds & BitOf(kind)) != 0; }

class Property final : public Evaluator {
 public:
  Property(EvaluatorPtr owner, std::string name, Graph* graph, Span span)
      : owner_(std::move(owner)),
        name_(std::move(name)),
        number_(graph == nullptr ? std::nullopt : std::optional(graph->PropertyNumber(name_))),
        span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Datum owner = owner_->Evaluate(row, evaluation);
    const DatumKind kind = owner.kind();
    if (kind == DatumKind::kNode)
      return evaluation.graph->Property(owner.node(), Number(evaluation), evaluation);
    if (kind == DatumKind::kRelationship)
      return evaluation.graph->Property(owner.relationship(), Number(evaluation), evaluation);
    if (kind == DatumKind::kMap) return owner.At(name_);
    if (kind == DatumKind::kNull) return {};
    if (IsTemporal(kind)) return TemporalComponent(owner, name_, span_, evaluation);
    return WrongKind("." + name_, owner, kWithPropertiesText, span_, evaluation);
  }

 private:
  std::uint32_t Number(Evaluation& evaluation) const {
    return number_.has_value() ? *number_ : evaluation.graph->PropertyNumber(name_);
  }

  EvaluatorPtr owner_;
  std::string name_;
  std::optional<std::uint32_t> number_;  // none: no graph was known when this was compiled
  Span span_;
};

class HasLabels final : public TypedEvaluator {
 public:
  HasLabels(EvaluatorPtr owner, std::vector<std::string> labels, Span span)
      : TypedEvaluator(kBooleanKind),
        owner_(std::move(owner)),
        labels_(std::move(labels)),
        span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Datum owner = owner_->Evaluate(row, evaluation);
    if (owner.is_null()) return {};
    if (owner.kind() == DatumKind::kNode) {
      return Datum::Boolean(std::ranges::all_of(labels_, [&](const std::string& label) {
        return evaluation.graph->HasLabel(owner.node(), label, evaluation);
      }));
    }
    if (owner.kind() == DatumKind::kRelationship) {
      const std::string type = evaluation.graph->TypeOf(owner.relationship());
      return Datum::Boolean(std::ranges::all_of(
          labels_, [&type](const std::string& label) { return label == type; }));
    }
    return WrongKind(":" + labels_[0], owner, "a node or a relationship", span_, evaluation);
  }

 private:
  EvaluatorPtr owner_;
  std::vector<std::string> labels_;
  Span span_;
};

Datum NamedPart(const Datum& owner, const Datum& key, Span span, Evaluation& evaluation) {
  if (key.kind() != DatumKind::kString) {
    return Fail(ErrorCode::kQueryType, "MapElementAccessByNonString", span,
                absl::StrFormat("%s has its parts by name: the key is %s, expected a string",
                                NameOf(owner.kind()), NameOf(key.kind())),
                evaluation);
  }
  if (owner.kind() == DatumKind::kMap) return owner.At(key.string());
  if (IsTemporal(owner.kind())) return TemporalComponent(owner, key.string(), span, evaluation);
  const std::uint32_t number = evaluation.graph->PropertyNumber(key.string());
  return owner.kind() == DatumKind::kNode
             ? evaluation.graph->Property(owner.node(), number, evaluation)
             : evaluation.graph->Property(owner.relationship(), number, evaluation);
}

class Index final : public TypedEvaluator {
 public:
  Index(EvaluatorPtr owner, EvaluatorPtr key, Span span)
      : TypedEvaluator(owner->type().kinds == kListKind ? owner->type().item_kinds : kAnyKinds),
        owner_(std::move(owner)),
        key_(std::move(key)),
        span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Datum owner = owner_->Evaluate(row, evaluation);
    const Datum key = key_->Evaluate(row, evaluation);
    if (owner.kind() != DatumKind::kList) {
      if (owner.is_null()) return {};
      if ((kWithProperties & BitOf(owner.kind())) == 0) {
        return WrongKind("[...]", owner, "a list, a map, a node or a relationship", span_,
                         evaluation);
      }
      return key.is_null() ? Datum() : NamedPart(owner, key, span_, evaluation);
    }
    if (key.is_null()) return {};
    if (key.kind() != DatumKind::kInteger)
      return WrongKind("[...] of a list", key, "an integer", span_, evaluation);
    const auto size = static_cast<std::int64_t>(owner.list().size());
    const std::int64_t at = key.integer() < 0 ? key.integer() + size : key.integer();
    return at < 0 || at >= size ? Datum() : owner.list()[static_cast<std::size_t>(at)];
  }

 private:
  EvaluatorPtr owner_;
  EvaluatorPtr key_;
  Span span_;
};

class Slice final : public TypedEvaluator {
 public:
  Slice(EvaluatorPtr list, EvaluatorPtr from, EvaluatorPtr to, Span span)
      : TypedEvaluator(StaticType{kListKind, list->type().item_kinds}),
        list_(std::move(list)),
        from_(std::move(from)),
        to_(std::move(to)),
        span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Datum list = list_->Evaluate(row, evaluation);
    const Datum from = from_ == nullptr ? Datum::Integer(0) : from_->Evaluate(row, evaluation);
    const Datum to = to_ == nullptr ? Datum::Integer(INT64_MAX) : to_->Evaluate(row, evaluation);
    if (list.is_null() || from.is_null() || to.is_null()) return {};
    if (list.kind() != DatumKind::kList)
      return WrongKind("[..]", list, "a list", span_, evaluation);
    for (const Datum& end : {from, to}) {
      if (end.kind() != DatumKind::kInteger)
        return WrongKind("[..] of a list", end, "an integer", span_, evaluation);
    }
    const auto size = static_cast<std::int64_t>(list.list().size());
    const std::int64_t begin = Place(from.integer(), size);
    const std::int64_t end = Place(to.integer(), size);
    if (begin >= end) return Datum::List({});
    return MakeList({list.list().begin() + begin, list.list().begin() + end}, span_, evaluation);
  }

 private:
  // Within [0, size]; from the end when negative.
  static std::int64_t Place(std::int64_t index, std::int64_t size) {
    if (index < 0) return index < -size ? 0 : index + size;
    return std::min(index, size);
  }

  EvaluatorPtr list_;
  EvaluatorPtr from_;
  EvaluatorPtr to_;
  Span span_;
};

}  // namespace

EvaluatorResult CompileProperty(const Expression& expression, Compiler& compiler) {
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr owner, compiler.Compile(*expression.operands[0]));
  // TypeError, though nothing has run yet: so it is of a value that turns out to be wrong.
  KOSEI_RETURN_IF_ERROR(compiler.Demand(*owner, kWithProperties, "." + expression.name,
                                        kWithPropertiesText, expression, ErrorCode::kQueryType));
  const bool constant = owner->constant() != nullptr;
  return compiler.Folded(std::make_unique<Property>(std::move(owner), expression.name,
                                                    compiler.context().graph, expression.span),
                         constant);
}

EvaluatorResult CompileHasLabels(const Expression& expression, Compiler& compiler) {
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr owner, compiler.Compile(*expression.operands[0]));
  KOSEI_RETURN_IF_ERROR(compiler.Demand(*owner, kNodeKind | kRelationshipKind,
                                        ":" + expression.names[0], "a node or a relationship",
                                        expression));
  return std::make_unique<HasLabels>(std::move(owner), expression.names, expression.span);
}

EvaluatorResult CompileIndex(const Expression& expression, Compiler& compiler) {
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr owner, compiler.Compile(*expression.operands[0]));
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr key, compiler.Compile(*expression.operands[1]));
  const bool constant = owner->constant() != nullptr && key->constant() != nullptr;
  return compiler.Folded(std::make_unique<Index>(std::move(owner), std::move(key), expression.span),
                         constant);
}

EvaluatorResult CompileSlice(const Expression& expression, Compiler& compiler) {
  EvaluatorPtr parts[3];
  bool constant = true;
  for (std::size_t i = 0; i < 3; ++i) {
    if (i >= expression.operands.size() || expression.operands[i] == nullptr) continue;
    KOSEI_ASSIGN_OR_RETURN(parts[i], compiler.Compile(*expression.operands[i]));
    constant = constant && parts[i]->constant() != nullptr;
  }
  return compiler.Folded(std::make_unique<Slice>(std::move(parts[0]), std::move(parts[1]),
                                                 std::move(parts[2]), expression.span),
                         constant);
}

}  // namespace kosei::language
