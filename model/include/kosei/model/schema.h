// Schema: the model compiled for use. Immutable, thread-safe, shared by everyone who reads or
// writes records.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/base/record.h"
#include "kosei/model/definition.h"
#include "kosei/model/gate.h"

namespace kosei::model {

// The numbers a store has given to names: position + 1. Numbers are only ever appended, so that old
// records stay readable; a rename (renamed_from) puts the new name in the place of the old. The
// store keeps the book with each version of its model.
struct NameBook {
  std::vector<std::string> classes;
  std::vector<std::string> attributes;
  std::vector<std::string>
      relationship_types;  // at most 254: the topology keeps a type in one byte
  friend bool operator==(const NameBook&, const NameBook&) = default;
};

// Every class has these attributes of its own in the root class; their numbers are wanted often.
struct WellKnownAttributes {
  AttributeNumber name;
  AttributeNumber description;
  AttributeNumber status;
  AttributeNumber closed_at;  // a record that has it is done with: indexes keep it apart
};

// An attribute as one class sees it: declared or inherited, refinements applied.
struct Attribute {
  AttributeNumber number;
  AttributeDefinition definition;  // default_value is in canonical form
  ClassNumber declared_in;         // where uniqueness is counted from
  std::uint32_t rule = 0;          // the schema's own: what the definition compiles to
};

struct Class {
  ClassNumber number;
  ClassDefinition definition;          // its attributes with what they inherit filled in
  ClassNumber parent;                  // 0: a root
  std::vector<Attribute> attributes;   // all, inherited ones too, ascending by number
  std::vector<ClassNumber> ancestors;  // itself first, root last
};

// What the sources of one target share, by number (CapacityDefinition, PlaceDefinition).
struct Capacity {
  ClassNumber target;  // 0: any
  AttributeNumber limit;
  AttributeNumber load;
};
struct Place {
  ClassNumber target;  // 0: any
  AttributeNumber position;
  AttributeNumber extent;  // 0: one position
};

struct RelationshipType {
  RelationshipTypeNumber number;
  RelationshipTypeDefinition definition;
  std::vector<Capacity> capacities = {};
  std::vector<Place> places = {};
};

// How failure travels along a link between records of two classes.
struct ImpactRule {
  ImpactDirection impact = ImpactDirection::kNone;
  std::array<State, 3> effect{};  // by state of the giver: what arrives; never descending from kUp
  std::uint16_t rule = 0;         // 0: the type's own; else position in impact_rules + 1
};

struct OutOfService {
  AttributeNumber attribute;
  std::vector<std::string> values;  // as declared
};

// ImpactContextDefinition by number.
struct ImpactContext {
  ImpactContextDefinition definition;
  ClassNumber class_number;
  AttributeNumber attribute;
  RelationshipTypeNumber over;  // 0: the matching record itself
  AttributeNumber from;         // 0: as far back as one asks
  AttributeNumber to;           // 0: from then on
};

class Schema {
 public:
  // Checks the definition as a whole (parents exist, no cycles, one name one type, defaults and
  // patterns valid, reference and endpoint classes exist, impact rules and gates sound, labels in
  // both languages), and compiles it. Names that `book` lacks are appended to it, or take the place
  // of the name they had before. kModelInvalid otherwise, and `book` is as it was.
  static absl::StatusOr<std::shared_ptr<const Schema>> Build(ModelDefinition definition,
                                                             NameBook& book);
  ~Schema();

  std::span<const Class> classes() const;
  std::span<const RelationshipType> relationship_types() const;

  // nullptr when unknown. Numbers of names that left the model are unknown. A former name
  // (renamed_from) finds what has it no more.
  const Class* FindClass(std::string_view name) const;
  const Class* FindClass(ClassNumber number) const;
  const RelationshipType* FindRelationshipType(std::string_view name) const;
  const RelationshipType* FindRelationshipType(RelationshipTypeNumber number) const;
  const Attribute* FindAttribute(const Class& owner, std::string_view name) const;
  const Attribute* FindAttribute(const Class& owner, AttributeNumber number) const;
  // The name behind a number, also when the class does not have it any more; empty when never
  // given.
  std::string_view AttributeName(AttributeNumber number) const;
  std::string_view ClassName(ClassNumber number) const;
  std::string_view RelationshipTypeName(RelationshipTypeNumber number) const;
  // Zero when the model lacks the name.
  WellKnownAttributes well_known() const;

  // As above, but an unknown name is kUnknownClass (..Attribute, ..RelationshipType) with the
  // nearest known name suggested.
  absl::StatusOr<const Class*> GetClass(std::string_view name) const;
  absl::StatusOr<const Attribute*> GetAttribute(const Class& owner, std::string_view name) const;
  absl::StatusOr<const RelationshipType*> GetRelationshipType(std::string_view name) const;

  // Every pattern that a value has to match, inherited ones first.
  std::vector<std::string_view> Patterns(const Attribute& attribute) const;

  // Same class or below.
  bool IsA(ClassNumber sub, ClassNumber super) const;
  bool EndpointsAllowed(const RelationshipType& type, ClassNumber source, ClassNumber target) const;

  // The rule for a link of the type between records of these two classes: of those whose classes
  // are theirs or above, the one with the least sum of steps up both trees (a class that a rule
  // leaves out is one step above the root); the type's own when there is none. Constant time. A
  // type that the model lacks carries nothing; of one with rules, neither do links of such classes.
  const ImpactRule& ImpactRuleOf(RelationshipTypeNumber type, ClassNumber source,
                                 ClassNumber target) const;
  // False: ImpactRuleOf is the same whatever the classes.
  bool HasImpactRules(RelationshipTypeNumber type) const;
  // The class's own or inherited gate; nullptr: none. What a record has in its attribute of type
  // gate goes before it.
  const GatePart* GateOf(ClassNumber number) const;
  // The attribute of type gate that is written to; a class has one at most. 0: none.
  AttributeNumber GateAttributeOf(ClassNumber number) const;
  // nullptr: every record of it is in service.
  const OutOfService* OutOfServiceOf(ClassNumber number) const;
  bool IsService(ClassNumber number) const;
  // Whether its records are written by processes alone (ClassRole::kProcess, of it or above).
  bool IsProcess(ClassNumber number) const;
  // What the query language calls records of exactly this class: what the nearest of it and its
  // ancestors with a list of labels says, otherwise its name and then those of its ancestors, the
  // nearest first. Empty for a class that the model lacks.
  std::span<const std::string> LabelsOf(ClassNumber number) const;
  // The concrete classes whose records carry the label, ascending; a former name of a class that is
  // a label counts as well. Empty: no record can have it.
  std::span<const ClassNumber> ClassesWithLabel(std::string_view label) const;
  // All labels that there are, by name, without former names.
  std::span<const std::string_view> labels() const;
  std::span<const ImpactContext> impact_contexts() const;

  // The value in the attribute's canonical form: text is read into numbers, times, addresses; MAC,
  // IP and URL are normalised; pattern, range and enum are checked. Null stays null. Coercing a
  // canonical value gives it back. `attribute` must be one of this schema. Errors: kWrongType,
  // kPatternMismatch, kOutOfRange (also for an unknown enum value), kInvalidText, with the
  // attribute as field. Does not look references up.
  absl::StatusOr<Value> Coerce(const Attribute& attribute, const Value& value) const;
  // One value to compare with: of a list, an item. As Coerce, but only the type counts, so that
  // what a record could not hold (a memory below zero) can be compared with.
  absl::StatusOr<Value> CoerceBound(const Attribute& attribute, const Value& value) const;
  // Text for people of a stored value: dates as dates, times as RFC 3339, lists joined by ", ".
  std::string Format(const Attribute& attribute, const Value& value) const;

  // Makes a whole record canonical: known, concrete class; key not empty, at most kKeyBytesMax, no
  // control characters; attributes ascending, known and coerced, nulls gone; defaults filled in
  // with Defaults::kFill; required ones present; what a gate names is in the model. A record that
  // has ended needs neither defaults nor required attributes, and its gate is not looked at. The
  // first error is returned, and the record is then half done.
  enum class Defaults : std::uint8_t { kFill, kKeep };
  absl::Status Canonicalise(Record& record, Defaults defaults) const;
  // Brings values that were stored before their attribute was widened (integer to decimal) into the
  // form of today, so that they compare equal. What the class does not know stays as it is.
  void Widen(Record& record) const;
  Value Widened(const Attribute& attribute, const Value& value) const;

 private:
  struct Tables;
  std::unique_ptr<const Tables> tables_;

 public:
  // For Build alone: nobody else can name Tables.
  explicit Schema(std::unique_ptr<const Tables> tables);
};

}  // namespace kosei::model
