// One question about one transition.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "definition/expression.h"
#include "kosei/process/life_cycle.h"
#include "lifecycle/compiled.h"

namespace kosei::process {

// Belongs to one call.
class TransitionJudge {
 public:
  TransitionJudge(const LifeCycleDefinition& life_cycle, const CompiledTransition& transition,
                  const Question& question, GuardRunner& runner);
  // The transition leads out of the question's state. Errors are those of the runner.
  absl::StatusOr<Judgement> Run();

 private:
  void AskRoles();
  void LookAtChanges();
  void LookAtInputs();
  void Set();
  void LookAtRequired();
  absl::Status AskGuards();
  absl::Status AskGuard(const CompiledGuard& guard);
  void AskCondition(const CompiledGuard& guard);
  void PlanEffects();
  std::vector<std::string> Keys(const CompiledEffect& effect);
  // Of an expression that fails: null, and the failure is kept.
  language::Datum Value(const CompiledExpression& expression, std::string_view what,
                        const ExpressionValues& values);

  const LifeCycleDefinition& life_cycle_;
  const CompiledTransition& transition_;
  const TransitionDefinition& definition_;
  const Question& question_;
  GuardRunner& runner_;
  ExpressionValues before_;  // with the caller's changes
  ExpressionValues after_;   // with what the transition sets as well
  Step step_;
  std::vector<Refusal> refusals_;
  std::vector<Refusal> failures_;
};

// What an expression sees of a question.
ExpressionValues ValuesOf(const Question& question);

}  // namespace kosei::process
