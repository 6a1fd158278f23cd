#include "schema_builder.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "attribute_checks.h"
#include "definition_checks.h"
#include "impact_tables.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "label_tables.h"
#include "names.h"
#include "refinement.h"
#include "target_rules.h"
#include "yaml_map.h"

namespace kosei::model {
namespace {

constexpr std::size_t kClassNumberMax = 65'535;
constexpr std::size_t kAttributeNumberMax = 65'535;
constexpr std::size_t kRelationshipTypeNumberMax = 254;
constexpr std::int64_t kPatternMemoryMax = 1 << 20;

// One store's names of one kind: numbers for them, new ones appended, renamed ones in their place.
class Numbering {
 public:
  // `what`: "classes", for messages.
  Numbering(std::vector<std::string>& names, std::string_view what, std::size_t names_max)
      : names_(names), what_(what), names_max_(names_max) {
    for (std::size_t i = 0; i < names.size(); ++i) positions_.emplace(names[i], i);
  }

  // The number, from 1 on. `former`: names it may stand under so far.
  absl::StatusOr<std::uint16_t> NumberOf(const std::string& name,
                                         const std::vector<std::string>& former,
                                         std::string_view origin) {
    std::optional<std::size_t> position;
    if (const auto known = positions_.find(name); known != positions_.end())
      position = known->second;
    for (const std::string& old : former) {
      const auto known = positions_.find(old);
      if (known == positions_.end()) continue;
      if (position && *position != known->second) {
        return ModelError(
            origin, absl::StrFormat("%s is renamed from %s, but the store knows both as things of "
                                    "their own; take a name that it has not had, or drop "
                                    "renamed_from",
                                    name, old));
      }
      position = known->second;
      const std::size_t kept = known->second;
      positions_.erase(known);
      positions_.emplace(name, kept);
      names_[kept] = name;
    }
    if (position) return static_cast<std::uint16_t>(*position + 1);
    if (names_.size() == names_max_) {
      return ModelError(origin,
                        absl::StrFormat("the store has given all its %d numbers for %s, those that "
                                        "left the model counted; use a name it has had",
                                        names_max_, what_));
    }
    positions_.emplace(name, names_.size());
    names_.push_back(name);
    return static_cast<std::uint16_t>(names_.size());
  }

 private:
  std::vector<std::string>& names_;
  std::string_view what_;
  std::size_t names_max_;
  absl::flat_hash_map<std::string, std::size_t> positions_;
};

class Compiler {
 public:
  Compiler(ModelDefinition definition, SchemaTables& tables)
      : definition_(std::move(definition)), tables_(tables) {}

  absl::Status Run() {
    KOSEI_RETURN_IF_ERROR(CheckDefinition(definition_));
    KOSEI_RETURN_IF_ERROR(NumberClasses());
    for (std::size_t i = 0; i < tables_.classes.size(); ++i) KOSEI_RETURN_IF_ERROR(CompileClass(i));
    KOSEI_RETURN_IF_ERROR(CompileRelationshipTypes());
    FillLookups();
    CompileLabels(tables_);
    KOSEI_RETURN_IF_ERROR(CompileTargetRules(tables_));
    return CompileImpact(tables_, std::move(definition_.impact_contexts));
  }

 private:
  absl::Status NumberClasses();
  absl::Status CompileClass(std::size_t position);
  absl::Status CompileAttribute(Class& owner, AttributeDefinition& definition,
                                AttributeNumber number);
  absl::StatusOr<std::uint32_t> MakeRule(const Class& owner, const AttributeDefinition& definition,
                                         const Attribute* inherited);
  absl::Status CheckReference(const Class& owner, const AttributeDefinition& definition) const;
  absl::Status CompileRelationshipTypes();
  void FillLookups();
  void FillFormerNames();
  bool IsA(std::string_view sub, std::string_view super) const;

  ModelDefinition definition_;
  SchemaTables& tables_;
  absl::flat_hash_map<std::string, std::size_t> position_of_;  // of classes
  std::vector<bool> compiled_;
  absl::flat_hash_map<std::string, const re2::RE2*> pattern_of_;
  std::optional<Numbering> attribute_numbers_;
  absl::flat_hash_map<std::string, std::vector<std::string>> former_attributes_;  // by name
};

absl::Status Compiler::NumberClasses() {
  Numbering numbers(tables_.book.classes, "classes", kClassNumberMax);
  attribute_numbers_.emplace(tables_.book.attributes, "attributes", kAttributeNumberMax);
  // A former name need not be repeated in every class that refines the attribute.
  for (const ClassDefinition& definition : definition_.classes) {
    for (const AttributeDefinition& attribute : definition.attributes) {
      std::vector<std::string>& former = former_attributes_[attribute.name];
      for (const std::string& old : attribute.renamed_from) {
        if (std::find(former.begin(), former.end(), old) == former.end()) former.push_back(old);
      }
    }
  }
  for (ClassDefinition& definition : definition_.classes) {
    KOSEI_ASSIGN_OR_RETURN(
        const std::uint16_t number,
        numbers.NumberOf(definition.name, definition.renamed_from, definition.origin));
    position_of_.emplace(definition.name, tables_.classes.size());
    Class compiled;
    compiled.number = ClassNumber{number};
    compiled.definition = std::move(definition);
    tables_.classes.push_back(std::move(compiled));
  }
  compiled_.resize(tables_.classes.size());
  return absl::OkStatus();
}

bool Compiler::IsA(std::string_view sub, std::string_view super) const {
  std::string name(sub);
  while (!name.empty() && name != super) {
    const auto position = position_of_.find(name);
    if (position == position_of_.end()) return false;
    name = tables_.classes[position->second].definition.parent;
  }
  return !name.empty();
}

// Parents first: a class begins with what its parent has.
absl::Status Compiler::CompileClass(std::size_t position) {
  std::vector<std::size_t> chain;
  for (std::size_t at = position; !compiled_[at];) {
    chain.push_back(at);
    compiled_[at] = true;
    const std::string& parent = tables_.classes[at].definition.parent;
    if (parent.empty()) break;
    at = position_of_.find(parent)->second;
  }
  for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
    Class& owner = tables_.classes[*at];
    owner.ancestors = {owner.number};
    if (!owner.definition.parent.empty()) {
      const Class& parent = tables_.classes[position_of_.find(owner.definition.parent)->second];
      owner.parent = parent.number;
      owner.attributes = parent.attributes;
      owner.ancestors.insert(owner.ancestors.end(), parent.ancestors.begin(),
                             parent.ancestors.end());
    }
    for (AttributeDefinition& definition : owner.definition.attributes) {
      KOSEI_ASSIGN_OR_RETURN(
          const std::uint16_t number,
          attribute_numbers_->NumberOf(definition.name, former_attributes_[definition.name],
                                       definition.origin));
      KOSEI_RETURN_IF_ERROR(CompileAttribute(owner, definition, AttributeNumber{number}));
    }
    if (owner.attributes.size() > kRecordAttributesMax) {
      return ModelError(
          owner.definition.origin,
          absl::StrFormat("class %s has %d attributes, inherited ones counted; "
                          "expected at most %d",
                          owner.definition.name, owner.attributes.size(), kRecordAttributesMax));
    }
  }
  return absl::OkStatus();
}

absl::Status Compiler::CompileAttribute(Class& owner, AttributeDefinition& definition,
                                        AttributeNumber number) {
  const auto place = std::lower_bound(
      owner.attributes.begin(), owner.attributes.end(), number,
      [](const Attribute& attribute, AttributeNumber wanted) { return attribute.number < wanted; });
  const bool is_inherited = place != owner.attributes.end() && place->number == number;
  Attribute compiled;
  compiled.number = number;
  compiled.declared_in = owner.number;
  if (is_inherited) {
    // Uniqueness is counted from the topmost class that asks for it.
    if (place->definition.unique || !definition.unique) compiled.declared_in = place->declared_in;
    KOSEI_RETURN_IF_ERROR(
        Refine(owner.definition, place->definition, definition,
               [this](std::string_view sub, std::string_view super) { return IsA(sub, super); }));
  }
  KOSEI_RETURN_IF_ERROR(CheckAttributeComplete(owner.definition, definition));
  KOSEI_RETURN_IF_ERROR(CheckReference(owner, definition));
  KOSEI_ASSIGN_OR_RETURN(compiled.rule,
                         MakeRule(owner, definition, is_inherited ? &*place : nullptr));
  std::optional<Value> changed;
  const absl::Status fits =
      Canonicalise(tables_.rules[compiled.rule], definition.default_value, changed);
  if (!fits.ok()) {
    return ModelError(definition.origin,
                      absl::StrFormat("class %s: the default does not fit: %s; change the default",
                                      owner.definition.name, MessageOf(fits)));
  }
  if (changed) definition.default_value = *std::move(changed);
  compiled.definition = definition;
  if (is_inherited) {
    *place = std::move(compiled);
  } else {
    owner.attributes.insert(place, std::move(compiled));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::uint32_t> Compiler::MakeRule(const Class& owner,
                                                 const AttributeDefinition& definition,
                                                 const Attribute* inherited) {
  Rule rule;
  rule.attribute = definition.name;
  rule.type = definition.type;
  rule.item_type = ItemTypeOf(definition);
  rule.minimum = definition.minimum;
  rule.maximum = definition.maximum;
  for (const EnumValue& value : definition.values) rule.values.push_back(value.name);
  rule.sorted_values = rule.values;
  std::sort(rule.sorted_values.begin(), rule.sorted_values.end());
  // Inherited patterns go on holding, so that a refinement cannot widen.
  if (inherited != nullptr) rule.patterns = tables_.rules[inherited->rule].patterns;
  if (!definition.pattern.empty()) {
    const re2::RE2*& pattern = pattern_of_[definition.pattern];
    if (pattern == nullptr) {
      re2::RE2::Options options;
      options.set_log_errors(false);
      options.set_never_capture(true);
      options.set_max_mem(kPatternMemoryMax);
      auto compiled = std::make_unique<const re2::RE2>(definition.pattern, options);
      if (!compiled->ok()) {
        return ModelError(definition.origin,
                          absl::StrFormat("class %s: attribute %s: pattern %s is not a regular "
                                          "expression (RE2): %s; mend it",
                                          owner.definition.name, definition.name,
                                          Quoted(definition.pattern), compiled->error()));
      }
      pattern = compiled.get();
      tables_.patterns.push_back(std::move(compiled));
    }
    if (std::find(rule.patterns.begin(), rule.patterns.end(), pattern) == rule.patterns.end())
      rule.patterns.push_back(pattern);
  }
  tables_.rules.push_back(std::move(rule));
  return static_cast<std::uint32_t>(tables_.rules.size() - 1);
}

absl::Status Compiler::CheckReference(const Class& owner,
                                      const AttributeDefinition& definition) const {
  if (definition.reference_class.empty() || position_of_.contains(definition.reference_class))
    return absl::OkStatus();
  NearestName nearest(definition.reference_class);
  for (const auto& [name, position] : position_of_) nearest.Offer(name);
  return ModelError(
      definition.origin,
      absl::StrFormat(
          "class %s: attribute %s refers to the class %s, which the model "
          "does not have%s",
          owner.definition.name, definition.name, Quoted(definition.reference_class),
          nearest.best().empty() ? "; define it or name another" : nearest.Suggestion()));
}

absl::Status Compiler::CompileRelationshipTypes() {
  Numbering numbers(tables_.book.relationship_types, "relationship types",
                    kRelationshipTypeNumberMax);
  for (RelationshipTypeDefinition& definition : definition_.relationship_types) {
    KOSEI_ASSIGN_OR_RETURN(
        const std::uint16_t number,
        numbers.NumberOf(definition.name, definition.renamed_from, definition.origin));
    tables_.relationship_types.push_back({RelationshipTypeNumber{number}, std::move(definition)});
  }
  return absl::OkStatus();
}

void Compiler::FillLookups() {
  tables_.class_by_number.resize(tables_.book.classes.size());
  tables_.duties.resize(tables_.classes.size());
  for (std::size_t i = 0; i < tables_.classes.size(); ++i) {
    const Class& owner = tables_.classes[i];
    tables_.class_by_name.emplace(owner.definition.name, &owner);
    tables_.class_by_number[owner.number.value - 1U] = &owner;
    for (const Attribute& attribute : owner.attributes) {
      if (!attribute.definition.retired) {
        if (!attribute.definition.default_value.is_null())
          tables_.duties[i].defaulted.push_back(&attribute);
        if (attribute.definition.required) tables_.duties[i].required.push_back(&attribute);
      }
      if (attribute.definition.name == "name") tables_.well_known.name = attribute.number;
      if (attribute.definition.name == "description")
        tables_.well_known.description = attribute.number;
      if (attribute.definition.name == "status") tables_.well_known.status = attribute.number;
      if (attribute.definition.name == "closed_at") tables_.well_known.closed_at = attribute.number;
    }
  }
  const std::vector<std::string>& attributes = tables_.book.attributes;
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    const auto number = static_cast<std::uint16_t>(i + 1);
    tables_.attribute_by_name.emplace(attributes[i], AttributeNumber{number});
  }
  tables_.relationship_type_by_number.resize(tables_.book.relationship_types.size());
  tables_.endpoints_by_number.resize(tables_.book.relationship_types.size());
  for (const RelationshipType& type : tables_.relationship_types) {
    tables_.relationship_type_by_name.emplace(type.definition.name, &type);
    tables_.relationship_type_by_number[type.number.value - 1U] = &type;
    for (const Endpoints& pair : type.definition.endpoints) {
      tables_.endpoints_by_number[type.number.value - 1U].emplace_back(
          tables_.class_by_name.find(pair.source_class)->second->number,
          tables_.class_by_name.find(pair.target_class)->second->number);
    }
  }
  FillFormerNames();
}

// After all present names: those come first.
void Compiler::FillFormerNames() {
  for (const Class& owner : tables_.classes) {
    for (const std::string& old : owner.definition.renamed_from)
      tables_.class_by_name.emplace(old, &owner);
  }
  for (const auto& [name, former] : former_attributes_) {
    const auto number = tables_.attribute_by_name.find(name);
    if (number == tables_.attribute_by_name.end()) continue;
    for (const std::string& old : former) {
      tables_.former_names.push_back(std::make_unique<std::string>(old));
      tables_.attribute_by_name.emplace(*tables_.former_names.back(), number->second);
    }
  }
  for (const RelationshipType& type : tables_.relationship_types) {
    for (const std::string& old : type.definition.renamed_from)
      tables_.relationship_type_by_name.emplace(old, &type);
  }
}

}  // namespace

absl::Status CompileSchema(ModelDefinition definition, SchemaTables& tables) {
  return Compiler(std::move(definition), tables).Run();
}

}  // namespace kosei::model
