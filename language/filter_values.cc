#include "filter_values.h"

#include <cstddef>
#include <utility>

#include "chain.h"
#include "literal_text.h"

namespace kosei::language {
namespace {

using enum ExpressionKind;

constexpr std::string_view kRecord = "n";
// An integer of more digits is no number that is reckoned with, but a serial number or the like.
constexpr std::size_t kDigitsMax = 18;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::size_t CountDigits(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && IsDigit(text[count])) ++count;
  return count;
}

struct NumberForm {
  bool number = false;
  bool fraction = false;
};

// Digits, perhaps a dot and digits. 007 and the like are names.
NumberForm FormOf(std::string_view digits) {
  const std::size_t whole = CountDigits(digits);
  if (whole == 0 || whole > kDigitsMax || (whole > 1 && digits.front() == '0')) return {};
  if (whole == digits.size()) return {true, false};
  const std::string_view rest = digits.substr(whole + 1);
  return {digits[whole] == '.' && !rest.empty() && CountDigits(rest) == rest.size(), true};
}

// 2026-01-01
bool BeginsWithDate(std::string_view word) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  if (word.size() < kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == 'd' ? !IsDigit(word[i]) : word[i] != '-') return false;
  }
  return true;
}

ExpressionPtr LiteralNode(Datum value, Span span) {
  ExpressionPtr literal = FilterNode(kLiteral, span, std::vector<ExpressionPtr>());
  literal->literal = std::move(value);
  return literal;
}

// datetime({datetime: instant, timezone: 'Z'}): the instants of records are in UTC, and equal are
// those that show the same time.
ExpressionPtr InUtc(ExpressionPtr instant) {
  const Span span = instant->span;
  ExpressionPtr map =
      FilterNode(kMap, span, std::move(instant), LiteralNode(Datum::String("Z"), span));
  map->names = {"datetime", "timezone"};
  return FilterCall("datetime", std::move(map));
}

// n:A, or n:A OR n:B OR ...: adds the labels.
bool AddLabels(const Expression& expression, LabelChoice& labels) {
  if (expression.kind == kHasLabels) {
    labels.push_back({expression.names.front()});
    return true;
  }
  return expression.kind == kOr && AddLabels(*expression.operands[0], labels) &&
         AddLabels(*expression.operands[1], labels);
}

void AddConjuncts(ExpressionPtr expression, std::vector<ExpressionPtr>& conjuncts) {
  if (expression->kind != kAnd) {
    conjuncts.push_back(std::move(expression));
    return;
  }
  AddConjuncts(std::move(expression->operands[0]), conjuncts);
  AddConjuncts(std::move(expression->operands[1]), conjuncts);
}

}  // namespace

ExpressionPtr FilterNode(ExpressionKind kind, Span span, std::vector<ExpressionPtr> operands) {
  auto node = std::make_unique<Expression>();
  node->kind = kind;
  node->span = span;
  node->operands = std::move(operands);
  SetHeight(*node);
  return node;
}

ExpressionPtr FilterNode(ExpressionKind kind, Span span, ExpressionPtr operand) {
  std::vector<ExpressionPtr> operands;
  operands.push_back(std::move(operand));
  return FilterNode(kind, span, std::move(operands));
}

ExpressionPtr FilterNode(ExpressionKind kind, Span span, ExpressionPtr left, ExpressionPtr right) {
  std::vector<ExpressionPtr> operands;
  operands.push_back(std::move(left));
  operands.push_back(std::move(right));
  return FilterNode(kind, span, std::move(operands));
}

ExpressionPtr FilterCall(std::string_view function, ExpressionPtr argument) {
  const Span span = argument->span;
  ExpressionPtr call = FilterNode(kFunction, span, std::move(argument));
  call->name = function;
  return call;
}

ExpressionPtr FilterRecord(Span span) {
  ExpressionPtr record = FilterNode(kVariable, span, std::vector<ExpressionPtr>());
  record->name = kRecord;
  return record;
}

ExpressionPtr FilterHasLabel(std::string_view label, Span span) {
  ExpressionPtr test = FilterNode(kHasLabels, span, FilterRecord(span));
  test->names.emplace_back(label);
  return test;
}

ExpressionPtr FilterValue(std::string_view text, const FilterToken& token) {
  const Span span = token.span;
  if (token.kind == FilterTokenKind::kText) return LiteralNode(Datum::String(token.text), span);
  if (token.IsWord("true") || token.IsWord("false"))
    return LiteralNode(Datum::Boolean(token.IsWord("true")), span);
  const std::string_view word = token.text;
  if (BeginsWithDate(word)) {
    ExpressionPtr text_of_it = LiteralNode(Datum::String(token.text), span);
    if (word.size() == 10) return FilterCall("date", std::move(text_of_it));
    if (word[10] == 'T') return InUtc(FilterCall("datetime", std::move(text_of_it)));
  }
  const bool negative = word.front() == '-';
  const NumberForm form = FormOf(word.substr(negative ? 1 : 0));
  const Span digits = {span.begin + (negative ? 1U : 0U), span.end};
  if (form.number && form.fraction) {
    if (const auto number = ReadFloat(text, digits); number.ok())
      return LiteralNode(Datum::Float(negative ? -*number : *number), span);
  } else if (form.number) {
    const NumberSign sign = negative ? NumberSign::kNegative : NumberSign::kPositive;
    if (const auto number = ReadInteger(text, digits, sign); number.ok())
      return LiteralNode(Datum::Integer(*number), span);
  }
  return LiteralNode(Datum::String(token.text), span);
}

Statement FilterStatement(ExpressionPtr condition, Span span) {
  Statement statement;
  statement.query.span = span;
  SingleQuery& single = statement.query.parts.emplace_back();
  single.span = span;
  Clause& match = single.clauses.emplace_back();
  match.span = span;
  match.pattern.span = span;
  PathPattern& path = match.pattern.paths.emplace_back();
  path.span = span;
  NodePattern& node = path.nodes.emplace_back();
  node.span = span;
  node.variable = kRecord;
  std::vector<ExpressionPtr> conjuncts;
  std::vector<ExpressionPtr> left;
  if (condition != nullptr) AddConjuncts(std::move(condition), conjuncts);
  for (ExpressionPtr& conjunct : conjuncts) {
    LabelChoice labels;
    if (AddLabels(*conjunct, labels)) {
      node.labels.push_back(std::move(labels));
    } else {
      left.push_back(std::move(conjunct));
    }
  }
  if (!left.empty()) match.where = JoinChain(kAnd, std::move(left));
  Clause& result = single.clauses.emplace_back();
  result.kind = ClauseKind::kReturn;
  result.span = span;
  ProjectionItem& item = result.items.emplace_back();
  item.span = span;
  item.expression = FilterRecord(span);
  item.text = kRecord;
  return statement;
}

}  // namespace kosei::language
