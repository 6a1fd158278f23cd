#include "model_parser.h"

#include <array>
#include <exception>
#include <span>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "definition_checks.h"
#include "impact_yaml.h"
#include "keywords.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "names.h"
#include "yaml_map.h"
#include "yaml_words.h"

namespace kosei::model {
namespace {

constexpr std::array<std::string_view, 4> kModelKeys = {"classes", "relationship_types",
                                                        "impact_contexts", "naming"};
constexpr std::array<std::string_view, 12> kClassKeys = {
    "name",    "parent",       "abstract", "label",          "description", "attributes",
    "retired", "renamed_from", "gate",     "out_of_service", "role",        "labels"};
constexpr std::array<std::string_view, 16> kAttributeKeys = {
    "name",    "label",        "type",    "item_type", "required", "unique",
    "default", "pattern",      "minimum", "maximum",   "values",   "reference_class",
    "retired", "renamed_from", "index",   "search"};
constexpr std::array<std::string_view, 2> kEnumValueKeys = {"name", "label"};
constexpr std::array<std::string_view, 13> kRelationshipTypeKeys = {
    "name",         "label", "inverse_label", "endpoints", "cardinality", "impact",      "effect",
    "impact_rules", "role",  "capacity",      "places",    "retired",     "renamed_from"};
constexpr std::array<std::string_view, 3> kCapacityKeys = {"target", "limit", "load"};
constexpr std::array<std::string_view, 3> kPlaceKeys = {"target", "position", "extent"};
constexpr std::array<std::string_view, 2> kEndpointKeys = {"source", "target"};

absl::Status ReadBound(const YamlSource& source, const YamlMap& map, std::string_view key,
                       std::optional<Decimal>& out) {
  const YAML::Node* node = map.Find(key);
  if (node == nullptr) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const std::string text,
                         source.Text(*node, absl::StrFormat("%s of an attribute", key)));
  absl::StatusOr<Decimal> bound = ParseDecimal(text);
  if (!bound.ok()) {
    return source.Error(*node,
                        absl::StrFormat("%s of an attribute is %s, expected a number such as 0, "
                                        "65535 or 99.5",
                                        key, Quoted(text)));
  }
  out = *bound;
  return absl::OkStatus();
}

// Text as it stands, or a list of texts; Build coerces it to the attribute's type.
absl::Status ReadDefault(YamlSource& source, const YamlMap& map, Value& out) {
  constexpr std::string_view kWhat = "default of an attribute";
  const YAML::Node* node = map.Find("default");
  if (node == nullptr) return absl::OkStatus();
  if (!node->IsSequence()) {
    KOSEI_ASSIGN_OR_RETURN(std::string text, source.Text(*node, kWhat));
    out = Value(std::move(text));
    return absl::OkStatus();
  }
  ValueList items;
  KOSEI_RETURN_IF_ERROR(source.ForEach(*node, kWhat, [&](const YAML::Node& item) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(std::string text, source.Text(item, kWhat));
    items.emplace_back(std::move(text));
    return absl::OkStatus();
  }));
  out = Value(std::move(items));
  return absl::OkStatus();
}

// "retired" and "renamed_from": one former name, or a list of them, newest first.
absl::Status ReadEvolution(YamlSource& source, const YamlMap& map, bool& retired,
                           std::vector<std::string>& renamed_from) {
  constexpr std::string_view kWhat = "renamed_from";
  KOSEI_RETURN_IF_ERROR(map.ReadBoolean("retired", retired));
  const YAML::Node* node = map.Find("renamed_from");
  if (node == nullptr) return absl::OkStatus();
  if (!node->IsSequence()) {
    KOSEI_ASSIGN_OR_RETURN(std::string name, source.Text(*node, kWhat));
    renamed_from.push_back(std::move(name));
    return absl::OkStatus();
  }
  return ReadTexts(source, map, "renamed_from", kWhat, renamed_from);
}

absl::Status ReadEnumValues(YamlSource& source, const YamlMap& map, std::vector<EnumValue>& out) {
  return ForEachEntry(source, map, "values", "values of an attribute", "an enum value",
                      kEnumValueKeys, [&](const YamlMap& entry) -> absl::Status {
                        EnumValue& value = out.emplace_back();
                        KOSEI_RETURN_IF_ERROR(entry.RequireText("name", value.name));
                        return entry.ReadLabel("label", value.label);
                      });
}

absl::Status ReadAttributeType(const YamlSource& source, const YamlMap& map,
                               AttributeDefinition& attribute) {
  if (map.Find("type") == nullptr) {
    return source.Error(map.node(),
                        absl::StrFormat("attribute %s has no type; add \"type: ...\", one of %s",
                                        attribute.name, AttributeTypeWords()));
  }
  KOSEI_RETURN_IF_ERROR(
      ReadWord(source, map, "type", &AttributeTypeOf, &AttributeTypeWords, attribute.type));
  const bool is_list = attribute.type == AttributeType::kList;
  const YAML::Node* item_type = map.Find("item_type");
  if (is_list && item_type == nullptr) {
    return source.Error(map.node(), absl::StrFormat("attribute %s is a list without item_type; add "
                                                    "\"item_type: ...\" with the type of its items",
                                                    attribute.name));
  }
  if (!is_list && item_type != nullptr) {
    return source.Error(
        *item_type, absl::StrFormat("attribute %s has item_type but its type is %s; only a list "
                                    "has items: drop item_type or write \"type: list\"",
                                    attribute.name, NameOf(attribute.type)));
  }
  return ReadWord(source, map, "item_type", &AttributeTypeOf, &AttributeTypeWords,
                  attribute.item_type);
}

absl::StatusOr<AttributeDefinition> ReadAttribute(YamlSource& source, const YAML::Node& node) {
  AttributeDefinition attribute;
  attribute.origin = source.At(node);
  KOSEI_ASSIGN_OR_RETURN(const YamlMap map,
                         YamlMap::Open(source, node, "an attribute", kAttributeKeys));
  KOSEI_RETURN_IF_ERROR(map.RequireText("name", attribute.name));
  KOSEI_RETURN_IF_ERROR(map.ReadLabel("label", attribute.label));
  KOSEI_RETURN_IF_ERROR(ReadAttributeType(source, map, attribute));
  KOSEI_RETURN_IF_ERROR(map.ReadBoolean("required", attribute.required));
  KOSEI_RETURN_IF_ERROR(map.ReadBoolean("unique", attribute.unique));
  KOSEI_RETURN_IF_ERROR(ReadDefault(source, map, attribute.default_value));
  KOSEI_RETURN_IF_ERROR(map.ReadText("pattern", attribute.pattern));
  KOSEI_RETURN_IF_ERROR(ReadBound(source, map, "minimum", attribute.minimum));
  KOSEI_RETURN_IF_ERROR(ReadBound(source, map, "maximum", attribute.maximum));
  KOSEI_RETURN_IF_ERROR(ReadEnumValues(source, map, attribute.values));
  KOSEI_RETURN_IF_ERROR(map.ReadText("reference_class", attribute.reference_class));
  KOSEI_RETURN_IF_ERROR(map.ReadBoolean("index", attribute.indexed));
  KOSEI_RETURN_IF_ERROR(map.ReadBoolean("search", attribute.searched));
  KOSEI_RETURN_IF_ERROR(ReadEvolution(source, map, attribute.retired, attribute.renamed_from));
  return attribute;
}

absl::Status ReadClass(YamlSource& source, const YAML::Node& node, Naming naming,
                       ModelDefinition& model) {
  ClassDefinition definition;
  definition.naming = naming;
  definition.origin = source.At(node);
  KOSEI_ASSIGN_OR_RETURN(const YamlMap map, YamlMap::Open(source, node, "a class", kClassKeys));
  KOSEI_RETURN_IF_ERROR(map.RequireText("name", definition.name));
  KOSEI_RETURN_IF_ERROR(map.ReadText("parent", definition.parent));
  KOSEI_RETURN_IF_ERROR(map.ReadBoolean("abstract", definition.is_abstract));
  KOSEI_RETURN_IF_ERROR(map.ReadLabel("label", definition.label));
  KOSEI_RETURN_IF_ERROR(map.ReadText("description", definition.description));
  KOSEI_RETURN_IF_ERROR(ReadEvolution(source, map, definition.retired, definition.renamed_from));
  KOSEI_RETURN_IF_ERROR(ReadImpactOfClass(source, map, definition));
  if (map.Find("labels") != nullptr) {
    KOSEI_RETURN_IF_ERROR(
        ReadTexts(source, map, "labels", "labels of a class", definition.labels.emplace()));
  }
  if (const YAML::Node* attributes = map.Find("attributes")) {
    KOSEI_RETURN_IF_ERROR(source.ForEach(
        *attributes, "attributes of a class", [&](const YAML::Node& item) -> absl::Status {
          KOSEI_ASSIGN_OR_RETURN(AttributeDefinition attribute, ReadAttribute(source, item));
          definition.attributes.push_back(std::move(attribute));
          return absl::OkStatus();
        }));
  }
  model.classes.push_back(std::move(definition));
  return absl::OkStatus();
}

// One class or a list of them.
absl::StatusOr<std::vector<std::string>> ReadEndpoint(YamlSource& source, const YamlMap& map,
                                                      std::string_view key) {
  std::vector<std::string> classes;
  const YAML::Node* node = map.Find(key);
  if (node == nullptr || !node->IsSequence()) {
    std::string name;
    KOSEI_RETURN_IF_ERROR(map.RequireText(key, name));
    classes.push_back(std::move(name));
    return classes;
  }
  KOSEI_RETURN_IF_ERROR(
      ReadTexts(source, map, key, absl::StrFormat("%s of an endpoint", key), classes));
  return classes;
}

// "capacity" and "places".
absl::Status ReadTargetRules(YamlSource& source, const YamlMap& map,
                             RelationshipTypeDefinition& type) {
  KOSEI_RETURN_IF_ERROR(
      ForEachEntry(source, map, "capacity", "capacity of a relationship type", "a capacity",
                   kCapacityKeys, [&](const YamlMap& entry) -> absl::Status {
                     CapacityDefinition& capacity = type.capacities.emplace_back();
                     KOSEI_RETURN_IF_ERROR(entry.ReadText("target", capacity.target));
                     KOSEI_RETURN_IF_ERROR(entry.RequireText("limit", capacity.limit));
                     return entry.RequireText("load", capacity.load);
                   }));
  return ForEachEntry(source, map, "places", "places of a relationship type", "a place", kPlaceKeys,
                      [&](const YamlMap& entry) -> absl::Status {
                        PlaceDefinition& place = type.places.emplace_back();
                        KOSEI_RETURN_IF_ERROR(entry.ReadText("target", place.target));
                        KOSEI_RETURN_IF_ERROR(entry.RequireText("position", place.position));
                        return entry.ReadText("extent", place.extent);
                      });
}

// "endpoints": every source of an entry with every target of it.
absl::Status ReadEndpoints(YamlSource& source, const YamlMap& map,
                           RelationshipTypeDefinition& type) {
  return ForEachEntry(source, map, "endpoints", "endpoints of a relationship type", "an endpoint",
                      kEndpointKeys, [&](const YamlMap& entry) -> absl::Status {
                        KOSEI_ASSIGN_OR_RETURN(const std::vector<std::string> sources,
                                               ReadEndpoint(source, entry, "source"));
                        KOSEI_ASSIGN_OR_RETURN(const std::vector<std::string> targets,
                                               ReadEndpoint(source, entry, "target"));
                        for (const std::string& from : sources) {
                          for (const std::string& to : targets)
                            type.endpoints.push_back({from, to});
                        }
                        return absl::OkStatus();
                      });
}

absl::Status ReadRelationshipType(YamlSource& source, const YAML::Node& node, Naming naming,
                                  ModelDefinition& model) {
  RelationshipTypeDefinition type;
  type.naming = naming;
  type.origin = source.At(node);
  KOSEI_ASSIGN_OR_RETURN(const YamlMap map,
                         YamlMap::Open(source, node, "a relationship type", kRelationshipTypeKeys));
  KOSEI_RETURN_IF_ERROR(map.RequireText("name", type.name));
  KOSEI_RETURN_IF_ERROR(map.ReadLabel("label", type.label));
  KOSEI_RETURN_IF_ERROR(map.ReadLabel("inverse_label", type.inverse_label));
  KOSEI_RETURN_IF_ERROR(
      ReadWord(source, map, "cardinality", &CardinalityOf, &CardinalityWords, type.cardinality));
  KOSEI_RETURN_IF_ERROR(ReadEvolution(source, map, type.retired, type.renamed_from));
  // How failure travels is what the model is for, so it has to be said.
  std::string impact;
  KOSEI_RETURN_IF_ERROR(map.RequireText("impact", impact));
  KOSEI_RETURN_IF_ERROR(
      ReadWord(source, map, "impact", &ImpactDirectionOf, &ImpactDirectionWords, type.impact));
  KOSEI_RETURN_IF_ERROR(ReadImpactOfType(source, map, type));
  KOSEI_RETURN_IF_ERROR(ReadTargetRules(source, map, type));
  KOSEI_RETURN_IF_ERROR(ReadEndpoints(source, map, type));
  model.relationship_types.push_back(std::move(type));
  return absl::OkStatus();
}

absl::Status ReadDocument(YamlSource& source, const YAML::Node& node, ModelDefinition& model) {
  if (node.IsNull()) return absl::OkStatus();  // nothing but comments
  KOSEI_ASSIGN_OR_RETURN(const YamlMap map,
                         YamlMap::Open(source, node, "a model file", kModelKeys));
  Naming naming = Naming::kStrict;
  KOSEI_RETURN_IF_ERROR(ReadWord(source, map, "naming", &NamingOf, &NamingWords, naming));
  if (const YAML::Node* classes = map.Find("classes")) {
    KOSEI_RETURN_IF_ERROR(source.ForEach(*classes, "classes", [&](const YAML::Node& item) {
      return ReadClass(source, item, naming, model);
    }));
  }
  if (const YAML::Node* types = map.Find("relationship_types")) {
    KOSEI_RETURN_IF_ERROR(source.ForEach(*types, "relationship_types", [&](const YAML::Node& item) {
      return ReadRelationshipType(source, item, naming, model);
    }));
  }
  return ReadImpactContexts(source, map, model);
}

}  // namespace

absl::Status ParseInto(std::string_view yaml, std::string_view origin, ModelDefinition& model,
                       std::size_t bytes_max) {
  if (yaml.size() > bytes_max) {
    return ModelError(
        origin, absl::StrFormat("the file has %d bytes, expected at most %d; split it", yaml.size(),
                                bytes_max));
  }
  if (!IsValidUtf8(yaml) || yaml.find('\0') != std::string_view::npos)
    return ModelError(origin, "the file is not UTF-8 text; save it as UTF-8");
  YamlSource source(origin);
  try {
    for (const YAML::Node& document : YAML::LoadAll(std::string(yaml)))
      KOSEI_RETURN_IF_ERROR(ReadDocument(source, document, model));
  } catch (const YAML::Exception& error) {
    return ModelError(source.At(error.mark),
                      absl::StrFormat("not YAML: %s; check indentation, quotes and colons here and "
                                      "on the line above",
                                      error.msg));
  } catch (const std::exception& error) {
    return ModelError(origin, absl::StrFormat("cannot be read: %s", error.what()));
  }
  return absl::OkStatus();
}

absl::StatusOr<ModelDefinition> ParseModel(std::string_view yaml, std::string_view origin) {
  ModelDefinition model;
  KOSEI_RETURN_IF_ERROR(ParseInto(yaml, origin, model));
  KOSEI_RETURN_IF_ERROR(CheckNamesDiffer(model));
  return model;
}

absl::StatusOr<ModelDefinition> ParseModelFiles(const std::vector<ModelFile>& files) {
  ModelDefinition model;
  std::size_t total = 0;
  for (const ModelFile& file : files) {
    total += file.text.size();
    if (total > kModelBytesMax) {
      return ModelError(file.name, absl::StrFormat("the model has more than %d bytes, expected at "
                                                   "most that in all its files",
                                                   kModelBytesMax));
    }
    KOSEI_RETURN_IF_ERROR(ParseInto(file.text, file.name, model));
  }
  KOSEI_RETURN_IF_ERROR(CheckNamesDiffer(model));
  return model;
}

absl::StatusOr<ModelDefinition> ReadModelText(std::string_view text, std::string_view origin) {
  // A class or type a document: the bounds of a file are those of one of them here. No text inside
  // has a line of its own, so this parts documents and nothing else.
  constexpr std::string_view kBetween = "\n---\n";
  ModelDefinition model;
  while (!text.empty()) {
    const std::size_t end = text.find(kBetween);
    KOSEI_RETURN_IF_ERROR(ParseInto(text.substr(0, end), origin, model, kModelBytesMax));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + kBetween.size());
  }
  KOSEI_RETURN_IF_ERROR(CheckNamesDiffer(model));
  return model;
}

}  // namespace kosei::model
