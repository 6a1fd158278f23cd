// Stored values as text for people.
#include <string>

#include "attribute_checks.h"
#include "kosei/base/time.h"
#include "kosei/model/schema.h"
#include "temporal_text.h"

namespace kosei::model {
namespace {

std::string FormatInteger(AttributeType type, std::int64_t value) {
  if (type == AttributeType::kTimestamp) return FormatTimestamp(Timestamp{value});
  if (type == AttributeType::kDate && value >= kDayMin && value <= kDayMax)
    return FormatDate(value);
  if (type == AttributeType::kDuration) return FormatDuration(value);
  return std::to_string(value);
}

// By the value's own kind first: an old record may hold what the attribute was before the model
// changed.
std::string FormatValue(AttributeType type, const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return {};
    case ValueKind::kBoolean:
      return value.boolean() ? "true" : "false";
    case ValueKind::kInteger:
      return FormatInteger(type, value.integer());
    case ValueKind::kDecimal:
      return FormatDecimal(value.decimal());
    case ValueKind::kText:
      return value.text();
    case ValueKind::kList:
      break;
  }
  std::string joined;
  for (const Value& item : value.list()) {
    if (&item != &value.list().front()) joined += ", ";
    joined += FormatValue(type, item);
  }
  return joined;
}

}  // namespace

std::string Schema::Format(const Attribute& attribute, const Value& value) const {
  return FormatValue(ItemTypeOf(attribute.definition), value);
}

}  // namespace kosei::model
