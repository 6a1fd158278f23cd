// Patterns: paths of nodes and what joins them.
#include <utility>

#include "parser.h"

namespace kosei::language {
namespace {

constexpr std::string_view kANode = "a node, as in (n:Label)";

bool NeedsNode(const PathPattern& path) { return path.nodes.size() == path.steps.size(); }

// Beside a quantified part a node may be left out.
void AddUnwrittenNode(PathPattern& path, std::uint32_t at) {
  path.nodes.emplace_back().span = {at, at};
}

}  // namespace

// Whether the token opens a node that an arrow follows: a pattern, and no parenthesised expression.
bool Parser::BeginsPattern(std::size_t index) const {
  const Token& open = At(index);
  if (open.sign != Sign::kOpenParen || open.partner == Token::kNoPartner) return false;
  const Token& first =
      At(IsName(At(index + 1)) && At(index + 1).word != Word::kWhere ? index + 2 : index + 1);
  const bool filler = first.sign == Sign::kCloseParen || first.sign == Sign::kColon ||
                      first.sign == Sign::kOpenBrace || first.word == Word::kWhere ||
                      first.kind == TokenKind::kParameter;
  return filler && BeginsArrow(open.partner + 1);
}

// - or <-, then - or [...]-, then > or a node.
bool Parser::BeginsArrow(std::size_t index) const {
  if (At(index).sign == Sign::kLess) ++index;
  if (At(index).sign != Sign::kMinus) return false;
  ++index;
  if (At(index).sign == Sign::kOpenBracket) {
    if (At(index).partner == Token::kNoPartner) return false;
    const Token& inner = At(IsName(At(index + 1)) ? index + 2 : index + 1);
    const bool filler = inner.sign == Sign::kCloseBracket || inner.sign == Sign::kColon ||
                        inner.sign == Sign::kStar || inner.sign == Sign::kOpenBrace ||
                        inner.word == Word::kWhere || inner.kind == TokenKind::kParameter;
    if (!filler) return false;
    index = At(index).partner + 1;
  }
  if (At(index).sign != Sign::kMinus) return false;
  const Sign behind = At(index + 1).sign;
  return behind == Sign::kGreater || behind == Sign::kOpenParen || behind == Sign::kOpenBrace;
}

// <path pattern list>
bool Parser::ReadPattern(Pattern& pattern, PatternUse use) {
  pattern.span.begin = begin();
  do {
    if (!ReadPath(pattern.paths.emplace_back(), use)) return false;
    if (use == PatternUse::kMerge && Is(Sign::kComma))
      return Unexpected("one path for MERGE; write a MERGE of its own for each");
  } while (Take(Sign::kComma));
  pattern.span.end = end();
  return true;
}

// <path pattern>
bool Parser::ReadPath(PathPattern& path, PatternUse use) {
  path.span.begin = begin();
  if (IsName() && Ahead(1).sign == Sign::kEqual) {
    if (!ReadVariable(path.variable, "a variable for the path")) return false;
    Take();
  }
  const bool any = Is(Word::kAny);
  if (Is(Word::kShortestPath) || Is(Word::kAllShortestPaths)) {
    if (!ReadShortest(path)) return false;
  } else if ((any || Is(Word::kAll)) && Ahead(1).word == Word::kShortest) {
    Take();
    Take();
    path.selector = any ? PathSelector::kShortest : PathSelector::kAllShortest;
    if (!ReadChain(path, use)) return false;
  } else if (Is(Sign::kOpenParen)) {
    if (!ReadChain(path, use)) return false;
  } else {
    return Unexpected("a pattern, as in (n:Label)-[:TYPE]->(m)",
                      {Word::kShortestPath, Word::kAllShortestPaths});
  }
  if (path.selector != PathSelector::kAllPaths && use != PatternUse::kMatch) {
    return Fail("UnexpectedSyntax", path.span,
                "found a shortest path where one is to be made, expected nodes and relationships");
  }
  path.span.end = end();
  return true;
}

// <legacy shortest path pattern>
bool Parser::ReadShortest(PathPattern& path) {
  path.selector =
      Take().word == Word::kShortestPath ? PathSelector::kShortest : PathSelector::kAllShortest;
  return Expect(Sign::kOpenParen, "the opening ( of the shortest path") &&
         ReadChain(path, PatternUse::kMatch) &&
         Expect(Sign::kCloseParen, "a relationship or the closing ) of the shortest path");
}

// <path term>
bool Parser::ReadChain(PathPattern& path, PatternUse use) {
  const std::uint32_t from = begin();
  if (path.span.end == 0 && path.span.begin == 0) path.span.begin = from;
  for (;;) {
    const bool behind_quantified = !path.steps.empty() && path.steps.back().quantified.has_value();
    if (Is(Sign::kOpenParen) && Ahead(1).sign == Sign::kOpenParen) {
      if (!ReadParenthesizedPath(path, use)) return false;
    } else if (Is(Sign::kOpenParen) && NeedsNode(path)) {
      if (!ReadNode(path.nodes.emplace_back(), use)) return false;
    } else if (Is(Sign::kMinus) || (Is(Sign::kLess) && Ahead(1).sign == Sign::kMinus)) {
      if (NeedsNode(path)) {
        if (!behind_quantified) return Unexpected(kANode);
        AddUnwrittenNode(path, begin());
      }
      if (!ReadRelationship(path.steps.emplace_back().relationship.emplace(), use)) return false;
    } else {
      if (NeedsNode(path)) {
        if (!behind_quantified) return Unexpected(kANode);
        AddUnwrittenNode(path, end());
      }
      break;
    }
  }
  path.span.end = end();
  return true;
}

// A quantified path, ((a)-->(b) WHERE ...){1,6}; or a whole path in parentheses.
bool Parser::ReadParenthesizedPath(PathPattern& path, PatternUse use) {
  const Nesting nesting(*this);
  if (!nesting.ok()) return false;
  QuantifiedPattern quantified;
  quantified.span.begin = begin();
  quantified.path = std::make_unique<PathPattern>();
  Take();
  if (!ReadChain(*quantified.path, use) || !ReadWhere(quantified.where)) return false;
  if (!Expect(Sign::kCloseParen, "a relationship, WHERE or the closing )")) return false;
  if (!BeginsQuantifier()) {
    const bool whole = path.nodes.empty() && quantified.where == nullptr;
    if (!whole) return Unexpected("how often the path in parentheses comes, as in {1,6}");
    path.nodes = std::move(quantified.path->nodes);
    path.steps = std::move(quantified.path->steps);
    return true;
  }
  if (use != PatternUse::kMatch) {
    return Fail(
        "CreatingVarLength", Next().span,
        "found a path of no certain length where it is to be made; write each relationship");
  }
  if (!ReadQuantifier(quantified.hops)) return false;
  quantified.span.end = end();
  if (NeedsNode(path)) AddUnwrittenNode(path, quantified.span.begin);
  path.steps.emplace_back().quantified = std::move(quantified);
  return true;
}

// <node pattern>
bool Parser::ReadNode(NodePattern& node, PatternUse use) {
  node.span.begin = begin();
  Take();
  if (IsName() && !Is(Word::kWhere) && !ReadVariable(node.variable, "a variable for the node"))
    return false;
  if (!ReadLabels(node.labels, BarUse::kLabels)) return false;
  if (!ReadPatternProperties(node.properties, use)) return false;
  if (use == PatternUse::kMatch && !ReadWhere(node.where)) return false;
  if (!Take(Sign::kCloseParen)) {
    const bool bare = node.labels.empty() && node.properties == nullptr && node.where == nullptr;
    return Unexpected(bare ? "one of : and a label, { and properties, and the closing ) of the node"
                           : "the closing ) of the node");
  }
  node.span.end = end();
  if (use == PatternUse::kMatch) return true;
  for (const LabelChoice& choice : node.labels) {
    if (choice.size() > 1 || choice.front().negated) {
      return Fail("UnexpectedSyntax", node.span,
                  "found a choice of labels for a node that is to be made; write those it has");
    }
  }
  return true;
}

}  // namespace kosei::language
