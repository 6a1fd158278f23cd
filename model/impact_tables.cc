#include "impact_tables.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "impact_rules.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "names.h"
#include "table_lookup.h"
#include "yaml_map.h"

namespace kosei::model {
namespace {

absl::Status WrongGate(const ClassDefinition& owner, std::string_view origin,
                       std::string_view whose, const absl::Status& status) {
  return ModelError(origin,
                    absl::StrFormat("class %s: %s%s", owner.name, whose, MessageOf(status)));
}

absl::Status FindGateAttribute(const Class& owner, ClassImpact& impact) {
  const AttributeDefinition* first = nullptr;
  for (const Attribute& attribute : owner.attributes) {
    const AttributeDefinition& definition = attribute.definition;
    if (definition.type != AttributeType::kGate || definition.retired) continue;
    if (first != nullptr) {
      return ModelError(owner.definition.origin,
                        absl::StrFormat("class %s has two attributes of type gate, %s and %s, "
                                        "inherited ones counted; expected one at most: retire or "
                                        "drop the other",
                                        owner.definition.name, first->name, definition.name));
    }
    first = &definition;
    impact.gate_attribute = attribute.number;
  }
  return absl::OkStatus();
}

// What the class says itself.
absl::Status CompileOwn(SchemaTables& tables, const Class& owner, ClassImpact& impact) {
  const ClassDefinition& definition = owner.definition;
  if (!definition.gate.empty()) {
    absl::StatusOr<GatePart> gate = ParseGate(definition.gate);
    if (!gate.ok()) return WrongGate(definition, definition.origin, "", gate.status());
    tables.gates.push_back(std::make_unique<const GatePart>(*std::move(gate)));
    impact.gate = tables.gates.back().get();
  }
  if (definition.out_of_service) {
    const OutOfServiceDefinition& out = *definition.out_of_service;
    const NamedBy by{definition.origin,
                     absl::StrFormat("class %s: out_of_service", definition.name)};
    if (out.values.empty()) {
      return ModelError(by.origin, absl::StrFormat("%s has no values; name those with which a "
                                                   "record does not do its work",
                                                   by.where));
    }
    KOSEI_ASSIGN_OR_RETURN(const Attribute* attribute,
                           EnumNamed(tables, by, owner, out.attribute, out.values));
    tables.out_of_service.push_back(
        std::make_unique<const OutOfService>(OutOfService{attribute->number, out.values}));
    impact.out_of_service = tables.out_of_service.back().get();
  }
  impact.is_service = definition.role == ClassRole::kService;
  impact.is_process = definition.role == ClassRole::kProcess;
  return FindGateAttribute(owner, impact);
}

absl::Status CompileClasses(SchemaTables& tables) {
  std::vector<ClassImpact> own(tables.book.classes.size());
  for (const Class& owner : tables.classes)
    KOSEI_RETURN_IF_ERROR(CompileOwn(tables, owner, own[owner.number.value - 1U]));
  tables.impact_by_class = own;
  for (const Class& owner : tables.classes) {
    ClassImpact& impact = tables.impact_by_class[owner.number.value - 1U];
    for (const ClassNumber above : owner.ancestors) {
      const ClassImpact& said = own[above.value - 1U];
      if (impact.gate == nullptr) impact.gate = said.gate;
      if (impact.out_of_service == nullptr) impact.out_of_service = said.out_of_service;
      impact.is_service = impact.is_service || said.is_service;
      impact.is_process = impact.is_process || said.is_process;
    }
  }
  return absl::OkStatus();
}

absl::Status CompileContext(SchemaTables& tables, ImpactContextDefinition definition) {
  const NamedBy by{definition.origin, absl::StrFormat("impact context %s", definition.name)};
  ImpactContext context;
  KOSEI_ASSIGN_OR_RETURN(const Class* owner, ClassNamed(tables, by, definition.class_name));
  context.class_number = owner->number;
  KOSEI_ASSIGN_OR_RETURN(const Attribute* attribute,
                         EnumNamed(tables, by, *owner, definition.attribute, definition.values));
  context.attribute = attribute->number;
  if (!definition.over.empty()) {
    KOSEI_ASSIGN_OR_RETURN(const RelationshipType* over, TypeNamed(tables, by, definition.over));
    context.over = over->number;
  }
  const auto time = [&](const std::string& name) -> absl::StatusOr<AttributeNumber> {
    if (name.empty()) return AttributeNumber{};
    KOSEI_ASSIGN_OR_RETURN(const Attribute* found,
                           AttributeNamed(tables, by, *owner, name, AttributeType::kTimestamp));
    return found->number;
  };
  KOSEI_ASSIGN_OR_RETURN(context.from, time(definition.from));
  KOSEI_ASSIGN_OR_RETURN(context.to, time(definition.to));
  context.definition = std::move(definition);
  tables.impact_contexts.push_back(std::move(context));
  return absl::OkStatus();
}

}  // namespace

absl::Status CompileImpact(SchemaTables& tables, std::vector<ImpactContextDefinition> contexts) {
  tables.impact_by_type.resize(tables.book.relationship_types.size());
  for (const RelationshipType& type : tables.relationship_types) {
    KOSEI_RETURN_IF_ERROR(
        CompileImpactRules(tables, type, tables.impact_by_type[type.number.value - 1U]));
  }
  KOSEI_RETURN_IF_ERROR(CompileClasses(tables));
  for (ImpactContextDefinition& context : contexts)
    KOSEI_RETURN_IF_ERROR(CompileContext(tables, std::move(context)));
  return absl::OkStatus();
}

absl::Status CheckGates(const Schema& schema) {
  for (const Class& owner : schema.classes()) {
    const ClassDefinition& definition = owner.definition;
    if (!definition.gate.empty()) {
      const absl::Status status = CheckGate(*schema.GateOf(owner.number), owner, schema);
      if (!status.ok()) return WrongGate(definition, definition.origin, "", status);
    }
    const Attribute* attribute = schema.FindAttribute(owner, schema.GateAttributeOf(owner.number));
    if (attribute == nullptr || attribute->definition.default_value.is_null()) continue;
    KOSEI_ASSIGN_OR_RETURN(const GatePart gate,
                           ParseGate(attribute->definition.default_value.text()));
    const absl::Status status = CheckGate(gate, owner, schema);
    if (status.ok()) continue;
    return WrongGate(definition, attribute->definition.origin,
                     absl::StrFormat("default of attribute %s: ", attribute->definition.name),
                     status);
  }
  return absl::OkStatus();
}

absl::Status CheckGateOfRecord(const Schema& schema, const Record& record) {
  const AttributeNumber number = schema.GateAttributeOf(record.class_number);
  if (number.value == 0) return absl::OkStatus();
  const auto place = std::lower_bound(
      record.attributes.begin(), record.attributes.end(), number,
      [](const auto& entry, AttributeNumber wanted) { return entry.first < wanted; });
  if (place == record.attributes.end() || place->first != number) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const GatePart gate, ParseGate(place->second.text()));
  const Class& owner = *schema.FindClass(record.class_number);
  const absl::Status status = CheckGate(gate, owner, schema);
  if (status.ok()) return status;
  const std::string_view name = schema.AttributeName(number);
  return MakeError(CodeOf(status),
                   absl::StrFormat("%s %s: attribute %s: %s", owner.definition.name,
                                   Quoted(record.key), name, MessageOf(status)),
                   name);
}

}  // namespace kosei::model
