// The definition as YAML, a class or relationship type a document: what a store keeps of each
// version of its model, and what people edit to make the next one.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "keywords.h"
#include "kosei/model/definition.h"

namespace kosei::model {
namespace {

// In double quotes always: a name such as "no" or "1" would be read as something else without.
std::string Quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += absl::StrFormat("\\x%02X", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string Names(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + Quote(name);
  return out;
}

// Lines of one mapping, each with the same indentation; the first may stand behind a hyphen.
class Lines {
 public:
  Lines(std::string& out, int indentation) : out_(out), indentation_(indentation) {}

  void Add(std::string_view key, std::string_view value) {
    out_.append(static_cast<std::size_t>(indentation_), ' ');
    if (first_) out_.replace(out_.size() - 2, 2, "- ");
    first_ = false;
    out_ += absl::StrFormat("%s: %s\n", key, value);
  }
  void Text(std::string_view key, std::string_view text) {
    if (!text.empty()) Add(key, Quote(text));
  }
  void Flag(std::string_view key, bool value) {
    if (value) Add(key, "true");
  }
  void Label(std::string_view key, const model::Label& label) {
    if (label.en.empty() && label.ja.empty()) return;
    Add(key, absl::StrFormat("{en: %s, ja: %s}", Quote(label.en), Quote(label.ja)));
  }
  void Evolution(bool retired, const std::vector<std::string>& former) {
    Flag("retired", retired);
    if (former.empty()) return;
    Add("renamed_from", "[" + Names(former) + "]");
  }

 private:
  std::string& out_;
  const int indentation_;
  bool first_ = true;
};

std::string TextOf(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
    case ValueKind::kList:
      return {};
    case ValueKind::kBoolean:
      return value.boolean() ? "true" : "false";
    case ValueKind::kInteger:
      return std::to_string(value.integer());
    case ValueKind::kDecimal:
      return FormatDecimal(value.decimal());
    case ValueKind::kText:
      return value.text();
  }
  return {};
}

std::string DefaultOf(const Value& value) {
  if (value.kind() != ValueKind::kList) return Quote(TextOf(value));
  std::string items;
  for (const Value& item : value.list()) items += (items.empty() ? "" : ", ") + Quote(TextOf(item));
  return "[" + items + "]";
}

std::string ValuesOf(std::string_view attribute, const std::vector<std::string>& values) {
  return absl::StrFormat("{attribute: %s, values: [%s]}", Quote(attribute), Names(values));
}

template <typename Item>
std::vector<const Item*> SortedByName(const std::vector<Item>& items) {
  std::vector<const Item*> sorted;
  for (const Item& item : items) sorted.push_back(&item);
  std::sort(sorted.begin(), sorted.end(),
            [](const Item* a, const Item* b) { return a->name < b->name; });
  return sorted;
}

void AddAttribute(std::string& out, const AttributeDefinition& attribute) {
  Lines lines(out, 8);
  lines.Text("name", attribute.name);
  lines.Add("type", NameOf(attribute.type));
  if (attribute.type == AttributeType::kList) lines.Add("item_type", NameOf(attribute.item_type));
  lines.Label("label", attribute.label);
  lines.Flag("required", attribute.required);
  lines.Flag("unique", attribute.unique);
  if (!attribute.default_value.is_null()) lines.Add("default", DefaultOf(attribute.default_value));
  lines.Text("pattern", attribute.pattern);
  if (attribute.minimum) lines.Add("minimum", FormatDecimal(*attribute.minimum));
  if (attribute.maximum) lines.Add("maximum", FormatDecimal(*attribute.maximum));
  lines.Text("reference_class", attribute.reference_class);
  lines.Flag("index", attribute.indexed);
  lines.Flag("search", attribute.searched);
  lines.Evolution(attribute.retired, attribute.renamed_from);
  if (attribute.values.empty()) return;
  out += "        values:\n";
  for (const EnumValue& value : attribute.values) {
    Lines entry(out, 12);
    entry.Text("name", value.name);
    entry.Label("label", value.label);
  }
}

// Of the document that begins here.
void AddNaming(std::string& out, Naming naming) {
  if (naming != Naming::kStrict) out += absl::StrFormat("naming: %s\n", NameOf(naming));
}

void AddClass(std::string& out, const ClassDefinition& definition) {
  AddNaming(out, definition.naming);
  out += "classes:\n";
  Lines lines(out, 4);
  lines.Text("name", definition.name);
  lines.Text("parent", definition.parent);
  lines.Flag("abstract", definition.is_abstract);
  lines.Label("label", definition.label);
  lines.Text("description", definition.description);
  lines.Evolution(definition.retired, definition.renamed_from);
  lines.Text("gate", definition.gate);
  if (definition.out_of_service) {
    lines.Add("out_of_service",
              ValuesOf(definition.out_of_service->attribute, definition.out_of_service->values));
  }
  if (definition.role != ClassRole::kNone) lines.Add("role", NameOf(definition.role));
  if (definition.labels) lines.Add("labels", "[" + Names(*definition.labels) + "]");
  if (definition.attributes.empty()) return;
  out += "    attributes:\n";
  for (const AttributeDefinition* attribute : SortedByName(definition.attributes))
    AddAttribute(out, *attribute);
}

void AddTargetRules(std::string& out, const RelationshipTypeDefinition& type) {
  if (!type.capacities.empty()) out += "    capacity:\n";
  const auto target = [](const std::string& name) {
    return name.empty() ? std::string() : absl::StrFormat("target: %s, ", Quote(name));
  };
  for (const CapacityDefinition& capacity : type.capacities) {
    out += absl::StrFormat("      - {%slimit: %s, load: %s}\n", target(capacity.target),
                           Quote(capacity.limit), Quote(capacity.load));
  }
  if (!type.places.empty()) out += "    places:\n";
  for (const PlaceDefinition& place : type.places) {
    out += absl::StrFormat("      - {%sposition: %s", target(place.target), Quote(place.position));
    if (!place.extent.empty()) out += ", extent: " + Quote(place.extent);
    out += "}\n";
  }
}

// In the order they are declared: messages name them by it.
void AddImpactRules(std::string& out, const RelationshipTypeDefinition& type) {
  if (!type.impact_rules.empty()) out += "    impact_rules:\n";
  for (const ImpactRuleDefinition& rule : type.impact_rules) {
    std::string fields;
    const auto add = [&fields](std::string_view key, std::string_view value) {
      if (!value.empty())
        fields += absl::StrFormat("%s%s: %s", fields.empty() ? "" : ", ", key, value);
    };
    if (!rule.source.empty()) add("source", Quote(rule.source));
    if (!rule.target.empty()) add("target", Quote(rule.target));
    if (rule.impact) add("impact", NameOf(*rule.impact));
    if (rule.degraded) add("degraded", NameOf(*rule.degraded));
    if (rule.failed) add("failed", NameOf(*rule.failed));
    out += absl::StrFormat("      - {%s}\n", fields);
  }
}

void AddContext(std::string& out, const ImpactContextDefinition& context) {
  out += "impact_contexts:\n";
  Lines lines(out, 4);
  lines.Text("name", context.name);
  lines.Label("label", context.label);
  lines.Text("class", context.class_name);
  lines.Add("when", ValuesOf(context.attribute, context.values));
  lines.Add("state", NameOf(context.state));
  lines.Text("over", context.over);
  lines.Text("from", context.from);
  lines.Text("to", context.to);
}

void AddRelationshipType(std::string& out, const RelationshipTypeDefinition& type) {
  AddNaming(out, type.naming);
  out += "relationship_types:\n";
  Lines lines(out, 4);
  lines.Text("name", type.name);
  lines.Label("label", type.label);
  lines.Label("inverse_label", type.inverse_label);
  lines.Add("cardinality", NameOf(type.cardinality));
  lines.Add("impact", NameOf(type.impact));
  const RelationshipTypeDefinition usual;
  if (type.effect_of_degraded != usual.effect_of_degraded ||
      type.effect_of_failed != usual.effect_of_failed) {
    lines.Add("effect",
              absl::StrFormat("{degraded: %s, failed: %s}", NameOf(type.effect_of_degraded),
                              NameOf(type.effect_of_failed)));
  }
  if (type.role != PartyRole::kNone) lines.Add("role", NameOf(type.role));
  lines.Evolution(type.retired, type.renamed_from);
  AddImpactRules(out, type);
  AddTargetRules(out, type);
  if (type.endpoints.empty()) return;
  out += "    endpoints:\n";
  std::vector<std::string> pairs;
  for (const Endpoints& pair : type.endpoints) {
    pairs.push_back(absl::StrFormat("      - {source: %s, target: %s}\n", Quote(pair.source_class),
                                    Quote(pair.target_class)));
  }
  std::sort(pairs.begin(), pairs.end());
  for (const std::string& pair : pairs) out += pair;
}

}  // namespace

std::string ModelText(const ModelDefinition& model) {
  std::string out;
  const auto begin = [&out] {
    if (!out.empty()) out += "---\n";
  };
  for (const ClassDefinition* definition : SortedByName(model.classes)) {
    begin();
    AddClass(out, *definition);
  }
  for (const RelationshipTypeDefinition* type : SortedByName(model.relationship_types)) {
    begin();
    AddRelationshipType(out, *type);
  }
  for (const ImpactContextDefinition* context : SortedByName(model.impact_contexts)) {
    begin();
    AddContext(out, *context);
  }
  return out;
}

}  // namespace kosei::model
