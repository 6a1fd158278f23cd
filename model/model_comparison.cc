#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "attribute_checks.h"
#include "comparison_aspects.h"
#include "impact_comparison.h"
#include "keywords.h"
#include "kosei/model/comparison.h"
#include "rule.h"

namespace kosei::model {
namespace {

// What changes of a flag; `gravity` when it is set, safe when it is taken back.
void CompareFlag(std::string_view name, bool before, bool after, ChangeSafety gravity,
                 Aspects& out) {
  if (before == after) return;
  out.push_back(
      {after ? gravity : ChangeSafety::kSafe, "changed", Arrow(name, Word(before), Word(after))});
}

void CompareRetired(bool before, bool after, Aspects& out) {
  if (!before && after) out.push_back({ChangeSafety::kNeedsCheck, "retired", ""});
  if (before && !after) out.push_back({ChangeSafety::kSafe, "restored", ""});
}

void CompareNames(const std::string& before, const std::string& after, Aspects& out) {
  if (before != after)
    out.push_back({ChangeSafety::kSafe, "renamed", absl::StrFormat("%s -> %s", before, after)});
}

// Whether every value of one type is one of the other as it stands, or at least may be.
ChangeSafety SafetyOfTypes(AttributeType before, AttributeType after) {
  if (before == after) return ChangeSafety::kSafe;
  // A decimal has at most 18 digits, an integer may have 19.
  if (before == AttributeType::kInteger && after == AttributeType::kDecimal)
    return ChangeSafety::kNeedsCheck;
  const bool to_text = after == AttributeType::kString || after == AttributeType::kText;
  const bool to_any = after == AttributeType::kAny;
  switch (before) {
    case AttributeType::kString:
      return after == AttributeType::kText || to_any ? ChangeSafety::kSafe : ChangeSafety::kNever;
    case AttributeType::kEnum:
    case AttributeType::kIpAddress:
    case AttributeType::kIpNetwork:
    case AttributeType::kMac:
    case AttributeType::kUrl:
    case AttributeType::kReference:
    case AttributeType::kGate:
      return to_text || to_any ? ChangeSafety::kSafe : ChangeSafety::kNever;
    case AttributeType::kText:
    case AttributeType::kInteger:
    case AttributeType::kDecimal:
    case AttributeType::kBoolean:
      return to_any ? ChangeSafety::kSafe : ChangeSafety::kNever;
    // Numbers under the surface: without the type nobody could tell what they say.
    case AttributeType::kTimestamp:
    case AttributeType::kDate:
    case AttributeType::kDuration:
    case AttributeType::kList:
    case AttributeType::kAny:
      return ChangeSafety::kNever;
  }
  return ChangeSafety::kNever;
}

// Empty where the class does not say.
std::string LabelsText(const ClassDefinition& definition) {
  if (!definition.labels) return {};
  return absl::StrFormat("[%s]", absl::StrJoin(*definition.labels, ", "));
}

std::string BoundText(const std::optional<Decimal>& bound) {
  return bound ? FormatDecimal(*bound) : "none";
}

// `sign`: 1 for a minimum, which narrows upwards; -1 for a maximum.
void CompareBound(std::string_view name, const std::optional<Decimal>& before,
                  const std::optional<Decimal>& after, int sign, Aspects& out) {
  if (before == after) return;
  const bool narrower = after && (!before || CompareDecimals(*after, *before) * sign > 0);
  out.push_back({narrower ? ChangeSafety::kNeedsCheck : ChangeSafety::kSafe, "changed",
                 Arrow(name, BoundText(before), BoundText(after))});
}

void CompareValues(const std::vector<EnumValue>& before, const std::vector<EnumValue>& after,
                   Aspects& out) {
  const auto find = [](const std::vector<EnumValue>& values, const std::string& name) {
    return std::find_if(values.begin(), values.end(),
                        [&name](const EnumValue& value) { return value.name == name; });
  };
  for (const EnumValue& value : before) {
    const auto now = find(after, value.name);
    if (now == after.end()) {
      out.push_back({ChangeSafety::kNeedsCheck, "changed", "value " + value.name + " removed"});
    } else {
      CompareLabels("label of value " + value.name, value.label, now->label, out);
    }
  }
  for (const EnumValue& value : after) {
    if (find(before, value.name) == before.end())
      out.push_back({ChangeSafety::kSafe, "changed", "value " + value.name + " added"});
  }
}

class Comparer {
 public:
  Comparer(const Schema& before, const Schema& after) : before_(before), after_(after) {}

  ModelComparison Run() {
    for (const Class& owner : before_.classes()) {
      const Class* now = after_.FindClass(owner.number);
      if (now == nullptr) {
        Report("class " + owner.definition.name, {ChangeSafety::kNeedsCheck, "removed", ""});
        classes_.insert(owner.number);
        hierarchy_narrowed_ = true;
      } else {
        CompareClasses(owner, *now);
      }
    }
    for (const Class& owner : after_.classes()) {
      if (before_.FindClass(owner.number) != nullptr) continue;
      Report("class " + owner.definition.name, {ChangeSafety::kSafe, "added", ""});
      // Records of it may be there since before it left the model.
      if (!before_.ClassName(owner.number).empty()) classes_.insert(owner.number);
    }
    CompareTypes();
    for (ContextChange& change : CompareContexts(before_, after_))
      Report("impact context " + change.name, std::move(change.aspect));
    if (hierarchy_narrowed_) CheckWhatNamesClasses();
    if (hierarchy_narrowed_ || GatesMayNameNoMore(before_, after_)) CheckWhatHasGates();
    std::sort(result_.changes.begin(), result_.changes.end(),
              [](const ModelChange& a, const ModelChange& b) {
                return std::tie(a.subject, a.what, a.detail) <
                       std::tie(b.subject, b.what, b.detail);
              });
    result_.classes.assign(classes_.begin(), classes_.end());
    result_.types.assign(types_.begin(), types_.end());
    result_.unique.assign(unique_.begin(), unique_.end());
    return std::move(result_);
  }

 private:
  void Report(std::string subject, Aspect aspect) {
    result_.changes.push_back(
        {aspect.safety, std::move(aspect.what), std::move(subject), std::move(aspect.detail)});
  }
  void CompareClasses(const Class& before, const Class& after);
  void CompareAttributesOf(const Class& before, const Class& after);
  Aspects CompareAttributes(const Attribute& before, const Attribute& after) const;
  void CompareReferences(const Attribute& before, const Attribute& after, Aspects& out) const;
  void ComparePatterns(const Attribute& before, const Attribute& after, Aspects& out) const;
  void CompareUnique(const Attribute* before, const Attribute* after);
  void CompareTypes();
  Aspects CompareType(const RelationshipType& before, const RelationshipType& after) const;
  void CompareTargetRules(const RelationshipType& before, const RelationshipType& after,
                          Aspects& out) const;
  void CompareEndpoints(const RelationshipType& before, const RelationshipType& after,
                        Aspects& out) const;
  void CheckWhatNamesClasses();
  void CheckWhatHasGates();

  const Schema& before_;
  const Schema& after_;
  ModelComparison result_;
  std::set<ClassNumber> classes_;
  std::set<RelationshipTypeNumber> types_;
  std::set<AttributeNumber> unique_;
  bool hierarchy_narrowed_ = false;  // a class is not below one that it was below
};

void Comparer::CompareClasses(const Class& before, const Class& after) {
  Aspects aspects;
  CompareNames(before.definition.name, after.definition.name, aspects);
  CompareRetired(before.definition.retired, after.definition.retired, aspects);
  CompareFlag("abstract", before.definition.is_abstract, after.definition.is_abstract,
              ChangeSafety::kNeedsCheck, aspects);
  CompareLabels("label", before.definition.label, after.definition.label, aspects);
  if (before.definition.description != after.definition.description)
    aspects.push_back({ChangeSafety::kSafe, "changed", "description"});
  CompareImpactOfClasses(before, after, aspects);
  CompareText("naming", NameOf(before.definition.naming), NameOf(after.definition.naming), aspects);
  CompareText("labels", LabelsText(before.definition), LabelsText(after.definition), aspects);
  for (const ClassNumber above : before.ancestors) {
    if (!after_.IsA(after.number, above)) hierarchy_narrowed_ = true;
  }
  if (before.parent != after.parent) {
    const auto name = [](const std::string& parent) { return parent.empty() ? "none" : parent; };
    aspects.push_back(
        {ChangeSafety::kNeedsCheck, "changed",
         Arrow("parent", name(before.definition.parent), name(after.definition.parent))});
  }
  for (Aspect& aspect : aspects) {
    if (aspect.safety != ChangeSafety::kSafe) classes_.insert(after.number);
    Report("class " + after.definition.name, std::move(aspect));
  }
  CompareAttributesOf(before, after);
}

// What a class inherits is compared as well, since its records have it; it is reported where it is
// declared.
void Comparer::CompareAttributesOf(const Class& before, const Class& after) {
  const auto declared = [](const Class& owner, const Attribute* attribute) {
    const auto& all = owner.definition.attributes;
    return attribute != nullptr &&
           std::any_of(all.begin(), all.end(), [attribute](const AttributeDefinition& one) {
             return one.name == attribute->definition.name;
           });
  };
  std::set<AttributeNumber> numbers;
  for (const Attribute& attribute : before.attributes) numbers.insert(attribute.number);
  for (const Attribute& attribute : after.attributes) numbers.insert(attribute.number);
  for (const AttributeNumber number : numbers) {
    const Attribute* old = before_.FindAttribute(before, number);
    const Attribute* now = after_.FindAttribute(after, number);
    CompareUnique(old, now);
    Aspects aspects;
    if (now == nullptr) {
      aspects.push_back({ChangeSafety::kNeedsCheck, "removed", ""});
    } else if (old == nullptr) {
      const bool must = now->definition.required && !now->definition.retired;
      aspects.push_back({must ? ChangeSafety::kNeedsCheck : ChangeSafety::kSafe, "added",
                         must ? "required" : ""});
      // Values of it may be there since before it left the model.
      if (!before_.AttributeName(number).empty()) classes_.insert(after.number);
    } else {
      aspects = CompareAttributes(*old, *now);
    }
    const bool here = declared(before, old) || declared(after, now);
    const std::string& name = now != nullptr ? now->definition.name : old->definition.name;
    for (Aspect& aspect : aspects) {
      if (aspect.safety != ChangeSafety::kSafe) classes_.insert(after.number);
      if (here)
        Report(absl::StrFormat("attribute %s.%s", after.definition.name, name), std::move(aspect));
    }
  }
}

Aspects Comparer::CompareAttributes(const Attribute& before, const Attribute& after) const {
  const AttributeDefinition& old = before.definition;
  const AttributeDefinition& now = after.definition;
  Aspects out;
  CompareNames(old.name, now.name, out);
  CompareRetired(old.retired, now.retired, out);
  if (!SameType(old, now)) {
    const bool one_list = (old.type == AttributeType::kList) != (now.type == AttributeType::kList);
    const auto text = [](const AttributeDefinition& one) {
      return one.type == AttributeType::kList ? absl::StrFormat("list of %s", NameOf(one.item_type))
                                              : std::string(NameOf(one.type));
    };
    out.push_back(
        {one_list ? ChangeSafety::kNever : SafetyOfTypes(ItemTypeOf(old), ItemTypeOf(now)),
         "changed", Arrow("type", text(old), text(now))});
  }
  CompareFlag("required", old.required, now.required, ChangeSafety::kNeedsCheck, out);
  CompareFlag("unique", old.unique, now.unique, ChangeSafety::kNeedsCheck, out);
  CompareFlag("index", old.indexed, now.indexed, ChangeSafety::kSafe, out);
  CompareFlag("search", old.searched, now.searched, ChangeSafety::kSafe, out);
  CompareBound("minimum", old.minimum, now.minimum, 1, out);
  CompareBound("maximum", old.maximum, now.maximum, -1, out);
  ComparePatterns(before, after, out);
  if (ItemTypeOf(now) == AttributeType::kEnum && ItemTypeOf(old) == AttributeType::kEnum)
    CompareValues(old.values, now.values, out);
  CompareReferences(before, after, out);
  if (!(old.default_value == now.default_value) && SameType(old, now))
    out.push_back({ChangeSafety::kSafe, "changed", "default"});
  CompareLabels("label", old.label, now.label, out);
  return out;
}

void Comparer::ComparePatterns(const Attribute& before, const Attribute& after,
                               Aspects& out) const {
  const std::vector<std::string_view> old = before_.Patterns(before);
  const std::vector<std::string_view> now = after_.Patterns(after);
  const auto lacks = [](const std::vector<std::string_view>& all, std::string_view pattern) {
    return std::find(all.begin(), all.end(), pattern) == all.end();
  };
  for (const std::string_view pattern : now) {
    if (lacks(old, pattern))
      out.push_back(
          {ChangeSafety::kNeedsCheck, "changed", absl::StrFormat("pattern %s added", pattern)});
  }
  for (const std::string_view pattern : old) {
    if (lacks(now, pattern))
      out.push_back(
          {ChangeSafety::kSafe, "changed", absl::StrFormat("pattern %s removed", pattern)});
  }
}

void Comparer::CompareReferences(const Attribute& before, const Attribute& after,
                                 Aspects& out) const {
  const Class* old = before_.FindClass(before.definition.reference_class);
  const Class* now = after_.FindClass(after.definition.reference_class);
  if (old == nullptr || now == nullptr || old->number == now->number) return;
  out.push_back(
      {after_.IsA(old->number, now->number) ? ChangeSafety::kSafe : ChangeSafety::kNeedsCheck,
       "changed", Arrow("reference_class", old->definition.name, now->definition.name)});
}

void Comparer::CompareUnique(const Attribute* before, const Attribute* after) {
  const bool was = before != nullptr && before->definition.unique;
  const bool is = after != nullptr && after->definition.unique;
  if (!was && !is) return;
  const auto decimal = [](const Attribute* one) {
    return one->definition.type == AttributeType::kDecimal;
  };
  if (was && is && before->declared_in == after->declared_in && decimal(before) == decimal(after))
    return;
  unique_.insert(is ? after->number : before->number);
}

void Comparer::CompareTypes() {
  for (const RelationshipType& type : before_.relationship_types()) {
    const RelationshipType* now = after_.FindRelationshipType(type.number);
    Aspects aspects;
    if (now == nullptr) {
      aspects.push_back({ChangeSafety::kNeedsCheck, "removed", ""});
    } else {
      aspects = CompareType(type, *now);
    }
    const std::string& name = now == nullptr ? type.definition.name : now->definition.name;
    for (Aspect& aspect : aspects) {
      if (aspect.safety != ChangeSafety::kSafe) types_.insert(type.number);
      Report("relationship type " + name, std::move(aspect));
    }
  }
  for (const RelationshipType& type : after_.relationship_types()) {
    if (before_.FindRelationshipType(type.number) != nullptr) continue;
    Report("relationship type " + type.definition.name, {ChangeSafety::kSafe, "added", ""});
    if (!before_.RelationshipTypeName(type.number).empty()) types_.insert(type.number);
  }
}

Aspects Comparer::CompareType(const RelationshipType& before, const RelationshipType& after) const {
  const RelationshipTypeDefinition& old = before.definition;
  const RelationshipTypeDefinition& now = after.definition;
  Aspects out;
  CompareNames(old.name, now.name, out);
  CompareRetired(old.retired, now.retired, out);
  if (old.cardinality != now.cardinality) {
    // Bit 0: one target a source; bit 1: one source a target.
    const auto old_limits = static_cast<unsigned>(old.cardinality);
    const auto new_limits = static_cast<unsigned>(now.cardinality);
    out.push_back(
        {(new_limits & ~old_limits) != 0 ? ChangeSafety::kNeedsCheck : ChangeSafety::kSafe,
         "changed", Arrow("cardinality", NameOf(old.cardinality), NameOf(now.cardinality))});
  }
  CompareEndpoints(before, after, out);
  CompareImpactOfTypes({before_, before}, {after_, after}, out);
  CompareText("naming", NameOf(old.naming), NameOf(now.naming), out);
  CompareTargetRules(before, after, out);
  CompareLabels("label", old.label, now.label, out);
  CompareLabels("inverse_label", old.inverse_label, now.inverse_label, out);
  return out;
}

// Nothing that is stored is judged by them.
void Comparer::CompareTargetRules(const RelationshipType& before, const RelationshipType& after,
                                  Aspects& out) const {
  const auto texts = [](const Schema& schema, const RelationshipType& type) {
    std::vector<std::string> rules;
    const auto target = [&schema](ClassNumber number) {
      return number.value == 0 ? "" : absl::StrFormat("%s: ", schema.ClassName(number));
    };
    for (const Capacity& rule : type.capacities) {
      rules.push_back(absl::StrFormat("capacity %s%s of %s", target(rule.target),
                                      schema.AttributeName(rule.limit),
                                      schema.AttributeName(rule.load)));
    }
    for (const Place& rule : type.places) {
      rules.push_back(
          absl::StrFormat("place %s%s", target(rule.target), schema.AttributeName(rule.position)));
      if (rule.extent.value != 0)
        rules.back() += absl::StrFormat(" with extent %s", schema.AttributeName(rule.extent));
    }
    return rules;
  };
  CompareTexts(texts(before_, before), texts(after_, after), out);
}

void Comparer::CompareEndpoints(const RelationshipType& before, const RelationshipType& after,
                                Aspects& out) const {
  const auto pair_text = [](const Endpoints& pair) {
    return absl::StrFormat("endpoint %s -> %s", pair.source_class, pair.target_class);
  };
  // Whether `schema` lets the other's pair through, whatever its names are there.
  const auto covered = [](const Schema& other, const Endpoints& pair, const Schema& schema,
                          const RelationshipType& type) {
    const Class* source = other.FindClass(pair.source_class);
    const Class* target = other.FindClass(pair.target_class);
    return source != nullptr && target != nullptr &&
           schema.EndpointsAllowed(type, source->number, target->number);
  };
  for (const Endpoints& pair : before.definition.endpoints) {
    if (!covered(before_, pair, after_, after))
      out.push_back({ChangeSafety::kNeedsCheck, "changed", pair_text(pair) + " removed"});
  }
  for (const Endpoints& pair : after.definition.endpoints) {
    if (!covered(after_, pair, before_, before))
      out.push_back({ChangeSafety::kSafe, "changed", pair_text(pair) + " added"});
  }
}

// References and endpoints that named a class name fewer records now.
void Comparer::CheckWhatNamesClasses() {
  for (const Class& owner : after_.classes()) {
    const bool refers =
        std::any_of(owner.attributes.begin(), owner.attributes.end(), [](const Attribute& one) {
          return ItemTypeOf(one.definition) == AttributeType::kReference;
        });
    if (refers) classes_.insert(owner.number);
  }
  for (const RelationshipType& type : after_.relationship_types()) types_.insert(type.number);
}

// What records have as their gates names what is gone.
void Comparer::CheckWhatHasGates() {
  for (const Class& owner : after_.classes()) {
    if (after_.GateAttributeOf(owner.number).value != 0) classes_.insert(owner.number);
  }
}

}  // namespace

std::string_view NameOf(ChangeSafety safety) {
  switch (safety) {
    case ChangeSafety::kSafe:
      return "safe";
    case ChangeSafety::kNeedsCheck:
      return "checked";
    case ChangeSafety::kNever:
      return "never";
  }
  return {};
}

ChangeSafety ModelComparison::safety() const {
  ChangeSafety gravest = ChangeSafety::kSafe;
  for (const ModelChange& change : changes) gravest = std::max(gravest, change.safety);
  return gravest;
}

ModelComparison Compare(const Schema& before, const Schema& after) {
  return Comparer(before, after).Run();
}

}  // namespace kosei::model
