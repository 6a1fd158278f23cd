#include "arithmetic.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/language/made_values.h"
#include "numbers.h"
#include "run_errors.h"
#include "temporal_calls.h"
#include "work.h"

namespace kosei::language {
namespace {

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();

bool AnyNull(const Datum& a, const Datum& b) { return a.is_null() || b.is_null(); }
bool BothIntegers(const Datum& a, const Datum& b) {
  return a.kind() == DatumKind::kInteger && b.kind() == DatumKind::kInteger;
}
bool BothNumbers(const Datum& a, const Datum& b) { return a.is_number() && b.is_number(); }
bool IsTemporal(const Datum& value) {
  return value.kind() >= DatumKind::kDate && value.kind() <= DatumKind::kDuration;
}

Datum Overflow(char sign, const Datum& a, const Datum& b, Span span, Evaluation& evaluation) {
  return Fail(
      ErrorCode::kQueryArithmetic, "IntegerOverflow", span,
      absl::StrFormat("%d %c %d does not fit into 64 bits; use toFloat() for larger numbers",
                      a.integer(), sign, b.integer()),
      evaluation);
}

Datum ByZero(char sign, const Datum& a, Span span, Evaluation& evaluation) {
  return Fail(ErrorCode::kQueryArithmetic, "DivisionByZero", span,
              absl::StrFormat("%d %c 0: an integer has no quotient by zero; test the divisor first",
                              a.integer(), sign),
              evaluation);
}

Datum NoOperation(char sign, const Datum& a, const Datum& b, Span span, Evaluation& evaluation) {
  return Fail(ErrorCode::kQueryType, "InvalidArgumentType", span,
              absl::StrFormat("%s %c %s is not defined; convert one side first", NameOf(a.kind()),
                              sign, NameOf(b.kind())),
              evaluation);
}

// As `text + value` shows it; none: it does not go with a text.
std::optional<std::string> TextPart(const Datum& value) {
  if (value.kind() == DatumKind::kString) return value.string();
  if (value.kind() == DatumKind::kInteger) return std::to_string(value.integer());
  if (value.kind() == DatumKind::kFloat) return DecimalText(value.real());
  if (value.kind() == DatumKind::kBoolean) return value.boolean() ? "true" : "false";
  if (IsTemporal(value)) return TemporalText(value);
  return std::nullopt;
}

Datum JoinLists(const Datum& a, const Datum& b, Span span, Evaluation& evaluation) {
  DatumList joined;
  const auto put = [&joined](const Datum& part) {
    if (part.kind() != DatumKind::kList) return joined.push_back(part);
    joined.insert(joined.end(), part.list().begin(), part.list().end());
  };
  const auto size = [](const Datum& part) {
    return part.kind() == DatumKind::kList ? part.list().size() : 1;
  };
  if (size(a) + size(b) > kListItemsMax) return TooLarge("the list", span, evaluation);
  if (!evaluation.Proceed((size(a) + size(b)) / kItemsPerStep)) return {};
  joined.reserve(size(a) + size(b));
  put(a);
  put(b);
  return MakeList(std::move(joined), span, evaluation);
}

}  // namespace

Datum Add(const Datum& a, const Datum& b, Span span, Evaluation& evaluation) {
  if (AnyNull(a, b)) return {};
  if (BothIntegers(a, b)) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a.integer(), b.integer(), &sum))
      return Overflow('+', a, b, span, evaluation);
    return Datum::Integer(sum);
  }
  if (BothNumbers(a, b)) return Datum::Float(a.number() + b.number());
  if (a.kind() == DatumKind::kList || b.kind() == DatumKind::kList)
    return JoinLists(a, b, span, evaluation);
  if (a.kind() == DatumKind::kString || b.kind() == DatumKind::kString) {
    std::optional<std::string> left = TextPart(a);
    const std::optional<std::string> right = TextPart(b);
    if (!left.has_value() || !right.has_value()) return NoOperation('+', a, b, span, evaluation);
    if (left->size() + right->size() > kTextBytesMax) return TooLarge("the text", span, evaluation);
    if (!evaluation.Proceed((left->size() + right->size()) / kTextBytesPerStep)) return {};
    return MakeText(*std::move(left) + *right, span, evaluation);
  }
  if (IsTemporal(a) && IsTemporal(b)) return AddTemporal(a, b, span, evaluation);
  return NoOperation('+', a, b, span, evaluation);
}

Datum Subtract(const Datum& a, const Datum& b, Span span, Evaluation& evaluation) {
  if (AnyNull(a, b)) return {};
  if (BothIntegers(a, b)) {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(a.integer(), b.integer(), &difference))
      return Overflow('-', a, b, span, evaluation);
    return Datum::Integer(difference);
  }
  if (BothNumbers(a, b)) return Datum::Float(a.number() - b.number());
  if (IsTemporal(a) && IsTemporal(b)) return SubtractTemporal(a, b, span, evaluation);
  return NoOperation('-', a, b, span, evaluation);
}

Datum Multiply(const Datum& a, const Datum& b, Span span, Evaluation& evaluation) {
  if (AnyNull(a, b)) return {};
  if (BothIntegers(a, b)) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(a.integer(), b.integer(), &product))
      return Overflow('*', a, b, span, evaluation);
    return Datum::Integer(product);
  }
  if (BothNumbers(a, b)) return Datum::Float(a.number() * b.number());
  if (a.kind() == DatumKind::kDuration && b.is_number())
    return MultiplyDuration(a, b, span, evaluation);
  if (a.is_number() && b.kind() == DatumKind::kDuration)
    return MultiplyDuration(b, a, span, evaluation);
  return NoOperation('*', a, b, span, evaluation);
}

Datum Divide(const Datum& a, const Datum& b, Span span, Evaluation& evaluation) {
  if (AnyNull(a, b)) return {};
  if (BothIntegers(a, b)) {
    if (b.integer() == 0) return ByZero('/', a, span, evaluation);
    if (a.integer() == kLowest && b.integer() == -1) return Overflow('/', a, b, span, evaluation);
    return Datum::Integer(a.integer() / b.integer());
  }
  if (BothNumbers(a, b)) return Datum::Float(a.number() / b.number());
  if (a.kind() == DatumKind::kDuration && b.is_number())
    return DivideDuration(a, b, span, evaluation);
  return NoOperation('/', a, b, span, evaluation);
}

Datum Modulo(const Datum& a, const Datum& b, Span span, Evaluation& evaluation) {
  if (AnyNull(a, b)) return {};
  if (BothIntegers(a, b)) {
    if (b.integer() == 0) return ByZero('%', a, span, evaluation);
    return Datum::Integer(b.integer() == -1 ? 0 : a.integer() % b.integer());
  }
  if (BothNumbers(a, b)) return Datum::Float(std::fmod(a.number(), b.number()));
  return NoOperation('%', a, b, span, evaluation);
}

Datum Power(const Datum& a, const Datum& b, Span span, Evaluation& evaluation) {
  if (AnyNull(a, b)) return {};
  if (BothNumbers(a, b)) return Datum::Float(std::pow(a.number(), b.number()));
  return NoOperation('^', a, b, span, evaluation);
}

Datum Negate(const Datum& value, Span span, Evaluation& evaluation) {
  if (value.is_null()) return {};
  if (value.kind() == DatumKind::kFloat) return Datum::Float(-value.real());
  if (value.kind() == DatumKind::kInteger)
    return Subtract(Datum::Integer(0), value, span, evaluation);
  if (value.kind() == DatumKind::kDuration)
    return MultiplyDuration(value, Datum::Integer(-1), span, evaluation);
  return WrongKind("unary -", value, "a number or a duration", span, evaluation);
}

}  // namespace kosei::language
