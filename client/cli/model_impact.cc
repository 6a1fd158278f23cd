#include "model_impact.h"

#include <array>
#include <cstddef>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace kosei::cli {
namespace {

constexpr std::uint8_t kAsTheType = client::ModelImpactRule::kAsTheType;
constexpr std::uint8_t kDegraded = 1;
constexpr std::uint8_t kFailed = 2;

template <std::size_t kCount>
std::string_view WordOf(const std::array<std::string_view, kCount>& words, std::uint8_t number) {
  return number < kCount ? words[number] : std::string_view("unknown");
}

std::string_view ClassRoleText(std::uint8_t role) {
  constexpr std::array<std::string_view, 2> kRoles = {"none", "service"};
  return WordOf(kRoles, role);
}

std::string_view PartyRoleText(std::uint8_t role) {
  constexpr std::array<std::string_view, 6> kRoles = {"none",      "owner",   "customer",
                                                      "agreement", "support", "contact"};
  return WordOf(kRoles, role);
}

void WriteNames(JsonWriter& json, std::string_view key, const std::vector<std::string>& names) {
  json.Key(key);
  json.BeginArray();
  for (const std::string& name : names) json.Text(name);
  json.End();
}

// Nothing for what is as the relationship type says.
void WriteEffects(JsonWriter& json, std::uint8_t degraded, std::uint8_t failed) {
  if (degraded != kAsTheType) json.Member("degraded", StateText(degraded));
  if (failed != kAsTheType) json.Member("failed", StateText(failed));
}

bool HasUsualEffect(const client::ModelRelationshipType& type) {
  return type.effect_of_degraded == kDegraded && type.effect_of_failed == kFailed;
}

void AddNote(std::string& notes, const std::string& note) {
  if (!notes.empty()) notes += "; ";
  notes += note;
}

std::string EffectText(std::uint8_t degraded, std::uint8_t failed) {
  std::string text;
  if (degraded != kAsTheType)
    text += absl::StrFormat("degraded arrives as %s", StateText(degraded));
  if (degraded != kAsTheType && failed != kAsTheType) text += ", ";
  if (failed != kAsTheType) text += absl::StrFormat("failed arrives as %s", StateText(failed));
  return text;
}

std::string RuleText(const client::ModelImpactRule& rule) {
  const auto end = [](const std::string& name) { return name.empty() ? "any" : name; };
  std::string text = absl::StrFormat("%s -> %s:", end(rule.source), end(rule.target));
  if (rule.impact != kAsTheType) text += absl::StrFormat(" %s", ImpactText(rule.impact));
  const std::string effect = EffectText(rule.degraded, rule.failed);
  if (!effect.empty()) text += " " + effect;
  return text;
}

}  // namespace

std::string_view ImpactText(std::uint8_t impact) {
  constexpr std::array<std::string_view, 4> kWays = {"none", "target_to_source", "source_to_target",
                                                     "both"};
  return WordOf(kWays, impact);
}

std::string_view StateText(std::uint8_t state) {
  constexpr std::array<std::string_view, 3> kStates = {"up", "degraded", "failed"};
  return WordOf(kStates, state);
}

client::ModelClass WithInheritedImpact(const client::Model& model,
                                       const client::ModelClass& owner) {
  client::ModelClass whole = owner;
  for (const client::ModelClass* at = &owner; at != nullptr && at->parent.value != 0;) {
    at = model.FindClass(at->parent);
    if (at == nullptr) break;
    if (whole.gate.empty()) whole.gate = at->gate;
    if (whole.out_of_service.empty()) {
      whole.out_of_service = at->out_of_service;
      whole.out_of_service_values = at->out_of_service_values;
    }
    if (whole.role == 0) whole.role = at->role;
  }
  return whole;
}

void WriteImpactOfClass(JsonWriter& json, const client::ModelClass& owner) {
  if (!owner.gate.empty()) json.Member("gate", owner.gate);
  if (!owner.out_of_service.empty()) {
    json.Key("out_of_service");
    json.BeginObject();
    json.Member("attribute", owner.out_of_service);
    WriteNames(json, "values", owner.out_of_service_values);
    json.End();
  }
  if (owner.role != 0) json.Member("role", ClassRoleText(owner.role));
}

void WriteImpactOfType(JsonWriter& json, const client::ModelRelationshipType& type) {
  if (!HasUsualEffect(type)) {
    json.Key("effect");
    json.BeginObject();
    WriteEffects(json, type.effect_of_degraded, type.effect_of_failed);
    json.End();
  }
  if (!type.impact_rules.empty()) {
    json.Key("impact_rules");
    json.BeginArray();
    for (const client::ModelImpactRule& rule : type.impact_rules) {
      json.BeginObject();
      if (!rule.source.empty()) json.Member("source", rule.source);
      if (!rule.target.empty()) json.Member("target", rule.target);
      if (rule.impact != kAsTheType) json.Member("impact", ImpactText(rule.impact));
      WriteEffects(json, rule.degraded, rule.failed);
      json.End();
    }
    json.End();
  }
  if (type.role != 0) json.Member("role", PartyRoleText(type.role));
}

void WriteContext(JsonWriter& json, const client::ModelImpactContext& context) {
  json.BeginObject();
  json.Member("name", context.name);
  json.Key("label");
  json.BeginObject();
  json.Member("en", context.label.en);
  json.Member("ja", context.label.ja);
  json.End();
  json.Member("class", context.class_name);
  json.Key("when");
  json.BeginObject();
  json.Member("attribute", context.attribute);
  WriteNames(json, "values", context.values);
  json.End();
  json.Member("state", StateText(context.state));
  if (!context.over.empty()) json.Member("over", context.over);
  if (!context.from.empty()) json.Member("from", context.from);
  if (!context.to.empty()) json.Member("to", context.to);
  json.End();
}

std::string ImpactNotes(const client::ModelClass& owner) {
  std::string notes;
  if (owner.role != 0) AddNote(notes, std::string(ClassRoleText(owner.role)));
  if (!owner.gate.empty()) AddNote(notes, "gate " + owner.gate);
  if (!owner.out_of_service.empty()) {
    AddNote(notes, absl::StrFormat("not in service with %s %s", owner.out_of_service,
                                   absl::StrJoin(owner.out_of_service_values, "|")));
  }
  return notes;
}

std::string RuleNotes(const client::ModelRelationshipType& type) {
  std::string notes;
  if (!HasUsualEffect(type))
    AddNote(notes, EffectText(type.effect_of_degraded, type.effect_of_failed));
  for (const client::ModelImpactRule& rule : type.impact_rules) AddNote(notes, RuleText(rule));
  if (type.role != 0) AddNote(notes, absl::StrFormat("the target is %s", PartyRoleText(type.role)));
  return notes;
}

std::string WhenText(const client::ModelImpactContext& context) {
  return absl::StrFormat("%s %s", context.attribute, absl::StrJoin(context.values, "|"));
}

}  // namespace kosei::cli
