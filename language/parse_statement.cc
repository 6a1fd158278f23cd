// Statements: queries of clauses, joined by UNION, and how clauses may follow each other.
#include <utility>

#include "parser.h"

namespace kosei::language {
namespace {

constexpr Word kBeginnings[] = {Word::kMatch,   Word::kOptional, Word::kUnwind, Word::kWith,
                                Word::kReturn,  Word::kCall,     Word::kCreate, Word::kMerge,
                                Word::kExplain, Word::kProfile,  Word::kFor};

// What may come where a clause could go on or end.
constexpr Word kFollowing[] = {
    Word::kMatch,  Word::kOptional, Word::kWhere,  Word::kUnwind, Word::kWith,   Word::kReturn,
    Word::kCall,   Word::kYield,    Word::kCreate, Word::kMerge,  Word::kDelete, Word::kDetach,
    Word::kSet,    Word::kRemove,   Word::kUnion,  Word::kOrder,  Word::kSkip,   Word::kOffset,
    Word::kLimit,  Word::kAs,       Word::kAnd,    Word::kOr,     Word::kXor,    Word::kContains,
    Word::kStarts, Word::kEnds,     Word::kFor,    Word::kDesc,   Word::kAsc};

bool Changes(ClauseKind kind) {
  switch (kind) {
    case ClauseKind::kMatch:
    case ClauseKind::kUnwind:
    case ClauseKind::kWith:
    case ClauseKind::kReturn:
    case ClauseKind::kCall:
      return false;
    case ClauseKind::kCreate:
    case ClauseKind::kMerge:
    case ClauseKind::kDelete:
    case ClauseKind::kSet:
    case ClauseKind::kRemove:
      return true;
  }
  return false;
}

}  // namespace

// <openCypher program>
bool Parser::ReadStatement(Statement& statement) {
  if (Take(Word::kExplain)) {
    statement.mode = StatementMode::kExplain;
  } else if (Take(Word::kProfile)) {
    statement.mode = StatementMode::kProfile;
  }
  if (!ReadTimeScope(statement.time) || !ReadQuery(statement.query)) return false;
  const SingleQuery& last = statement.query.parts.back();
  if (!Take(Sign::kSemicolon) && !AtEnd()) return AfterClause(last);
  return AtEnd() || Unexpected("the end behind ; (one statement at a time)");
}

ExpressionPtr Parser::ReadWholeExpression() {
  ExpressionPtr expression = ReadPredicate();
  if (expression == nullptr || !AtEnd()) {
    Unexpected("an operator or the end");
    return nullptr;
  }
  return expression;
}

// What comes next begins no clause.
bool Parser::AfterClause(const SingleQuery& single) {
  const ClauseKind kind = single.clauses.back().kind;
  if (kind == ClauseKind::kReturn && Is(Word::kWhere))
    return Unexpected("the end; write WHERE behind MATCH, or WITH ... WHERE before RETURN");
  if (kind == ClauseKind::kReturn && BeginsClause()) {
    return Fail("InvalidClauseComposition", Next().span,
                "found " + Found() + " behind RETURN, which ends a query; write WITH in its place");
  }
  return Unexpected("an operator, another clause or the end", kFollowing);
}

// <composite statement>
bool Parser::ReadQuery(Query& query) {
  query.span.begin = begin();
  for (;;) {
    if (!ReadSingleQuery(query.parts.emplace_back())) return false;
    const Token& joint = Next();
    if (!Take(Word::kUnion)) break;
    const bool all = Take(Word::kAll);
    if (!all) Take(Word::kDistinct);
    if (!query.union_all.empty() && query.union_all.back() != all) {
      return Fail("InvalidClauseComposition", joint.span,
                  "found UNION and UNION ALL in one query; write the same for all its parts");
    }
    query.union_all.push_back(all);
  }
  query.span.end = end();
  return CheckComposition(query);
}

// <linear statement>
bool Parser::ReadSingleQuery(SingleQuery& single) {
  single.span.begin = begin();
  if (!BeginsClause())
    return Unexpected("a clause, such as MATCH, RETURN, UNWIND, WITH or CALL", kBeginnings);
  while (BeginsClause() &&
         (single.clauses.empty() || single.clauses.back().kind != ClauseKind::kReturn)) {
    if (!ReadClause(single.clauses.emplace_back())) return false;
  }
  single.span.end = end();
  const bool done = AtEnd() || Is(Sign::kSemicolon) || Is(Sign::kCloseBrace) || Is(Word::kUnion);
  return done || AfterClause(single);
}

// How clauses follow each other, for a query of its own and one inside an expression.
bool Parser::CheckComposition(const Query& query) {
  const bool inside = depth_ > 0;
  for (const SingleQuery& single : query.parts) {
    for (const Clause& clause : single.clauses) {
      if (inside && Changes(clause.kind)) {
        return Fail("InvalidClauseComposition", clause.span,
                    "found a clause that changes something in EXISTS or COUNT, which only look");
      }
    }
    const Clause& last = single.clauses.back();
    const bool ends = last.kind == ClauseKind::kReturn || last.kind == ClauseKind::kCall ||
                      Changes(last.kind) || (inside && last.kind == ClauseKind::kMatch);
    if (!ends) {
      return Fail("InvalidClauseComposition", Span{last.span.end, last.span.end},
                  "the query gives nothing; end it with RETURN");
    }
  }
  return CheckCalls(query);
}

// CALL without parentheses, and YIELD *, are for a statement that is nothing else.
bool Parser::CheckCalls(const Query& query) {
  const bool alone =
      depth_ == 0 && query.parts.size() == 1 && query.parts.front().clauses.size() == 1;
  for (const SingleQuery& single : query.parts) {
    for (const Clause& clause : single.clauses) {
      if (clause.kind != ClauseKind::kCall || alone) continue;
      if (!clause.has_arguments) {
        return Fail("InvalidArgumentPassingMode", clause.span,
                    "the procedure is called without parentheses, which is for a statement that is "
                    "nothing else; write its arguments, or ()");
      }
      if (clause.yield_star) {
        return Fail(
            "UnexpectedSyntax", clause.span,
            "found YIELD *, which is for a statement that is nothing else; name the columns");
      }
    }
  }
  return true;
}

}  // namespace kosei::language
