// Who has to approve what: policies as data. A policy has steps; a decision table may say from the
// facts of a case (class of change, risk, criticality, cost) which of them are needed. ISO/IEC
// 20000-1, 9.2: changes are decided upon by those it concerns, before they are carried out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/period.h"
#include "kosei/process/decision_table.h"
#include "kosei/process/life_cycle_definition.h"

namespace kosei::process {

enum class ApproverKind : std::uint8_t {
  kGroup = 1,
  kRole = 2,
  kPerson = 3,  // by key
  kField = 4,   // of the record, as in "service_owner": whoever is named there when it is asked
};
std::string_view NameOf(ApproverKind kind);  // "group"

struct Approver {
  ApproverKind kind = ApproverKind::kGroup;
  std::string name;
};

enum class RuleKind : std::uint8_t {
  kAny = 1,     // the first vote decides, either way
  kAll = 2,     // everybody who may vote approves
  kShare = 3,   // so many percent of them, rounded up
  kQuorum = 4,  // so many people
};

struct ApprovalRule {
  RuleKind kind = RuleKind::kAny;
  std::uint32_t amount = 0;  // kShare: 1 to 100; kQuorum: people
};

enum class StepOrder : std::uint8_t {
  kSequential = 1,  // a step begins when the one before it is approved
  kParallel = 2,    // all begin at once
};

enum class CommentRule : std::uint8_t { kNever = 1, kOnRejection = 2, kAlways = 3 };

struct ApprovalStepDefinition {
  std::string name;
  Label label;
  std::vector<Approver> approvers;  // any of them; who is in two is counted once
  ApprovalRule rule;
  std::optional<Period> expires;  // since the step began
  std::string origin;
};

struct ApprovalPolicyDefinition {
  std::string name;
  std::uint32_t version = 1;
  Label label;
  // Its output `step` names steps, or "none"; empty: every step is needed.
  std::string table;
  StepOrder order = StepOrder::kSequential;
  // Parts of the content that an approval is bound to, as in "record", "plan", "impact".
  std::vector<std::string> relevant;
  // Who may not approve, as in "author", "requester", "implementer": words of the request.
  std::vector<std::string> separated;
  bool delegation = true;       // whether somebody may vote for somebody else
  bool votes_for_many = false;  // whether one person may give several votes in a step, for others
  CommentRule comment = CommentRule::kOnRejection;
  std::optional<Period> expires;  // since it was asked
  std::vector<ApprovalStepDefinition> steps;
  std::string origin;
};

// The policies of one file (`approval_policies:`). Only the form is checked here. kModelInvalid
// with file and line.
absl::StatusOr<std::vector<ApprovalPolicyDefinition>> ParseApprovalPolicies(
    std::string_view yaml, std::string_view origin);

// All that the policy says, in one form; SHA-256 of it, 64 hexadecimal digits.
std::string CanonicalText(const ApprovalPolicyDefinition& policy);
std::string HashOf(const ApprovalPolicyDefinition& policy);

// Which steps a case needs, in the order of the policy. None: it is approved without anybody.
struct ApprovalPlan {
  std::vector<std::string> steps;
  std::vector<Decision> decisions;  // of the table, if there is one: why
};

// All policies. Immutable; thread-safe.
class ApprovalBook {
 public:
  // Checks names, labels, rules, and that each table is one of `tables` (which must outlive the
  // book) and gives steps of its policy. kModelInvalid with file and line.
  static absl::StatusOr<ApprovalBook> Load(std::span<const DefinitionFile> files,
                                           const DecisionBook& tables);

  const std::vector<ApprovalPolicyDefinition>& policies() const { return policies_; }
  const ApprovalPolicyDefinition* Find(std::string_view name) const;  // nullptr when unknown
  // kNotFound for an unknown policy; errors of DecisionTable::Decide; kInvalidArgument when the
  // table has no row for the case.
  absl::StatusOr<ApprovalPlan> Plan(std::string_view policy, const language::DatumMap& facts) const;

 private:
  std::vector<ApprovalPolicyDefinition> policies_;
  const DecisionBook* tables_ = nullptr;
};

}  // namespace kosei::process
