#include "kosei/query/attribute_values.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using model::AttributeType;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kNanosPerMicro = 1'000;
constexpr std::int64_t kSecondsPerDay = 86'400;

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

// Of an instant or a span; nullopt: finer than a microsecond, or too far.
std::optional<std::int64_t> MicrosOf(std::int64_t seconds, std::int32_t nanos) {
  constexpr std::int64_t kSecondsMax = INT64_MAX / kMicrosPerSecond - 1;
  if (seconds > kSecondsMax || seconds < -kSecondsMax) return std::nullopt;
  return seconds * kMicrosPerSecond + nanos / kNanosPerMicro;
}

std::optional<Value> PlainValueOf(const Datum& datum, AttributeType type) {
  switch (datum.kind()) {
    case DatumKind::kNull:
      return Value();
    case DatumKind::kBoolean:
      return Value(datum.boolean());
    case DatumKind::kInteger:
      return Value(datum.integer());
    case DatumKind::kFloat:
      return Value(absl::StrCat(datum.real()));
    case DatumKind::kString:
      return Value(datum.string());
    case DatumKind::kDate:
      if (type != AttributeType::kDate) return std::nullopt;
      return Value(datum.date().days);
    case DatumKind::kDateTime: {
      if (type != AttributeType::kTimestamp) return std::nullopt;
      const auto micros = MicrosOf(datum.date_time().seconds, datum.date_time().nanos);
      return micros.has_value() ? std::optional(Value(*micros)) : std::nullopt;
    }
    case DatumKind::kDuration: {
      const language::Duration& duration = datum.duration();
      if (type != AttributeType::kDuration || duration.months != 0) return std::nullopt;
      const auto micros =
          MicrosOf(duration.days * kSecondsPerDay + duration.seconds, duration.nanos);
      return micros.has_value() ? std::optional(Value(*micros)) : std::nullopt;
    }
    case DatumKind::kList:
    case DatumKind::kMap:
    case DatumKind::kLocalTime:
    case DatumKind::kTime:
    case DatumKind::kLocalDateTime:
    case DatumKind::kNode:
    case DatumKind::kRelationship:
    case DatumKind::kPath:
      break;
  }
  return std::nullopt;
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

language::DatumMap AttributesOf(const model::Schema& schema, RecordView record) {
  language::DatumMap attributes;
  const model::Class* const owner = schema.FindClass(record.class_number());
  if (owner == nullptr) return attributes;
  record.ForEach([&](AttributeNumber number, const Value& value) {
    const model::Attribute* const attribute = schema.FindAttribute(*owner, number);
    if (attribute == nullptr) return;
    attributes.emplace_back(attribute->definition.name, DatumOf(value, attribute->definition));
  });
  std::sort(attributes.begin(), attributes.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return attributes;
}

absl::StatusOr<Value> ValueOf(const model::Schema& schema, const model::Attribute& attribute,
                              const Datum& datum) {
  const model::AttributeDefinition& definition = attribute.definition;
  const auto wrong = [&] {
    return MakeError(ErrorCode::kWrongType,
                     absl::StrCat("attribute ", definition.name, ": found a value of type ",
                                  std::string(language::NameOf(datum.kind())), ", expected ",
                                  std::string(model::NameOf(definition.type))),
                     definition.name);
  };
  Value plain;
  if (datum.kind() == DatumKind::kString && definition.type == AttributeType::kList) {
    ValueList items;
    for (const absl::string_view item : absl::StrSplit(datum.string(), ';'))
      items.emplace_back(std::string(item));
    plain = Value(std::move(items));
  } else if (datum.kind() == DatumKind::kList) {
    if (definition.type != AttributeType::kList) return wrong();
    ValueList items;
    for (const Datum& item : datum.list()) {
      std::optional<Value> value = PlainValueOf(item, definition.item_type);
      if (!value.has_value()) return wrong();
      items.push_back(*std::move(value));
    }
    plain = Value(std::move(items));
  } else {
    std::optional<Value> value = PlainValueOf(datum, definition.type);
    if (!value.has_value()) return wrong();
    plain = *std::move(value);
  }
  return schema.Coerce(attribute, plain);
}

}  // namespace kosei::query
