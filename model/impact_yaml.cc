#include "impact_yaml.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "keywords.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/model/gate.h"
#include "yaml_words.h"

namespace kosei::model {
namespace {

constexpr std::array<std::string_view, 2> kValuesKeys = {"attribute", "values"};
constexpr std::array<std::string_view, 2> kEffectKeys = {"failed", "degraded"};
constexpr std::array<std::string_view, 5> kRuleKeys = {"source", "target", "impact", "failed",
                                                       "degraded"};
constexpr std::array<std::string_view, 8> kContextKeys = {"name",  "label", "class", "when",
                                                          "state", "over",  "from",  "to"};

// As ReadWord; an absent key leaves nothing in `out`.
template <typename Enum>
absl::Status ReadOptionalWord(const YamlSource& source, const YamlMap& map, std::string_view key,
                              std::optional<Enum> (*value_of)(std::string_view),
                              std::string (*words)(), std::optional<Enum>& out) {
  if (map.Find(key) == nullptr) return absl::OkStatus();
  Enum value{};
  KOSEI_RETURN_IF_ERROR(ReadWord(source, map, key, value_of, words, value));
  out = value;
  return absl::OkStatus();
}

// `effect of` what a giver's state `key` arrives as.
absl::Status ReadState(const YamlSource& source, const YamlMap& map, std::string_view key,
                       std::optional<State>& out) {
  std::string text;
  KOSEI_RETURN_IF_ERROR(map.ReadText(key, text));
  if (map.Find(key) == nullptr) return absl::OkStatus();
  out = StateOf(text);
  if (out) return absl::OkStatus();
  return source.Error(*map.Find(key), absl::StrFormat("%s is %s, expected one of %s", key,
                                                      Quoted(text), StateWords()));
}

// {attribute: ..., values: [...]} under `key`.
absl::Status ReadValues(YamlSource& source, const YamlMap& map, std::string_view key,
                        std::string& attribute, std::vector<std::string>& values) {
  KOSEI_ASSIGN_OR_RETURN(const YamlMap entry,
                         YamlMap::Open(source, *map.Find(key), key, kValuesKeys));
  KOSEI_RETURN_IF_ERROR(entry.RequireText("attribute", attribute));
  return ReadTexts(source, entry, "values", absl::StrFormat("values of %s", key), values);
}

absl::Status ReadRule(const YamlSource& source, const YamlMap& entry, ImpactRuleDefinition& rule) {
  rule.origin = source.At(entry.node());
  KOSEI_RETURN_IF_ERROR(entry.ReadText("source", rule.source));
  KOSEI_RETURN_IF_ERROR(entry.ReadText("target", rule.target));
  KOSEI_RETURN_IF_ERROR(ReadOptionalWord(source, entry, "impact", &ImpactDirectionOf,
                                         &ImpactDirectionWords, rule.impact));
  KOSEI_RETURN_IF_ERROR(ReadState(source, entry, "degraded", rule.degraded));
  return ReadState(source, entry, "failed", rule.failed);
}

absl::Status ReadContext(YamlSource& source, const YamlMap& entry,
                         ImpactContextDefinition& context) {
  context.origin = source.At(entry.node());
  KOSEI_RETURN_IF_ERROR(entry.RequireText("name", context.name));
  KOSEI_RETURN_IF_ERROR(entry.ReadLabel("label", context.label));
  KOSEI_RETURN_IF_ERROR(entry.RequireText("class", context.class_name));
  if (entry.Find("when") == nullptr) {
    return source.Error(entry.node(), absl::StrFormat("impact context %s has no when; add \"when: "
                                                      "{attribute: ..., values: [...]}\"",
                                                      context.name));
  }
  KOSEI_RETURN_IF_ERROR(ReadValues(source, entry, "when", context.attribute, context.values));
  std::optional<State> state;
  KOSEI_RETURN_IF_ERROR(ReadState(source, entry, "state", state));
  context.state = state.value_or(context.state);
  KOSEI_RETURN_IF_ERROR(entry.ReadText("over", context.over));
  KOSEI_RETURN_IF_ERROR(entry.ReadText("from", context.from));
  return entry.ReadText("to", context.to);
}

}  // namespace

absl::Status ReadImpactOfClass(YamlSource& source, const YamlMap& map,
                               ClassDefinition& definition) {
  if (const YAML::Node* node = map.Find("gate")) {
    KOSEI_RETURN_IF_ERROR(map.RequireText("gate", definition.gate));
    const absl::StatusOr<GatePart> gate = ParseGate(definition.gate);
    if (!gate.ok()) {
      return source.Error(
          *node, absl::StrFormat("class %s: %s", definition.name, MessageOf(gate.status())));
    }
    definition.gate = GateText(*gate);
  }
  if (map.Find("out_of_service") != nullptr) {
    OutOfServiceDefinition& out = definition.out_of_service.emplace();
    KOSEI_RETURN_IF_ERROR(ReadValues(source, map, "out_of_service", out.attribute, out.values));
  }
  return ReadWord(source, map, "role", &ClassRoleOf, &ClassRoleWords, definition.role);
}

absl::Status ReadImpactOfType(YamlSource& source, const YamlMap& map,
                              RelationshipTypeDefinition& type) {
  if (const YAML::Node* node = map.Find("effect")) {
    KOSEI_ASSIGN_OR_RETURN(const YamlMap entry,
                           YamlMap::Open(source, *node, "an effect", kEffectKeys));
    std::optional<State> degraded;
    std::optional<State> failed;
    KOSEI_RETURN_IF_ERROR(ReadState(source, entry, "degraded", degraded));
    KOSEI_RETURN_IF_ERROR(ReadState(source, entry, "failed", failed));
    type.effect_of_degraded = degraded.value_or(type.effect_of_degraded);
    type.effect_of_failed = failed.value_or(type.effect_of_failed);
  }
  KOSEI_RETURN_IF_ERROR(
      ForEachEntry(source, map, "impact_rules", "impact_rules of a relationship type",
                   "an impact rule", kRuleKeys, [&](const YamlMap& entry) {
                     return ReadRule(source, entry, type.impact_rules.emplace_back());
                   }));
  return ReadWord(source, map, "role", &PartyRoleOf, &PartyRoleWords, type.role);
}

absl::Status ReadImpactContexts(YamlSource& source, const YamlMap& map, ModelDefinition& model) {
  return ForEachEntry(source, map, "impact_contexts", "impact_contexts", "an impact context",
                      kContextKeys, [&](const YamlMap& entry) {
                        return ReadContext(source, entry, model.impact_contexts.emplace_back());
                      });
}

}  // namespace kosei::model
