#include "chain.h"

#include <algorithm>
#include <utility>

namespace kosei::language {

void SetHeight(Expression& expression) {
  std::uint16_t below = expression.height;
  for (const ExpressionPtr& operand : expression.operands) {
    if (operand != nullptr) below = std::max(below, operand->height);
  }
  expression.height = static_cast<std::uint16_t>(below + 1);
}

ExpressionPtr JoinChain(ExpressionKind kind, std::vector<ExpressionPtr> operands) {
  while (operands.size() > 1) {
    std::vector<ExpressionPtr> groups;
    for (std::size_t i = 0; i < operands.size(); ++i) {
      if (i % kChainMax == 0) {
        groups.push_back(std::move(operands[i]));
        continue;
      }
      auto group = std::make_unique<Expression>();
      group->kind = kind;
      group->span = {groups.back()->span.begin, operands[i]->span.end};
      group->operands.push_back(std::move(groups.back()));
      group->operands.push_back(std::move(operands[i]));
      SetHeight(*group);
      groups.back() = std::move(group);
    }
    operands = std::move(groups);
  }
  return std::move(operands.front());
}

}  // namespace kosei::language
