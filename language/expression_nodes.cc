// Nodes of expressions: where they begin and end, and how high they are.
#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "chain.h"
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
  SetHeight(*expression);
  return CheckHeight(std::move(expression));
}

ExpressionPtr Parser::CheckHeight(ExpressionPtr expression) {
  if (expression->height > kExpressionHeightMax) {
    Fail("UnexpectedSyntax", expression->span,
         absl::StrFormat("the expression is more than %d operators high, at most that is read; "
                         "split it by WITH, or put what is alike in a list",
                         kExpressionHeightMax));
    return nullptr;
  }
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
