#include "kosei/model/schema.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "attribute_checks.h"
#include "impact_tables.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "names.h"
#include "record_rules.h"
#include "schema_builder.h"
#include "schema_tables.h"

namespace kosei::model {

struct Schema::Tables : SchemaTables {};

Schema::Schema(std::unique_ptr<const Tables> tables) : tables_(std::move(tables)) {}
Schema::~Schema() = default;

absl::StatusOr<std::shared_ptr<const Schema>> Schema::Build(ModelDefinition definition,
                                                            NameBook& book) {
  auto tables = std::make_unique<Tables>();
  tables->book = book;
  KOSEI_RETURN_IF_ERROR(CompileSchema(std::move(definition), *tables));
  NameBook grown = tables->book;
  auto schema = std::make_shared<const Schema>(std::move(tables));
  KOSEI_RETURN_IF_ERROR(CheckGates(*schema));
  book = std::move(grown);
  return schema;
}

const Attribute* FindAttributeOf(const Class& owner, AttributeNumber number) {
  const auto place = std::lower_bound(
      owner.attributes.begin(), owner.attributes.end(), number,
      [](const Attribute& attribute, AttributeNumber wanted) { return attribute.number < wanted; });
  return place != owner.attributes.end() && place->number == number ? &*place : nullptr;
}

namespace {

// position + 1 is the number.
template <typename Number>
std::string_view NameAt(const std::vector<std::string>& names, Number number) {
  const std::size_t position = std::size_t{number.value} - 1;
  return position < names.size() ? std::string_view(names[position]) : std::string_view();
}

absl::Status Unknown(ErrorCode code, std::string_view name, std::string_view what,
                     const NearestName& nearest) {
  const std::string hint =
      nearest.best().empty()
          ? "; the model has none of this or a similar name: check the spelling, "
            "or add it to the model"
          : nearest.Suggestion();
  return MakeError(code, absl::StrFormat("unknown %s%s", what, hint),
                   name.size() <= kNameBytesMax ? name : std::string_view());
}

}  // namespace

std::span<const Class> Schema::classes() const { return tables_->classes; }

std::span<const RelationshipType> Schema::relationship_types() const {
  return tables_->relationship_types;
}

const Class* Schema::FindClass(std::string_view name) const {
  const auto entry = tables_->class_by_name.find(name);
  return entry == tables_->class_by_name.end() ? nullptr : entry->second;
}

const Class* Schema::FindClass(ClassNumber number) const { return FindByNumber(*tables_, number); }

const RelationshipType* Schema::FindRelationshipType(std::string_view name) const {
  const auto entry = tables_->relationship_type_by_name.find(name);
  return entry == tables_->relationship_type_by_name.end() ? nullptr : entry->second;
}

const RelationshipType* Schema::FindRelationshipType(RelationshipTypeNumber number) const {
  const std::size_t position = std::size_t{number.value} - 1;
  return position < tables_->relationship_type_by_number.size()
             ? tables_->relationship_type_by_number[position]
             : nullptr;
}

const Attribute* Schema::FindAttribute(const Class& owner, std::string_view name) const {
  const auto entry = tables_->attribute_by_name.find(name);
  if (entry == tables_->attribute_by_name.end()) return nullptr;
  return FindAttributeOf(owner, entry->second);
}

const Attribute* Schema::FindAttribute(const Class& owner, AttributeNumber number) const {
  return FindAttributeOf(owner, number);
}

std::string_view Schema::AttributeName(AttributeNumber number) const {
  return NameAt(tables_->book.attributes, number);
}

std::string_view Schema::ClassName(ClassNumber number) const {
  return NameAt(tables_->book.classes, number);
}

std::string_view Schema::RelationshipTypeName(RelationshipTypeNumber number) const {
  return NameAt(tables_->book.relationship_types, number);
}

WellKnownAttributes Schema::well_known() const { return tables_->well_known; }

absl::StatusOr<const Class*> Schema::GetClass(std::string_view name) const {
  if (const Class* found = FindClass(name)) return found;
  NearestName nearest(name);
  for (const Class& known : tables_->classes) nearest.Offer(known.definition.name);
  return Unknown(ErrorCode::kUnknownClass, name, "class " + Quoted(name), nearest);
}

absl::StatusOr<const Attribute*> Schema::GetAttribute(const Class& owner,
                                                      std::string_view name) const {
  if (const Attribute* found = FindAttribute(owner, name)) return found;
  NearestName nearest(name);
  for (const Attribute& known : owner.attributes) nearest.Offer(known.definition.name);
  return Unknown(ErrorCode::kUnknownAttribute, name,
                 absl::StrFormat("attribute %s of class %s", Quoted(name), owner.definition.name),
                 nearest);
}

absl::StatusOr<const RelationshipType*> Schema::GetRelationshipType(std::string_view name) const {
  if (const RelationshipType* found = FindRelationshipType(name)) return found;
  NearestName nearest(name);
  for (const RelationshipType& known : tables_->relationship_types)
    nearest.Offer(known.definition.name);
  return Unknown(ErrorCode::kUnknownRelationshipType, name, "relationship type " + Quoted(name),
                 nearest);
}

std::vector<std::string_view> Schema::Patterns(const Attribute& attribute) const {
  std::vector<std::string_view> patterns;
  for (const re2::RE2* pattern : tables_->rules[attribute.rule].patterns)
    patterns.emplace_back(pattern->pattern());
  return patterns;
}

bool Schema::IsA(ClassNumber sub, ClassNumber super) const {
  const Class* below = FindClass(sub);
  const Class* above = FindClass(super);
  if (below == nullptr || above == nullptr || below->ancestors.size() < above->ancestors.size())
    return false;
  // As many steps below the root as `above` stands, there is one class only.
  return below->ancestors[below->ancestors.size() - above->ancestors.size()] == super;
}

bool Schema::EndpointsAllowed(const RelationshipType& type, ClassNumber source,
                              ClassNumber target) const {
  const auto& endpoints = tables_->endpoints_by_number[type.number.value - 1U];
  return std::any_of(endpoints.begin(), endpoints.end(), [&](const auto& pair) {
    return IsA(source, pair.first) && IsA(target, pair.second);
  });
}

const ImpactRule& Schema::ImpactRuleOf(RelationshipTypeNumber type, ClassNumber source,
                                       ClassNumber target) const {
  static constexpr ImpactRule kNothing{};
  const std::size_t position = std::size_t{type.value} - 1;  // 0 becomes the largest
  if (position >= tables_->impact_by_type.size()) return kNothing;
  const ImpactTable& table = tables_->impact_by_type[position];
  if (table.source_group.empty()) return table.rules.empty() ? kNothing : table.rules.front();
  if (source.value >= table.source_group.size() || target.value >= table.target_group.size())
    return kNothing;
  const std::size_t from = table.source_group[source.value];
  const std::size_t to = table.target_group[target.value];
  if (from == kNoGroup || to == kNoGroup) return kNothing;
  return table.rules[table.nearest[from * table.target_groups + to]];
}

bool Schema::HasImpactRules(RelationshipTypeNumber type) const {
  const std::size_t position = std::size_t{type.value} - 1;
  return position < tables_->impact_by_type.size() &&
         !tables_->impact_by_type[position].source_group.empty();
}

const GatePart* Schema::GateOf(ClassNumber number) const {
  const ClassImpact* impact = FindClassImpact(*tables_, number);
  return impact == nullptr ? nullptr : impact->gate;
}

AttributeNumber Schema::GateAttributeOf(ClassNumber number) const {
  const ClassImpact* impact = FindClassImpact(*tables_, number);
  return impact == nullptr ? AttributeNumber{} : impact->gate_attribute;
}

const OutOfService* Schema::OutOfServiceOf(ClassNumber number) const {
  const ClassImpact* impact = FindClassImpact(*tables_, number);
  return impact == nullptr ? nullptr : impact->out_of_service;
}

bool Schema::IsService(ClassNumber number) const {
  const ClassImpact* impact = FindClassImpact(*tables_, number);
  return impact != nullptr && impact->is_service;
}

bool Schema::IsProcess(ClassNumber number) const {
  const ClassImpact* impact = FindClassImpact(*tables_, number);
  return impact != nullptr && impact->is_process;
}

std::span<const std::string> Schema::LabelsOf(ClassNumber number) const {
  const std::size_t position = std::size_t{number.value} - 1;
  const auto& labels = tables_->labels.labels_by_class;
  return position < labels.size() ? std::span<const std::string>(labels[position])
                                  : std::span<const std::string>();
}

std::span<const ClassNumber> Schema::ClassesWithLabel(std::string_view label) const {
  const auto entry = tables_->labels.classes.find(label);
  return entry == tables_->labels.classes.end() ? std::span<const ClassNumber>() : entry->second;
}

std::span<const std::string_view> Schema::labels() const { return tables_->labels.labels; }

std::span<const ImpactContext> Schema::impact_contexts() const { return tables_->impact_contexts; }

absl::StatusOr<Value> Schema::Coerce(const Attribute& attribute, const Value& value) const {
  std::optional<Value> changed;
  KOSEI_RETURN_IF_ERROR(model::Canonicalise(tables_->rules[attribute.rule], value, changed));
  if (changed) return *std::move(changed);
  return value;
}

absl::StatusOr<Value> Schema::CoerceBound(const Attribute& attribute, const Value& value) const {
  const Rule& whole = tables_->rules[attribute.rule];
  Rule rule;
  rule.attribute = whole.attribute;
  rule.type = whole.item_type;
  rule.item_type = whole.item_type;
  rule.values = whole.values;
  rule.sorted_values = whole.sorted_values;
  std::optional<Value> changed;
  KOSEI_RETURN_IF_ERROR(model::Canonicalise(rule, value, changed));
  if (changed) return *std::move(changed);
  return value;
}

Value Schema::Widened(const Attribute& attribute, const Value& value) const {
  const AttributeDefinition& definition = attribute.definition;
  if (ItemTypeOf(definition) != AttributeType::kDecimal) return value;
  const auto widened = [](const Value& one) {
    return one.kind() == ValueKind::kInteger ? Value(Decimal{one.integer(), 0}) : one;
  };
  if (value.kind() != ValueKind::kList) return widened(value);
  ValueList items;
  for (const Value& item : value.list()) items.push_back(widened(item));
  return Value(std::move(items));
}

void Schema::Widen(Record& record) const {
  const Class* owner = FindClass(record.class_number);
  if (owner == nullptr) return;
  for (auto& [number, value] : record.attributes) {
    if (value.kind() != ValueKind::kInteger && value.kind() != ValueKind::kList) continue;
    const Attribute* attribute = FindAttributeOf(*owner, number);
    if (attribute == nullptr || ItemTypeOf(attribute->definition) != AttributeType::kDecimal)
      continue;
    value = Widened(*attribute, value);
  }
}

absl::Status Schema::Canonicalise(Record& record, Defaults defaults) const {
  KOSEI_RETURN_IF_ERROR(CanonicaliseRecord(*tables_, record, defaults));
  return record.ended ? absl::OkStatus() : CheckGateOfRecord(*this, record);
}

}  // namespace kosei::model
