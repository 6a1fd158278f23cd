// The printer's parts: each appends the canonical text of a part of the tree.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/language/ast.h"

namespace kosei::language {

// How strongly an expression holds together, the weakest first, as in parse_expression.cc.
enum class Binding : std::uint8_t {
  kAny,
  kOr,
  kXor,
  kAnd,
  kNot,
  kComparison,
  kPredicate,
  kSum,
  kProduct,
  kPower,
  kSign,
  kLabels,
  kSteps,
  kWhole,
};

class Printer {
 public:
  explicit Printer(std::string& out) : out_(out) {}

  // In parentheses where it binds less than `least`.
  void Print(const Expression& expression, Binding least = Binding::kAny);
  void Print(const Pattern& pattern);
  void Print(const PathPattern& path);
  void Print(const NodePattern& node);
  void Print(const RelationshipPattern& relationship);
  void Print(const Clause& clause);
  void Print(const Query& query);
  void Print(const TimeScope& time);

 private:
  void Write(std::string_view text) { out_ += text; }
  void PrintBare(const Expression& expression);
  void PrintChain(const Expression& expression, Binding binding);
  void PrintInfix(const Expression& expression);
  void PrintComparison(const Expression& expression);
  void PrintSigned(const Expression& expression);
  void PrintBehind(const Expression& operand, std::string_view text);
  void PrintParameter(std::string_view name);
  void PrintHasLabels(const Expression& expression);
  void PrintIndex(const Expression& expression);
  void PrintList(const std::vector<ExpressionPtr>& operands);
  void PrintEntry(std::string_view key, const Expression& value);
  void PrintMap(const Expression& map);
  void PrintMapProjection(const Expression& projection);
  void PrintFunction(const Expression& call);
  void PrintCase(const Expression& expression);
  void PrintSource(std::string_view variable, const Expression& list);
  void PrintOptional(std::string_view before, const ExpressionPtr& expression);
  void PrintListComprehension(const Expression& expression);
  void PrintPatternComprehension(const Expression& expression);
  void PrintQuantifier(const Expression& expression);
  void PrintReduce(const Expression& expression);
  void PrintSubquery(const Expression& expression);

  void PrintChain(const PathPattern& path);
  void PrintStep(const PatternStep& step);
  void PrintHops(const Hops& hops);
  void PrintProperties(const ExpressionPtr& properties, bool space);
  void PrintLabels(const std::vector<LabelChoice>& labels);

  void PrintProjection(const Clause& clause);
  void PrintItems(const std::vector<ProjectionItem>& items);
  void PrintCall(const Clause& clause);
  void PrintSets(std::string_view before, const std::vector<SetItem>& items);

  std::string& out_;
};

// Of a name with dots, each part of which stands in backticks where it must.
std::string DottedNameText(std::string_view name);

}  // namespace kosei::language
