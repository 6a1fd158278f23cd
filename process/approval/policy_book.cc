// Approval policies together with the tables that choose their steps.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "definition/yaml_block.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/approval_policy.h"

namespace kosei::process {
namespace {

constexpr std::string_view kStepOutput = "step";
constexpr std::string_view kNoStep = "none";

std::vector<std::string> StepNames(const ApprovalPolicyDefinition& policy) {
  std::vector<std::string> names;
  for (const ApprovalStepDefinition& step : policy.steps) names.push_back(step.name);
  return names;
}

absl::Status CheckSteps(const ApprovalPolicyDefinition& policy) {
  if (policy.steps.empty()) {
    return DefinitionError(
        policy.origin,
        absl::StrFormat("approval policy %s has no steps; add \"steps: [...]\"", policy.name));
  }
  std::map<std::string_view, std::string_view> origins;
  for (const ApprovalStepDefinition& step : policy.steps) {
    const auto [earlier, added] = origins.emplace(step.name, step.origin);
    if (!added) {
      return DefinitionError(step.origin, absl::StrFormat("step %s is defined twice, first at %s; "
                                                          "rename or drop one",
                                                          step.name, earlier->second));
    }
    if (step.name == kNoStep) {
      return DefinitionError(
          step.origin, "a step is called none, which means that no step is needed; rename it");
    }
    if (step.approvers.empty()) {
      return DefinitionError(step.origin,
                             absl::StrFormat("step %s has no approvers; add \"approvers: [{group: "
                                             "...}]\"",
                                             step.name));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckTable(const ApprovalPolicyDefinition& policy, const DecisionBook& tables) {
  if (policy.table.empty()) return absl::OkStatus();
  const DecisionTable* table = tables.Find(policy.table);
  if (table == nullptr) {
    std::vector<std::string> names;
    for (const auto& known : tables.tables()) names.push_back(known->definition().name);
    return DefinitionError(
        policy.origin,
        absl::StrFormat("approval policy %s names the decision table %s, which "
                        "is not there%s",
                        policy.name, Shown(policy.table), Hint(policy.table, names)));
  }
  const std::vector<FactDefinition>& outputs = table->definition().outputs;
  const auto output = std::ranges::find(outputs, kStepOutput, &FactDefinition::name);
  if (output == outputs.end() || output->type != FactType::kEnum) {
    return DefinitionError(policy.origin,
                           absl::StrFormat("decision table %s of approval policy %s has no output "
                                           "\"step\" that is an enum of its steps; add it",
                                           policy.table, policy.name));
  }
  const std::vector<std::string> steps = StepNames(policy);
  for (const std::string& value : output->values) {
    if (value == kNoStep || std::ranges::count(steps, value) > 0) continue;
    return DefinitionError(output->origin,
                           absl::StrFormat("the output step has the value %s, which is no step of "
                                           "approval policy %s%s",
                                           Shown(value), policy.name, Hint(value, steps)));
  }
  for (const ApprovalStepDefinition& step : policy.steps) {
    if (std::ranges::count(output->values, step.name) > 0) continue;
    return DefinitionError(step.origin,
                           absl::StrFormat("step %s is never asked: it is no value of the output "
                                           "step of decision table %s; add it there or drop the "
                                           "step",
                                           step.name, policy.table));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ApprovalBook> ApprovalBook::Load(std::span<const DefinitionFile> files,
                                                const DecisionBook& tables) {
  ApprovalBook book;
  book.tables_ = &tables;
  for (const DefinitionFile& file : files) {
    KOSEI_ASSIGN_OR_RETURN(std::vector<ApprovalPolicyDefinition> policies,
                           ParseApprovalPolicies(file.text, file.name));
    for (ApprovalPolicyDefinition& policy : policies) {
      if (const ApprovalPolicyDefinition* earlier = book.Find(policy.name)) {
        return DefinitionError(policy.origin,
                               absl::StrFormat("approval policy %s is defined twice, first at %s; "
                                               "rename or drop one",
                                               policy.name, earlier->origin));
      }
      KOSEI_RETURN_IF_ERROR(CheckSteps(policy));
      KOSEI_RETURN_IF_ERROR(CheckTable(policy, tables));
      book.policies_.push_back(std::move(policy));
    }
  }
  return book;
}

const ApprovalPolicyDefinition* ApprovalBook::Find(std::string_view name) const {
  const auto found = std::ranges::find(policies_, name, &ApprovalPolicyDefinition::name);
  return found == policies_.end() ? nullptr : &*found;
}

absl::StatusOr<ApprovalPlan> ApprovalBook::Plan(std::string_view policy_name,
                                                const language::DatumMap& facts) const {
  const ApprovalPolicyDefinition* policy = Find(policy_name);
  if (policy == nullptr) {
    std::vector<std::string> names;
    for (const ApprovalPolicyDefinition& known : policies_) names.push_back(known.name);
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("there is no approval policy %s%s", Shown(policy_name),
                                     Hint(policy_name, names)));
  }
  ApprovalPlan plan;
  if (policy->table.empty()) {
    plan.steps = StepNames(*policy);
    return plan;
  }
  KOSEI_ASSIGN_OR_RETURN(Decision decision, tables_->Find(policy->table)->Decide(facts));
  if (decision.hits.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("decision table %s has no row for this case, so that nobody "
                                     "knows who approves it; add a row to the table",
                                     policy->table));
  }
  std::set<std::string_view> needed;
  for (const DecisionHit& hit : decision.hits) {
    for (const auto& [name, value] : hit.outputs)
      if (name == kStepOutput) needed.insert(value.string());
  }
  for (const ApprovalStepDefinition& step : policy->steps)
    if (needed.contains(step.name)) plan.steps.push_back(step.name);
  plan.decisions.push_back(std::move(decision));
  return plan;
}

}  // namespace kosei::process
