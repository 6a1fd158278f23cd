#include "target_rules.h"

#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "names.h"
#include "yaml_map.h"

namespace kosei::model {
namespace {

using Types = std::initializer_list<AttributeType>;

// A name means one type in every class, so any class that has it will do.
const AttributeDefinition* FindAnywhere(const SchemaTables& tables, AttributeNumber number) {
  for (const Class& owner : tables.classes) {
    if (const Attribute* attribute = FindAttributeOf(owner, number)) return &attribute->definition;
  }
  return nullptr;
}

class Compiler {
 public:
  Compiler(const SchemaTables& tables, const RelationshipTypeDefinition& type)
      : tables_(tables), type_(type) {}

  // `what`: the field, for messages.
  absl::StatusOr<AttributeNumber> Number(std::string_view what, const std::string& name,
                                         Types types) const {
    const auto known = tables_.attribute_by_name.find(name);
    const AttributeDefinition* attribute =
        known == tables_.attribute_by_name.end() ? nullptr : FindAnywhere(tables_, known->second);
    if (attribute == nullptr) {
      NearestName nearest(name);
      for (const auto& [other, number] : tables_.attribute_by_name) nearest.Offer(other);
      return Error(what, absl::StrFormat("no class has the attribute %s%s", Quoted(name),
                                         nearest.best().empty() ? "; define it or name another"
                                                                : nearest.Suggestion()));
    }
    for (const AttributeType type : types) {
      if (attribute->type == type) return known->second;
    }
    const auto add_name = [](std::string* out, AttributeType type) { out->append(NameOf(type)); };
    return Error(what,
                 absl::StrFormat("%s is of type %s, expected %s", name, NameOf(attribute->type),
                                 absl::StrJoin(types, " or ", add_name)));
  }

  // 0 for no name.
  absl::StatusOr<ClassNumber> Target(const std::string& name) const {
    if (name.empty()) return ClassNumber{0};
    const auto known = tables_.class_by_name.find(name);
    if (known != tables_.class_by_name.end()) return known->second->number;
    NearestName nearest(name);
    for (const auto& [other, owner] : tables_.class_by_name) nearest.Offer(other);
    return Error("target", absl::StrFormat("there is no class %s%s", Quoted(name),
                                           nearest.best().empty() ? "; define it or name another"
                                                                  : nearest.Suggestion()));
  }

 private:
  absl::Status Error(std::string_view what, const std::string& problem) const {
    return ModelError(type_.origin,
                      absl::StrFormat("relationship type %s: %s: %s", type_.name, what, problem));
  }

  const SchemaTables& tables_;
  const RelationshipTypeDefinition& type_;
};

}  // namespace

absl::Status CompileTargetRules(SchemaTables& tables) {
  constexpr AttributeType kInteger = AttributeType::kInteger;
  const Types numbers = {kInteger, AttributeType::kDecimal};
  const Types positions = {kInteger, AttributeType::kString, AttributeType::kEnum};
  for (RelationshipType& type : tables.relationship_types) {
    const Compiler compiler(tables, type.definition);
    for (const CapacityDefinition& rule : type.definition.capacities) {
      Capacity compiled;
      KOSEI_ASSIGN_OR_RETURN(compiled.target, compiler.Target(rule.target));
      KOSEI_ASSIGN_OR_RETURN(compiled.limit,
                             compiler.Number("limit of a capacity", rule.limit, numbers));
      KOSEI_ASSIGN_OR_RETURN(compiled.load,
                             compiler.Number("load of a capacity", rule.load, numbers));
      type.capacities.push_back(compiled);
    }
    for (const PlaceDefinition& rule : type.definition.places) {
      Place compiled;
      KOSEI_ASSIGN_OR_RETURN(compiled.target, compiler.Target(rule.target));
      // What has an extent is counted.
      KOSEI_ASSIGN_OR_RETURN(compiled.position,
                             compiler.Number("position of a place", rule.position,
                                             rule.extent.empty() ? positions : Types{kInteger}));
      if (!rule.extent.empty()) {
        KOSEI_ASSIGN_OR_RETURN(compiled.extent,
                               compiler.Number("extent of a place", rule.extent, {kInteger}));
      }
      type.places.push_back(compiled);
    }
  }
  return absl::OkStatus();
}

}  // namespace kosei::model
