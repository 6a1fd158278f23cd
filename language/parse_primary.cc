// What an expression begins with: literals, parameters, names, calls, brackets.
#include <limits>
#include <utility>

#include "absl/strings/str_format.h"
#include "literal_text.h"
#include "name_text.h"
#include "parser.h"

namespace kosei::language {
namespace {

using enum ExpressionKind;

constexpr std::string_view kAnExpression = "an expression";

}  // namespace

// <value expression primary>
ExpressionPtr Parser::ReadPrimary() {
  switch (Next().kind) {
    case TokenKind::kInteger:
    case TokenKind::kFloat:
    case TokenKind::kBadNumber:
      return ReadNumber(false);
    case TokenKind::kString:
      return ReadStringLiteral();
    case TokenKind::kParameter:
      return ReadParameter();
    case TokenKind::kQuotedName:
      return ReadNamed();
    case TokenKind::kName:
      return ReadKeyword();
    case TokenKind::kSign:
      if (Is(Sign::kOpenParen)) return ReadParenthesized();
      if (Is(Sign::kOpenBracket)) return ReadBracketed();
      if (Is(Sign::kOpenBrace)) return ReadMap();
      break;
    case TokenKind::kEnd:
      break;
  }
  Unexpected(kAnExpression);
  return nullptr;
}

// <unsigned numeric literal>, <signed numeric literal>
ExpressionPtr Parser::ReadNumber(bool negative) {
  ExpressionPtr literal = Make(kLiteral, begin());
  if (negative) Take();
  const Token& token = Take();
  if (token.kind == TokenKind::kBadNumber) {
    Fail("InvalidNumberLiteral", token.span,
         absl::StrFormat("%s is no number; write digits alone, as in 42, 1.5e3, 0x2A or 0o52",
                         TextOf(token.span)));
    return nullptr;
  }
  if (token.kind == TokenKind::kInteger) {
    const auto number =
        ReadInteger(text(), token.span, negative ? NumberSign::kNegative : NumberSign::kPositive);
    if (!number.ok() && !Fail(number.status())) return nullptr;
    literal->literal = Datum::Integer(*number);
  } else {
    const auto number = ReadFloat(text(), token.span);
    if (!number.ok() && !Fail(number.status())) return nullptr;
    literal->literal = Datum::Float(negative ? -*number : *number);
  }
  return Finish(std::move(literal));
}

// <character string literal>
ExpressionPtr Parser::ReadStringLiteral() {
  auto value = ReadString(text(), Next().span);
  if (!value.ok() && !Fail(value.status())) return nullptr;
  return Literal(Datum::String(*std::move(value)));
}

// The token that comes next is the literal.
ExpressionPtr Parser::Literal(Datum value) {
  ExpressionPtr literal = Make(kLiteral, Take().span.begin);
  literal->literal = std::move(value);
  return Finish(std::move(literal));
}

// <general parameter reference>
ExpressionPtr Parser::ReadParameter() {
  const Token& token = Take();
  ExpressionPtr parameter = Make(kParameter, token.span.begin);
  const std::string_view name = TextOf(token.span).substr(1);
  parameter->name = name.front() == '`' ? WithoutBackticks(name) : std::string(name);
  return Finish(std::move(parameter));
}

// <parenthesized value expression>, or a pattern
ExpressionPtr Parser::ReadParenthesized() {
  if (BeginsPattern(position())) return ReadPatternExpression();
  Take();
  ExpressionPtr expression = ReadPredicate();
  if (expression == nullptr) return nullptr;
  if (!Expect(Sign::kCloseParen, "an operator or the closing )")) return nullptr;
  return expression;
}

// <pattern expression>, <shortest path expression>
ExpressionPtr Parser::ReadPatternExpression() {
  ExpressionPtr expression = Make(kPattern, begin());
  expression->pattern = std::make_unique<Pattern>();
  expression->pattern->span.begin = begin();
  const InnerHeight inner(*this);
  if (!ReadPath(expression->pattern->paths.emplace_back(), PatternUse::kMatch)) return nullptr;
  expression->pattern->span.end = end();
  expression->height = inner.value();
  return Finish(std::move(expression));
}

// What begins with a bare name: what the word means there, or else just a name.
ExpressionPtr Parser::ReadKeyword() {
  const Word word = Next().word;
  if (word == Word::kNone) return ReadNamed();
  const Token& next = Ahead(1);
  const bool call = next.sign == Sign::kOpenParen;
  const bool named = call && IsName(Ahead(2)) && !IsReserved(Ahead(2).word);
  const bool source = named && Ahead(3).word == Word::kIn;
  if (word == Word::kTrue || word == Word::kFalse)
    return Literal(Datum::Boolean(word == Word::kTrue));
  if (word == Word::kNull) return Literal(Datum());
  if (word == Word::kNan) return Literal(Datum::Float(std::numeric_limits<double>::quiet_NaN()));
  if (word == Word::kInf || word == Word::kInfinity)
    return Literal(Datum::Float(std::numeric_limits<double>::infinity()));
  if (word == Word::kCase) return ReadCase();
  if (word == Word::kExists && next.sign == Sign::kOpenBrace) return ReadSubquery(kExists);
  if (word == Word::kCount && next.sign == Sign::kOpenBrace) return ReadSubquery(kCount);
  if (word == Word::kCount && call && Ahead(2).sign == Sign::kStar) return ReadCountStar();
  if (word == Word::kAll && source) return ReadQuantifierPredicate(QuantifierKind::kAll);
  if (word == Word::kAny && source) return ReadQuantifierPredicate(QuantifierKind::kAny);
  if (word == Word::kNoneWord && source) return ReadQuantifierPredicate(QuantifierKind::kNone);
  if (word == Word::kSingle && source) return ReadQuantifierPredicate(QuantifierKind::kSingle);
  if (word == Word::kReduce && named && Ahead(3).sign == Sign::kEqual) return ReadReduce();
  if ((word == Word::kShortestPath || word == Word::kAllShortestPaths) && call)
    return ReadPatternExpression();
  if (word == Word::kEnd && case_depth_ > 0) {
    Unexpected(kAnExpression);
    return nullptr;
  }
  return ReadNamed();
}

// <count star>
ExpressionPtr Parser::ReadCountStar() {
  ExpressionPtr count = Make(kCountStar, begin());
  Take();
  Take();
  Take();
  if (!Expect(Sign::kCloseParen, "the closing ) of count(*)")) return nullptr;
  return Finish(std::move(count));
}

// A name, perhaps with dots, and an opening parenthesis.
bool Parser::BeginsFunction() const {
  std::size_t index = position() + 1;
  while (At(index).sign == Sign::kDot && IsName(At(index + 1))) index += 2;
  return At(index).sign == Sign::kOpenParen;
}

ExpressionPtr Parser::ReadNamed() {
  if (!IsReserved(Next().word) && BeginsFunction()) return ReadFunction();
  ExpressionPtr variable = ReadVariableUse();
  if (variable == nullptr || !Is(Sign::kOpenBrace)) return variable;
  return ReadProjectionOfMap(std::move(variable));
}

// <binding variable reference>
ExpressionPtr Parser::ReadVariableUse() {
  ExpressionPtr variable = Make(kVariable, begin());
  if (!ReadVariable(variable->name, kAnExpression)) return nullptr;
  return Finish(std::move(variable));
}

// <function invocation>
ExpressionPtr Parser::ReadFunction() {
  ExpressionPtr call = Make(kFunction, begin());
  // exists() asks for a condition, and so may be given a pattern.
  const bool condition = Is(Word::kExists);
  call->name = NameOf(Take());
  while (Take(Sign::kDot)) call->name.append(".").append(NameOf(Take()));
  Take();
  if (Take(Word::kDistinct)) {
    call->distinct = true;
  } else if (Is(Word::kAll) && Ahead(1).sign != Sign::kOpenParen && Ahead(1).sign != Sign::kComma &&
             Ahead(1).sign != Sign::kCloseParen) {
    Take();
  }
  if (condition && !Is(Sign::kCloseParen)) {
    call->operands.push_back(ReadPredicate());
    if (call->operands.back() == nullptr) return nullptr;
    if (!Expect(Sign::kCloseParen, "the closing ) of exists()")) return nullptr;
  } else if (!ReadElements(*call, Sign::kCloseParen, "an operator, a comma or the closing )")) {
    return nullptr;
  }
  return Finish(std::move(call));
}

}  // namespace kosei::language
