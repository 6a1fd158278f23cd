#include "engine/record_values.h"

#include <cmath>
#include <cstdint>
#include <utility>

namespace kosei::query {
namespace {

using language::Datum;
using model::AttributeType;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kNanosPerMicro = 1'000;

// Whole seconds at or before, and what is left in nanoseconds.
std::pair<std::int64_t, std::int32_t> SecondsOf(std::int64_t micros) {
  std::int64_t seconds = micros / kMicrosPerSecond;
  std::int64_t rest = micros % kMicrosPerSecond;
  if (rest < 0) {
    rest += kMicrosPerSecond;
    --seconds;
  }
  return {seconds, static_cast<std::int32_t>(rest * kNanosPerMicro)};
}

double NumberOf(Decimal decimal) {
  return static_cast<double>(decimal.coefficient) / std::pow(10.0, decimal.scale);
}

Datum DatumOfItem(const Value& value, AttributeType type) {
  if (value.kind() == ValueKind::kInteger) {
    const std::int64_t number = value.integer();
    if (type == AttributeType::kTimestamp) return DatumOf(Timestamp{number});
    if (type == AttributeType::kDate) return Datum::Of(language::Date{number});
    if (type == AttributeType::kDuration) {
      const auto [seconds, nanos] = SecondsOf(number);
      return Datum::Of(language::Duration{0, 0, seconds, nanos});
    }
    // Stored before the attribute was widened to a decimal.
    if (type == AttributeType::kDecimal) return Datum::Float(static_cast<double>(number));
    return Datum::Integer(number);
  }
  return DatumOf(value);
}

}  // namespace

Datum TextOrNull(const std::string& text) { return text.empty() ? Datum() : Datum::String(text); }

Datum DatumOf(Timestamp instant) {
  if (instant == kBeginningOfTime || instant == kEndOfTime) return {};
  const auto [seconds, nanos] = SecondsOf(instant.micros);
  return Datum::Of(language::DateTime{seconds, nanos, 0, {}});
}

Datum DatumOf(const Value& value) {
  if (value.kind() == ValueKind::kBoolean) return Datum::Boolean(value.boolean());
  if (value.kind() == ValueKind::kInteger) return Datum::Integer(value.integer());
  if (value.kind() == ValueKind::kDecimal) return Datum::Float(NumberOf(value.decimal()));
  if (value.kind() == ValueKind::kText) return Datum::String(value.text());
  if (value.kind() != ValueKind::kList) return {};
  language::DatumList items;
  items.reserve(value.list().size());
  for (const Value& item : value.list()) items.push_back(DatumOf(item));
  return Datum::List(std::move(items));
}

Datum DatumOf(const Value& value, const model::AttributeDefinition& attribute) {
  if (value.kind() != ValueKind::kList) return DatumOfItem(value, attribute.type);
  language::DatumList items;
  items.reserve(value.list().size());
  for (const Value& item : value.list()) items.push_back(DatumOfItem(item, attribute.item_type));
  return Datum::List(std::move(items));
}

}  // namespace kosei::query
