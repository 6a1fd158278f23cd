#include "definition_checks.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "attribute_checks.h"
#include "keywords.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "names.h"
#include "text_check.h"
#include "yaml_map.h"

namespace kosei::model {
namespace {

constexpr std::size_t kClassesMax = 10'000;
// A topology keeps a type in one byte; 0 and 255 are its own.
constexpr std::size_t kRelationshipTypesMax = 254;
constexpr std::size_t kImpactContextsMax = 64;
constexpr std::size_t kLabelsMax = 64;

using ClassesByName = absl::flat_hash_map<std::string_view, const ClassDefinition*>;

// Where something stands, for a message about two of them.
std::string Place(std::string_view origin) {
  return origin.empty() ? std::string() : absl::StrFormat(", first at %s", origin);
}

// `name` and `origin` of what `items` holds differ from one another.
template <typename Items, typename NameOfItem, typename OriginOfItem>
absl::Status CheckDiffer(const Items& items, std::string_view what, NameOfItem name_of,
                         OriginOfItem origin_of) {
  absl::flat_hash_map<std::string_view, std::string_view> seen;
  for (const auto& item : items) {
    const auto [earlier, is_new] = seen.emplace(name_of(item), origin_of(item));
    if (is_new) continue;
    return ModelError(origin_of(item), absl::StrFormat("%s %s is defined twice%s; keep one", what,
                                                       name_of(item), Place(earlier->second)));
  }
  return absl::OkStatus();
}

template <typename Items>
absl::Status CheckDefinedOnce(const Items& items, std::string_view what) {
  return CheckDiffer(
      items, what, [](const auto& item) -> std::string_view { return item.name; },
      [](const auto& item) -> std::string_view { return item.origin; });
}

absl::Status UnknownClass(const ClassesByName& classes, std::string_view origin,
                          std::string_view where, std::string_view name) {
  NearestName nearest(name);
  for (const auto& [known, definition] : classes) nearest.Offer(known);
  return ModelError(
      origin, absl::StrFormat(
                  "%s names the class %s, which the model does not have%s", where, Quoted(name),
                  nearest.best().empty() ? "; define it or name another" : nearest.Suggestion()));
}

// What the query language calls its records.
absl::Status CheckLabels(const ClassDefinition& definition) {
  if (!definition.labels) return absl::OkStatus();
  if (definition.labels->size() > kLabelsMax) {
    return ModelError(definition.origin,
                      absl::StrFormat("class %s has %d labels, expected at most %d",
                                      definition.name, definition.labels->size(), kLabelsMax));
  }
  for (const std::string& label : *definition.labels) {
    if (IsFreeName(label)) continue;
    return NotAFreeName(definition.origin,
                        absl::StrFormat("class %s: label %s", definition.name, Quoted(label)));
  }
  return CheckDiffer(
      *definition.labels, absl::StrFormat("class %s: label", definition.name),
      [](const std::string& label) -> std::string_view { return label; },
      [&](const std::string&) -> std::string_view { return definition.origin; });
}

absl::Status CheckClass(const ClassDefinition& definition) {
  if (definition.naming == Naming::kFree && !IsFreeName(definition.name))
    return NotAFreeName(definition.origin, "class name " + Quoted(definition.name));
  if (definition.naming == Naming::kStrict && !IsClassName(definition.name)) {
    return ModelError(definition.origin,
                      absl::StrFormat("class name %s is not UpperCamelCase of at most %d ASCII "
                                      "letters and digits, as in NetworkSwitch",
                                      Quoted(definition.name), kNameBytesMax));
  }
  const std::string what = absl::StrFormat("class %s", definition.name);
  KOSEI_RETURN_IF_ERROR(CheckLabel(definition.label, definition.origin, what));
  if (ScanText(definition.description, TextForm::kLines).flaw != TextFlaw::kNone) {
    return ModelError(definition.origin,
                      absl::StrFormat("%s: the description holds control characters or bytes that "
                                      "are not UTF-8; remove them",
                                      what));
  }
  KOSEI_RETURN_IF_ERROR(CheckLabels(definition));
  for (const AttributeDefinition& attribute : definition.attributes)
    KOSEI_RETURN_IF_ERROR(CheckAttributeForm(definition, attribute));
  return absl::OkStatus();
}

// Parents are known, and following them ends.
absl::Status CheckInheritance(const ModelDefinition& model, const ClassesByName& classes) {
  for (const ClassDefinition& definition : model.classes) {
    std::string circle = definition.name;
    std::size_t steps = 0;
    const ClassDefinition* at = &definition;
    while (!at->parent.empty()) {
      const auto parent = classes.find(std::string_view(at->parent));
      if (parent == classes.end()) {
        return UnknownClass(classes, at->origin, absl::StrFormat("parent of class %s", at->name),
                            at->parent);
      }
      at = parent->second;
      if (steps < 8) circle += " -> " + at->name;
      if (at == &definition) {
        return ModelError(definition.origin,
                          absl::StrFormat("class %s is above itself (%s); give one of them another "
                                          "parent or none",
                                          definition.name, circle));
      }
      if (++steps > model.classes.size()) break;  // a circle further up: found when its turn comes
    }
  }
  return absl::OkStatus();
}

// The same name is the same kind of thing wherever it stands, so that a query may ask for it over
// all classes.
absl::Status CheckOneNameOneType(const ModelDefinition& model) {
  absl::flat_hash_map<std::string_view, const AttributeDefinition*> first;
  for (const ClassDefinition& definition : model.classes) {
    for (const AttributeDefinition& attribute : definition.attributes) {
      const auto [entry, is_new] = first.emplace(attribute.name, &attribute);
      const AttributeDefinition& other = *entry->second;
      if (is_new || SameType(attribute, other)) continue;
      return ModelError(
          attribute.origin,
          absl::StrFormat(
              "class %s: attribute %s is %s here but %s elsewhere%s; one name means one "
              "type: rename one of them",
              definition.name, attribute.name, TypeWords(attribute), TypeWords(other),
              Place(other.origin)));
    }
  }
  return absl::OkStatus();
}

// A former name belongs to one thing, and not to a present one of its kind as well. It may be free
// where the present one is strict: what came from another tool gets a name of the house.
class FormerNames {
 public:
  explicit FormerNames(std::string_view what) : what_(what) {}
  void AddPresent(std::string_view name) { present_.insert(name); }
  absl::Status Add(std::string_view name, const std::vector<std::string>& former,
                   std::string_view origin) {
    if (former.size() > kFormerNamesMax) {
      return ModelError(origin, absl::StrFormat("%s %s has %d former names, expected at most %d; "
                                                "drop the oldest",
                                                what_, name, former.size(), kFormerNamesMax));
    }
    for (const std::string& old : former) {
      if (!IsFreeName(old)) {
        return NotAFreeName(origin,
                            absl::StrFormat("%s %s: renamed_from %s", what_, name, Quoted(old)));
      }
      if (present_.contains(old)) {
        return ModelError(
            origin, absl::StrFormat("%s %s: renamed_from %s, which the model has as well; a former "
                                    "name is given up: remove one of the two",
                                    what_, name, old));
      }
      const auto [owner, is_new] = owners_.emplace(old, name);
      if (!is_new && owner->second != name) {
        return ModelError(origin,
                          absl::StrFormat("%s %s: renamed_from %s, which %s says as well; only one "
                                          "of them can have been it",
                                          what_, name, old, owner->second));
      }
    }
    return absl::OkStatus();
  }

 private:
  static constexpr std::size_t kFormerNamesMax = 16;
  const std::string_view what_;
  absl::flat_hash_set<std::string_view> present_;
  absl::flat_hash_map<std::string_view, std::string_view> owners_;
};

absl::Status CheckFormerNames(const ModelDefinition& model) {
  FormerNames classes("class");
  FormerNames attributes("attribute");
  FormerNames types("relationship type");
  for (const ClassDefinition& one : model.classes) {
    classes.AddPresent(one.name);
    for (const AttributeDefinition& attribute : one.attributes)
      attributes.AddPresent(attribute.name);
  }
  for (const RelationshipTypeDefinition& one : model.relationship_types) types.AddPresent(one.name);
  for (const ClassDefinition& one : model.classes) {
    KOSEI_RETURN_IF_ERROR(classes.Add(one.name, one.renamed_from, one.origin));
    for (const AttributeDefinition& attribute : one.attributes) {
      KOSEI_RETURN_IF_ERROR(
          attributes.Add(attribute.name, attribute.renamed_from, attribute.origin));
    }
  }
  for (const RelationshipTypeDefinition& one : model.relationship_types)
    KOSEI_RETURN_IF_ERROR(types.Add(one.name, one.renamed_from, one.origin));
  return absl::OkStatus();
}

// What is below a retired class has retired as well.
absl::Status CheckRetirement(const ModelDefinition& model, const ClassesByName& classes) {
  for (const ClassDefinition& definition : model.classes) {
    if (definition.retired || definition.parent.empty()) continue;
    const ClassDefinition& parent = *classes.find(std::string_view(definition.parent))->second;
    if (!parent.retired) continue;
    return ModelError(definition.origin,
                      absl::StrFormat("class %s is below %s, which is retired; retire it too, or "
                                      "give it another parent",
                                      definition.name, parent.name));
  }
  return absl::OkStatus();
}

absl::Status CheckRelationshipType(const RelationshipTypeDefinition& type,
                                   const ClassesByName& classes) {
  if (type.naming == Naming::kFree && !IsFreeName(type.name))
    return NotAFreeName(type.origin, "relationship type name " + Quoted(type.name));
  if (type.naming == Naming::kStrict && !IsSnakeName(type.name)) {
    return ModelError(type.origin,
                      absl::StrFormat("relationship type name %s is not snake_case of at most %d "
                                      "ASCII letters and digits, as in depends_on",
                                      Quoted(type.name), kNameBytesMax));
  }
  const std::string what = absl::StrFormat("relationship type %s", type.name);
  KOSEI_RETURN_IF_ERROR(CheckLabel(type.label, type.origin, what));
  KOSEI_RETURN_IF_ERROR(CheckLabel(type.inverse_label, type.origin,
                                   absl::StrFormat("relationship type %s, inverse", type.name)));
  if (type.endpoints.empty()) {
    return ModelError(type.origin, absl::StrFormat("%s has no endpoints; add at least one pair "
                                                   "{source: ..., target: ...}",
                                                   what));
  }
  for (const Endpoints& endpoints : type.endpoints) {
    if (!classes.contains(std::string_view(endpoints.source_class)))
      return UnknownClass(classes, type.origin, what + ", source", endpoints.source_class);
    if (!classes.contains(std::string_view(endpoints.target_class)))
      return UnknownClass(classes, type.origin, what + ", target", endpoints.target_class);
  }
  return absl::OkStatus();
}

absl::Status CheckImpactContext(const ImpactContextDefinition& context) {
  if (!IsSnakeName(context.name)) {
    return ModelError(
        context.origin,
        absl::StrFormat("impact context name %s is not snake_case of at most %d ASCII "
                        "letters and digits, as in in_progress",
                        Quoted(context.name), kNameBytesMax));
  }
  const std::string what = absl::StrFormat("impact context %s", context.name);
  KOSEI_RETURN_IF_ERROR(CheckLabel(context.label, context.origin, what));
  if (context.values.empty()) {
    return ModelError(context.origin, absl::StrFormat("%s: when has no values; name those with "
                                                      "which a record counts",
                                                      what));
  }
  if (context.state == State::kUp) {
    return ModelError(context.origin,
                      absl::StrFormat("%s: the state is up, expected degraded or failed; records "
                                      "are up without it",
                                      what));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckNamesDiffer(const ModelDefinition& model) {
  KOSEI_RETURN_IF_ERROR(CheckDefinedOnce(model.classes, "class"));
  KOSEI_RETURN_IF_ERROR(CheckDefinedOnce(model.relationship_types, "relationship type"));
  KOSEI_RETURN_IF_ERROR(CheckDefinedOnce(model.impact_contexts, "impact context"));
  for (const ClassDefinition& definition : model.classes) {
    KOSEI_RETURN_IF_ERROR(CheckDefinedOnce(
        definition.attributes, absl::StrFormat("class %s: attribute", definition.name)));
    for (const AttributeDefinition& attribute : definition.attributes) {
      KOSEI_RETURN_IF_ERROR(CheckDiffer(
          attribute.values,
          absl::StrFormat("class %s, attribute %s: value", definition.name, attribute.name),
          [](const EnumValue& value) -> std::string_view { return value.name; },
          [&](const EnumValue&) -> std::string_view { return attribute.origin; }));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckDefinition(const ModelDefinition& model) {
  if (model.classes.size() > kClassesMax) {
    return ModelError({}, absl::StrFormat("the model has %d classes, expected at most %d",
                                          model.classes.size(), kClassesMax));
  }
  if (model.relationship_types.size() > kRelationshipTypesMax) {
    return ModelError({},
                      absl::StrFormat("the model has %d relationship types, expected at most %d",
                                      model.relationship_types.size(), kRelationshipTypesMax));
  }
  KOSEI_RETURN_IF_ERROR(CheckNamesDiffer(model));
  ClassesByName classes;
  for (const ClassDefinition& definition : model.classes) {
    KOSEI_RETURN_IF_ERROR(CheckClass(definition));
    classes.emplace(definition.name, &definition);
  }
  KOSEI_RETURN_IF_ERROR(CheckInheritance(model, classes));
  KOSEI_RETURN_IF_ERROR(CheckOneNameOneType(model));
  KOSEI_RETURN_IF_ERROR(CheckFormerNames(model));
  KOSEI_RETURN_IF_ERROR(CheckRetirement(model, classes));
  for (const RelationshipTypeDefinition& type : model.relationship_types)
    KOSEI_RETURN_IF_ERROR(CheckRelationshipType(type, classes));
  if (model.impact_contexts.size() > kImpactContextsMax) {
    return ModelError({}, absl::StrFormat("the model has %d impact contexts, expected at most %d",
                                          model.impact_contexts.size(), kImpactContextsMax));
  }
  for (const ImpactContextDefinition& context : model.impact_contexts)
    KOSEI_RETURN_IF_ERROR(CheckImpactContext(context));
  return absl::OkStatus();
}

absl::Status NotAFreeName(std::string_view origin, std::string_view what) {
  return ModelError(origin, absl::StrFormat("%s is not a name of at most %d ASCII letters, digits "
                                            "and underscores that begins with no digit",
                                            what, kNameBytesMax));
}

absl::Status CheckLabel(const Label& label, std::string_view origin, std::string_view what) {
  if (label.en.empty() || label.ja.empty()) {
    return ModelError(origin,
                      absl::StrFormat("%s has no %s label; add \"label: {en: ..., ja: ...}\"", what,
                                      label.en.empty() ? "English" : "Japanese"));
  }
  for (const std::string* text : {&label.en, &label.ja}) {
    if (ScanText(*text, TextForm::kLine).flaw == TextFlaw::kNone) continue;
    return ModelError(origin, absl::StrFormat("%s: label %s is not one line of UTF-8 text without "
                                              "control characters",
                                              what, Quoted(*text)));
  }
  return absl::OkStatus();
}

}  // namespace kosei::model
