// Label expressions: :A:B, :A&B, :A|B, :(A|B)&!C. They become choices that are all demanded.
#include <algorithm>
#include <iterator>
#include <utility>

#include "chain.h"
#include "kosei/language/tree.h"
#include "parser.h"

namespace kosei::language {
namespace {

using enum ExpressionKind;
using Labels = std::vector<LabelChoice>;

// Names in all choices together. Distribution multiplies them, level by level of parentheses.
constexpr std::size_t kLabelNamesMax = 256;

std::size_t CountNames(const Labels& labels) {
  std::size_t count = 0;
  for (const auto& choice : labels) count += choice.size();
  return count;
}

// (A & B) | (C & D) is (A|C) & (A|D) & (B|C) & (B|D).
Labels Either(const Labels& left, const Labels& right) {
  Labels result;
  for (const auto& one : left) {
    for (const auto& other : right) {
      result.push_back(one);
      result.back().insert(result.back().end(), other.begin(), other.end());
    }
  }
  return result;
}

// !((A|B) & C) is (!A & !B) | !C, and so (!A|!C) & (!B|!C).
Labels Negated(const Labels& labels) {
  Labels result;
  for (const LabelChoice& choice : labels) {
    Labels none;
    for (const LabelTest& test : choice) none.push_back({{test.name, !test.negated}});
    result = result.empty() ? std::move(none) : Either(result, none);
    if (CountNames(result) > kLabelNamesMax) break;
  }
  return result;
}

// A variable or a property of one: what may be written out again for each choice.
bool IsReference(const Expression& expression) {
  const Expression* part = &expression;
  while (part->kind == kProperty) part = part->operands.front().get();
  return part->kind == kVariable;
}

}  // namespace

// <is node label expression>: a colon comes next. What stands behind several colons is all
// demanded.
bool Parser::ReadLabels(Labels& labels, BarUse bar) {
  while (Take(Sign::kColon)) {
    Labels more;
    if (!ReadLabelChoice(more, bar)) return false;
    std::move(more.begin(), more.end(), std::back_inserter(labels));
    if (CountNames(labels) > kLabelNamesMax) return TooManyLabels();
  }
  return true;
}

bool Parser::TooManyLabels() {
  return Fail("UnexpectedSyntax", Next().span,
              "the label expression has too many combinations; write the labels in WHERE");
}

bool Parser::ReadLabelChoice(Labels& labels, BarUse bar) {
  if (!ReadLabelTerm(labels)) return false;
  while (bar == BarUse::kLabels && Take(Sign::kBar)) {
    Take(Sign::kColon);
    Labels other;
    if (!ReadLabelTerm(other)) return false;
    // Of what Either gives; each factor is bounded too, so that the product is.
    const std::size_t names = CountNames(labels) * other.size() + CountNames(other) * labels.size();
    if (names > kLabelNamesMax) return TooManyLabels();
    labels = Either(labels, other);
  }
  return true;
}

bool Parser::ReadLabelTerm(Labels& labels) {
  do {
    Labels more;
    if (!ReadLabelFactor(more)) return false;
    std::move(more.begin(), more.end(), std::back_inserter(labels));
  } while (Take(Sign::kAmpersand));
  return true;
}

bool Parser::ReadLabelFactor(Labels& labels) {
  if (Is(Sign::kOpenParen)) {
    const Nesting nesting(*this);
    if (!nesting.ok()) return false;
    Take();
    return ReadLabelChoice(labels, BarUse::kLabels) &&
           Expect(Sign::kCloseParen, "&, | or the closing ) of the labels");
  }
  if (Is(Sign::kExclamation)) {
    const Nesting nesting(*this);
    if (!nesting.ok()) return false;
    Take();
    Labels refused;
    if (!ReadLabelFactor(refused)) return false;
    Labels rest = Negated(refused);
    std::move(rest.begin(), rest.end(), std::back_inserter(labels));
    return true;
  }
  if (Is(Sign::kPercent))
    return Unexpected("the name of a label; leave the labels out where any will do");
  labels.emplace_back().emplace_back();
  return ReadName(labels.back().back().name, "the name of a label");
}

// <is labeled predicate part 2>: n:A:B; n:A|!B is n:A OR NOT n:B.
ExpressionPtr Parser::ReadLabelPredicate(ExpressionPtr operand) {
  if (!RequireValue(operand.get())) return nullptr;
  Labels labels;
  if (!ReadLabels(labels, bar_)) return nullptr;
  const std::uint32_t begin = operand->span.begin;
  const bool plain = std::ranges::all_of(labels, [](const LabelChoice& choice) {
    return choice.size() == 1 && !choice.front().negated;
  });
  if (plain) {
    ExpressionPtr test = Make(kHasLabels, begin);
    for (LabelChoice& choice : labels) test->names.push_back(std::move(choice.front().name));
    test->operands.push_back(std::move(operand));
    return Finish(std::move(test));
  }
  if (!IsReference(*operand)) {
    Fail("UnexpectedSyntax", operand->span,
         "found a choice of labels behind an expression, expected it behind a variable; name the "
         "expression by WITH ... AS");
    return nullptr;
  }
  std::vector<ExpressionPtr> demanded;
  for (const LabelChoice& choice : labels) {
    std::vector<ExpressionPtr> tests;
    for (const LabelTest& each : choice) {
      ExpressionPtr test = Make(kHasLabels, begin);
      test->names.push_back(each.name);
      test->operands.push_back(Clone(*operand));
      test = Finish(std::move(test));
      if (test != nullptr && each.negated) {
        ExpressionPtr negation = Make(kNot, begin);
        negation->operands.push_back(std::move(test));
        test = Finish(std::move(negation));
      }
      if (test == nullptr) return nullptr;
      tests.push_back(std::move(test));
    }
    demanded.push_back(JoinChain(kOr, std::move(tests)));
  }
  return CheckHeight(JoinChain(kAnd, std::move(demanded)));
}

}  // namespace kosei::language
