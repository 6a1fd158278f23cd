// The model as it is written: classes, attributes and relationship types by name, before a store
// gives them numbers. Read from YAML files (docs/model.md has the grammar); compiled into a Schema
// (schema.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/value.h"
#include "kosei/model/state.h"

namespace kosei::model {

// A name for people, in both languages. A compiled model has both everywhere (Schema::Build).
struct Label {
  std::string en;
  std::string ja;
};

enum class AttributeType : std::uint8_t {
  kString = 1,  // one line of text
  kText = 2,    // lines of text
  kInteger = 3,
  kDecimal = 4,
  kBoolean = 5,
  kTimestamp = 6,  // RFC 3339, kept as UTC us
  kDate = 7,       // ISO 8601 calendar date, kept as days since 1970-01-01
  kDuration = 8,   // ISO 8601 duration without years and months (P3DT4H), kept as us
  kEnum = 9,
  kIpAddress = 10,  // v4 or v6, kept in RFC 5952 form
  kIpNetwork = 11,  // address/prefix with zero host bits
  kMac = 12,        // kept as aa:bb:cc:dd:ee:ff
  kUrl = 13,        // absolute, RFC 3986
  kReference = 14,  // the key of a record of `reference_class` or below
  kList = 15,       // of `item_type`
  kGate = 16,       // a gate (gate.h) of the record's own, kept in canonical text
  kAny = 17,        // whatever form the writer gives: boolean, integer, decimal, text, list of them
};

// "string", "ip_address", ...: as in YAML and in messages.
std::string_view NameOf(AttributeType type);
std::optional<AttributeType> AttributeTypeOf(std::string_view name);

struct EnumValue {
  std::string name;
  Label label;
};

// One attribute as one class declares or refines it. A name means the same type in every class of
// the model. A class refines an inherited attribute by naming it again with the same type: it may
// only narrow it, and what it leaves out (label, default, pattern, range, values, reference class)
// stays as inherited. required, unique, indexed and searched,
// once set, hold for every class below.
struct AttributeDefinition {
  std::string name;  // snake_case; of a class with free naming see Naming
  Label label;
  AttributeType type = AttributeType::kString;
  AttributeType item_type = AttributeType::kString;  // kList only
  bool required = false;
  bool unique = false;  // among the records of the declaring class and below, when present
  Value default_value;  // null: none
  std::string pattern;  // string and text only. RE2, must match the whole text; empty: none
  // Integer and decimal: the value; string and text: characters. Pattern and range of a list hold
  // for each item.
  std::optional<Decimal> minimum;
  std::optional<Decimal> maximum;
  std::vector<EnumValue> values;  // kEnum, or the items of a list of it
  std::string reference_class;    // kReference, or the items of a list of it
  bool indexed = false;           // look-ups by value, range and prefix have an index
  bool searched = false;          // a search by text looks at it, as at key, name and description
  bool retired = false;           // still read, no longer written; holds for every class below
  // Names it had before, newest first: it keeps their number, and they are taken as well.
  std::vector<std::string> renamed_from;
  std::string origin;  // "file:line" for messages; empty when not read from a file
};

// What a class is to those who read an answer; holds for the classes below as well.
enum class ClassRole : std::uint8_t {
  kNone = 0,
  kService = 1,  // a service that somebody is promised
  kProcess = 2,  // what a process writes alone: an incident, a change. Held to its life cycle
};

// Records with one of these values do not do their work, and are no members of a group.
struct OutOfServiceDefinition {
  std::string attribute;  // an enum
  std::vector<std::string> values;
};

// How names of classes, attributes and relationship types are written.
enum class Naming : std::uint8_t {
  kStrict = 0,  // UpperCamelCase; attributes and relationship types in snake_case
  kFree = 1,    // ASCII letters, digits and underscores in any case: as other tools have them
};

struct ClassDefinition {
  std::string name;                 // UpperCamelCase
  std::string parent;               // empty: a root
  Naming naming = Naming::kStrict;  // of it and of its attributes
  bool is_abstract = false;
  Label label;
  std::string description;
  // Each holds for the classes below; of several the nearest counts.
  std::string gate;  // in canonical text (gate.h); empty: as inherited
  std::optional<OutOfServiceDefinition> out_of_service;
  ClassRole role = ClassRole::kNone;
  // What the query language calls records of this class and of those below: in place of the class's
  // name and those of its ancestors. May be empty; names need not be those of classes.
  std::optional<std::vector<std::string>> labels = {};
  bool retired = false;                         // records of it are read, none is written any more
  std::vector<std::string> renamed_from;        // as of an attribute
  std::vector<AttributeDefinition> attributes;  // declared or refined here
  std::string origin;
};

// Which way failure travels along a relationship.
enum class ImpactDirection : std::uint8_t {
  kNone = 0,            // owned_by: an owner who is away breaks nothing
  kTargetToSource = 1,  // depends_on: what the source needs fails, so the source fails
  kSourceToTarget = 2,  // provides: the giver fails, so what it gives fails
  kBoth = 3,            // each fails with the other
};

// What is different for links between certain classes; of several rules the nearest counts
// (Schema::ImpactRuleOf). What it leaves out is as the relationship type says.
struct ImpactRuleDefinition {
  std::string source;  // this class and below; empty: any
  std::string target;  // likewise
  std::optional<ImpactDirection> impact;
  std::optional<State> degraded;  // what arrives from one that is degraded
  std::optional<State> failed;    // what arrives from one that has failed
  std::string origin;
};

// What the target of a relationship is for the source, to those who read an answer.
enum class PartyRole : std::uint8_t {
  kNone = 0,
  kOwner = 1,
  kCustomer = 2,
  kAgreement = 3,
  kSupport = 4,
  kContact = 5,
};

enum class Cardinality : std::uint8_t {
  kManyToMany = 0,
  kManyToOne = 1,
  kOneToMany = 2,
  kOneToOne = 3
};

struct Endpoints {
  std::string source_class;
  std::string target_class;
};

// What the sources of one target share. A commit is not judged by these: what is overloaded in the
// world is a fact, and is stored. A plan is, when it would overload something (docs/plans.md).
// Attributes are named as in the classes of the end that has them.
struct CapacityDefinition {
  std::string target;  // of targets of this class and below; empty: of all
  std::string limit;   // of the target: integer or decimal. No value: no limit
  std::string load;    // of each source: integer or decimal. No value: none
};
struct PlaceDefinition {
  std::string target;    // as above
  std::string position;  // of each source: string, integer or enum. No value: no place
  std::string extent;    // of each source: integer, how many positions upwards; empty or none: one
};

struct RelationshipTypeDefinition {
  std::string name;  // snake_case, read "source <name> target"
  Naming naming = Naming::kStrict;
  Label label;
  Label inverse_label;               // read "target <inverse> source"
  std::vector<Endpoints> endpoints;  // any of them (or classes below) will do
  // kManyToOne: a source has at most one target of this type; kOneToMany: a target at most one
  // source.
  Cardinality cardinality = Cardinality::kManyToMany;
  ImpactDirection impact = ImpactDirection::kNone;
  // What arrives at the far end of a link; never less from one that has failed than from one that
  // is degraded.
  State effect_of_degraded = State::kDegraded;
  State effect_of_failed = State::kFailed;
  std::vector<ImpactRuleDefinition> impact_rules;
  PartyRole role = PartyRole::kNone;
  std::vector<CapacityDefinition> capacities;  // what sources of a target may need together
  std::vector<PlaceDefinition> places;         // what two sources of a target cannot both have
  bool retired = false;                        // links of it are read, none is made any more
  std::vector<std::string> renamed_from;       // as of an attribute
  std::string origin;
};

// Records that count as down already when an impact is asked for: those of an incident, of a change
// in progress.
struct ImpactContextDefinition {
  std::string name;  // snake_case
  Label label;
  std::string class_name;           // records of it and below match
  std::string attribute;            // an enum, ...
  std::vector<std::string> values;  // ... with one of these values
  State state = State::kFailed;     // which state they give; never up
  std::string over;  // a relationship type: the targets are meant; empty: the record itself
  std::string from;  // timestamps of the record: it counts only while [from, to) is; empty: always
  std::string to;
  std::string origin;
};

struct ModelDefinition {
  std::vector<ClassDefinition> classes;
  std::vector<RelationshipTypeDefinition> relationship_types;
  std::vector<ImpactContextDefinition> impact_contexts = {};
  bool empty() const {
    return classes.empty() && relationship_types.empty() && impact_contexts.empty();
  }
};

// Reads every *.yaml under `folder` (recursively, in name order) and joins them. Errors are
// kModelInvalid and name file, line, what is wrong and how to mend it.
absl::StatusOr<ModelDefinition> ReadModel(const std::string& folder);
// The same from text, for tests; `origin` stands where the file name would.
absl::StatusOr<ModelDefinition> ParseModel(std::string_view yaml, std::string_view origin);

// One file of a model: what it is called in messages, and its text.
struct ModelFile {
  std::string name;
  std::string text;
};
// The files of a folder as ReadModel finds them, not parsed yet. kModelInvalid.
absl::StatusOr<std::vector<ModelFile>> ReadModelFiles(const std::string& folder);
// Parses the files in this order and joins them.
absl::StatusOr<ModelDefinition> ParseModelFiles(const std::vector<ModelFile>& files);

// The definition as YAML that is read back (ReadModelText) as the same definition: equal models,
// equal text. A store keeps each version of its model in this form.
std::string ModelText(const ModelDefinition& model);
// As ParseModel, for a text of ModelText, which may be larger than a file.
absl::StatusOr<ModelDefinition> ReadModelText(std::string_view text, std::string_view origin);

// A canonical text of the whole definition: equal models, equal text, in whatever order and files
// their classes stand. Its hash tells whether a model changed.
std::string CanonicalText(const ModelDefinition& model);

}  // namespace kosei::model
