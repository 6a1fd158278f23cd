#include "lifecycle/vocabulary_checks.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "definition/yaml_block.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

using AttributeFacts = ModelFacts::AttributeFacts;

constexpr std::string_view kPlanAttribute = "plan";
constexpr std::string_view kBaselineAttribute = "baseline";

absl::Status CheckKnown(const std::optional<NameSet>& known, std::string_view origin,
                        std::string_view what, std::string_view name) {
  if (!known || known->contains(name)) return absl::OkStatus();
  return DefinitionError(
      origin, absl::StrFormat("%s %s is not known%s", what, Shown(name), Hint(name, *known)));
}

absl::Status CheckClass(const ModelFacts& model, std::string_view origin, std::string_view what,
                        std::string_view class_name) {
  if (model.HasClass(class_name)) return absl::OkStatus();
  return DefinitionError(origin,
                         absl::StrFormat("%s names the class %s, which the model lacks%s", what,
                                         Shown(class_name), Hint(class_name, model.ClassNames())));
}

absl::Status CheckStateAttribute(const LifeCycleDefinition& definition, const ModelFacts& model) {
  const std::string what = absl::StrFormat("life cycle %s keeps its state in", definition.name);
  KOSEI_ASSIGN_OR_RETURN(
      const AttributeFacts facts,
      GetAttribute(model, definition.origin, what, definition.class_name, definition.attribute));
  if (facts.type != model::AttributeType::kEnum) {
    return DefinitionError(definition.origin,
                           absl::StrFormat("%s %s of type %s, expected an enum with the states as "
                                           "its values",
                                           what, definition.attribute, model::NameOf(facts.type)));
  }
  for (const StateDefinition& state : definition.states) {
    if (std::ranges::count(facts.values, state.name) > 0) continue;
    return DefinitionError(state.origin,
                           absl::StrFormat("state %s is no value of %s of class %s%s; add it to "
                                           "the model, or drop the state",
                                           state.name, definition.attribute, definition.class_name,
                                           Hint(state.name, facts.values)));
  }
  if (definition.applies) return absl::OkStatus();  // LifeCycleBook looks at all of them together
  for (const std::string& value : facts.values) {
    if (std::ranges::count(definition.states, value, &StateDefinition::name) > 0) continue;
    return DefinitionError(
        definition.origin,
        absl::StrFormat("%s of class %s has the value %s, which is no state of "
                        "life cycle %s; add the state, or drop the value from "
                        "the model",
                        definition.attribute, definition.class_name, value, definition.name));
  }
  return absl::OkStatus();
}

absl::Status CheckApplies(const LifeCycleDefinition& definition, const ModelFacts& model) {
  if (!definition.applies) return absl::OkStatus();
  const AppliesDefinition& applies = *definition.applies;
  const std::string what = absl::StrFormat("life cycle %s applies by", definition.name);
  KOSEI_ASSIGN_OR_RETURN(
      const AttributeFacts facts,
      GetAttribute(model, definition.origin, what, definition.class_name, applies.attribute));
  if (facts.type != model::AttributeType::kEnum) {
    return DefinitionError(definition.origin,
                           absl::StrFormat("%s %s of type %s, expected an enum", what,
                                           applies.attribute, model::NameOf(facts.type)));
  }
  if (applies.attribute == definition.attribute) {
    return DefinitionError(definition.origin,
                           absl::StrFormat("%s %s, which holds the state; name another enum", what,
                                           applies.attribute));
  }
  for (const std::string& value : applies.values) {
    if (std::ranges::count(facts.values, value) > 0) continue;
    return DefinitionError(
        definition.origin,
        absl::StrFormat("%s %s = %s, which is no value of it%s", what, applies.attribute,
                        Shown(value), Hint(value, facts.values)));
  }
  return absl::OkStatus();
}

absl::Status CheckSettings(const ModelFacts& model, std::string_view class_name,
                           std::string_view what, const std::vector<Setting>& settings) {
  for (const Setting& setting : settings) {
    KOSEI_RETURN_IF_ERROR(
        GetAttribute(model, setting.origin, what, class_name, setting.attribute).status());
  }
  return absl::OkStatus();
}

absl::Status CheckGuard(const GuardDefinition& guard, const Vocabulary& vocabulary) {
  if (guard.kind != GuardKind::kCheck) return absl::OkStatus();
  const auto check = vocabulary.checks.find(guard.text);
  if (check == vocabulary.checks.end()) {
    NameSet names;
    for (const auto& [name, signature] : vocabulary.checks) names.insert(name);
    return DefinitionError(
        guard.origin,
        absl::StrFormat("check %s is not known%s", Shown(guard.text), Hint(guard.text, names)));
  }
  NameSet missing = check->second.required;
  NameSet known = missing;
  known.insert(check->second.optional.begin(), check->second.optional.end());
  for (const auto& [name, value] : guard.with) {
    missing.erase(name);
    if (known.contains(name)) continue;
    return DefinitionError(
        guard.origin, absl::StrFormat("check %s takes no argument %s%s", guard.text, Shown(name),
                                      Hint(name, known)));
  }
  if (missing.empty()) return absl::OkStatus();
  return DefinitionError(guard.origin,
                         absl::StrFormat("check %s needs %s; add \"with: {%s: ...}\"", guard.text,
                                         Joined(missing), *missing.begin()));
}

absl::Status CheckLink(const ModelFacts& model, const EffectDefinition& effect) {
  if (effect.link.empty() || model.HasRelationshipType(effect.link)) return absl::OkStatus();
  return DefinitionError(
      effect.origin,
      absl::StrFormat("an effect names the relationship type %s, which the model "
                      "lacks%s",
                      Shown(effect.link), Hint(effect.link, model.RelationshipTypeNames())));
}

// What an effect leaves on the record needs its attribute.
absl::Status CheckHolder(const LifeCycleDefinition& definition, const ModelFacts& model,
                         const EffectDefinition& effect, std::string_view attribute) {
  return GetAttribute(model, effect.origin,
                      absl::StrFormat("the effect %s needs", NameOf(effect.kind)),
                      definition.class_name, attribute)
      .status();
}

absl::Status CheckEffect(const LifeCycleDefinition& definition, const EffectDefinition& effect,
                         const Vocabulary& vocabulary) {
  KOSEI_RETURN_IF_ERROR(CheckLink(*vocabulary.model, effect));
  switch (effect.kind) {
    case EffectKind::kCreate:
      KOSEI_RETURN_IF_ERROR(
          CheckClass(*vocabulary.model, effect.origin, "an effect", effect.target));
      return CheckSettings(*vocabulary.model, effect.target, "an effect sets", effect.set);
    case EffectKind::kNotify:
      KOSEI_RETURN_IF_ERROR(
          CheckKnown(vocabulary.audiences, effect.origin, "the audience", effect.target));
      return CheckKnown(vocabulary.notifications, effect.origin, "the template",
                        effect.notification);
    case EffectKind::kAskApproval:
      return CheckKnown(vocabulary.policies, effect.origin, "the approval policy", effect.target);
    case EffectKind::kWithdrawApproval:
      if (effect.target.empty()) return absl::OkStatus();
      return CheckKnown(vocabulary.policies, effect.origin, "the approval policy", effect.target);
    case EffectKind::kPlan:
      KOSEI_RETURN_IF_ERROR(CheckHolder(definition, *vocabulary.model, effect, kPlanAttribute));
      return CheckKnown(NameSet{"compare", "merge", "take_back"}, effect.origin,
                        "what is done with the plan,", effect.target);
    case EffectKind::kBaseline:
      KOSEI_RETURN_IF_ERROR(CheckHolder(definition, *vocabulary.model, effect, kBaselineAttribute));
      if (IsPlainName(effect.target)) return absl::OkStatus();
      return DefinitionError(effect.origin,
                             absl::StrFormat("the baseline %s is no plain name; write one of "
                                             "lower-case letters, digits and underscores",
                                             Shown(effect.target)));
    case EffectKind::kLink:
    case EffectKind::kUnlink:
    case EffectKind::kFire:
      break;
  }
  return absl::OkStatus();
}

absl::Status CheckRoles(const std::optional<std::vector<std::string>>& roles,
                        std::string_view origin, const std::string& what,
                        const Vocabulary& vocabulary) {
  if (!roles) return absl::OkStatus();
  for (const std::string& role : *roles)
    KOSEI_RETURN_IF_ERROR(CheckKnown(vocabulary.roles, origin, what, role));
  return absl::OkStatus();
}

absl::Status CheckTransition(const LifeCycleDefinition& definition,
                             const TransitionDefinition& transition, const Vocabulary& vocabulary) {
  for (const std::string& role : transition.roles) {
    KOSEI_RETURN_IF_ERROR(CheckKnown(vocabulary.roles, transition.origin,
                                     absl::StrFormat("transition %s: the role", transition.name),
                                     role));
  }
  const ModelFacts& model = *vocabulary.model;
  const std::string requires_what = absl::StrFormat("transition %s requires", transition.name);
  for (const std::string& attribute : transition.required) {
    KOSEI_RETURN_IF_ERROR(
        GetAttribute(model, transition.origin, requires_what, definition.class_name, attribute)
            .status());
  }
  KOSEI_RETURN_IF_ERROR(CheckSettings(model, definition.class_name,
                                      absl::StrFormat("transition %s sets", transition.name),
                                      transition.set));
  for (const Setting& setting : transition.set) {
    if (setting.attribute != definition.attribute) continue;
    return DefinitionError(setting.origin,
                           absl::StrFormat("transition %s sets %s, which holds the state; say "
                                           "where it leads with \"to\"",
                                           transition.name, setting.attribute));
  }
  for (const GuardDefinition& guard : transition.guards)
    KOSEI_RETURN_IF_ERROR(CheckGuard(guard, vocabulary));
  for (const EffectDefinition& effect : transition.effects)
    KOSEI_RETURN_IF_ERROR(CheckEffect(definition, effect, vocabulary));
  if (!transition.automatic) return absl::OkStatus();
  const AutomaticDefinition& automatic = *transition.automatic;
  if (!automatic.calendar.empty()) {
    KOSEI_RETURN_IF_ERROR(
        CheckKnown(vocabulary.calendars, automatic.origin, "the calendar", automatic.calendar));
  }
  if (automatic.kind != AutomaticKind::kOn) return absl::OkStatus();
  return CheckKnown(vocabulary.signals, automatic.origin, "the signal", automatic.signal);
}

}  // namespace

absl::StatusOr<AttributeFacts> GetAttribute(const ModelFacts& model, std::string_view origin,
                                            std::string_view what, std::string_view class_name,
                                            std::string_view attribute) {
  std::optional<AttributeFacts> facts = model.FindAttribute(class_name, attribute);
  if (facts) return *std::move(facts);
  return DefinitionError(
      origin, absl::StrFormat("%s %s, which class %s lacks%s", what, Shown(attribute), class_name,
                              Hint(attribute, model.AttributeNames(class_name))));
}

absl::Status CheckVocabulary(const LifeCycleDefinition& definition, const Vocabulary& vocabulary) {
  const ModelFacts& model = *vocabulary.model;
  KOSEI_RETURN_IF_ERROR(
      CheckClass(model, definition.origin, "life cycle " + definition.name, definition.class_name));
  KOSEI_RETURN_IF_ERROR(CheckApplies(definition, model));
  KOSEI_RETURN_IF_ERROR(CheckStateAttribute(definition, model));
  KOSEI_RETURN_IF_ERROR(
      CheckRoles(definition.opened_by, definition.origin, "opened_by: the role", vocabulary));
  KOSEI_RETURN_IF_ERROR(
      CheckRoles(definition.edited_by, definition.origin, "edited_by: the role", vocabulary));
  for (const StateDefinition& state : definition.states) {
    KOSEI_RETURN_IF_ERROR(CheckRoles(state.edited_by, state.origin,
                                     absl::StrFormat("state %s: edited_by: the role", state.name),
                                     vocabulary));
    for (const std::string& word : state.allows) {
      KOSEI_RETURN_IF_ERROR(CheckKnown(vocabulary.allowances, state.origin,
                                       absl::StrFormat("state %s: the word of allows", state.name),
                                       word));
    }
    if (state.waits_for.empty()) continue;
    KOSEI_RETURN_IF_ERROR(CheckKnown(vocabulary.parties, state.origin,
                                     absl::StrFormat("state %s: the party", state.name),
                                     state.waits_for));
  }
  for (const TransitionDefinition& transition : definition.transitions)
    KOSEI_RETURN_IF_ERROR(CheckTransition(definition, transition, vocabulary));
  return absl::OkStatus();
}

}  // namespace kosei::process
