#include "engine/stored_value.h"

#include <cstdint>

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using model::AttributeType;
using storage::Comparison;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int32_t kNanosPerMicro = 1'000;
// Seconds whose microseconds fit 64 bits.
constexpr std::int64_t kSecondsMax = INT64_MAX / kMicrosPerSecond - 1;

// Text of which order and beginnings are those of its characters.
bool IsPlainText(AttributeType type) {
  return type == AttributeType::kString || type == AttributeType::kText ||
         type == AttributeType::kUrl || type == AttributeType::kReference;
}

bool Fits(AttributeType type, Comparison comparison, const Datum& value) {
  if (value.kind() == DatumKind::kString) {
    if (comparison == Comparison::kEqual)
      return IsPlainText(type) || type == AttributeType::kEnum ||
             type == AttributeType::kIpAddress || type == AttributeType::kIpNetwork ||
             type == AttributeType::kMac;
    return IsPlainText(type);
  }
  if (comparison == Comparison::kPrefix) return false;
  if (value.kind() == DatumKind::kInteger)
    return type == AttributeType::kInteger || type == AttributeType::kDecimal;
  if (value.kind() == DatumKind::kDate) return type == AttributeType::kDate;
  if (value.kind() == DatumKind::kDateTime) return type == AttributeType::kTimestamp;
  return false;
}

}  // namespace

Value StoredValueOf(const Datum& value) {
  if (value.kind() == DatumKind::kString) return Value(value.string());
  if (value.kind() == DatumKind::kInteger) return Value(value.integer());
  if (value.kind() == DatumKind::kDate) return Value(value.date().days);
  if (value.kind() == DatumKind::kDateTime) {
    const language::DateTime& instant = value.date_time();
    if (instant.nanos % kNanosPerMicro != 0 || instant.seconds > kSecondsMax ||
        instant.seconds < -kSecondsMax)
      return {};
    return Value(instant.seconds * kMicrosPerSecond + instant.nanos / kNanosPerMicro);
  }
  return {};
}

std::optional<storage::ValueRange> RangeFor(const model::Schema& schema, AttributeNumber attribute,
                                            std::string_view name, Comparison comparison,
                                            const Datum& value) {
  for (const model::Class& each : schema.classes()) {
    const model::Attribute* found = schema.FindAttribute(each, attribute);
    if (found == nullptr) continue;
    const AttributeType type = found->definition.type;
    if (!Fits(type, comparison, value)) return std::nullopt;
    if (comparison == Comparison::kPrefix) {
      const auto range = storage::PrefixRange(attribute, type, name, value.string());
      return range.ok() ? std::optional(*range) : std::nullopt;
    }
    const Value stored = StoredValueOf(value);
    if (stored.is_null()) return std::nullopt;
    return storage::RangeOf(attribute, type, comparison, stored);
  }
  return std::nullopt;
}

}  // namespace kosei::query
