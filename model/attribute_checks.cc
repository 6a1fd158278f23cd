#include "attribute_checks.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_format.h"
#include "definition_checks.h"
#include "keywords.h"
#include "kosei/base/status_macros.h"
#include "names.h"
#include "rule.h"
#include "yaml_map.h"

namespace kosei::model {
namespace {

// Fields of every record, and columns of every file of records.
constexpr std::array<std::string_view, 3> kReservedNames = {"class", "id", "key"};
constexpr std::size_t kEnumValuesMax = 1'000;
constexpr std::size_t kPatternBytesMax = 1'000;

bool IsText(AttributeType type) {
  return type == AttributeType::kString || type == AttributeType::kText;
}

bool HasRange(AttributeType type) {
  return IsText(type) || type == AttributeType::kInteger || type == AttributeType::kDecimal;
}

absl::Status CheckName(const std::string& where, const AttributeDefinition& attribute,
                       Naming naming) {
  if (naming == Naming::kFree) {
    // Also the names of fields: other tools have an id of their own.
    return IsFreeName(attribute.name) ? absl::OkStatus() : NotAFreeName(attribute.origin, where);
  }
  if (!IsSnakeName(attribute.name)) {
    return ModelError(attribute.origin,
                      absl::StrFormat("%s is not snake_case of at most %d ASCII letters and digits "
                                      "that begins with a letter, as in serial_number",
                                      where, kNameBytesMax));
  }
  const bool reserved = std::find(kReservedNames.begin(), kReservedNames.end(), attribute.name) !=
                        kReservedNames.end();
  if (!reserved) return absl::OkStatus();
  return ModelError(attribute.origin,
                    absl::StrFormat("%s: every record has a field of this name already; choose "
                                    "another name",
                                    where));
}

absl::Status CheckValues(const std::string& where, const AttributeDefinition& attribute) {
  if (attribute.values.size() > kEnumValuesMax) {
    return ModelError(attribute.origin,
                      absl::StrFormat("%s has %d values, expected at most %d", where,
                                      attribute.values.size(), kEnumValuesMax));
  }
  for (const EnumValue& value : attribute.values) {
    if (IsEnumValueName(value.name)) continue;
    return ModelError(attribute.origin,
                      absl::StrFormat("%s: value %s is not snake_case of at most %d ASCII letters "
                                      "and digits, as in in_build",
                                      where, Quoted(value.name), kNameBytesMax));
  }
  return absl::OkStatus();
}

// A field that the type has no use for is a mistake, not a decoration.
absl::Status CheckFieldsFitType(const std::string& where, const AttributeDefinition& attribute) {
  const AttributeType type = ItemTypeOf(attribute);
  const auto misplaced = [&](std::string_view field, std::string_view owners) {
    return ModelError(attribute.origin,
                      absl::StrFormat("%s is %s; only %s has %s: drop it or change the type", where,
                                      TypeWords(attribute), owners, field));
  };
  if (!attribute.values.empty() && type != AttributeType::kEnum)
    return misplaced("values", "an enum (or a list of it)");
  if (!attribute.reference_class.empty() && type != AttributeType::kReference)
    return misplaced("reference_class", "a reference (or a list of it)");
  if (!attribute.pattern.empty() && !IsText(type))
    return misplaced("pattern", "a string or text (or a list of it)");
  if ((attribute.minimum || attribute.maximum) && !HasRange(type))
    return misplaced("minimum and maximum",
                     "an integer, decimal, string or text (or a list of it)");
  const bool is_number = type == AttributeType::kInteger || type == AttributeType::kDecimal ||
                         type == AttributeType::kBoolean || type == AttributeType::kTimestamp ||
                         type == AttributeType::kDate || type == AttributeType::kDuration;
  if (attribute.searched && is_number)
    return misplaced("search", "an attribute whose values are kept as text (or a list of them)");
  if (type == AttributeType::kAny && (attribute.indexed || attribute.searched))
    return misplaced("index and search", "an attribute with another type");
  if (type == AttributeType::kAny && !attribute.default_value.is_null())
    return misplaced("a default", "an attribute with another type");
  const bool can_be_unique =
      attribute.type != AttributeType::kList && attribute.type != AttributeType::kText &&
      attribute.type != AttributeType::kBoolean && attribute.type != AttributeType::kGate &&
      attribute.type != AttributeType::kAny;
  if (attribute.unique && !can_be_unique) {
    return ModelError(attribute.origin,
                      absl::StrFormat("%s is %s, which cannot be unique; drop unique or change the "
                                      "type",
                                      where, TypeWords(attribute)));
  }
  if (attribute.pattern.size() > kPatternBytesMax) {
    return ModelError(attribute.origin,
                      absl::StrFormat("%s: the pattern has %d bytes, expected at most %d", where,
                                      attribute.pattern.size(), kPatternBytesMax));
  }
  return absl::OkStatus();
}

std::string Where(const ClassDefinition& owner, const AttributeDefinition& attribute) {
  const bool is_name =
      owner.naming == Naming::kFree ? IsFreeName(attribute.name) : IsSnakeName(attribute.name);
  const std::string name = is_name ? attribute.name : "name " + Quoted(attribute.name);
  return absl::StrFormat("class %s: attribute %s", owner.name, name);
}

absl::Status CheckRange(const std::string& where, const AttributeDefinition& attribute) {
  if (attribute.minimum && attribute.maximum &&
      CompareDecimals(*attribute.minimum, *attribute.maximum) > 0) {
    return ModelError(
        attribute.origin,
        absl::StrFormat("%s: minimum %s is above maximum %s; exchange or change them", where,
                        FormatDecimal(*attribute.minimum), FormatDecimal(*attribute.maximum)));
  }
  if (!IsText(ItemTypeOf(attribute))) return absl::OkStatus();
  for (const std::optional<Decimal>& bound : {attribute.minimum, attribute.maximum}) {
    if (!bound || (bound->scale == 0 && bound->coefficient >= 0)) continue;
    return ModelError(attribute.origin,
                      absl::StrFormat("%s: %s is not a number of characters; write a whole number "
                                      "from 0 on",
                                      where, FormatDecimal(*bound)));
  }
  return absl::OkStatus();
}

}  // namespace

AttributeType ItemTypeOf(const AttributeDefinition& attribute) {
  return attribute.type == AttributeType::kList ? attribute.item_type : attribute.type;
}

bool SameType(const AttributeDefinition& a, const AttributeDefinition& b) {
  return a.type == b.type && ItemTypeOf(a) == ItemTypeOf(b);
}

std::string TypeWords(const AttributeDefinition& attribute) {
  if (attribute.type == AttributeType::kList)
    return absl::StrFormat("a list of %s", NameOf(attribute.item_type));
  if (attribute.type == AttributeType::kAny) return "of type any";
  const std::string_view name = NameOf(attribute.type);
  const bool vowel = name.starts_with('i') || name.starts_with('e');
  return absl::StrFormat("%s %s", vowel ? "an" : "a", name);
}

absl::Status CheckAttributeForm(const ClassDefinition& owner,
                                const AttributeDefinition& attribute) {
  const std::string where = Where(owner, attribute);
  KOSEI_RETURN_IF_ERROR(CheckName(where, attribute, owner.naming));
  if (NameOf(attribute.type).empty() || NameOf(ItemTypeOf(attribute)).empty()) {
    return ModelError(attribute.origin, absl::StrFormat("%s has no known type; expected one of %s",
                                                        where, AttributeTypeWords()));
  }
  if (ItemTypeOf(attribute) == AttributeType::kList) {
    return ModelError(attribute.origin,
                      absl::StrFormat("%s is a list of lists; a list holds single values: choose "
                                      "another item_type",
                                      where));
  }
  if (attribute.type == AttributeType::kList && attribute.item_type == AttributeType::kGate) {
    return ModelError(attribute.origin,
                      absl::StrFormat("%s is a list of gates; a record has one gate at most: write "
                                      "\"type: gate\" and join them with all(...)",
                                      where));
  }
  KOSEI_RETURN_IF_ERROR(CheckFieldsFitType(where, attribute));
  return CheckValues(where, attribute);
}

absl::Status CheckAttributeComplete(const ClassDefinition& owner,
                                    const AttributeDefinition& attribute) {
  const std::string where = Where(owner, attribute);
  const AttributeType type = ItemTypeOf(attribute);
  KOSEI_RETURN_IF_ERROR(CheckLabel(attribute.label, attribute.origin, where));
  if (type == AttributeType::kEnum && attribute.values.empty()) {
    return ModelError(
        attribute.origin,
        absl::StrFormat("%s is an enum without values; add \"values:\" with a name and label each",
                        where));
  }
  for (const EnumValue& value : attribute.values) {
    KOSEI_RETURN_IF_ERROR(CheckLabel(value.label, attribute.origin,
                                     absl::StrFormat("%s, value %s", where, value.name)));
  }
  if (type == AttributeType::kReference && attribute.reference_class.empty()) {
    return ModelError(attribute.origin,
                      absl::StrFormat("%s is a reference without reference_class; add the class of "
                                      "the records it may name",
                                      where));
  }
  return CheckRange(where, attribute);
}

}  // namespace kosei::model
