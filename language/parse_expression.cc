// Expressions by precedence, the weakest first: OR, XOR, AND, NOT, comparison, IN and the like,
// + -, * / %, ^, sign, and what stands behind a value.
#include <optional>
#include <utility>

#include "chain.h"
#include "parser.h"

namespace kosei::language {
namespace {

using enum ExpressionKind;

std::optional<ComparisonKind> ComparisonOf(Sign sign) {
  if (sign == Sign::kEqual) return ComparisonKind::kEqual;
  if (sign == Sign::kNotEqual) return ComparisonKind::kNotEqual;
  if (sign == Sign::kLess) return ComparisonKind::kLess;
  if (sign == Sign::kLessOrEqual) return ComparisonKind::kLessOrEqual;
  if (sign == Sign::kGreater) return ComparisonKind::kGreater;
  if (sign == Sign::kGreaterOrEqual) return ComparisonKind::kGreaterOrEqual;
  return std::nullopt;
}

Word WordOf(ExpressionKind logical) {
  if (logical == kOr) return Word::kOr;
  return logical == kXor ? Word::kXor : Word::kAnd;
}

}  // namespace

// <value expression>
ExpressionPtr Parser::ReadPredicate(BarUse bar) {
  const Nesting nesting(*this);
  if (!nesting.ok()) return nullptr;
  const BarUse before = std::exchange(bar_, bar);
  ExpressionPtr expression = ReadLogical(kOr);
  bar_ = before;
  return expression;
}

ExpressionPtr Parser::ReadValue(BarUse bar) {
  ExpressionPtr expression = ReadPredicate(bar);
  return RequireValue(expression.get()) ? std::move(expression) : nullptr;
}

// <boolean value expression>, <boolean term xor>, <boolean term>
ExpressionPtr Parser::ReadLogical(ExpressionKind kind) {
  const auto read_operand = [&] {
    return kind == kAnd ? ReadNot() : ReadLogical(kind == kOr ? kXor : kAnd);
  };
  ExpressionPtr first = read_operand();
  if (first == nullptr || !Is(WordOf(kind))) return first;
  std::vector<ExpressionPtr> operands;
  operands.push_back(std::move(first));
  while (Take(WordOf(kind))) {
    operands.push_back(read_operand());
    if (operands.back() == nullptr) return nullptr;
  }
  return CheckHeight(JoinChain(kind, std::move(operands)));
}

// <boolean factor>
ExpressionPtr Parser::ReadNot() {
  if (!Is(Word::kNot)) return ReadComparison();
  std::vector<std::uint32_t> begins;
  while (Is(Word::kNot)) begins.push_back(Take().span.begin);
  ExpressionPtr expression = ReadComparison();
  while (!begins.empty() && expression != nullptr) {
    expression = Unary(kNot, begins.back(), std::move(expression));
    begins.pop_back();
  }
  return expression;
}

// <comparison predicate>: a < b < c is one node.
ExpressionPtr Parser::ReadComparison() {
  ExpressionPtr first = ReadOperatorPredicate();
  if (first == nullptr) return nullptr;
  if (Is(Sign::kExclamation) && Ahead(1).sign == Sign::kEqual) {
    Fail("UnexpectedSyntax", Next().span, "found !=, expected an operator; write <> for not equal");
    return nullptr;
  }
  if (!ComparisonOf(Next().sign)) return first;
  if (!RequireValue(first.get())) return nullptr;
  ExpressionPtr chain = Make(kComparison, first->span.begin);
  chain->operands.push_back(std::move(first));
  while (const auto comparison = ComparisonOf(Next().sign)) {
    Take();
    if (*comparison == ComparisonKind::kEqual && Is(Sign::kEqual)) {
      Fail("UnexpectedSyntax", Next().span, "found ==, expected an operator; write = for equal");
      return nullptr;
    }
    ExpressionPtr next = ReadOperatorPredicate();
    if (!RequireValue(next.get())) return nullptr;
    chain->comparisons.push_back(*comparison);
    chain->operands.push_back(std::move(next));
  }
  return Finish(std::move(chain));
}

// <simple comparison predicand>: IN, CONTAINS, STARTS WITH, ENDS WITH, =~, IS NULL
ExpressionPtr Parser::ReadOperatorPredicate() {
  ExpressionPtr left = ReadSum();
  while (left != nullptr) {
    if (Is(Word::kIs)) {
      left = ReadNullPredicate(std::move(left));
      continue;
    }
    ExpressionKind kind = kIn;
    if (Take(Sign::kMatches)) {
      kind = kMatches;
    } else if (Take(Word::kContains)) {
      kind = kContains;
    } else if (Is(Word::kStarts) || Is(Word::kEnds)) {
      kind = Take().word == Word::kStarts ? kStartsWith : kEndsWith;
      if (!Expect(Word::kWith, "WITH behind STARTS or ENDS")) return nullptr;
    } else if (!Take(Word::kIn)) {
      return left;
    }
    ExpressionPtr right = ReadSum();
    if (right == nullptr) return nullptr;
    left = Binary(kind, std::move(left), std::move(right));
  }
  return left;
}

// <null predicate part 2>
ExpressionPtr Parser::ReadNullPredicate(ExpressionPtr operand) {
  if (!RequireValue(operand.get())) return nullptr;
  Take();
  const ExpressionKind kind = Take(Word::kNot) ? kIsNotNull : kIsNull;
  if (!Expect(Word::kNull, "NULL or NOT NULL behind IS")) return nullptr;
  const std::uint32_t begin = operand->span.begin;
  return Unary(kind, begin, std::move(operand));
}

// <arithmetic value expression>
ExpressionPtr Parser::ReadSum() {
  ExpressionPtr left = ReadProduct();
  while (left != nullptr && (Is(Sign::kPlus) || Is(Sign::kMinus))) {
    const ExpressionKind kind = Take().sign == Sign::kPlus ? kAdd : kSubtract;
    ExpressionPtr right = ReadProduct();
    if (right == nullptr) return nullptr;
    left = Binary(kind, std::move(left), std::move(right));
  }
  return left;
}

// <arithmetic term>
ExpressionPtr Parser::ReadProduct() {
  ExpressionPtr left = ReadPower();
  while (left != nullptr && (Is(Sign::kStar) || Is(Sign::kSlash) || Is(Sign::kPercent))) {
    const Sign sign = Take().sign;
    ExpressionPtr right = ReadPower();
    if (right == nullptr) return nullptr;
    const ExpressionKind kind =
        sign == Sign::kStar ? kMultiply : (sign == Sign::kSlash ? kDivide : kModulo);
    left = Binary(kind, std::move(left), std::move(right));
  }
  return left;
}

// <arithmetic factor>: 2 ^ 3 ^ 2 is (2 ^ 3) ^ 2
ExpressionPtr Parser::ReadPower() {
  ExpressionPtr left = ReadUnary();
  while (left != nullptr && Take(Sign::kCaret)) {
    ExpressionPtr right = ReadUnary();
    if (right == nullptr) return nullptr;
    left = Binary(kPower, std::move(left), std::move(right));
  }
  return left;
}

// <arithmetic unary>. A minus and the number behind it are one literal, so that the least integer
// can be written.
ExpressionPtr Parser::ReadUnary() {
  const auto begins_negative = [this] {
    const TokenKind kind = Ahead(1).kind;
    if (!Is(Sign::kMinus) || (kind != TokenKind::kInteger && kind != TokenKind::kFloat))
      return false;
    const Sign behind = Ahead(2).sign;
    return behind != Sign::kDot && behind != Sign::kOpenBracket && behind != Sign::kColon;
  };
  if (!Is(Sign::kMinus) && !Is(Sign::kPlus)) return ReadPostfix();
  std::vector<const Token*> signs;
  while ((Is(Sign::kMinus) || Is(Sign::kPlus)) && !begins_negative()) signs.push_back(&Take());
  ExpressionPtr expression = begins_negative() ? ReadNumber(true) : ReadPostfix();
  for (; !signs.empty() && RequireValue(expression.get()); signs.pop_back()) {
    const Token& sign = *signs.back();
    expression =
        Unary(sign.sign == Sign::kMinus ? kNegate : kPlus, sign.span.begin, std::move(expression));
  }
  return signs.empty() ? std::move(expression) : nullptr;
}

// <postfix expression>, and the labels that may stand behind it
ExpressionPtr Parser::ReadPostfix() {
  ExpressionPtr expression = ReadSteps(ReadPrimary());
  if (expression == nullptr || !Is(Sign::kColon)) return expression;
  return ReadLabelPredicate(std::move(expression));
}

ExpressionPtr Parser::ReadSteps(ExpressionPtr expression) {
  while (expression != nullptr) {
    const bool index = Is(Sign::kOpenBracket);
    if (!index && !Is(Sign::kDot)) break;
    if (!RequireValue(expression.get())) return nullptr;
    if (index) {
      expression = ReadIndex(std::move(expression));
      continue;
    }
    Take();
    ExpressionPtr property = Make(kProperty, expression->span.begin);
    if (!ReadKey(property->name, "the name of a property behind the dot")) return nullptr;
    property->operands.push_back(std::move(expression));
    expression = Finish(std::move(property));
  }
  return expression;
}

// <dynamic element reference>, <slicing>
ExpressionPtr Parser::ReadIndex(ExpressionPtr operand) {
  ExpressionPtr index = Make(kIndex, operand->span.begin);
  index->operands.push_back(std::move(operand));
  Take();
  if (!Is(Sign::kDots)) {
    index->operands.push_back(ReadValue());
    if (index->operands.back() == nullptr) return nullptr;
  } else {
    index->operands.push_back(nullptr);
  }
  if (Take(Sign::kDots)) {
    index->kind = kSlice;
    index->operands.push_back(nullptr);
    if (!Is(Sign::kCloseBracket)) {
      index->operands.back() = ReadValue();
      if (index->operands.back() == nullptr) return nullptr;
    }
  }
  if (!Expect(Sign::kCloseBracket, "an operator, .. or the closing ]")) return nullptr;
  return Finish(std::move(index));
}

}  // namespace kosei::language
