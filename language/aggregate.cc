#include "kosei/language/aggregate.h"

#include <array>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "aggregates.h"
#include "kosei/language/compare.h"
#include "kosei/language/query_error.h"

namespace kosei::language {
namespace {

constexpr std::array kKinds = {
    AggregateKind{"count", 1, MakeCount},
    AggregateKind{"sum", 1, MakeSum},
    AggregateKind{"avg", 1, MakeAverage},
    AggregateKind{"min", 1, MakeLeast},
    AggregateKind{"max", 1, MakeGreatest},
    AggregateKind{"collect", 1, MakeCollect},
    AggregateKind{"stdev", 1, MakeSampleDeviation},
    AggregateKind{"stdevp", 1, MakePopulationDeviation},
    AggregateKind{"percentilecont", 2, MakeContinuousPercentile},
    AggregateKind{"percentiledisc", 2, MakeDiscretePercentile},
    AggregateKind{"percentile_cont", 2, MakeContinuousPercentile},
    AggregateKind{"percentile_disc", 2, MakeDiscretePercentile},
};

const AggregateKind* FindKind(std::string_view name) {
  const std::string lower = absl::AsciiStrToLower(absl::string_view(name.data(), name.size()));
  for (const AggregateKind& kind : kKinds)
    if (kind.name == lower) return &kind;
  return nullptr;
}

// Hands on each value once.
class Distinct final : public Aggregate {
 public:
  explicit Distinct(AggregatePtr inner) : inner_(std::move(inner)) {}
  void Add(const Datum& value, Evaluation& evaluation) override {
    if (value.is_null()) return;
    if (!seen_.insert(value).second) return;
    order_.push_back(value);
    bytes_ += value.HeapBytes();
    inner_->Add(value, evaluation);
  }
  void Merge(Aggregate& later, Evaluation& evaluation) override {
    for (const Datum& value : static_cast<Distinct&>(later).order_) {
      Add(value, evaluation);
      if (!evaluation.Proceed()) return;
    }
  }
  Datum Result(Evaluation& evaluation) override { return inner_->Result(evaluation); }
  std::size_t HeapBytes() const override {
    return bytes_ + seen_.capacity() * (sizeof(Datum) + 1) + order_.capacity() * sizeof(Datum) +
           inner_->HeapBytes();
  }

 private:
  AggregatePtr inner_;
  absl::flat_hash_set<Datum, DatumHash, DatumEquivalent> seen_;
  DatumList order_;  // in which they came
  std::size_t bytes_ = 0;
};

class Factory final : public AggregateFactory {
 public:
  Factory(const AggregateKind& kind, bool distinct, Span span)
      : kind_(kind), distinct_(distinct), span_(span) {}
  AggregatePtr Make(const Datum& second, Evaluation& evaluation) const override {
    AggregatePtr made = kind_.make(second, span_, evaluation);
    if (!distinct_) return made;
    return std::make_unique<Distinct>(std::move(made));
  }
  StaticType type() const override {
    if (kind_.make == MakeCount) return {BitOf(DatumKind::kInteger), kAnyKinds};
    if (kind_.make == MakeCollect) return {BitOf(DatumKind::kList), kAnyKinds};
    return {};
  }

 private:
  const AggregateKind& kind_;
  bool distinct_;
  Span span_;
};

}  // namespace

bool IsAggregate(std::string_view name) { return FindKind(name) != nullptr; }

absl::StatusOr<std::unique_ptr<AggregateFactory>> MakeAggregateFactory(const Expression& call,
                                                                       std::string_view text) {
  if (call.kind == ExpressionKind::kCountStar)
    return std::make_unique<Factory>(kKinds[0], false, call.span);
  const AggregateKind* const kind = FindKind(call.name);
  if (kind == nullptr) {
    return MakeQueryError(ErrorCode::kQuerySyntax, "UnknownFunction", text, call.span,
                          absl::StrFormat("%s() is no aggregate", call.name));
  }
  if (call.operands.size() != kind->arguments) {
    return MakeQueryError(
        ErrorCode::kQuerySyntax, "InvalidNumberOfArguments", text, call.span,
        absl::StrFormat("%s() takes %d argument%s, found %d", call.name, kind->arguments,
                        kind->arguments == 1 ? "" : "s", call.operands.size()));
  }
  return std::make_unique<Factory>(*kind, call.distinct, call.span);
}

}  // namespace kosei::language
