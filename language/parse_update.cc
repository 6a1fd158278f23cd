// Clauses that change the graph. They are read in full, so that who offers no changes can say so.
#include <utility>

#include "parser.h"

namespace kosei::language {

bool Parser::CheckNewRelationship(const RelationshipPattern& relationship, PatternUse use) {
  if (relationship.hops.has_value()) {
    return Fail("CreatingVarLength", relationship.span,
                "found a relationship of no certain length where it is to be made; write each one");
  }
  // A variable alone may be one that is bound already, which is an error of another kind.
  const bool maybe_bound = relationship.types.empty() && !relationship.variable.empty();
  if (relationship.types.size() != 1 && !maybe_bound) {
    return Fail("NoSingleRelationshipType", relationship.span,
                "found a relationship without one type where it is to be made; write -[:TYPE]->");
  }
  if (use == PatternUse::kCreate && relationship.direction == PatternDirection::kEither) {
    return Fail(
        "RequiresDirectedRelationship", relationship.span,
        "found a relationship without a direction where it is to be made; write --> or <--");
  }
  return true;
}

// <merge statement>
bool Parser::ReadMerge(Clause& clause) {
  if (!ReadPattern(clause.pattern, PatternUse::kMerge)) return false;
  while (Take(Word::kOn)) {
    const bool match = Is(Word::kMatch);
    if (!match && !Is(Word::kCreate))
      return Unexpected("MATCH SET or CREATE SET behind ON", {Word::kMatch, Word::kCreate});
    Take();
    if (!Expect(Word::kSet, "SET")) return false;
    if (!ReadSetItems(match ? clause.on_match : clause.on_create)) return false;
  }
  return true;
}

// <delete item list>
bool Parser::ReadDelete(Clause& clause) {
  do {
    ExpressionPtr expression = ReadValue();
    if (expression == nullptr) return false;
    if (expression->kind == ExpressionKind::kHasLabels) {
      return Fail(
          "InvalidDelete", expression->span,
          "found a label to delete, expected a node, a relationship or a path; take a label "
          "off by REMOVE");
    }
    clause.arguments.push_back(std::move(expression));
  } while (Take(Sign::kComma));
  return true;
}

// <set item list>
bool Parser::ReadSetItems(std::vector<SetItem>& items) {
  do {
    if (!ReadSetItem(items.emplace_back())) return false;
  } while (Take(Sign::kComma));
  return true;
}

// <set item>
bool Parser::ReadSetItem(SetItem& item) {
  item.span.begin = begin();
  item.target = ReadSteps(ReadPrimary());
  if (!RequireValue(item.target.get())) return false;
  const ExpressionKind kind = item.target->kind;
  const bool variable = kind == ExpressionKind::kVariable;
  if (Is(Sign::kColon)) {
    if (!variable) return Unexpected("= and a value");
    item.kind = SetItem::Kind::kLabels;
    if (!ReadLabelNames(item.labels)) return false;
  } else {
    const bool merge = variable && Is(Sign::kPlusEqual);
    if (!merge && !Is(Sign::kEqual))
      return Unexpected("= and a value, += and a map, or : and a label");
    if (!variable && kind != ExpressionKind::kProperty && kind != ExpressionKind::kIndex) {
      return Fail("UnexpectedSyntax", item.target->span,
                  "found no property to set, expected one, as in SET n.name = 'a'");
    }
    Take();
    item.kind = merge ? SetItem::Kind::kMerge
                      : (variable ? SetItem::Kind::kReplace : SetItem::Kind::kProperty);
    item.value = ReadValue();
    if (item.value == nullptr) return false;
  }
  item.span.end = end();
  return true;
}

// <remove item list>
bool Parser::ReadRemoveItems(std::vector<SetItem>& items) {
  do {
    SetItem& item = items.emplace_back();
    item.span.begin = begin();
    item.target = ReadSteps(ReadPrimary());
    if (!RequireValue(item.target.get())) return false;
    const ExpressionKind kind = item.target->kind;
    if (kind == ExpressionKind::kVariable && Is(Sign::kColon)) {
      item.kind = SetItem::Kind::kLabels;
      if (!ReadLabelNames(item.labels)) return false;
    } else if (kind != ExpressionKind::kProperty && kind != ExpressionKind::kIndex) {
      return Unexpected("a property or a label to remove, as in n.name or n:Label");
    }
    item.span.end = end();
  } while (Take(Sign::kComma));
  return true;
}

// <node label set specification for set and remove>
bool Parser::ReadLabelNames(std::vector<std::string>& labels) {
  while (Take(Sign::kColon)) {
    if (!ReadName(labels.emplace_back(), "the name of a label")) return false;
  }
  return true;
}

}  // namespace kosei::language
