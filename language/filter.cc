#include "kosei/language/filter.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "chain.h"
#include "filter_lexer.h"
#include "filter_values.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/parse.h"
#include "kosei/language/query_error.h"
#include "lexer.h"
#include "name_text.h"

namespace kosei::language {
namespace {

using enum ExpressionKind;

constexpr std::string_view kOperators[] = {"in", "not", "like", "starts", "ends", "is"};
constexpr std::string_view kJoints[] = {"and", "or", "order", "limit"};
constexpr std::string_view kNoValues[] = {"and", "or", "not", "in", "like", "is", "order", "limit"};

std::optional<ComparisonKind> ComparisonOf(const FilterToken& token) {
  if (token.IsSign("=")) return ComparisonKind::kEqual;
  if (token.IsSign("!=")) return ComparisonKind::kNotEqual;
  if (token.IsSign("<")) return ComparisonKind::kLess;
  if (token.IsSign("<=")) return ComparisonKind::kLessOrEqual;
  if (token.IsSign(">")) return ComparisonKind::kGreater;
  if (token.IsSign(">=")) return ComparisonKind::kGreaterOrEqual;
  return std::nullopt;
}

// What stands left of an operator.
struct Subject {
  bool is_class = false;
  ExpressionPtr expression;  // null of the class
  Span span;
};

class FilterParser {
 public:
  FilterParser(std::string_view text, std::vector<FilterToken> tokens)
      : text_(text), tokens_(std::move(tokens)) {}

  absl::StatusOr<Statement> Run();

 private:
  const FilterToken& Next() const { return tokens_[position_]; }
  const FilterToken& Ahead() const { return tokens_[std::min(position_ + 1, tokens_.size() - 1)]; }
  bool AtEnd() const { return Next().kind == FilterTokenKind::kEnd; }
  bool TakeWord(std::string_view word) { return TakeIf(Next().IsWord(word)); }
  bool TakeSign(std::string_view sign) { return TakeIf(Next().IsSign(sign)); }
  bool TakeIf(bool take) {
    position_ += take ? 1 : 0;
    return take;
  }
  Span Since(Span begin) const {
    return {begin.begin, tokens_[position_ == 0 ? 0 : position_ - 1].span.end};
  }

  absl::Status Fail(Span span, std::string_view message) const {
    return MakeQueryError(ErrorCode::kQuerySyntax, "UnexpectedSyntax", text_, span, message);
  }
  absl::Status Unexpected(std::string_view expected,
                          std::span<const std::string_view> words = {}) const;
  absl::Status CheckDepth() const;

  absl::StatusOr<ExpressionPtr> ReadOr();
  absl::StatusOr<ExpressionPtr> ReadAnd();
  absl::StatusOr<ExpressionPtr> ReadNot();
  absl::StatusOr<ExpressionPtr> ReadTest();
  absl::StatusOr<Subject> ReadSubject();
  absl::StatusOr<ExpressionPtr> ReadClassTest(Span begin);
  absl::StatusOr<std::vector<FilterToken>> ReadValues();
  absl::StatusOr<ExpressionPtr> ReadOperator(Subject subject);
  absl::StatusOr<FilterToken> ReadValue();
  absl::Status ReadOrder(Clause& result);
  absl::Status ReadLimit(Clause& result);

  const std::string_view text_;
  const std::vector<FilterToken> tokens_;
  std::size_t position_ = 0;
  std::uint32_t depth_ = 0;
};

absl::Status FilterParser::Unexpected(std::string_view expected,
                                      std::span<const std::string_view> words) const {
  std::string found = "the end";
  if (!AtEnd()) {
    found = std::string(text_.substr(Next().span.begin, Next().span.end - Next().span.begin));
    if (found.size() > 40) found = "a long text";
    if (Next().kind == FilterTokenKind::kWord) found = absl::StrFormat("`%s`", found);
  }
  std::string message = absl::StrFormat("found %s, expected %s", found, expected);
  if (Next().kind == FilterTokenKind::kWord) {
    NearestName nearest(Next().text);
    for (const std::string_view word : words) nearest.Offer(word);
    message += nearest.Suggestion();
  }
  return Fail(Next().span, message);
}

absl::Status FilterParser::CheckDepth() const {
  if (depth_ < kNestingMax) return absl::OkStatus();
  return Fail(Next().span,
              absl::StrFormat("the filter nests more than %d deep, at most that is read; write "
                              "`in` for many values of one attribute",
                              kNestingMax));
}

absl::StatusOr<Statement> FilterParser::Run() {
  ExpressionPtr condition;
  if (!AtEnd() && !Next().IsWord("order") && !Next().IsWord("limit")) {
    KOSEI_ASSIGN_OR_RETURN(condition, ReadOr());
  }
  Statement statement =
      FilterStatement(std::move(condition), {0, static_cast<std::uint32_t>(text_.size())});
  Clause& result = statement.query.parts.front().clauses.back();
  if (TakeWord("order")) KOSEI_RETURN_IF_ERROR(ReadOrder(result));
  if (TakeWord("limit")) KOSEI_RETURN_IF_ERROR(ReadLimit(result));
  if (!AtEnd()) {
    return Unexpected(
        "and, or, order by, limit or the end; put a value of several words in "
        "quotation marks",
        kJoints);
  }
  return statement;
}

absl::StatusOr<ExpressionPtr> FilterParser::ReadOr() {
  std::vector<ExpressionPtr> operands;
  do {
    KOSEI_ASSIGN_OR_RETURN(operands.emplace_back(), ReadAnd());
  } while (TakeWord("or"));
  ExpressionPtr condition = JoinChain(kOr, std::move(operands));
  if (condition->height <= kExpressionHeightMax) return condition;
  return Fail(condition->span,
              "the filter has too many tests within each other; write `in` for many "
              "values of one attribute");
}

absl::StatusOr<ExpressionPtr> FilterParser::ReadAnd() {
  std::vector<ExpressionPtr> operands;
  do {
    KOSEI_ASSIGN_OR_RETURN(operands.emplace_back(), ReadNot());
  } while (TakeWord("and"));
  return JoinChain(kAnd, std::move(operands));
}

absl::StatusOr<ExpressionPtr> FilterParser::ReadNot() {
  KOSEI_RETURN_IF_ERROR(CheckDepth());
  const Span begin = Next().span;
  ++depth_;
  ExpressionPtr expression;
  if (TakeWord("not")) {
    KOSEI_ASSIGN_OR_RETURN(expression, ReadNot());
    expression = FilterNode(kNot, Since(begin), std::move(expression));
  } else if (TakeSign("(")) {
    KOSEI_ASSIGN_OR_RETURN(expression, ReadOr());
    if (!TakeSign(")")) return Unexpected("and, or, or the closing )", kJoints);
  } else {
    KOSEI_ASSIGN_OR_RETURN(expression, ReadTest());
  }
  --depth_;
  return expression;
}

absl::StatusOr<ExpressionPtr> FilterParser::ReadTest() {
  KOSEI_ASSIGN_OR_RETURN(Subject subject, ReadSubject());
  if (subject.is_class) return ReadClassTest(subject.span);
  return ReadOperator(std::move(subject));
}

// class, key, name, site.name
absl::StatusOr<Subject> FilterParser::ReadSubject() {
  constexpr std::string_view kExpected = "an attribute, such as name or site.name, class or key";
  const FilterToken& token = Next();
  if (token.kind != FilterTokenKind::kWord) return Unexpected(kExpected);
  Subject subject;
  subject.span = token.span;
  if (token.IsWord("class")) {
    subject.is_class = true;
  } else if (token.IsWord("key")) {
    subject.expression = FilterCall("key", FilterRecord(token.span));
  } else {
    subject.expression = FilterRecord(token.span);
    std::string_view path = token.text;
    for (;;) {
      const std::string_view name = path.substr(0, path.find('.'));
      if (BareNameLength(name) == 0 || BareNameLength(name) != name.size())
        return Unexpected(kExpected);
      subject.expression = FilterNode(kProperty, token.span, std::move(subject.expression));
      subject.expression->name = name;
      if (subject.expression->height > kNestingMax)
        return Fail(token.span, "the attribute has too many dots; write at most 200");
      if (name.size() == path.size()) break;
      path.remove_prefix(name.size() + 1);
    }
  }
  ++position_;
  return subject;
}

absl::StatusOr<ExpressionPtr> FilterParser::ReadClassTest(Span begin) {
  const bool unequal = Next().IsSign("!=");
  const bool negated = unequal || (Next().IsWord("not") && Ahead().IsWord("in"));
  std::vector<FilterToken> names;
  if (unequal || Next().IsSign("=")) {
    ++position_;
    KOSEI_ASSIGN_OR_RETURN(names.emplace_back(), ReadValue());
  } else if (negated || Next().IsWord("in")) {
    position_ += negated ? 2 : 1;
    KOSEI_ASSIGN_OR_RETURN(names, ReadValues());
  } else {
    return Unexpected("one of = != in and not in behind class", kOperators);
  }
  std::vector<ExpressionPtr> tests;
  for (const FilterToken& name : names) {
    if (name.text.empty()) return Fail(name.span, "found an empty text, expected a class");
    tests.push_back(FilterHasLabel(name.text, name.span));
  }
  ExpressionPtr test = JoinChain(kOr, std::move(tests));
  return negated ? FilterNode(kNot, Since(begin), std::move(test)) : std::move(test);
}

absl::StatusOr<FilterToken> FilterParser::ReadValue() {
  const FilterToken& token = Next();
  const bool value = token.kind == FilterTokenKind::kText || token.kind == FilterTokenKind::kWord;
  const bool taken = std::any_of(std::begin(kNoValues), std::end(kNoValues),
                                 [&](std::string_view word) { return token.IsWord(word); });
  if (!value) return Unexpected("a value: a word, or text in quotation marks");
  if (taken)
    return Unexpected("a value; put a word of the filter in quotation marks where it is meant so");
  ++position_;
  return token;
}

absl::StatusOr<std::vector<FilterToken>> FilterParser::ReadValues() {
  std::vector<FilterToken> values;
  if (!TakeSign("(")) return Unexpected("values in parentheses, as in (a, b)");
  do {
    KOSEI_ASSIGN_OR_RETURN(values.emplace_back(), ReadValue());
  } while (TakeSign(","));
  if (!TakeSign(")")) return Unexpected("a comma or the closing )");
  return values;
}

absl::StatusOr<ExpressionPtr> FilterParser::ReadOperator(Subject subject) {
  const Span begin = subject.span;
  if (const auto comparison = ComparisonOf(Next())) {
    ++position_;
    KOSEI_ASSIGN_OR_RETURN(const FilterToken value, ReadValue());
    ExpressionPtr test = FilterNode(kComparison, Since(begin), std::move(subject.expression),
                                    FilterValue(text_, value));
    test->comparisons.push_back(*comparison);
    return test;
  }
  if (TakeWord("is")) {
    const bool filled = TakeWord("not");
    if (!TakeWord("empty")) return Unexpected("empty or not empty behind is");
    return FilterNode(filled ? kIsNotNull : kIsNull, Since(begin), std::move(subject.expression));
  }
  const bool negated = Next().IsWord("not") && (Ahead().IsWord("in") || Ahead().IsWord("like"));
  if (negated) ++position_;
  ExpressionPtr test;
  if (TakeWord("in")) {
    KOSEI_ASSIGN_OR_RETURN(const std::vector<FilterToken> values, ReadValues());
    std::vector<ExpressionPtr> list;
    for (const FilterToken& value : values) list.push_back(FilterValue(text_, value));
    test = FilterNode(kIn, Since(begin), std::move(subject.expression),
                      FilterNode(kList, Since(values.front().span), std::move(list)));
  } else {
    ExpressionKind kind = kContains;
    if (Next().IsWord("starts") || Next().IsWord("ends")) {
      kind = Next().IsWord("starts") ? kStartsWith : kEndsWith;
      ++position_;
      if (!TakeWord("with")) return Unexpected("with");
    } else if (!TakeWord("like")) {
      return Unexpected(
          "an operator: = != < <= > >=, in, not in, like, not like, starts with, ends "
          "with, is empty or is not empty",
          kOperators);
    }
    KOSEI_ASSIGN_OR_RETURN(FilterToken value, ReadValue());
    value.kind = FilterTokenKind::kText;
    ExpressionPtr part = FilterValue(text_, value);
    if (kind == kContains) {
      subject.expression = FilterCall("toLower", std::move(subject.expression));
      part = FilterCall("toLower", std::move(part));
    }
    test = FilterNode(kind, Since(begin), std::move(subject.expression), std::move(part));
  }
  return negated ? FilterNode(kNot, Since(begin), std::move(test)) : std::move(test);
}

absl::Status FilterParser::ReadOrder(Clause& result) {
  if (!TakeWord("by")) return Unexpected("by behind order");
  do {
    SortItem& item = result.order.emplace_back();
    if (Next().IsWord("class")) return Unexpected("an attribute or key to order by");
    KOSEI_ASSIGN_OR_RETURN(Subject subject, ReadSubject());
    item.expression = std::move(subject.expression);
    item.descending = TakeWord("desc");
    if (!item.descending) TakeWord("asc");
    item.span = Since(subject.span);
  } while (TakeSign(","));
  return absl::OkStatus();
}

absl::Status FilterParser::ReadLimit(Clause& result) {
  constexpr std::string_view kExpected = "a whole number of records, as in limit 50";
  if (Next().kind != FilterTokenKind::kWord) return Unexpected(kExpected);
  ExpressionPtr limit = FilterValue(text_, Next());
  if (limit->kind != kLiteral || limit->literal.kind() != DatumKind::kInteger ||
      limit->literal.integer() < 0) {
    return Unexpected(kExpected);
  }
  ++position_;
  result.limit = std::move(limit);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Statement> ParseFilter(std::string_view text) {
  KOSEI_RETURN_IF_ERROR(CheckText(text));
  KOSEI_ASSIGN_OR_RETURN(std::vector<FilterToken> tokens, LexFilter(text));
  return FilterParser(text, std::move(tokens)).Run();
}

}  // namespace kosei::language
