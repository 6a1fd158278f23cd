#include <utility>

#include "engine/rows.h"

namespace kosei::query {
namespace {

using language::Datum;

class ProjectPipe final : public Pipe {
 public:
  ProjectPipe(const std::vector<Assignment>& assignments, Run& run, Pipe& next)
      : assignments_(assignments), values_(assignments.size()), run_(run), next_(next) {}
  bool Push(Datum* row) override {
    if (!run_.Step()) return false;
    for (std::size_t i = 0; i < assignments_.size(); ++i)
      values_[i] = assignments_[i].value->Evaluate(row, run_);
    if (run_.failed()) return false;
    for (std::size_t i = 0; i < assignments_.size(); ++i)
      row[assignments_[i].slot] = std::move(values_[i]);
    return next_.Push(row);
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  const std::vector<Assignment>& assignments_;
  std::vector<Datum> values_;
  Run& run_;
  Pipe& next_;
};

class Project final : public Operator {
 public:
  Project(OperatorPtr input, std::vector<Assignment> assignments)
      : Operator(std::move(input)), assignments_(std::move(assignments)) {}
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<ProjectPipe>(assignments_, run, next);
  }
  std::string_view name() const override { return "Project"; }
  std::string details() const override {
    std::string text;
    for (const Assignment& each : assignments_) text += (text.empty() ? "" : ", ") + each.text;
    return text;
  }

 private:
  const std::vector<Assignment> assignments_;
};

class UnwindPipe final : public Pipe {
 public:
  UnwindPipe(const language::Evaluator& list, std::uint32_t slot, Run& run, Pipe& next)
      : list_(list), slot_(slot), run_(run), next_(next) {}
  bool Push(Datum* row) override {
    const Datum list = list_.Evaluate(row, run_);
    if (run_.failed()) return false;
    if (list.is_null()) return true;
    if (list.kind() != language::DatumKind::kList) {
      row[slot_] = list;
      return next_.Push(row);
    }
    for (const Datum& item : list.list()) {
      if (!run_.Step()) return false;
      row[slot_] = item;
      if (!next_.Push(row)) return false;
    }
    return true;
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  const language::Evaluator& list_;
  const std::uint32_t slot_;
  Run& run_;
  Pipe& next_;
};

class Unwind final : public Operator {
 public:
  Unwind(OperatorPtr input, language::EvaluatorPtr list, std::uint32_t slot, std::string text)
      : Operator(std::move(input)), list_(std::move(list)), slot_(slot), text_(std::move(text)) {}
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<UnwindPipe>(*list_, slot_, run, next);
  }
  std::string_view name() const override { return "Unwind"; }
  std::string details() const override { return text_; }

 private:
  const language::EvaluatorPtr list_;
  const std::uint32_t slot_;
  const std::string text_;
};

}  // namespace

OperatorPtr MakeProject(OperatorPtr input, std::vector<Assignment> assignments) {
  return std::make_unique<Project>(std::move(input), std::move(assignments));
}

OperatorPtr MakeUnwind(OperatorPtr input, language::EvaluatorPtr list, std::uint32_t slot,
                       std::string text) {
  return std::make_unique<Unwind>(std::move(input), std::move(list), slot, std::move(text));
}

}  // namespace kosei::query
