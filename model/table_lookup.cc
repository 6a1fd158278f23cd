#include "table_lookup.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "names.h"
#include "yaml_map.h"

namespace kosei::model {
namespace {

absl::Status Problem(const NamedBy& by, const std::string& problem) {
  return ModelError(by.origin, absl::StrFormat("%s: %s", by.where, problem));
}

// `what`: "class", ...
absl::Status Unknown(const NamedBy& by, std::string_view what, std::string_view name,
                     const NearestName& nearest) {
  return Problem(by, absl::StrFormat("there is no %s %s%s", what, Quoted(name),
                                     nearest.best().empty() ? "; define it or name another"
                                                            : nearest.Suggestion()));
}

}  // namespace

absl::StatusOr<const Class*> ClassNamed(const SchemaTables& tables, const NamedBy& by,
                                        std::string_view name) {
  const auto known = tables.class_by_name.find(name);
  if (known != tables.class_by_name.end()) return known->second;
  NearestName nearest(name);
  for (const Class& other : tables.classes) nearest.Offer(other.definition.name);
  return Unknown(by, "class", name, nearest);
}

absl::StatusOr<const RelationshipType*> TypeNamed(const SchemaTables& tables, const NamedBy& by,
                                                  std::string_view name) {
  const auto known = tables.relationship_type_by_name.find(name);
  if (known != tables.relationship_type_by_name.end()) return known->second;
  NearestName nearest(name);
  for (const RelationshipType& other : tables.relationship_types)
    nearest.Offer(other.definition.name);
  return Unknown(by, "relationship type", name, nearest);
}

absl::StatusOr<const Attribute*> AttributeNamed(const SchemaTables& tables, const NamedBy& by,
                                                const Class& owner, std::string_view name,
                                                AttributeType type) {
  const auto known = tables.attribute_by_name.find(name);
  const Attribute* attribute =
      known == tables.attribute_by_name.end() ? nullptr : FindAttributeOf(owner, known->second);
  if (attribute == nullptr) {
    NearestName nearest(name);
    for (const Attribute& other : owner.attributes) nearest.Offer(other.definition.name);
    return Unknown(by, absl::StrFormat("attribute of class %s called", owner.definition.name), name,
                   nearest);
  }
  if (attribute->definition.type == type) return attribute;
  return Problem(by, absl::StrFormat("attribute %s is of type %s, expected %s; name another", name,
                                     NameOf(attribute->definition.type), NameOf(type)));
}

absl::StatusOr<const Attribute*> EnumNamed(const SchemaTables& tables, const NamedBy& by,
                                           const Class& owner, std::string_view name,
                                           const std::vector<std::string>& values) {
  KOSEI_ASSIGN_OR_RETURN(const Attribute* attribute,
                         AttributeNamed(tables, by, owner, name, AttributeType::kEnum));
  const std::vector<EnumValue>& known = attribute->definition.values;
  for (const std::string& value : values) {
    const bool there = std::any_of(known.begin(), known.end(),
                                   [&value](const EnumValue& one) { return one.name == value; });
    if (there) continue;
    NearestName nearest(value);
    for (const EnumValue& one : known) nearest.Offer(one.name);
    return Unknown(by, absl::StrFormat("value of %s called", name), value, nearest);
  }
  return attribute;
}

}  // namespace kosei::model
