#include "decision/condition.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "definition/yaml_block.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/compare.h"
#include "kosei/language/evaluation.h"
#include "kosei/language/text_form.h"

namespace kosei::process {
namespace {

using language::CompareOrder;
using language::Datum;
using language::DatumKind;
using Test = Condition::Test;
using Kind = Condition::Kind;

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool IsNumber(FactType type) { return type == FactType::kInteger || type == FactType::kDecimal; }

bool InRange(const Test& test, const Datum& value) {
  if (!test.low.is_null()) {
    const int order = CompareOrder(value, test.low);
    if (order < 0 || (order == 0 && !test.low_in)) return false;
  }
  if (test.high.is_null()) return true;
  const int order = CompareOrder(value, test.high);
  return order < 0 || (order == 0 && test.high_in);
}

bool MeetsTest(const Test& test, const Datum& value) {
  switch (test.kind) {
    case Kind::kAny:
      return true;
    case Kind::kAbsent:
      return value.is_null();
    case Kind::kPresent:
      return !value.is_null();
    case Kind::kValue:
      return !value.is_null() && language::Equivalent(test.low, value);
    case Kind::kRange:
      return !value.is_null() && InRange(test, value);
  }
  return false;
}

// Reads one condition of an input; errors say where and what there may be.
class ConditionReader {
 public:
  ConditionReader(const FactDefinition& input, std::string_view origin)
      : input_(input), origin_(origin) {}

  absl::StatusOr<Condition> Read(const std::vector<std::string>& texts) {
    Condition condition;
    std::vector<std::string> parts = texts;
    if (texts.size() == 1) KOSEI_RETURN_IF_ERROR(TakeNot(texts.front(), condition, parts));
    for (const std::string& part : parts) {
      KOSEI_ASSIGN_OR_RETURN(Test test, ReadTest(Trimmed(part)));
      if (test.kind == Kind::kAny && (parts.size() > 1 || condition.negated))
        return Error(part, "\"-\" alone: it takes anything");
      condition.tests.push_back(std::move(test));
    }
    if (!condition.tests.empty()) return condition;
    return Error("[]", "a condition; write \"-\" for anything");
  }

 private:
  absl::Status Error(std::string_view text, std::string_view expected) const {
    return DefinitionError(origin_, absl::StrFormat("the condition on %s is %s, expected %s",
                                                    input_.name, Shown(text), expected));
  }

  // "not in [a, b]", "not a".
  absl::Status TakeNot(std::string_view text, Condition& condition,
                       std::vector<std::string>& parts) const {
    const std::string_view whole = Trimmed(text);
    if (!whole.starts_with("not ")) return absl::OkStatus();
    if (IsValue(whole)) return absl::OkStatus();
    condition.negated = true;
    std::string_view rest = Trimmed(whole.substr(4));
    parts.clear();
    if (!rest.starts_with("in ") && !rest.starts_with("in[")) {
      parts.emplace_back(rest);
      return absl::OkStatus();
    }
    rest = Trimmed(rest.substr(2));
    if (!rest.starts_with("[") || !rest.ends_with("]"))
      return Error(text, "a list in brackets, as in \"not in [a, b]\"");
    rest = rest.substr(1, rest.size() - 2);
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      parts.emplace_back(Trimmed(rest.substr(0, comma)));
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
    return absl::OkStatus();
  }

  bool IsValue(std::string_view text) const {
    return input_.type == FactType::kEnum && std::ranges::count(input_.values, text) > 0;
  }

  absl::StatusOr<Test> ReadTest(std::string_view text) const {
    Test test;
    if (text == "-") return test;
    if (!IsValue(text) && (text == "absent" || text == "present")) {
      if (!input_.optional)
        return Error(text, "a value: the input is never absent; write \"optional: true\" with it");
      test.kind = text == "absent" ? Kind::kAbsent : Kind::kPresent;
      return test;
    }
    for (const std::string_view sign : {"<=", ">=", "<", ">"})
      if (text.starts_with(sign)) return ReadBound(text, sign);
    const std::size_t dots = IsNumber(input_.type) ? text.find("..") : std::string_view::npos;
    if (dots != std::string_view::npos) return ReadSpan(text, dots);
    test.kind = Kind::kValue;
    KOSEI_ASSIGN_OR_RETURN(test.low, ReadConstant(input_, text, origin_));
    return test;
  }

  absl::StatusOr<Test> ReadBound(std::string_view text, std::string_view sign) const {
    if (!IsNumber(input_.type))
      return Error(text, "no comparison: only integer and decimal inputs are compared");
    Test test;
    test.kind = Kind::kRange;
    KOSEI_ASSIGN_OR_RETURN(Datum bound,
                           ReadConstant(input_, Trimmed(text.substr(sign.size())), origin_));
    const bool included = sign.size() == 2;
    (sign.front() == '<' ? test.high : test.low) = std::move(bound);
    (sign.front() == '<' ? test.high_in : test.low_in) = included;
    return test;
  }

  absl::StatusOr<Test> ReadSpan(std::string_view text, std::size_t dots) const {
    Test test;
    test.kind = Kind::kRange;
    KOSEI_ASSIGN_OR_RETURN(test.low, ReadConstant(input_, Trimmed(text.substr(0, dots)), origin_));
    KOSEI_ASSIGN_OR_RETURN(test.high,
                           ReadConstant(input_, Trimmed(text.substr(dots + 2)), origin_));
    if (CompareOrder(test.low, test.high) <= 0) return test;
    return Error(text, "the smaller number first, as in \"3..5\"");
  }

  const FactDefinition& input_;
  std::string_view origin_;
};

// The numbers at which a condition begins or ends.
std::vector<Datum> BoundsOf(const std::vector<const Condition*>& conditions) {
  std::vector<Datum> bounds;
  for (const Condition* condition : conditions) {
    for (const Test& test : condition->tests) {
      if (!test.low.is_null()) bounds.push_back(test.low);
      if (!test.high.is_null()) bounds.push_back(test.high);
    }
  }
  std::ranges::sort(bounds, [](const Datum& a, const Datum& b) { return CompareOrder(a, b) < 0; });
  const auto [first, last] = std::ranges::unique(
      bounds, [](const Datum& a, const Datum& b) { return language::Equivalent(a, b); });
  bounds.erase(first, last);
  return bounds;
}

// A number that lies strictly between two; a null is without end. None when there is none.
std::optional<Datum> WholeBetween(const Datum& low, const Datum& high) {
  if (low.is_null() && high.is_null()) return Datum::Integer(0);
  if (low.is_null()) {
    if (high.integer() == INT64_MIN) return std::nullopt;
    return Datum::Integer(high.integer() - 1);
  }
  if (low.integer() == INT64_MAX) return std::nullopt;
  const std::int64_t next = low.integer() + 1;
  if (!high.is_null() && next >= high.integer()) return std::nullopt;
  return Datum::Integer(next);
}

std::optional<Datum> RealBetween(const Datum& low, const Datum& high) {
  constexpr double kEnd = HUGE_VAL;
  const double from = low.is_null() ? -kEnd : low.number();
  const double to = high.is_null() ? kEnd : high.number();
  double middle = from / 2 + to / 2;
  if (std::isinf(from) && std::isinf(to)) middle = 0;
  if (std::isinf(from) && !std::isinf(to)) middle = to - std::max(1.0, std::fabs(to) / 2);
  if (!std::isinf(from) && std::isinf(to)) middle = from + std::max(1.0, std::fabs(from) / 2);
  if (!(from < middle && middle < to) || std::isinf(middle)) return std::nullopt;
  return Datum::Float(middle);
}

}  // namespace

std::string FactText(const Datum& value) {
  if (value.is_null()) return "absent";
  if (value.kind() == DatumKind::kString) return value.string();
  language::Evaluation evaluation;
  return language::ToText(value, evaluation);
}

absl::StatusOr<Datum> ReadConstant(const FactDefinition& fact, std::string_view text,
                                   std::string_view origin) {
  const auto error = [&](std::string_view expected) {
    return DefinitionError(origin, absl::StrFormat("the value of %s is %s, expected %s", fact.name,
                                                   Shown(text), expected));
  };
  switch (fact.type) {
    case FactType::kEnum:
      if (std::ranges::count(fact.values, text) > 0) return Datum::String(std::string(text));
      return error("one of " + Joined(fact.values));
    case FactType::kBoolean:
      if (text == "true" || text == "false") return Datum::Boolean(text == "true");
      return error("true or false");
    case FactType::kInteger: {
      std::int64_t number = 0;
      if (absl::SimpleAtoi(absl::string_view(text.data(), text.size()), &number))
        return Datum::Integer(number);
      return error("a whole number, as in \"3\" or \">= 3\"");
    }
    case FactType::kDecimal: {
      double number = 0;
      if (absl::SimpleAtod(absl::string_view(text.data(), text.size()), &number) &&
          std::isfinite(number))
        return Datum::Float(number);
      return error("a number, as in \"0.5\" or \">= 0.5\"");
    }
    case FactType::kText:
      if (!text.empty()) return Datum::String(std::string(text));
      return error("a text");
  }
  return error("a value");
}

absl::StatusOr<Condition> ReadCondition(const FactDefinition& input,
                                        const std::vector<std::string>& texts,
                                        std::string_view origin) {
  return ConditionReader(input, origin).Read(texts);
}

bool Meets(const Condition& condition, const Datum& value) {
  const bool met = std::ranges::any_of(condition.tests,
                                       [&](const Test& test) { return MeetsTest(test, value); });
  return condition.negated ? !met && !value.is_null() : met;
}

Atoms::Atoms(const FactDefinition& input, const std::vector<const Condition*>& conditions) {
  const auto add = [this](Datum sample) {
    texts_.push_back(FactText(sample));
    samples_.push_back(std::move(sample));
  };
  if (input.optional) add({});
  if (input.type == FactType::kEnum) {
    for (const std::string& value : input.values) add(Datum::String(value));
    return;
  }
  if (input.type == FactType::kBoolean) {
    add(Datum::Boolean(false));
    add(Datum::Boolean(true));
    return;
  }
  const std::vector<Datum> bounds = BoundsOf(conditions);
  if (input.type == FactType::kText) {
    std::string other = "?";
    for (const Datum& bound : bounds) {
      add(bound);
      other += bound.string();  // longer than each of them
    }
    add(Datum::String(other));
    std::vector<std::string> named;
    for (const Datum& bound : bounds) named.push_back(Shown(bound.string()));
    texts_.back() = named.empty() ? "any text" : "another text than " + Joined(named);
    return;
  }
  const auto between = input.type == FactType::kInteger ? &WholeBetween : &RealBetween;
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    const Datum low = i == 0 ? Datum() : bounds[i - 1];
    const Datum high = i == bounds.size() ? Datum() : bounds[i];
    if (std::optional<Datum> inside = between(low, high)) add(*std::move(inside));
    if (!high.is_null()) add(high);
  }
}

std::string Atoms::Text(std::size_t atom) const { return texts_[atom]; }

}  // namespace kosei::process
