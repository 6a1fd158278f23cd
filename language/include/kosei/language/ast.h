// The tree that a statement of the query language is parsed into. It says what was written, and
// nothing of what it means: names are not looked up, types are not known. Rule names of the
// openCypher grammar (openCypher.bnf) stand beside what they became.
//
// Every part carries the span of the text it was read from, so that messages can point at it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kosei/language/datum.h"

namespace kosei::language {

// [begin, end) in bytes of the statement's text.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct Pattern;
struct Query;
struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

enum class ExpressionKind : std::uint8_t {
  kLiteral,        // `literal`
  kParameter,      // `name` without the $
  kVariable,       // `name`
  kProperty,       // operands[0] . name
  kHasLabels,      // operands[0] :names[0]:names[1]...; also of a relationship's type
  kIndex,          // operands[0] [operands[1]]
  kSlice,          // operands[0] [operands[1] .. operands[2]]; an end left out is nullptr
  kList,           // [operands...]
  kMap,            // {names[i]: operands[i]}
  kMapProjection,  // operands[0] {items}: names[i] with operands[i]; operands[i + 1] == nullptr
                   // with names[i] == "*" is .* ; `.x` is written out as x: operands[0].x
  kNot,
  kNegate,
  kPlus,  // unary
  kIsNull,
  kIsNotNull,
  kOr,
  kXor,
  kAnd,  // these three with two operands
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kPower,
  kComparison,  // operands[0] comparisons[0] operands[1] comparisons[1] ...: a chain is one node
  kStartsWith,
  kEndsWith,
  kContains,
  kMatches,  // =~
  kIn,
  kFunction,   // name(operands...), `distinct`; `name` in the case it was written, dots included
  kCountStar,  // count(*)
  kCase,       // `has_subject`: operands[0] is what WHENs are compared with; then WHEN, THEN pairs;
               // then, when the number that is left is odd, ELSE
  kListComprehension,  // [name IN operands[0] WHERE operands[1] | operands[2]]; either may be null
  kPatternComprehension,  // [name = pattern WHERE operands[0] | operands[1]]; name may be empty
  kQuantifier,  // quantifier(name IN operands[0] WHERE operands[1]); operands[1] may be null
  kReduce,      // reduce(name = operands[0], names[0] IN operands[1] | operands[2])
  kPattern,     // a pattern where a predicate stands, or the argument of size(), exists()
  kExists,      // EXISTS { pattern WHERE operands[0] }, null without WHERE; or EXISTS { query },
                // without operands. EXISTS { MATCH pattern WHERE ... } is the first of them.
  kCount,       // COUNT { ... }, likewise
};

enum class ComparisonKind : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual
};
enum class QuantifierKind : std::uint8_t { kAll, kAny, kNone, kSingle };

inline constexpr std::uint16_t kExpressionHeightMax = 500;

struct Expression {
  ExpressionKind kind = ExpressionKind::kLiteral;
  Span span;
  Datum literal;
  std::string name;
  std::vector<std::string> names;
  std::vector<ExpressionPtr> operands;
  std::vector<ComparisonKind> comparisons;
  QuantifierKind quantifier = QuantifierKind::kAll;
  bool distinct = false;
  bool has_subject = false;
  // Levels of expressions below, those inside patterns and subqueries included: at most
  // kExpressionHeightMax of a parsed tree, so that walks may recurse.
  std::uint16_t height = 0;
  std::unique_ptr<Pattern> pattern;
  std::unique_ptr<Query> query;
};

// A label that is there, or that is not.
struct LabelTest {
  std::string name;
  bool negated = false;
  friend bool operator==(const LabelTest&, const LabelTest&) = default;
};
// One of them must be so.
using LabelChoice = std::vector<LabelTest>;

// As written: (variable :A:B {...} WHERE ...). `labels` are all demanded: ":(A|B)&!C" is
// {{A, B}, {!C}}.
struct NodePattern {
  Span span;
  std::string variable;  // empty: none
  std::vector<LabelChoice> labels;
  ExpressionPtr properties;  // a kMap or a kParameter; null: none
  ExpressionPtr where;       // null: none
};

enum class PatternDirection : std::uint8_t { kRight, kLeft, kEither };  // -> <- and - or <->

struct Hops {
  std::uint32_t least = 1;
  std::optional<std::uint32_t> most;  // none: no limit written
};

struct RelationshipPattern {
  Span span;
  std::string variable;
  std::vector<std::string> types;  // any of them; empty: any type
  PatternDirection direction = PatternDirection::kEither;
  // Set: a variable-length pattern, *1..6 or {1,6}; the variable is then a list.
  std::optional<Hops> hops;
  ExpressionPtr properties;
  ExpressionPtr where;
};

struct PathPattern;

// A quantified path pattern of ISO GQL: ((a)-[:T]->(b) WHERE ...){1,6}. Its variables are lists
// outside.
struct QuantifiedPattern {
  Span span;
  std::unique_ptr<PathPattern> path;
  ExpressionPtr where;
  Hops hops;
};

// What joins two nodes of a path: exactly one is set.
struct PatternStep {
  std::optional<RelationshipPattern> relationship;
  std::optional<QuantifiedPattern> quantified;
};

enum class PathSelector : std::uint8_t {
  kAllPaths,
  kShortest,     // shortestPath(...), ANY SHORTEST
  kAllShortest,  // allShortestPaths(...), ALL SHORTEST
};

// nodes[0] steps[0] nodes[1] ...
struct PathPattern {
  Span span;
  std::string variable;  // p = ...; empty: none
  PathSelector selector = PathSelector::kAllPaths;
  std::vector<NodePattern> nodes;
  std::vector<PatternStep> steps;
};

// Paths joined by commas.
struct Pattern {
  Span span;
  std::vector<PathPattern> paths;
};

// FOR SYSTEM_TIME AS OF t, FOR SYSTEM_TIME FROM a TO b, FOR VALID_TIME AS OF t, IN PLAN p: of a
// statement, or of one MATCH. What is not written is null.
struct TimeScope {
  Span span;
  ExpressionPtr system_as_of;
  ExpressionPtr system_from;
  ExpressionPtr system_to;
  ExpressionPtr valid_as_of;
  ExpressionPtr plan;
  bool empty() const {
    return system_as_of == nullptr && system_from == nullptr && valid_as_of == nullptr &&
           plan == nullptr;
  }
};

enum class ClauseKind : std::uint8_t {
  kMatch,
  kUnwind,
  kWith,
  kReturn,
  kCall,
  // Read so that they can be refused with a good word, and for tests that carry them out.
  kCreate,
  kMerge,
  kDelete,
  kSet,
  kRemove,
};

struct ProjectionItem {
  Span span;
  ExpressionPtr expression;
  std::string alias;  // as written after AS; empty: none
  std::string text;   // of the expression, as written: the column's name without an alias
};

struct SortItem {
  Span span;
  ExpressionPtr expression;
  bool descending = false;
};

// One thing that SET or REMOVE does.
struct SetItem {
  enum class Kind : std::uint8_t { kProperty, kReplace, kMerge, kLabels } kind = Kind::kProperty;
  Span span;
  ExpressionPtr target;  // kProperty: a kProperty expression; otherwise a kVariable
  ExpressionPtr value;   // null of REMOVE and kLabels
  std::vector<std::string> labels;
};

struct Clause {
  ClauseKind kind = ClauseKind::kMatch;
  Span span;

  // kMatch, kCreate, kMerge
  bool optional = false;
  Pattern pattern;
  TimeScope time;
  ExpressionPtr where;  // also of kWith, and of CALL ... YIELD ... WHERE

  // kWith, kReturn
  bool distinct = false;
  bool star = false;  // * (then `items` come behind it)
  std::vector<ProjectionItem> items;
  std::vector<SortItem> order;
  ExpressionPtr skip;
  ExpressionPtr limit;

  // kUnwind: UNWIND expression AS variable; kDelete: `arguments`
  ExpressionPtr expression;
  std::string variable;

  // kCall: procedure(arguments) YIELD items; no parentheses: arguments come from parameters
  std::string procedure;
  bool has_arguments = false;
  bool yields = false;  // YIELD is written
  bool yield_star = false;
  std::vector<ExpressionPtr> arguments;  // also of kDelete
  bool detach = false;                   // DETACH DELETE

  // kSet, kRemove; of kMerge: ON CREATE SET, ON MATCH SET
  std::vector<SetItem> sets;
  std::vector<SetItem> on_create;
  std::vector<SetItem> on_match;
};

// Clauses from MATCH to RETURN, without UNION.
struct SingleQuery {
  Span span;
  std::vector<Clause> clauses;
};

enum class StatementMode : std::uint8_t { kRun, kExplain, kProfile };

struct Query {
  Span span;
  std::vector<SingleQuery> parts;  // joined by UNION, at least one
  std::vector<bool> union_all;     // one less than parts
};

struct Statement {
  StatementMode mode = StatementMode::kRun;
  TimeScope time;
  Query query;
};

}  // namespace kosei::language
