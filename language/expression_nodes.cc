// Nodes of expressions: where they begin and end, and how high they are.
#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_format.h"
#include "combined_chain.h"
#include "parser.h"

namespace kosei::language {

Parser::Nesting::Nesting(Parser& parser) : parser_(parser), ok_(++parser.depth_ <= kNestingMax) {
  if (ok_) return;
  parser.Fail("UnexpectedSyntax", parser.Next().span,
              absl::StrFormat("the statement nests more than %d deep, at most that is read; name "
                              "inner parts by WITH, or give them as parameters",
                              kNestingMax));
}

ExpressionPtr Parser::Make(ExpressionKind kind, std::uint32_t begin) const {
  auto expression = std::make_unique<Expression>();
  expression->kind = kind;
  expression->span.begin = begin;
  return expression;
}

// What is read of it ends at the token before. `height` holds that of its patterns and subqueries.
ExpressionPtr Parser::Finish(ExpressionPtr expression) {
  if (expression->span.end == 0) expression->span.end = end();
  std::uint16_t below = expression->height;
  for (const ExpressionPtr& operand : expression->operands) {
    if (operand != nullptr) below = std::max(below, operand->height);
  }
  if (below >= kExpressionHeightMax) {
    Fail("UnexpectedSyntax", expression->span,
         absl::StrFormat("the expression is more than %d operators high, at most that is read; "
                         "split it by WITH, or put what is alike in a list",
                         kExpressionHeightMax));
    return nullptr;
  }
  expression->height = static_cast<std::uint16_t>(below + 1);
  height_seen_ = std::max(height_seen_, expression->height);
  return expression;
}

ExpressionPtr Parser::Binary(ExpressionKind kind, ExpressionPtr left, ExpressionPtr right) {
  if (!RequireValue(left.get()) || !RequireValue(right.get())) return nullptr;
  ExpressionPtr expression = Make(kind, left->span.begin);
  expression->operands.push_back(std::move(left));
  expression->operands.push_back(std::move(right));
  return Finish(std::move(expression));
}

ExpressionPtr Parser::Unary(ExpressionKind kind, std::uint32_t begin, ExpressionPtr operand) {
  if (operand == nullptr) return nullptr;
  ExpressionPtr expression = Make(kind, begin);
  expression->operands.push_back(std::move(operand));
  return Finish(std::move(expression));
}

// AND, OR and XOR may be grouped at will: a long row is made into a low tree, group by group.
ExpressionPtr Parser::Combine(ExpressionKind kind, std::vector<ExpressionPtr> operands) {
  while (operands.size() > 1) {
    std::vector<ExpressionPtr> groups;
    for (std::size_t i = 0; i < operands.size(); ++i) {
      if (i % kCombinedChainMax == 0) {
        groups.push_back(std::move(operands[i]));
        continue;
      }
      ExpressionPtr group = Make(kind, groups.back()->span.begin);
      group->span.end = operands[i]->span.end;
      group->operands.push_back(std::move(groups.back()));
      group->operands.push_back(std::move(operands[i]));
      groups.back() = Finish(std::move(group));
      if (groups.back() == nullptr) return nullptr;
    }
    operands = std::move(groups);
  }
  return std::move(operands.front());
}

// A pattern is a condition and no value, but for the paths that a shortest one gives.
bool Parser::RequireValue(const Expression* expression) {
  if (expression == nullptr) return false;
  const bool condition = expression->kind == ExpressionKind::kPattern &&
                         expression->pattern->paths.front().selector == PathSelector::kAllPaths;
  if (!condition) return true;
  return Fail("UnexpectedSyntax", expression->span,
              "found a pattern where a value stands, expected it only as a condition, as in WHERE; "
              "write EXISTS { ... }, COUNT { ... } or [ ... | value ] around it");
}

}  // namespace kosei::language
