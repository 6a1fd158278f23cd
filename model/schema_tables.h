// What a Schema is made of.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "kosei/model/schema.h"
#include "re2/re2.h"
#include "rule.h"

namespace kosei::model {

// What a class has to look at besides the attributes that a record carries.
struct ClassDuties {
  std::vector<const Attribute*> defaulted;
  std::vector<const Attribute*> required;
};

// The impact rules of a relationship type. Which rule is nearest depends on a class only by the
// nearest class above it that a rule names, so classes are put into groups by that, for each end.
struct ImpactTable {
  std::vector<ImpactRule> rules;            // the type's own first
  std::vector<std::uint16_t> source_group;  // by class number; empty: no rule but the type's own
  std::vector<std::uint16_t> target_group;
  std::size_t target_groups = 0;
  std::vector<std::uint16_t> nearest;  // source group * target_groups + target group: into `rules`
};
inline constexpr std::uint16_t kNoGroup = 0xFFFF;  // of numbers without a class

// What impact analysis asks of a class.
struct ClassImpact {
  const GatePart* gate = nullptr;
  const OutOfService* out_of_service = nullptr;
  AttributeNumber gate_attribute;
  bool is_service = false;
  bool is_process = false;
};

// What the query language calls records.
struct LabelTables {
  std::vector<std::vector<std::string>> labels_by_class;  // by number - 1
  // The concrete classes that carry it, ascending.
  absl::flat_hash_map<std::string_view, std::vector<ClassNumber>> classes;
  std::vector<std::string_view> labels;  // ascending
};

// Nothing here moves once it is built: the maps and vectors below point into one another.
struct SchemaTables {
  NameBook book;
  std::vector<Class> classes;
  std::vector<RelationshipType> relationship_types;
  std::vector<Rule> rules;  // Attribute::rule is a position here
  std::vector<std::unique_ptr<const re2::RE2>> patterns;
  std::vector<std::unique_ptr<const std::string>> former_names;  // what attribute_by_name points to
  std::vector<ClassDuties> duties;                               // as classes

  absl::flat_hash_map<std::string_view, const Class*> class_by_name;
  absl::flat_hash_map<std::string_view, AttributeNumber> attribute_by_name;
  absl::flat_hash_map<std::string_view, const RelationshipType*> relationship_type_by_name;
  std::vector<const Class*> class_by_number;  // position + 1 is the number; nullptr: left the model
  std::vector<const RelationshipType*> relationship_type_by_number;
  // By number as well: source and target class of each pair.
  std::vector<std::vector<std::pair<ClassNumber, ClassNumber>>> endpoints_by_number;
  WellKnownAttributes well_known;
  std::vector<ImpactTable> impact_by_type;   // by number - 1; no rules: left the model
  std::vector<ClassImpact> impact_by_class;  // by number - 1
  std::vector<std::unique_ptr<const GatePart>> gates;
  std::vector<std::unique_ptr<const OutOfService>> out_of_service;
  std::vector<ImpactContext> impact_contexts;
  LabelTables labels;
};

// The class of this number, or nullptr.
inline const Class* FindByNumber(const SchemaTables& tables, ClassNumber number) {
  const std::size_t position = std::size_t{number.value} - 1;  // 0 becomes the largest
  return position < tables.class_by_number.size() ? tables.class_by_number[position] : nullptr;
}

// As above, for impact.
inline const ClassImpact* FindClassImpact(const SchemaTables& tables, ClassNumber number) {
  const std::size_t position = std::size_t{number.value} - 1;
  return position < tables.impact_by_class.size() ? &tables.impact_by_class[position] : nullptr;
}

// The attribute of this number, or nullptr.
const Attribute* FindAttributeOf(const Class& owner, AttributeNumber number);

}  // namespace kosei::model
