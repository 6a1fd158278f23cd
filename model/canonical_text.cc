// The one text of a model: sorted by name, every text quoted, so that two models have the same text
// only when they say the same.
//
//   class "Server" parent "Node" abstract false label "Server" "..." description "..."
//    attribute "port" integer label ... required false ... minimum 0 ...
//     value "live" label ...
//   relationship "uses" label ... inverse ... many_to_many target_to_source
//    endpoint "Server" "Site"
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "keywords.h"
#include "kosei/model/definition.h"

namespace kosei::model {
namespace {

void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  out += '"';
}

void AppendField(std::string& out, std::string_view field, std::string_view text) {
  out += absl::StrFormat(" %s ", field);
  AppendQuoted(out, text);
}

void AppendLabel(std::string& out, std::string_view field, const Label& label) {
  AppendField(out, field, label.en);
  out += ' ';
  AppendQuoted(out, label.ja);
}

// A default as its text: 5 and "5" mean the same once they are coerced.
void AppendValue(std::string& out, const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      out += " null";
      return;
    case ValueKind::kBoolean:
      AppendField(out, "text", value.boolean() ? "true" : "false");
      return;
    case ValueKind::kInteger:
      AppendField(out, "text", std::to_string(value.integer()));
      return;
    case ValueKind::kDecimal:
      AppendField(out, "text", FormatDecimal(value.decimal()));
      return;
    case ValueKind::kText:
      AppendField(out, "text", value.text());
      return;
    case ValueKind::kList:
      break;
  }
  out += " list";
  for (const Value& item : value.list()) AppendValue(out, item);
  out += " end";
}

void AppendBound(std::string& out, std::string_view field, const std::optional<Decimal>& bound) {
  if (bound) out += absl::StrFormat(" %s %s", field, FormatDecimal(*bound));
}

// Nothing where there is nothing to say, as below.
void AppendNaming(std::string& out, Naming naming) {
  if (naming != Naming::kStrict) out += absl::StrFormat(" naming %s", NameOf(naming));
}

std::string_view Word(bool truth) { return truth ? "true" : "false"; }

// Nothing where there is nothing to say, so that a model that was never changed keeps its text.
void AppendEvolution(std::string& out, bool retired, const std::vector<std::string>& former) {
  if (retired) out += " retired true";
  for (const std::string& name : former) AppendField(out, "renamed_from", name);
}

void AppendAttribute(std::string& out, const AttributeDefinition& attribute) {
  out += " attribute ";
  AppendQuoted(out, attribute.name);
  out += absl::StrFormat(" %s", NameOf(attribute.type));
  if (attribute.type == AttributeType::kList)
    out += absl::StrFormat(" of %s", NameOf(attribute.item_type));
  AppendLabel(out, "label", attribute.label);
  out += absl::StrFormat(" required %s unique %s default", Word(attribute.required),
                         Word(attribute.unique));
  AppendValue(out, attribute.default_value);
  AppendField(out, "pattern", attribute.pattern);
  AppendBound(out, "minimum", attribute.minimum);
  AppendBound(out, "maximum", attribute.maximum);
  AppendField(out, "reference_class", attribute.reference_class);
  // Only what is set: a model without them keeps the text that it had before there were any.
  if (attribute.indexed) out += " index";
  if (attribute.searched) out += " search";
  AppendEvolution(out, attribute.retired, attribute.renamed_from);
  out += '\n';
  // In the order they are declared: it is the order in which people see them.
  for (const EnumValue& value : attribute.values) {
    out += "  value ";
    AppendQuoted(out, value.name);
    AppendLabel(out, "label", value.label);
    out += '\n';
  }
}

void AppendTexts(std::string& out, std::string_view field, const std::vector<std::string>& texts) {
  out += absl::StrFormat(" %s", field);
  for (const std::string& text : texts) {
    out += ' ';
    AppendQuoted(out, text);
  }
}

// Of impact only what is said: a model that says nothing of it keeps the text that it had before.
void AppendImpactOfClass(std::string& out, const ClassDefinition& definition) {
  if (!definition.gate.empty()) AppendField(out, "gate", definition.gate);
  if (definition.out_of_service) {
    AppendField(out, "out_of_service", definition.out_of_service->attribute);
    AppendTexts(out, "values", definition.out_of_service->values);
  }
  if (definition.role != ClassRole::kNone)
    out += absl::StrFormat(" role %s", NameOf(definition.role));
}

void AppendState(std::string& out, std::string_view field, const std::optional<State>& state) {
  if (state) out += absl::StrFormat(" %s %s", field, NameOf(*state));
}

void AppendEffect(std::string& out, const RelationshipTypeDefinition& type) {
  const RelationshipTypeDefinition usual;
  const bool is_usual = type.effect_of_degraded == usual.effect_of_degraded &&
                        type.effect_of_failed == usual.effect_of_failed;
  if (!is_usual) {
    out += absl::StrFormat(" degraded %s failed %s", NameOf(type.effect_of_degraded),
                           NameOf(type.effect_of_failed));
  }
  if (type.role != PartyRole::kNone) out += absl::StrFormat(" role %s", NameOf(type.role));
}

// The nearest counts, in whatever order they stand.
void AppendImpactRules(std::string& out, const RelationshipTypeDefinition& type) {
  std::vector<std::string> lines;
  for (const ImpactRuleDefinition& rule : type.impact_rules) {
    std::string& line = lines.emplace_back(" impact_rule");
    AppendField(line, "source", rule.source);
    AppendField(line, "target", rule.target);
    if (rule.impact) line += absl::StrFormat(" %s", NameOf(*rule.impact));
    AppendState(line, "degraded", rule.degraded);
    AppendState(line, "failed", rule.failed);
  }
  std::sort(lines.begin(), lines.end());
  for (const std::string& line : lines) out += line + "\n";
}

void AppendContext(std::string& out, const ImpactContextDefinition& context) {
  out += "impact_context ";
  AppendQuoted(out, context.name);
  AppendLabel(out, "label", context.label);
  AppendField(out, "class", context.class_name);
  AppendField(out, "attribute", context.attribute);
  AppendTexts(out, "values", context.values);
  out += absl::StrFormat(" state %s", NameOf(context.state));
  AppendField(out, "over", context.over);
  AppendField(out, "from", context.from);
  AppendField(out, "to", context.to);
  out += '\n';
}

void AppendClass(std::string& out, const ClassDefinition& definition) {
  out += "class ";
  AppendQuoted(out, definition.name);
  AppendField(out, "parent", definition.parent);
  out += absl::StrFormat(" abstract %s", Word(definition.is_abstract));
  AppendLabel(out, "label", definition.label);
  AppendField(out, "description", definition.description);
  AppendEvolution(out, definition.retired, definition.renamed_from);
  AppendImpactOfClass(out, definition);
  AppendNaming(out, definition.naming);
  if (definition.labels) AppendTexts(out, "labels", *definition.labels);
  out += '\n';
}

void AppendRelationshipType(std::string& out, const RelationshipTypeDefinition& type) {
  out += "relationship ";
  AppendQuoted(out, type.name);
  AppendLabel(out, "label", type.label);
  AppendLabel(out, "inverse", type.inverse_label);
  out += absl::StrFormat(" %s %s", NameOf(type.cardinality), NameOf(type.impact));
  AppendEvolution(out, type.retired, type.renamed_from);
  AppendNaming(out, type.naming);
  AppendEffect(out, type);
  out += '\n';
  AppendImpactRules(out, type);
  std::vector<std::pair<std::string_view, std::string_view>> endpoints;
  for (const Endpoints& pair : type.endpoints)
    endpoints.emplace_back(pair.source_class, pair.target_class);
  std::sort(endpoints.begin(), endpoints.end());
  for (const auto& [source, target] : endpoints) {
    out += " endpoint ";
    AppendQuoted(out, source);
    out += ' ';
    AppendQuoted(out, target);
    out += '\n';
  }
  // In the order they are declared, as attributes' values: it is the order of messages.
  for (const CapacityDefinition& capacity : type.capacities) {
    out += " capacity";
    AppendField(out, "target", capacity.target);
    AppendField(out, "limit", capacity.limit);
    AppendField(out, "load", capacity.load);
    out += '\n';
  }
  for (const PlaceDefinition& place : type.places) {
    out += " place";
    AppendField(out, "target", place.target);
    AppendField(out, "position", place.position);
    AppendField(out, "extent", place.extent);
    out += '\n';
  }
}

template <typename Item>
std::vector<const Item*> SortedByName(const std::vector<Item>& items) {
  std::vector<const Item*> sorted;
  sorted.reserve(items.size());
  for (const Item& item : items) sorted.push_back(&item);
  std::sort(sorted.begin(), sorted.end(),
            [](const Item* a, const Item* b) { return a->name < b->name; });
  return sorted;
}

}  // namespace

std::string CanonicalText(const ModelDefinition& model) {
  std::string out = "kosei model 1\n";
  for (const ClassDefinition* definition : SortedByName(model.classes)) {
    AppendClass(out, *definition);
    for (const AttributeDefinition* attribute : SortedByName(definition->attributes))
      AppendAttribute(out, *attribute);
  }
  for (const RelationshipTypeDefinition* type : SortedByName(model.relationship_types))
    AppendRelationshipType(out, *type);
  for (const ImpactContextDefinition* context : SortedByName(model.impact_contexts))
    AppendContext(out, *context);
  return out;
}

}  // namespace kosei::model
