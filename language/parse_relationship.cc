// What joins two nodes of a pattern, and how often it comes.
#include <limits>
#include <utility>

#include "literal_text.h"
#include "parser.h"

namespace kosei::language {

// <full relationship pattern>
bool Parser::ReadRelationship(RelationshipPattern& relationship, PatternUse use) {
  relationship.span.begin = begin();
  const bool left = Take(Sign::kLess);
  if (!Expect(Sign::kMinus, "the - of an arrow")) return false;
  if (Take(Sign::kOpenBracket) && !ReadRelationshipFiller(relationship, use)) return false;
  if (!Expect(Sign::kMinus, "the - of an arrow, as in -[:TYPE]->")) return false;
  const bool right = Take(Sign::kGreater);
  relationship.direction = left == right
                               ? PatternDirection::kEither
                               : (left ? PatternDirection::kLeft : PatternDirection::kRight);
  if (BeginsQuantifier()) {
    if (relationship.hops.has_value()) {
      return Fail("InvalidRelationshipPattern", Next().span,
                  "the length is written twice; write it in the brackets or behind the arrow");
    }
    if (!ReadQuantifier(relationship.hops.emplace())) return false;
  }
  relationship.span.end = end();
  return use == PatternUse::kMatch || CheckNewRelationship(relationship, use);
}

// <relationship pattern filler>
bool Parser::ReadRelationshipFiller(RelationshipPattern& relationship, PatternUse use) {
  if (IsName() && !Is(Word::kWhere) &&
      !ReadVariable(relationship.variable, "a variable for the relationship")) {
    return false;
  }
  if (Take(Sign::kColon) && !ReadTypes(relationship.types)) return false;
  if (Is(Sign::kStar) && !ReadLength(relationship.hops)) return false;
  if (Is(Sign::kDots) || Next().kind == TokenKind::kInteger || Next().kind == TokenKind::kFloat) {
    return Fail("InvalidRelationshipPattern", Next().span,
                "found " + Found() +
                    ", expected whole numbers of steps behind a *, as in *2, *1..3, *1.. or *..3");
  }
  if (!ReadPatternProperties(relationship.properties, use)) return false;
  if (use == PatternUse::kMatch && !ReadWhere(relationship.where)) return false;
  return Expect(Sign::kCloseBracket,
                "one of : and a type, * and a length, { and properties, and the closing ]");
}

// <is relationship label expression>
bool Parser::ReadTypes(std::vector<std::string>& types) {
  do {
    if (!types.empty()) Take(Sign::kColon);
    if (!ReadName(types.emplace_back(), "the name of a relationship type")) return false;
  } while (Take(Sign::kBar));
  if (Is(Sign::kColon) || Is(Sign::kAmpersand))
    return Unexpected("| and another type; a relationship has one type alone");
  return true;
}

// <path length>
bool Parser::ReadLength(std::optional<Hops>& hops) {
  Take();
  hops.emplace();
  const bool lower = Next().kind == TokenKind::kInteger;
  if (lower && !ReadBound(hops->least)) return false;
  if (Take(Sign::kDots)) {
    if (Next().kind != TokenKind::kInteger) return true;
    return ReadBound(hops->most.emplace());
  }
  if (lower) hops->most = hops->least;
  if (Is(Sign::kMinus)) {
    return Fail("InvalidRelationshipPattern", Next().span,
                "found -, expected a length of no or more steps, as in *2, *1..3, *1.. or *..3");
  }
  return true;
}

bool Parser::ReadBound(std::uint32_t& bound) {
  if (Next().kind != TokenKind::kInteger) return Unexpected("a whole number of steps");
  const auto number = ReadInteger(text(), Next().span, NumberSign::kPositive);
  if (!number.ok()) return Fail(number.status());
  if (*number > std::numeric_limits<std::uint32_t>::max()) {
    return Fail("IntegerOverflow", Next().span,
                "the number of steps is too large; leave it out where there is no limit");
  }
  bound = static_cast<std::uint32_t>(*number);
  Take();
  return true;
}

// Behind an arrow or a parenthesised path: *, + or {
bool Parser::BeginsQuantifier() const {
  return Is(Sign::kStar) || Is(Sign::kPlus) || Is(Sign::kOpenBrace);
}

// ISO/IEC 39075 <graph pattern quantifier>: *, +, {2}, {1,6}, {1,}, {,6}
bool Parser::ReadQuantifier(Hops& hops) {
  if (Is(Sign::kStar) || Is(Sign::kPlus)) {
    hops.least = Take().sign == Sign::kStar ? 0 : 1;
    return true;
  }
  Take();
  hops.least = 0;
  const bool lower = Next().kind == TokenKind::kInteger;
  if (lower && !ReadBound(hops.least)) return false;
  if (Take(Sign::kComma)) {
    if (!Is(Sign::kCloseBrace) && !ReadBound(hops.most.emplace())) return false;
  } else if (lower) {
    hops.most = hops.least;
  } else {
    return Unexpected("how often, as in {1,6}, {2}, {1,} or {,6}");
  }
  return Expect(Sign::kCloseBrace, "a comma and a number, or the closing }");
}

// <element pattern predicate>
bool Parser::ReadPatternProperties(ExpressionPtr& properties, PatternUse use) {
  if (Is(Sign::kOpenBrace)) {
    properties = ReadMap();
    return properties != nullptr;
  }
  if (Next().kind != TokenKind::kParameter) return true;
  if (use != PatternUse::kCreate) {
    return Fail("InvalidParameterUse", Next().span,
                "found " + Found() +
                    ", expected properties one by one, as in {name: $properties.name}: what is "
                    "looked for must be known before the parameters are");
  }
  properties = ReadParameter();
  return properties != nullptr;
}

}  // namespace kosei::language
