// Expressions whose operators bind more or less strongly.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "chain.h"
#include "kosei/language/print.h"
#include "name_text.h"
#include "printer.h"

namespace kosei::language {
namespace {

using enum ExpressionKind;

bool IsNegativeLiteral(const Expression& expression) {
  if (expression.kind != kLiteral) return false;
  const Datum& literal = expression.literal;
  if (literal.kind() == DatumKind::kInteger) return literal.integer() < 0;
  return literal.kind() == DatumKind::kFloat && std::signbit(literal.real()) &&
         !std::isnan(literal.real());
}

Binding BindingOf(const Expression& expression) {
  switch (expression.kind) {
    case kOr:
      return Binding::kOr;
    case kXor:
      return Binding::kXor;
    case kAnd:
      return Binding::kAnd;
    case kNot:
      return Binding::kNot;
    case kComparison:
      return Binding::kComparison;
    case kIsNull:
    case kIsNotNull:
    case kStartsWith:
    case kEndsWith:
    case kContains:
    case kMatches:
    case kIn:
      return Binding::kPredicate;
    case kAdd:
    case kSubtract:
      return Binding::kSum;
    case kMultiply:
    case kDivide:
    case kModulo:
      return Binding::kProduct;
    case kPower:
      return Binding::kPower;
    case kNegate:
    case kPlus:
      return Binding::kSign;
    case kHasLabels:
      return Binding::kLabels;
    case kProperty:
    case kIndex:
    case kSlice:
      return Binding::kSteps;
    case kLiteral:
      return IsNegativeLiteral(expression) ? Binding::kSign : Binding::kWhole;
    case kParameter:
    case kVariable:
    case kList:
    case kMap:
    case kMapProjection:
    case kFunction:
    case kCountStar:
    case kCase:
    case kListComprehension:
    case kPatternComprehension:
    case kQuantifier:
    case kReduce:
    case kPattern:
    case kExists:
    case kCount:
      return Binding::kWhole;
  }
  return Binding::kWhole;
}

std::string_view SignOf(ComparisonKind kind) {
  switch (kind) {
    case ComparisonKind::kEqual:
      return " = ";
    case ComparisonKind::kNotEqual:
      return " <> ";
    case ComparisonKind::kLess:
      return " < ";
    case ComparisonKind::kLessOrEqual:
      return " <= ";
    case ComparisonKind::kGreater:
      return " > ";
    case ComparisonKind::kGreaterOrEqual:
      return " >= ";
  }
  return {};
}

struct Infix {
  ExpressionKind kind;
  std::string_view sign;
};
constexpr Infix kInfixes[] = {
    {kAdd, " + "},
    {kSubtract, " - "},
    {kMultiply, " * "},
    {kDivide, " / "},
    {kModulo, " % "},
    {kPower, " ^ "},
    {kIn, " IN "},
    {kStartsWith, " STARTS WITH "},
    {kEndsWith, " ENDS WITH "},
    {kMatches, " =~ "},
    {kContains, " CONTAINS "},
};

Binding Tighter(Binding binding) {
  return static_cast<Binding>(static_cast<std::uint8_t>(binding) + 1);
}

}  // namespace

void Printer::Print(const Expression& expression, Binding least) {
  const bool enclosed = BindingOf(expression) < least;
  if (enclosed) Write("(");
  PrintBare(expression);
  if (enclosed) Write(")");
}

void Printer::PrintBare(const Expression& expression) {
  switch (expression.kind) {
    case kLiteral:
      return Write(LiteralText(expression.literal));
    case kParameter:
      return PrintParameter(expression.name);
    case kVariable:
      return Write(VariableText(expression.name));
    case kProperty:
      return PrintBehind(*expression.operands[0], "." + NameText(expression.name));
    case kHasLabels:
      return PrintHasLabels(expression);
    case kIndex:
    case kSlice:
      return PrintIndex(expression);
    case kList:
      return PrintList(expression.operands);
    case kMap:
      return PrintMap(expression);
    case kMapProjection:
      return PrintMapProjection(expression);
    case kNot:
      Write("NOT ");
      return Print(*expression.operands[0], Binding::kNot);
    case kNegate:
    case kPlus:
      return PrintSigned(expression);
    case kIsNull:
    case kIsNotNull:
      Print(*expression.operands[0], Binding::kPredicate);
      return Write(expression.kind == kIsNull ? " IS NULL" : " IS NOT NULL");
    case kOr:
    case kXor:
    case kAnd:
      return PrintChain(expression, BindingOf(expression));
    case kAdd:
    case kSubtract:
    case kMultiply:
    case kDivide:
    case kModulo:
    case kPower:
    case kStartsWith:
    case kEndsWith:
    case kContains:
    case kMatches:
    case kIn:
      return PrintInfix(expression);
    case kComparison:
      return PrintComparison(expression);
    case kFunction:
      return PrintFunction(expression);
    case kCountStar:
      return Write("count(*)");
    case kCase:
      return PrintCase(expression);
    case kListComprehension:
      return PrintListComprehension(expression);
    case kPatternComprehension:
      return PrintPatternComprehension(expression);
    case kQuantifier:
      return PrintQuantifier(expression);
    case kReduce:
      return PrintReduce(expression);
    case kPattern:
      return Print(*expression.pattern);
    case kExists:
    case kCount:
      return PrintSubquery(expression);
  }
}

void Printer::PrintParameter(std::string_view name) {
  Write("$");
  if (NameTailLength(name) == name.size()) return Write(name);
  Write(NameText(name));
}

void Printer::PrintHasLabels(const Expression& expression) {
  std::string labels;
  for (const std::string& label : expression.names) labels += ":" + NameText(label);
  PrintBehind(*expression.operands[0], labels);
}

// Of two that bind alike the left one comes first.
void Printer::PrintInfix(const Expression& expression) {
  const auto* const infix =
      std::find_if(std::begin(kInfixes), std::end(kInfixes),
                   [&](const Infix& entry) { return entry.kind == expression.kind; });
  const Binding binding = BindingOf(expression);
  Print(*expression.operands[0], binding);
  Write(infix->sign);
  Print(*expression.operands[1], Tighter(binding));
}

// As many operands in a row as the parser joins one by one; what is left of them is enclosed.
void Printer::PrintChain(const Expression& expression, Binding binding) {
  const Expression* spine[kChainMax - 1] = {};
  std::size_t count = 0;
  const Expression* first = &expression;
  while (count < std::size(spine) && first->kind == expression.kind) {
    spine[count++] = first;
    first = first->operands[0].get();
  }
  Print(*first, Tighter(binding));
  while (count > 0) {
    Write(binding == Binding::kOr ? " OR " : (binding == Binding::kXor ? " XOR " : " AND "));
    Print(*spine[--count]->operands[1], Tighter(binding));
  }
}

void Printer::PrintComparison(const Expression& expression) {
  Print(*expression.operands[0], Binding::kPredicate);
  for (std::size_t i = 0; i < expression.comparisons.size(); ++i) {
    Write(SignOf(expression.comparisons[i]));
    Print(*expression.operands[i + 1], Binding::kPredicate);
  }
}

// A number directly behind a minus would become one literal with it.
void Printer::PrintSigned(const Expression& expression) {
  const Expression& operand = *expression.operands[0];
  const bool number = operand.kind == kLiteral && operand.literal.is_number() &&
                      std::isfinite(operand.literal.number());
  const bool enclosed = number || operand.kind == kNegate || operand.kind == kPlus;
  Write(expression.kind == kNegate ? "-" : "+");
  if (enclosed) Write("(");
  Print(operand, enclosed ? Binding::kAny : Binding::kSign);
  if (enclosed) Write(")");
}

void Printer::PrintBehind(const Expression& operand, std::string_view text) {
  const bool number = operand.kind == kLiteral && operand.literal.is_number();
  if (number) Write("(");
  Print(operand, number ? Binding::kAny : Binding::kSteps);
  if (number) Write(")");
  Write(text);
}

void Printer::PrintIndex(const Expression& expression) {
  PrintBehind(*expression.operands[0], "[");
  if (expression.operands[1] != nullptr) Print(*expression.operands[1]);
  if (expression.kind == kSlice) {
    Write("..");
    if (expression.operands[2] != nullptr) Print(*expression.operands[2]);
  }
  Write("]");
}

}  // namespace kosei::language
