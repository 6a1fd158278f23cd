// Expressions of several parts: CASE, maps, lists, comprehensions, quantifiers, reduce, subqueries.
#include <utility>

#include "parser.h"

namespace kosei::language {
namespace {

using enum ExpressionKind;

}  // namespace

// <case expression>
ExpressionPtr Parser::ReadCase() {
  ExpressionPtr expression = Make(kCase, begin());
  Take();
  ++case_depth_;
  const auto read_operand = [&](ExpressionPtr operand) {
    const bool ok = operand != nullptr;
    expression->operands.push_back(std::move(operand));
    return ok;
  };
  if (!Is(Word::kWhen)) {
    expression->has_subject = true;
    if (!read_operand(ReadValue())) return nullptr;
  }
  if (!Is(Word::kWhen) && !Unexpected("WHEN", {Word::kWhen})) return nullptr;
  while (Take(Word::kWhen)) {
    if (!read_operand(expression->has_subject ? ReadValue() : ReadPredicate())) return nullptr;
    if (Is(Sign::kComma)) {
      Unexpected("THEN; write a WHEN of its own for each value");
      return nullptr;
    }
    if (!Expect(Word::kThen, "an operator or THEN")) return nullptr;
    if (!read_operand(ReadValue())) return nullptr;
  }
  if (Take(Word::kElse) && !read_operand(ReadValue())) return nullptr;
  --case_depth_;
  if (!Take(Word::kEnd)) {
    Unexpected("an operator, WHEN, ELSE or the END of CASE",
               {Word::kWhen, Word::kElse, Word::kEnd});
    return nullptr;
  }
  return Finish(std::move(expression));
}

// <map value constructor>
ExpressionPtr Parser::ReadMap() {
  ExpressionPtr map = Make(kMap, begin());
  Take();
  if (Take(Sign::kCloseBrace)) return Finish(std::move(map));
  do {
    std::string key;
    if (!ReadKey(key, "a key, as in {key: value}")) return nullptr;
    if (!Expect(Sign::kColon, "a colon behind the key")) return nullptr;
    map->names.push_back(std::move(key));
    map->operands.push_back(ReadValue());
    if (map->operands.back() == nullptr) return nullptr;
  } while (Take(Sign::kComma));
  if (!Expect(Sign::kCloseBrace, "an operator, a comma or the closing }")) return nullptr;
  return Finish(std::move(map));
}

// <map projection>
ExpressionPtr Parser::ReadProjectionOfMap(ExpressionPtr variable) {
  ExpressionPtr projection = Make(kMapProjection, variable->span.begin);
  projection->operands.push_back(std::move(variable));
  Take();
  if (Take(Sign::kCloseBrace)) return Finish(std::move(projection));
  do {
    if (!ReadMapElement(*projection)) return nullptr;
  } while (Take(Sign::kComma));
  if (!Expect(Sign::kCloseBrace, "an operator, a comma or the closing }")) return nullptr;
  return Finish(std::move(projection));
}

// <map projection element>
bool Parser::ReadMapElement(Expression& projection) {
  std::string name;
  ExpressionPtr value;
  const std::uint32_t at = begin();
  if (Take(Sign::kDot)) {
    if (Take(Sign::kStar)) {
      name = "*";
    } else {
      if (!ReadKey(name, "the name of a property, or * for all of them")) return false;
      const Expression& variable = *projection.operands.front();
      ExpressionPtr operand = Make(kVariable, variable.span.begin);
      operand->name = variable.name;
      operand->span = variable.span;
      value = Make(kProperty, at);
      value->name = name;
      value->operands.push_back(Finish(std::move(operand)));
      value = Finish(std::move(value));
    }
  } else if (IsName() && Ahead(1).sign == Sign::kColon) {
    name = NameOf(Take());
    Take();
    value = ReadValue();
    if (value == nullptr) return false;
  } else if (IsName()) {
    value = ReadVariableUse();
    if (value == nullptr) return false;
    name = value->name;
  } else {
    return Unexpected("one of .property, .*, key: value and a variable");
  }
  projection.names.push_back(std::move(name));
  projection.operands.push_back(std::move(value));
  return true;
}

// Whether the sign or word stands in the brackets that open at the token, not in others inside.
bool Parser::HasAtTopLevel(std::size_t open, Sign sign, Word word) const {
  const std::size_t close = At(open).partner;
  if (close == Token::kNoPartner) return false;
  for (std::size_t i = open + 1; i < close; ++i) {
    const Token& token = At(i);
    if (sign != Sign::kNone && token.sign == sign) return true;
    if (word != Word::kNone && token.word == word) return true;
    if (token.partner != Token::kNoPartner) i = token.partner;
  }
  return false;
}

// [x IN list]; but [x IN list, y] is a list of two.
bool Parser::BeginsListComprehension() const {
  return IsName(Ahead(1)) && !IsReserved(Ahead(1).word) && Ahead(2).word == Word::kIn &&
         !HasAtTopLevel(position(), Sign::kComma, Word::kNone);
}

bool Parser::BeginsPatternComprehension() const {
  const bool named = IsName(Ahead(1)) && Ahead(2).sign == Sign::kEqual;
  return BeginsPattern(position() + (named ? 3 : 1)) &&
         HasAtTopLevel(position(), Sign::kBar, Word::kWhere);
}

ExpressionPtr Parser::ReadBracketed() {
  if (BeginsListComprehension()) return ReadListComprehension();
  if (BeginsPatternComprehension()) return ReadPatternComprehension();
  return ReadList();
}

// <list value constructor>
ExpressionPtr Parser::ReadList() {
  ExpressionPtr list = Make(kList, begin());
  Take();
  if (!ReadElements(*list, Sign::kCloseBracket, "an operator, a comma or the closing ]"))
    return nullptr;
  return Finish(std::move(list));
}

bool Parser::ReadElements(Expression& list, Sign closer, std::string_view expected) {
  if (Take(closer)) return true;
  do {
    list.operands.push_back(ReadValue());
    if (list.operands.back() == nullptr) return false;
  } while (Take(Sign::kComma));
  return Expect(closer, expected);
}

// <list comprehension>
ExpressionPtr Parser::ReadListComprehension() {
  ExpressionPtr list = Make(kListComprehension, begin());
  Take();
  list->name = NameOf(Take());
  Take();
  list->operands.resize(3);
  list->operands[0] = ReadValue(BarUse::kSeparates);
  if (list->operands[0] == nullptr) return nullptr;
  if (Take(Word::kWhere)) {
    list->operands[1] = ReadPredicate(BarUse::kSeparates);
    if (list->operands[1] == nullptr) return nullptr;
  }
  if (Take(Sign::kBar)) {
    list->operands[2] = ReadValue();
    if (list->operands[2] == nullptr) return nullptr;
  }
  if (!Expect(Sign::kCloseBracket, "an operator, WHERE, | or the closing ]")) return nullptr;
  return Finish(std::move(list));
}

// <pattern comprehension>
ExpressionPtr Parser::ReadPatternComprehension() {
  ExpressionPtr list = Make(kPatternComprehension, begin());
  Take();
  if (IsName()) {
    if (!ReadVariable(list->name, "a variable for the path")) return nullptr;
    Take();
  }
  list->operands.resize(2);
  list->pattern = std::make_unique<Pattern>();
  list->pattern->span.begin = begin();
  {
    const InnerHeight inner(*this);
    if (!ReadChain(list->pattern->paths.emplace_back(), PatternUse::kMatch)) return nullptr;
    list->height = inner.value();
  }
  list->pattern->span.end = end();
  if (Take(Word::kWhere)) {
    list->operands[0] = ReadPredicate(BarUse::kSeparates);
    if (list->operands[0] == nullptr) return nullptr;
  }
  if (!Expect(Sign::kBar, "an operator, or | and what to list")) return nullptr;
  list->operands[1] = ReadValue();
  if (list->operands[1] == nullptr) return nullptr;
  if (!Expect(Sign::kCloseBracket, "an operator or the closing ]")) return nullptr;
  return Finish(std::move(list));
}

// <quantifier expression>
ExpressionPtr Parser::ReadQuantifierPredicate(QuantifierKind kind) {
  ExpressionPtr expression = Make(kQuantifier, begin());
  expression->quantifier = kind;
  Take();
  Take();
  if (!ReadVariable(expression->name, "a variable for the elements")) return nullptr;
  Take();
  expression->operands.resize(2);
  expression->operands[0] = ReadValue();
  if (expression->operands[0] == nullptr) return nullptr;
  if (Take(Word::kWhere)) {
    expression->operands[1] = ReadPredicate();
    if (expression->operands[1] == nullptr) return nullptr;
  }
  if (!Expect(Sign::kCloseParen, "an operator, WHERE or the closing )")) return nullptr;
  return Finish(std::move(expression));
}

// <reduce expression>
ExpressionPtr Parser::ReadReduce() {
  ExpressionPtr expression = Make(kReduce, begin());
  Take();
  Take();
  if (!ReadVariable(expression->name, "a variable for the result")) return nullptr;
  Take();
  const auto read = [&](ExpressionPtr operand) {
    expression->operands.push_back(std::move(operand));
    return expression->operands.back() != nullptr;
  };
  if (!read(ReadValue())) return nullptr;
  if (!Expect(Sign::kComma, "an operator or a comma")) return nullptr;
  if (!ReadVariable(expression->names.emplace_back(), "a variable for the elements"))
    return nullptr;
  if (!Expect(Word::kIn, "IN and a list")) return nullptr;
  if (!read(ReadValue(BarUse::kSeparates))) return nullptr;
  if (!Expect(Sign::kBar, "an operator, or | and what an element makes of the result"))
    return nullptr;
  if (!read(ReadValue())) return nullptr;
  if (!Expect(Sign::kCloseParen, "an operator or the closing )")) return nullptr;
  return Finish(std::move(expression));
}

// <exists expression>, and COUNT { ... } likewise. A query that is one MATCH is its pattern.
ExpressionPtr Parser::ReadSubquery(ExpressionKind kind) {
  ExpressionPtr expression = Make(kind, begin());
  const Nesting nesting(*this);
  const InnerHeight inner(*this);
  if (!nesting.ok()) return nullptr;
  Take();
  Take();
  const std::uint32_t cases = std::exchange(case_depth_, 0);
  ExpressionPtr where;
  if (BeginsClause() && Ahead(1).sign != Sign::kEqual) {
    auto query = std::make_unique<Query>();
    if (!ReadQuery(*query)) return nullptr;
    Clause& first = query->parts.front().clauses.front();
    if (query->parts.size() == 1 && query->parts.front().clauses.size() == 1 &&
        first.kind == ClauseKind::kMatch && !first.optional && first.time.empty()) {
      expression->pattern = std::make_unique<Pattern>(std::move(first.pattern));
      where = std::move(first.where);
    } else {
      expression->query = std::move(query);
    }
  } else {
    expression->pattern = std::make_unique<Pattern>();
    if (!ReadPattern(*expression->pattern, PatternUse::kMatch) || !ReadWhere(where)) return nullptr;
  }
  if (!Expect(Sign::kCloseBrace, "a pattern or a query, and then the closing }")) return nullptr;
  case_depth_ = cases;
  if (expression->pattern != nullptr) expression->operands.push_back(std::move(where));
  expression->height = inner.value();
  return Finish(std::move(expression));
}

}  // namespace kosei::language
