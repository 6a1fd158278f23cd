// The clauses of a query that read.
#include <algorithm>
#include <utility>

#include "parser.h"

namespace kosei::language {

bool Parser::BeginsClause() const {
  constexpr Word kClauses[] = {Word::kMatch,  Word::kOptional, Word::kUnwind, Word::kWith,
                               Word::kReturn, Word::kCall,     Word::kCreate, Word::kMerge,
                               Word::kDelete, Word::kDetach,   Word::kSet,    Word::kRemove};
  return std::find(std::begin(kClauses), std::end(kClauses), Next().word) != std::end(kClauses);
}

// BeginsClause() holds.
bool Parser::ReadClause(Clause& clause) {
  clause.span.begin = begin();
  const Word word = Next().word;
  const auto begin_kind = [&](ClauseKind kind) {
    clause.kind = kind;
    Take();
  };
  bool read = false;
  if (word == Word::kMatch || word == Word::kOptional) {
    read = ReadMatch(clause);
  } else if (word == Word::kUnwind) {
    begin_kind(ClauseKind::kUnwind);
    read = ReadUnwind(clause);
  } else if (word == Word::kWith) {
    begin_kind(ClauseKind::kWith);
    read = ReadProjection(clause) && ReadWhere(clause.where);
  } else if (word == Word::kReturn) {
    begin_kind(ClauseKind::kReturn);
    read = ReadProjection(clause);
  } else if (word == Word::kCall) {
    begin_kind(ClauseKind::kCall);
    read = ReadCall(clause);
  } else if (word == Word::kCreate) {
    begin_kind(ClauseKind::kCreate);
    read = ReadPattern(clause.pattern, PatternUse::kCreate);
  } else if (word == Word::kMerge) {
    begin_kind(ClauseKind::kMerge);
    read = ReadMerge(clause);
  } else if (word == Word::kDelete || word == Word::kDetach) {
    clause.detach = Take(Word::kDetach);
    clause.kind = ClauseKind::kDelete;
    read = Expect(Word::kDelete, "DELETE behind DETACH") && ReadDelete(clause);
  } else if (word == Word::kSet) {
    begin_kind(ClauseKind::kSet);
    read = ReadSetItems(clause.sets);
  } else {
    begin_kind(ClauseKind::kRemove);
    read = ReadRemoveItems(clause.sets);
  }
  clause.span.end = end();
  return read;
}

// <match statement>
bool Parser::ReadMatch(Clause& clause) {
  clause.kind = ClauseKind::kMatch;
  clause.optional = Take(Word::kOptional);
  return Expect(Word::kMatch, "MATCH behind OPTIONAL") &&
         ReadPattern(clause.pattern, PatternUse::kMatch) && ReadTimeScope(clause.time) &&
         ReadWhere(clause.where);
}

// <where clause>, if one comes next
bool Parser::ReadWhere(ExpressionPtr& where) {
  if (!Take(Word::kWhere)) return true;
  where = ReadPredicate();
  return where != nullptr;
}

// <unwind statement>
bool Parser::ReadUnwind(Clause& clause) {
  clause.expression = ReadValue();
  return clause.expression != nullptr &&
         Expect(Word::kAs, "an operator, or AS and a variable for the elements") &&
         ReadVariable(clause.variable, "a variable for the elements");
}

// <return statement body> <order by and page clause>
bool Parser::ReadProjection(Clause& clause) {
  clause.distinct = Take(Word::kDistinct);
  clause.star = Take(Sign::kStar);
  if (!clause.star || Take(Sign::kComma)) {
    do {
      if (!ReadItem(clause.items.emplace_back())) return false;
    } while (Take(Sign::kComma));
  }
  return ReadOrderAndPage(clause);
}

// <return item>
bool Parser::ReadItem(ProjectionItem& item) {
  item.span.begin = begin();
  item.expression = ReadValue();
  if (item.expression == nullptr) return false;
  item.text = TextOf(Span{item.span.begin, end()});
  if (Take(Word::kAs) && !ReadName(item.alias, "a name behind AS")) return false;
  item.span.end = end();
  return true;
}

// <order by and page clause>
bool Parser::ReadOrderAndPage(Clause& clause) {
  if (Take(Word::kOrder)) {
    if (!Expect(Word::kBy, "BY behind ORDER")) return false;
    do {
      SortItem& item = clause.order.emplace_back();
      item.span.begin = begin();
      item.expression = ReadValue();
      if (item.expression == nullptr) return false;
      item.descending = Take(Word::kDesc) || Take(Word::kDescending);
      if (!item.descending && !Take(Word::kAsc)) Take(Word::kAscending);
      item.span.end = end();
    } while (Take(Sign::kComma));
  }
  if (Take(Word::kSkip) || Take(Word::kOffset)) {
    clause.skip = ReadValue();
    if (clause.skip == nullptr) return false;
  }
  if (Take(Word::kLimit)) {
    clause.limit = ReadValue();
    if (clause.limit == nullptr) return false;
  }
  return true;
}

// <named procedure call>, <standalone procedure call>
bool Parser::ReadCall(Clause& clause) {
  if (Is(Sign::kOpenBrace)) {
    return Unexpected(
        "the name of a procedure; write the query in braces as clauses, or behind "
        "EXISTS or COUNT");
  }
  do {
    std::string part;
    if (!ReadName(part, "the name of a procedure")) return false;
    clause.procedure.append(clause.procedure.empty() ? "" : ".").append(part);
  } while (Take(Sign::kDot));
  clause.has_arguments = Take(Sign::kOpenParen);
  if (clause.has_arguments && !Take(Sign::kCloseParen)) {
    do {
      clause.arguments.push_back(ReadValue());
      if (clause.arguments.back() == nullptr) return false;
    } while (Take(Sign::kComma));
    if (!Expect(Sign::kCloseParen, "an operator, a comma or the closing )")) return false;
  }
  return !Take(Word::kYield) || ReadYield(clause);
}

// <yield clause>
bool Parser::ReadYield(Clause& clause) {
  clause.yields = true;
  clause.yield_star = Take(Sign::kStar);
  if (clause.yield_star) return true;
  do {
    ProjectionItem& item = clause.items.emplace_back();
    item.span.begin = begin();
    item.expression = Make(ExpressionKind::kVariable, begin());
    if (!ReadName(item.expression->name, "the name of a column that the procedure yields"))
      return false;
    item.expression = Finish(std::move(item.expression));
    item.text = item.expression->name;
    if (Take(Word::kAs) && !ReadName(item.alias, "a name behind AS")) return false;
    item.span.end = end();
  } while (Take(Sign::kComma));
  return ReadWhere(clause.where);
}

}  // namespace kosei::language
