#include "engine/label_condition.h"

namespace kosei::query {
namespace {

using language::Expression;
using language::ExpressionKind;

// The variable of which labels are tested; empty: none.
std::string VariableOf(const Expression& condition) {
  const Expression* part = &condition;
  while (part->kind == ExpressionKind::kOr || part->kind == ExpressionKind::kNot)
    part = part->operands[0].get();
  const bool tests = part->kind == ExpressionKind::kHasLabels &&
                     part->operands[0]->kind == ExpressionKind::kVariable;
  return tests ? part->operands[0]->name : std::string();
}

// One of the tests must be so. False: they cannot be said in that way.
bool AddTests(const Expression& condition, bool negated, const std::string& variable,
              language::LabelChoice& choice) {
  if (condition.kind == ExpressionKind::kOr && !negated) {
    return AddTests(*condition.operands[0], false, variable, choice) &&
           AddTests(*condition.operands[1], false, variable, choice);
  }
  if (condition.kind == ExpressionKind::kNot)
    return AddTests(*condition.operands[0], !negated, variable, choice);
  // NOT n:A:B is NOT n:A OR NOT n:B.
  const bool tests = condition.kind == ExpressionKind::kHasLabels &&
                     (negated || condition.names.size() == 1) &&
                     condition.operands[0]->kind == ExpressionKind::kVariable &&
                     condition.operands[0]->name == variable;
  if (!tests) return false;
  for (const std::string& name : condition.names) choice.push_back({name, negated});
  return true;
}

}  // namespace

std::optional<LabelCondition> LabelConditionOf(const Expression& condition) {
  LabelCondition labels;
  labels.variable = VariableOf(condition);
  if (labels.variable.empty()) return std::nullopt;
  if (condition.kind == ExpressionKind::kHasLabels) {
    for (const std::string& name : condition.names) labels.choices.push_back({{name}});
    return labels;
  }
  if (!AddTests(condition, false, labels.variable, labels.choices.emplace_back()))
    return std::nullopt;
  return labels;
}

}  // namespace kosei::query
