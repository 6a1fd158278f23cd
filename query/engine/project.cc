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
  bool takes_parts() const override { return true; }
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

}  // namespace

OperatorPtr MakeProject(OperatorPtr input, std::vector<Assignment> assignments) {
  return std::make_unique<Project>(std::move(input), std::move(assignments));
}

}  // namespace kosei::query
