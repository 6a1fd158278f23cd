// From a definition to what can be asked: checks, then expressions and statements.
#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "definition/statement.h"
#include "definition/yaml_block.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/text_form.h"
#include "lifecycle/compiled.h"
#include "lifecycle/structure_checks.h"
#include "lifecycle/vocabulary_checks.h"

namespace kosei::process {
namespace {

using language::BitOf;
using language::Datum;
using language::DatumKind;

constexpr std::array<std::string_view, 5> kQueryParameters = {"actor", "attributes", "input", "now",
                                                              "record"};

class TransitionCompiler {
 public:
  TransitionCompiler(const LifeCycleDefinition& life_cycle, const TransitionDefinition& transition,
                     const ModelFacts& model)
      : life_cycle_(life_cycle), transition_(transition), model_(model) {}

  absl::StatusOr<CompiledTransition> Run() {
    CompiledTransition out;
    out.definition = &transition_;
    out.sources = SourcesOf(life_cycle_, transition_);
    for (const std::string& name : transition_.required) {
      const auto facts = model_.FindAttribute(life_cycle_.class_name, name);
      out.required.push_back({name, facts ? facts->label : Label{}});
    }
    KOSEI_RETURN_IF_ERROR(Settings(life_cycle_.class_name, transition_.set, "sets", out.set));
    for (const GuardDefinition& guard : transition_.guards) {
      KOSEI_ASSIGN_OR_RETURN(CompiledGuard compiled, Guard(guard));
      out.guards.push_back(std::move(compiled));
    }
    for (const EffectDefinition& effect : transition_.effects) {
      KOSEI_ASSIGN_OR_RETURN(CompiledEffect compiled, Effect(effect));
      out.effects.push_back(std::move(compiled));
    }
    if (transition_.automatic && transition_.automatic->kind == AutomaticKind::kWhen) {
      const AutomaticDefinition& automatic = *transition_.automatic;
      KOSEI_ASSIGN_OR_RETURN(
          out.when, Condition(automatic.origin, "\"when\" of " + Name(), automatic.condition));
    }
    return out;
  }

 private:
  std::string Name() const { return "transition " + transition_.name; }

  absl::StatusOr<CompiledExpression> Compiled(std::string_view origin, std::string_view what,
                                              std::string_view text) const {
    const auto record = [&](std::string_view name) -> std::string {
      if (model_.FindAttribute(life_cycle_.class_name, name)) return {};
      return absl::StrFormat("class %s has no attribute %s%s", life_cycle_.class_name, Shown(name),
                             Hint(name, model_.AttributeNames(life_cycle_.class_name)));
    };
    const auto input = [&](std::string_view name) -> std::string {
      std::vector<std::string> names;
      for (const InputDefinition& known : transition_.inputs) names.push_back(known.name);
      if (std::ranges::count(names, name) > 0) return {};
      return absl::StrFormat("%s has no input %s%s", Name(), Shown(name), Hint(name, names));
    };
    absl::StatusOr<CompiledExpression> compiled = CompiledExpression::Make(text, {record, input});
    if (compiled.ok()) return compiled;
    return DefinitionError(origin, absl::StrFormat("%s: %s", what, MessageOf(compiled.status())));
  }

  // One that is true or false.
  absl::StatusOr<CompiledExpression> Condition(std::string_view origin, std::string_view what,
                                               std::string_view text) const {
    KOSEI_ASSIGN_OR_RETURN(CompiledExpression compiled, Compiled(origin, what, text));
    const std::uint32_t kinds = compiled.type().kinds;
    if ((kinds & BitOf(DatumKind::kBoolean)) != 0) return compiled;
    return DefinitionError(origin, absl::StrFormat("%s: %s is never true or false; compare it with "
                                                   "something, as in \"record.impact IS NOT NULL\"",
                                                   what, Shown(text)));
  }

  absl::Status Settings(std::string_view class_name, const std::vector<Setting>& settings,
                        std::string_view verb, std::vector<CompiledSetting>& out) const {
    for (const Setting& setting : settings) {
      const std::string what = absl::StrFormat("%s %s %s", Name(), verb, setting.attribute);
      KOSEI_ASSIGN_OR_RETURN(CompiledExpression value,
                             Compiled(setting.origin, what, setting.expression));
      KOSEI_RETURN_IF_ERROR(CheckConstant(class_name, setting, what, value));
      out.push_back({setting.attribute, std::move(value)});
    }
    return absl::OkStatus();
  }

  // A text that is known already has to be one of the values of an enum.
  absl::Status CheckConstant(std::string_view class_name, const Setting& setting,
                             std::string_view what, const CompiledExpression& value) const {
    const auto facts = model_.FindAttribute(class_name, setting.attribute);
    const Datum* constant = value.constant();
    if (!facts || facts->type != model::AttributeType::kEnum || constant == nullptr ||
        constant->kind() != DatumKind::kString ||
        std::ranges::count(facts->values, constant->string()) > 0)
      return absl::OkStatus();
    return DefinitionError(
        setting.origin,
        absl::StrFormat("%s to %s, which is no value of it%s", what, Shown(constant->string()),
                        Hint(constant->string(), facts->values)));
  }

  absl::StatusOr<CompiledGuard> Guard(const GuardDefinition& guard) const {
    CompiledGuard out;
    out.definition = &guard;
    const std::string what = absl::StrFormat("guard %s of %s", guard.name, Name());
    if (guard.kind == GuardKind::kExpression) {
      KOSEI_ASSIGN_OR_RETURN(out.condition, Condition(guard.origin, what, guard.text));
    }
    if (guard.kind != GuardKind::kQuery) return out;
    absl::StatusOr<language::Statement> statement = ParseReadingStatement(guard.text);
    if (!statement.ok()) {
      return DefinitionError(guard.origin,
                             absl::StrFormat("%s: %s", what, MessageOf(statement.status())));
    }
    for (const std::string& name : ParametersOf(*statement)) {
      if (std::ranges::count(kQueryParameters, name) > 0) continue;
      return DefinitionError(guard.origin, absl::StrFormat("%s: there is no parameter $%s%s", what,
                                                           name, Hint(name, kQueryParameters)));
    }
    out.statement = *std::move(statement);
    return out;
  }

  absl::StatusOr<CompiledEffect> Effect(const EffectDefinition& effect) const {
    CompiledEffect out;
    out.definition = &effect;
    const std::string_view kind = NameOf(effect.kind);
    if (!effect.keys.empty()) {
      const std::string what = absl::StrFormat("effect %s of %s", kind, Name());
      KOSEI_ASSIGN_OR_RETURN(out.keys, Compiled(effect.origin, what, effect.keys));
      if (!out.keys->type().MayBe(BitOf(DatumKind::kString) | BitOf(DatumKind::kList))) {
        return DefinitionError(
            effect.origin,
            absl::StrFormat("%s: %s is never a key or a list of keys", what, Shown(effect.keys)));
      }
    }
    KOSEI_RETURN_IF_ERROR(
        Settings(effect.target, effect.set,
                 absl::StrFormat("with its effect %s %s sets", kind, effect.target), out.set));
    return out;
  }

  const LifeCycleDefinition& life_cycle_;
  const TransitionDefinition& transition_;
  const ModelFacts& model_;
};

}  // namespace

bool CompiledTransition::LeadsOutOf(std::string_view state) const {
  return std::ranges::count(sources, state) > 0;
}

absl::StatusOr<std::unique_ptr<const LifeCycle::Impl>> LifeCycle::Impl::Make(
    LifeCycleDefinition definition, const Vocabulary& vocabulary) {
  KOSEI_RETURN_IF_ERROR(CheckStructure(definition));
  KOSEI_RETURN_IF_ERROR(CheckVocabulary(definition, vocabulary));
  auto impl = std::make_unique<Impl>();
  impl->definition = std::move(definition);
  impl->hash = HashOf(impl->definition);
  for (const TransitionDefinition& transition : impl->definition.transitions) {
    TransitionCompiler compiler(impl->definition, transition, *vocabulary.model);
    KOSEI_ASSIGN_OR_RETURN(CompiledTransition compiled, compiler.Run());
    impl->transitions.push_back(std::move(compiled));
  }
  return impl;
}

const StateDefinition* LifeCycle::Impl::FindState(std::string_view name) const {
  const auto found = std::ranges::find(definition.states, name, &StateDefinition::name);
  return found == definition.states.end() ? nullptr : &*found;
}

const CompiledTransition* LifeCycle::Impl::FindTransition(std::string_view event) const {
  for (const CompiledTransition& transition : transitions)
    if (transition.definition->name == event) return &transition;
  return nullptr;
}

}  // namespace kosei::process
