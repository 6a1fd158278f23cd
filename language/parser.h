// The parser: recursive descent over the tokens of a statement, one function a rule of the grammar,
// whose name in openCypher.bnf stands beside it. It looks ahead, never goes back, and so takes time
// that grows with the text alone.
//
// Recursion is bounded twice: brackets, subqueries and the like nest at most kNestingMax deep
// (Nesting), and no expression is higher than kExpressionHeightMax (Finish), however it came to be:
// a row of operators makes a high tree without nesting.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "kosei/language/ast.h"
#include "kosei/language/parse.h"
#include "token_cursor.h"

namespace kosei::language {

// What a pattern is read for.
enum class PatternUse : std::uint8_t { kMatch, kCreate, kMerge };

// What | behind a label means: :A|B, or the | of a comprehension.
enum class BarUse : std::uint8_t { kLabels, kSeparates };

class Parser : public TokenCursor {
 public:
  explicit Parser(std::string_view text) : TokenCursor(text) {}

  // Each gives false or null when it fails; error() says why.
  bool ReadStatement(Statement& statement);
  ExpressionPtr ReadWholeExpression();

 private:
  class Nesting;
  class InnerHeight;
  using Labels = std::vector<LabelChoice>;

  // parse_statement.cc
  bool ReadQuery(Query& query);
  bool ReadSingleQuery(SingleQuery& single);
  bool CheckComposition(const Query& query);
  bool CheckCalls(const Query& query);
  bool AfterClause(const SingleQuery& single);
  bool ReadTimeScope(TimeScope& time);
  bool ReadSystemTime(TimeScope& time);
  bool ReadPlan(TimeScope& time);
  ExpressionPtr ReadMoment();

  // parse_clause.cc
  bool BeginsClause() const;
  bool ReadClause(Clause& clause);
  bool ReadMatch(Clause& clause);
  bool ReadUnwind(Clause& clause);
  bool ReadProjection(Clause& clause);
  bool ReadItem(ProjectionItem& item);
  bool ReadOrderAndPage(Clause& clause);
  bool ReadCall(Clause& clause);
  bool ReadYield(Clause& clause);
  bool ReadWhere(ExpressionPtr& where);

  // parse_update.cc
  bool ReadMerge(Clause& clause);
  bool ReadDelete(Clause& clause);
  bool ReadSetItems(std::vector<SetItem>& items);
  bool ReadSetItem(SetItem& item);
  bool ReadRemoveItems(std::vector<SetItem>& items);
  bool ReadLabelNames(std::vector<std::string>& labels);
  bool CheckNewRelationship(const RelationshipPattern& relationship, PatternUse use);

  // parse_pattern.cc
  bool BeginsPattern(std::size_t index) const;
  bool BeginsArrow(std::size_t index) const;
  bool ReadPattern(Pattern& pattern, PatternUse use);
  bool ReadPath(PathPattern& path, PatternUse use);
  bool ReadShortest(PathPattern& path);
  bool ReadChain(PathPattern& path, PatternUse use);
  bool ReadParenthesizedPath(PathPattern& path, PatternUse use);
  bool ReadNode(NodePattern& node, PatternUse use);

  // parse_relationship.cc
  bool ReadRelationship(RelationshipPattern& relationship, PatternUse use);
  bool ReadRelationshipFiller(RelationshipPattern& relationship, PatternUse use);
  bool ReadTypes(std::vector<std::string>& types);
  bool ReadLength(std::optional<Hops>& hops);
  bool ReadBound(std::uint32_t& bound);
  bool BeginsQuantifier() const;
  bool ReadQuantifier(Hops& hops);
  bool ReadPatternProperties(ExpressionPtr& properties, PatternUse use);

  // parse_labels.cc
  bool ReadLabels(Labels& labels, BarUse bar);
  bool TooManyLabels();
  bool ReadLabelChoice(Labels& labels, BarUse bar);
  bool ReadLabelTerm(Labels& labels);
  bool ReadLabelFactor(Labels& labels);
  ExpressionPtr ReadLabelPredicate(ExpressionPtr operand);

  // parse_expression.cc
  // A pattern may stand where the expression itself is a condition.
  ExpressionPtr ReadPredicate(BarUse bar = BarUse::kLabels);
  ExpressionPtr ReadValue(BarUse bar = BarUse::kLabels);
  ExpressionPtr ReadLogical(ExpressionKind kind);
  ExpressionPtr ReadNot();
  ExpressionPtr ReadComparison();
  ExpressionPtr ReadOperatorPredicate();
  ExpressionPtr ReadNullPredicate(ExpressionPtr operand);
  ExpressionPtr ReadSum();
  ExpressionPtr ReadProduct();
  ExpressionPtr ReadPower();
  ExpressionPtr ReadUnary();
  ExpressionPtr ReadPostfix();
  ExpressionPtr ReadSteps(ExpressionPtr expression);  // .name [index] [from..to]
  ExpressionPtr ReadIndex(ExpressionPtr operand);

  // expression_nodes.cc
  ExpressionPtr Make(ExpressionKind kind, std::uint32_t begin) const;
  ExpressionPtr Finish(ExpressionPtr expression);
  ExpressionPtr Binary(ExpressionKind kind, ExpressionPtr left, ExpressionPtr right);
  ExpressionPtr Unary(ExpressionKind kind, std::uint32_t begin, ExpressionPtr operand);
  ExpressionPtr CheckHeight(ExpressionPtr expression);
  bool RequireValue(const Expression* expression);

  // parse_primary.cc
  ExpressionPtr ReadPrimary();
  ExpressionPtr ReadNumber(bool negative);
  ExpressionPtr ReadStringLiteral();
  ExpressionPtr ReadParameter();
  ExpressionPtr ReadParenthesized();
  ExpressionPtr ReadPatternExpression();
  ExpressionPtr ReadNamed();
  ExpressionPtr ReadKeyword();
  ExpressionPtr Literal(Datum value);
  ExpressionPtr ReadFunction();
  ExpressionPtr ReadVariableUse();
  bool BeginsFunction() const;
  ExpressionPtr ReadCountStar();

  // parse_composite.cc
  ExpressionPtr ReadCase();
  ExpressionPtr ReadMap();
  ExpressionPtr ReadProjectionOfMap(ExpressionPtr variable);
  bool ReadMapElement(Expression& projection);
  ExpressionPtr ReadBracketed();
  ExpressionPtr ReadList();
  bool ReadElements(Expression& list, Sign closer, std::string_view expected);
  ExpressionPtr ReadListComprehension();
  ExpressionPtr ReadPatternComprehension();
  bool BeginsListComprehension() const;
  bool BeginsPatternComprehension() const;
  bool HasAtTopLevel(std::size_t open, Sign sign, Word word) const;
  ExpressionPtr ReadQuantifierPredicate(QuantifierKind kind);
  ExpressionPtr ReadReduce();
  ExpressionPtr ReadSubquery(ExpressionKind kind);

  std::uint32_t depth_ = 0;
  std::uint32_t case_depth_ = 0;
  BarUse bar_ = BarUse::kLabels;
  std::uint16_t height_seen_ = 0;  // of expressions finished since it was last set to 0
};

// While it lives one more level is open. Not ok: that is one too many, and the error is kept.
class Parser::Nesting {
 public:
  explicit Nesting(Parser& parser);
  ~Nesting() { --parser_.depth_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;
  bool ok() const { return ok_; }

 private:
  Parser& parser_;
  bool ok_;
};

// How high the expressions are that are read while it lives.
class Parser::InnerHeight {
 public:
  explicit InnerHeight(Parser& parser) : parser_(parser), before_(parser.height_seen_) {
    parser.height_seen_ = 0;
  }
  ~InnerHeight() {
    if (before_ > parser_.height_seen_) parser_.height_seen_ = before_;
  }
  InnerHeight(const InnerHeight&) = delete;
  InnerHeight& operator=(const InnerHeight&) = delete;
  std::uint16_t value() const { return parser_.height_seen_; }

 private:
  Parser& parser_;
  const std::uint16_t before_;
};

}  // namespace kosei::language
