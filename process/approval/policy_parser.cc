// Approval policies out of YAML, and back into one canonical form.
#include <array>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "approval/keywords.h"
#include "definition/names.h"
#include "definition/yaml_block.h"
#include "kosei/base/bytes.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/text_form.h"
#include "kosei/process/approval_policy.h"

namespace kosei::process {
namespace {

constexpr std::array<std::string_view, 1> kFileKeys = {"approval_policies"};
constexpr std::array<std::string_view, 12> kPolicyKeys = {
    "name",      "version",    "label",          "table",   "order",   "relevant",
    "separated", "delegation", "votes_for_many", "comment", "expires", "steps"};
constexpr std::array<std::string_view, 5> kStepKeys = {"name", "label", "approvers", "rule",
                                                       "expires"};
constexpr std::array<std::string_view, 4> kApproverKeys = {"group", "role", "person", "field"};
constexpr std::array<std::string_view, 2> kRuleKeys = {"share", "quorum"};

absl::Status ReadExpiry(const YamlBlock& block, std::optional<Period>& out) {
  std::string text;
  KOSEI_RETURN_IF_ERROR(block.ReadText("expires", text));
  if (!block.Has("expires")) return absl::OkStatus();
  const absl::StatusOr<Period> period = ParsePeriod(text);
  if (!period.ok() || period->months != 0) {
    return block.ErrorAt("expires", absl::StrFormat("expires is %s, expected days or hours, as in "
                                                    "P7D or PT8H: months are not equally long",
                                                    Shown(text)));
  }
  out = *period;
  return absl::OkStatus();
}

absl::Status ReadApprover(const YamlBlock& block, Approver& approver) {
  std::size_t count = 0;
  for (const auto& [key, kind] : kApproverKinds) {
    if (!block.Has(key)) continue;
    ++count;
    approver.kind = kind;
    KOSEI_RETURN_IF_ERROR(block.ReadText(key, approver.name));
  }
  if (count == 1) return absl::OkStatus();
  return block.Error(
      absl::StrFormat("an approver has %d of group, role, person and field, expected "
                      "one; write each as an item of its own",
                      count));
}

absl::Status ReadAmount(const YamlBlock& block, std::string_view key, std::uint32_t most,
                        ApprovalRule& rule) {
  std::string text;
  KOSEI_RETURN_IF_ERROR(block.ReadText(key, text));
  if (absl::SimpleAtoi(text, &rule.amount) && rule.amount >= 1 && rule.amount <= most)
    return absl::OkStatus();
  return block.ErrorAt(key, absl::StrFormat("%s is %s, expected a whole number from 1 to %d", key,
                                            Shown(text), most));
}

// any, all, {share: 50} or {quorum: 2}.
absl::Status ReadRule(const YamlBlock& step, ApprovalRule& rule) {
  constexpr std::uint32_t kQuorumMax = 1'000;
  const YAML::Node* node = step.Find("rule");
  if (node == nullptr) return absl::OkStatus();
  if (node->IsScalar()) {
    static constexpr Words<RuleKind, 2> kRules = {
        {{"any", RuleKind::kAny}, {"all", RuleKind::kAll}}};
    return ReadWord(step, "rule", kRules, rule.kind);
  }
  KOSEI_ASSIGN_OR_RETURN(const YamlBlock block,
                         YamlBlock::Open(step.file(), *node, "a rule", kRuleKeys));
  if (block.Has("share") == block.Has("quorum"))
    return block.Error("a rule has one of share and quorum, as in {share: 50} or {quorum: 2}");
  rule.kind = block.Has("share") ? RuleKind::kShare : RuleKind::kQuorum;
  return block.Has("share") ? ReadAmount(block, "share", 100, rule)
                            : ReadAmount(block, "quorum", kQuorumMax, rule);
}

absl::Status ReadStep(const YamlBlock& block, ApprovalStepDefinition& step) {
  step.origin = block.At();
  KOSEI_RETURN_IF_ERROR(block.RequireName("name", step.name));
  KOSEI_RETURN_IF_ERROR(block.RequireLabel("label", step.label));
  KOSEI_RETURN_IF_ERROR(
      block.ForEachBlock("approvers", "an approver", kApproverKeys, [&](const YamlBlock& approver) {
        return ReadApprover(approver, step.approvers.emplace_back());
      }));
  KOSEI_RETURN_IF_ERROR(ReadRule(block, step.rule));
  return ReadExpiry(block, step.expires);
}

absl::Status ReadPolicy(const YamlBlock& block, ApprovalPolicyDefinition& policy) {
  policy.origin = block.At();
  KOSEI_RETURN_IF_ERROR(block.RequireName("name", policy.name));
  KOSEI_RETURN_IF_ERROR(block.ReadCount("version", policy.version));
  KOSEI_RETURN_IF_ERROR(block.RequireLabel("label", policy.label));
  KOSEI_RETURN_IF_ERROR(block.ReadText("table", policy.table));
  KOSEI_RETURN_IF_ERROR(ReadWord(block, "order", kStepOrders, policy.order));
  KOSEI_RETURN_IF_ERROR(block.ReadTexts("relevant", policy.relevant));
  KOSEI_RETURN_IF_ERROR(block.ReadTexts("separated", policy.separated));
  KOSEI_RETURN_IF_ERROR(block.ReadFlag("delegation", policy.delegation));
  KOSEI_RETURN_IF_ERROR(block.ReadFlag("votes_for_many", policy.votes_for_many));
  KOSEI_RETURN_IF_ERROR(ReadWord(block, "comment", kCommentRules, policy.comment));
  KOSEI_RETURN_IF_ERROR(ReadExpiry(block, policy.expires));
  return block.ForEachBlock("steps", "a step", kStepKeys, [&](const YamlBlock& step) {
    return ReadStep(step, policy.steps.emplace_back());
  });
}

std::string ListText(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts)
    joined += (joined.empty() ? "" : ", ") + language::QuotedText(text);
  return "[" + joined + "]";
}

std::string ExpiryText(const std::optional<Period>& expires) {
  return expires ? ", expires " + FormatPeriod(*expires) : std::string();
}

std::string RuleText(const ApprovalRule& rule) {
  switch (rule.kind) {
    case RuleKind::kAny:
      return "any";
    case RuleKind::kAll:
      return "all";
    case RuleKind::kShare:
      return absl::StrFormat("share %d", rule.amount);
    case RuleKind::kQuorum:
      return absl::StrFormat("quorum %d", rule.amount);
  }
  return {};
}

}  // namespace

std::string_view NameOf(ApproverKind kind) { return WordOf(kApproverKinds, kind); }
std::string_view NameOf(ApprovalState state) { return WordOf(kApprovalStates, state); }
std::string_view NameOf(StepState state) { return WordOf(kStepStates, state); }

absl::StatusOr<std::vector<ApprovalPolicyDefinition>> ParseApprovalPolicies(
    std::string_view yaml, std::string_view origin) {
  std::vector<ApprovalPolicyDefinition> policies;
  YamlFile file(origin);
  KOSEI_RETURN_IF_ERROR(file.Read(yaml, [&](const YAML::Node& document) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(
        const YamlBlock block,
        YamlBlock::Open(file, document, "a file of approval policies", kFileKeys));
    return block.ForEachBlock(
        "approval_policies", "an approval policy", kPolicyKeys,
        [&](const YamlBlock& policy) { return ReadPolicy(policy, policies.emplace_back()); });
  }));
  if (!policies.empty()) return policies;
  return DefinitionError(
      origin, "no approval policy is in it; add \"approval_policies:\" with a list of them");
}

std::string CanonicalText(const ApprovalPolicyDefinition& policy) {
  std::string text = absl::StrFormat(
      "approval_policy %s version %d, label %s, %s\n"
      "  table %s, order %s, delegation %s, votes for many %s, comment %s%s\n"
      "  relevant %s, separated %s\n",
      policy.name, policy.version, language::QuotedText(policy.label.en),
      language::QuotedText(policy.label.ja), policy.table.empty() ? "none" : policy.table,
      WordOf(kStepOrders, policy.order), policy.delegation ? "true" : "false",
      policy.votes_for_many ? "true" : "false", WordOf(kCommentRules, policy.comment),
      ExpiryText(policy.expires), ListText(policy.relevant), ListText(policy.separated));
  for (const ApprovalStepDefinition& step : policy.steps) {
    text += absl::StrFormat("step %s: rule %s%s, label %s, %s\n", step.name, RuleText(step.rule),
                            ExpiryText(step.expires), language::QuotedText(step.label.en),
                            language::QuotedText(step.label.ja));
    for (const Approver& approver : step.approvers) {
      text +=
          absl::StrFormat("  %s %s\n", NameOf(approver.kind), language::QuotedText(approver.name));
    }
  }
  return text;
}

std::string HashOf(const ApprovalPolicyDefinition& policy) {
  std::string hex;
  for (const char byte : Sha256::Of(CanonicalText(policy)))
    hex += absl::StrFormat("%02x", static_cast<unsigned char>(byte));
  return hex;
}

}  // namespace kosei::process
