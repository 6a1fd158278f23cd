#include <utility>

#include "engine/rows.h"

namespace kosei::query {
namespace {

using language::Datum;

class FilterPipe final : public Pipe {
 public:
  FilterPipe(const language::Evaluator& condition, Run& run, Pipe& next)
      : condition_(condition), run_(run), next_(next) {}
  bool Push(Datum* row) override {
    const Datum value = condition_.Evaluate(row, run_);
    if (run_.failed()) return false;
    return !value.is_true() || next_.Push(row);
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  const language::Evaluator& condition_;
  Run& run_;
  Pipe& next_;
};

class Filter final : public Operator {
 public:
  Filter(OperatorPtr input, language::EvaluatorPtr condition, std::string text)
      : Operator(std::move(input)), condition_(std::move(condition)), text_(std::move(text)) {}
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<FilterPipe>(*condition_, run, next);
  }
  std::string_view name() const override { return "Filter"; }
  std::string details() const override { return text_; }

 private:
  const language::EvaluatorPtr condition_;
  const std::string text_;
};

}  // namespace

OperatorPtr MakeFilter(OperatorPtr input, language::EvaluatorPtr condition, std::string text) {
  return std::make_unique<Filter>(std::move(input), std::move(condition), std::move(text));
}

}  // namespace kosei::query
