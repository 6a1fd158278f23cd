#include <utility>
#include <vector>

#include "engine/rows.h"

namespace kosei::query {
namespace {

using language::Datum;

class FilterPipe final : public Pipe {
 public:
  FilterPipe(const std::vector<language::EvaluatorPtr>& conditions, Run& run, Pipe& next)
      : conditions_(conditions), run_(run), next_(next) {}
  bool Push(Datum* row) override {
    for (const language::EvaluatorPtr& condition : conditions_) {
      const Datum value = condition->Evaluate(row, run_);
      if (run_.failed()) return false;
      if (!value.is_true()) return true;
    }
    return next_.Push(row);
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  const std::vector<language::EvaluatorPtr>& conditions_;
  Run& run_;
  Pipe& next_;
};

class Filter final : public Operator {
 public:
  Filter(OperatorPtr input, std::vector<language::EvaluatorPtr> conditions, std::string text)
      : Operator(std::move(input)), conditions_(std::move(conditions)), text_(std::move(text)) {}
  bool takes_parts() const override { return true; }
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<FilterPipe>(conditions_, run, next);
  }
  std::string_view name() const override { return "Filter"; }
  std::string details() const override { return text_; }

 private:
  const std::vector<language::EvaluatorPtr> conditions_;
  const std::string text_;
};

}  // namespace

OperatorPtr MakeFilter(OperatorPtr input, std::vector<language::EvaluatorPtr> conditions,
                       std::string text) {
  return std::make_unique<Filter>(std::move(input), std::move(conditions), std::move(text));
}

OperatorPtr MakeFilter(OperatorPtr input, language::EvaluatorPtr condition, std::string text) {
  std::vector<language::EvaluatorPtr> conditions;
  conditions.push_back(std::move(condition));
  return MakeFilter(std::move(input), std::move(conditions), std::move(text));
}

}  // namespace kosei::query
