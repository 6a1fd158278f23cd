// The model as the server told it: names for numbers and back. Immutable; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "kosei/base/ids.h"

namespace kosei::client {

struct Label {
  std::string en;
  std::string ja;
};
struct EnumLabel {
  std::string name;
  Label label;
};
struct ModelAttribute {
  AttributeNumber number;
  std::string name;
  std::uint8_t type = 0;       // model/definition.h: 1 string ... 15 list, 16 gate, 17 any
  std::uint8_t item_type = 0;  // lists only
  bool required = false;
  bool unique = false;
  Label label;
  std::vector<EnumLabel> values;
  std::string reference_class;
  bool retired = false;                   // read, no longer written
  std::vector<std::string> renamed_from;  // names it had before; taken as well
};
struct ModelClass {
  ClassNumber number;
  std::string name;
  ClassNumber parent;  // 0: a root
  bool is_abstract = false;
  Label label;
  std::vector<ModelAttribute> attributes;  // declared here only
  bool retired = false;
  std::vector<std::string> renamed_from;
  // What impact analysis asks of it, declared here only; the classes below have it too.
  std::string gate;            // empty: none of its own
  std::string out_of_service;  // an enum; records with one of these values do no work
  std::vector<std::string> out_of_service_values;
  std::uint8_t role = 0;  // 1 a service that somebody is promised
  // Declared here only: Model::LabelsOf.
  std::optional<std::vector<std::string>> labels = {};
};
// What the sources of one target share, of targets of this class and below (empty: of any);
// docs/model.md.
struct ModelCapacity {
  std::string target;
  std::string limit;  // an attribute of the target
  std::string load;   // an attribute of each source
};
struct ModelPlace {
  std::string target;
  std::string position;  // attributes of each source
  std::string extent;    // empty: one position
};
// What is different for links from this class to that (and below; empty: any).
struct ModelImpactRule {
  static constexpr std::uint8_t kAsTheType = 255;
  std::string source;
  std::string target;
  std::uint8_t impact = kAsTheType;
  std::uint8_t degraded = kAsTheType;
  std::uint8_t failed = kAsTheType;
};
struct ModelRelationshipType {
  RelationshipTypeNumber number;
  std::string name;
  Label label;
  Label inverse;
  std::uint8_t impact = 0;  // 0 none, 1 target to source, 2 source to target, 3 both
  // What arrives from one that is degraded, has failed: 0 up, 1 degraded, 2 failed.
  std::uint8_t effect_of_degraded = 1;
  std::uint8_t effect_of_failed = 2;
  std::vector<ModelImpactRule> impact_rules = {};
  // What the target is for the source: 1 owner, 2 customer, 3 agreement, 4 support, 5 contact.
  std::uint8_t role = 0;
  bool retired = false;
  std::vector<std::string> renamed_from;
  std::vector<ModelCapacity> capacities;
  std::vector<ModelPlace> places;
};

// Records of the class that count as down already when an impact is asked for: those whose
// attribute has one of the values.
struct ModelImpactContext {
  std::string name;
  Label label;
  std::string class_name;
  std::string attribute;
  std::vector<std::string> values;
  std::uint8_t state = 2;  // 1 degraded, 2 failed
  std::string over;        // a relationship type: its targets are meant; empty: the record itself
  std::string from;        // timestamps between which it counts; empty: always
  std::string to;
};

class Model {
 public:
  std::uint32_t version = 0;
  std::vector<ModelClass> classes;
  std::vector<ModelRelationshipType> relationship_types;
  std::vector<ModelImpactContext> impact_contexts;
  std::vector<std::string> class_names;  // position + 1 is the number
  std::vector<std::string> attribute_names;
  std::vector<std::string> relationship_type_names;

  // nullptr / number 0 / empty when unknown. Former names are known as well.
  const ModelClass* FindClass(std::string_view name) const;
  const ModelClass* FindClass(ClassNumber number) const;
  // Also inherited ones.
  const ModelAttribute* FindAttribute(const ModelClass& owner, std::string_view name) const;
  // What the query language calls records of exactly this class: what the nearest of it and those
  // above it with labels declares, otherwise its name and theirs, the nearest first.
  std::vector<std::string> LabelsOf(const ModelClass& owner) const;
  AttributeNumber AttributeOf(std::string_view name) const;
  RelationshipTypeNumber RelationshipTypeOf(std::string_view name) const;
  std::string_view ClassName(ClassNumber number) const;
  std::string_view AttributeName(AttributeNumber number) const;
  std::string_view RelationshipTypeName(RelationshipTypeNumber number) const;
  // The known name nearest to a misspelt one, for messages; empty when none is near.
  std::string NearestAttribute(const ModelClass& owner, std::string_view name) const;
};

}  // namespace kosei::client
