#include "lifecycle/judge.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/compare.h"
#include "kosei/language/temporal_text.h"
#include "lifecycle/refusals.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;

// `over` counts where both have a key.
Datum Merged(const DatumMap& under, const DatumMap& over) {
  DatumMap merged = under;
  merged.insert(merged.end(), over.begin(), over.end());
  return Datum::Map(std::move(merged));
}

bool HasValue(const Datum& value) {
  if (value.kind() == DatumKind::kString) return !value.string().empty();
  if (value.kind() == DatumKind::kList) return !value.list().empty();
  return !value.is_null();
}

const Datum* FindIn(const DatumMap& map, std::string_view key) {
  for (const auto& [name, value] : map)
    if (name == key) return &value;
  return nullptr;
}

bool Fits(const InputDefinition& input, const Datum& value) {
  const DatumKind kind = value.kind();
  switch (input.type) {
    case InputType::kText:
    case InputType::kKey:
      return kind == DatumKind::kString;
    case InputType::kInteger:
      return kind == DatumKind::kInteger;
    case InputType::kDecimal:
      return value.is_number();
    case InputType::kBoolean:
      return kind == DatumKind::kBoolean;
    case InputType::kTimestamp:
      return kind == DatumKind::kDateTime;
    case InputType::kDate:
      return kind == DatumKind::kDate;
    case InputType::kDuration:
      return kind == DatumKind::kDuration;
    case InputType::kEnum:
      return kind == DatumKind::kString && std::ranges::count(input.values, value.string()) > 0;
  }
  return false;
}

}  // namespace

ExpressionValues ValuesOf(const Question& question) {
  language::DatumList roles;
  for (const std::string& role : question.actor.roles) roles.push_back(Datum::String(role));
  return {Merged(question.attributes, question.changes),
          Datum::Map(question.inputs),
          Datum::String(question.actor.key),
          Datum::List(std::move(roles)),
          question.now,
          question.time_zone};
}

TransitionJudge::TransitionJudge(const LifeCycleDefinition& life_cycle,
                                 const CompiledTransition& transition, const Question& question,
                                 GuardRunner& runner)
    : life_cycle_(life_cycle),
      transition_(transition),
      definition_(*transition.definition),
      question_(question),
      runner_(runner),
      before_(ValuesOf(question)),
      after_(before_) {}

absl::StatusOr<Judgement> TransitionJudge::Run() {
  step_.event = definition_.name;
  step_.from = question_.state;
  step_.to = LifeCycle::TargetOf(definition_, question_.state);
  AskRoles();
  LookAtChanges();
  Set();
  LookAtRequired();
  LookAtInputs();
  KOSEI_RETURN_IF_ERROR(AskGuards());
  PlanEffects();
  std::ranges::move(failures_, std::back_inserter(refusals_));
  Judgement judgement;
  judgement.refusals = std::move(refusals_);
  if (judgement.refusals.empty()) judgement.step = std::move(step_);
  return judgement;
}

void TransitionJudge::AskRoles() {
  const Actor& actor = question_.actor;
  if (definition_.automatic && (actor.is_system || definition_.roles.empty())) {
    if (!actor.is_system) refusals_.push_back(SystemOnly(definition_));
    return;
  }
  if (definition_.roles.empty()) return;
  const auto may = [&](const std::string& role) {
    return std::ranges::count(definition_.roles, role) > 0;
  };
  if (!std::ranges::any_of(actor.roles, may)) refusals_.push_back(MissingRole(definition_, actor));
}

void TransitionJudge::LookAtChanges() {
  const auto look = [&](const std::string& attribute) {
    const Datum* value = FindIn(question_.changes, attribute);
    if (value == nullptr) return;
    const Datum* held = FindIn(question_.attributes, attribute);
    const bool same = held != nullptr && language::Equivalent(*held, *value);
    if (!same) refusals_.push_back(StateWritten(definition_, attribute));
  };
  look(life_cycle_.attribute);
  if (life_cycle_.applies) look(life_cycle_.applies->attribute);
}

Datum TransitionJudge::Value(const CompiledExpression& expression, std::string_view what,
                             const ExpressionValues& values) {
  absl::StatusOr<Datum> value = expression.Evaluate(values);
  if (value.ok()) return *std::move(value);
  failures_.push_back(FailedExpression(definition_, what, value.status()));
  return {};
}

void TransitionJudge::Set() {
  for (const CompiledSetting& setting : transition_.set) {
    Datum value = Value(setting.value, setting.attribute, after_);
    after_.record = Merged(after_.record.map(), {{setting.attribute, value}});
    step_.set.push_back({setting.attribute, std::move(value)});
  }
  if (step_.to == step_.from) return;
  Datum state = Datum::String(step_.to);
  after_.record = Merged(after_.record.map(), {{life_cycle_.attribute, state}});
  step_.set.push_back({life_cycle_.attribute, std::move(state)});
}

void TransitionJudge::LookAtRequired() {
  for (const RequiredAttribute& attribute : transition_.required) {
    if (!HasValue(after_.record.At(attribute.name)))
      refusals_.push_back(MissingAttribute(definition_, attribute));
  }
}

void TransitionJudge::LookAtInputs() {
  std::vector<Refusal> wrong;
  for (const InputDefinition& input : definition_.inputs) {
    const Datum* value = FindIn(question_.inputs, input.name);
    const bool given = value != nullptr && HasValue(*value);
    if (!given && input.required) refusals_.push_back(MissingInput(definition_, input));
    if (given && !Fits(input, *value)) wrong.push_back(WrongInput(input, *value));
  }
  for (const auto& [name, value] : question_.inputs) {
    if (std::ranges::count(definition_.inputs, name, &InputDefinition::name) == 0)
      wrong.push_back(UnknownInput(definition_, name));
  }
  std::ranges::move(wrong, std::back_inserter(refusals_));
}

absl::Status TransitionJudge::AskGuards() {
  for (const CompiledGuard& guard : transition_.guards) KOSEI_RETURN_IF_ERROR(AskGuard(guard));
  return absl::OkStatus();
}

absl::Status TransitionJudge::AskGuard(const CompiledGuard& guard) {
  const GuardDefinition& definition = *guard.definition;
  if (definition.kind == GuardKind::kExpression) {
    AskCondition(guard);
    return absl::OkStatus();
  }
  if (definition.kind == GuardKind::kCheck) {
    KOSEI_ASSIGN_OR_RETURN(const GuardRunner::CheckAnswer answer,
                           runner_.Check(definition.text, definition.with));
    const bool own = !definition.message.en.empty();
    if (!answer.met) {
      refusals_.push_back(
          UnmetGuard(definition.name, own ? definition.message : answer.message, {}));
    }
    return absl::OkStatus();
  }
  KOSEI_ASSIGN_OR_RETURN(language::DateTime now,
                         language::DateTimeOf(question_.now, question_.time_zone));
  const Datum parameters = Datum::Map({{"record", Datum::String(std::string(question_.record_key))},
                                       {"actor", before_.actor},
                                       {"now", Datum::Of(std::move(now))},
                                       {"input", before_.input},
                                       {"attributes", before_.record}});
  KOSEI_ASSIGN_OR_RETURN(const GuardRunner::QueryAnswer answer,
                         runner_.Query(*guard.statement, definition.text, parameters.map()));
  if (answer.has_rows != definition.expects_rows)
    refusals_.push_back(UnmetGuard(definition.name, definition.message, answer.shown));
  return absl::OkStatus();
}

void TransitionJudge::AskCondition(const CompiledGuard& guard) {
  const GuardDefinition& definition = *guard.definition;
  const absl::StatusOr<Datum> value = guard.condition->Evaluate(before_);
  if (!value.ok()) {
    failures_.push_back(FailedExpression(definition_, definition.name, value.status()));
  } else if (!value->is_true()) {
    refusals_.push_back(UnmetGuard(definition.name, definition.message, {}));
  }
}

std::vector<std::string> TransitionJudge::Keys(const CompiledEffect& effect) {
  std::vector<std::string> keys;
  if (!effect.keys) return keys;
  const std::string_view what = NameOf(effect.definition->kind);
  const auto add = [&](const Datum& value) {
    if (value.kind() == DatumKind::kString) {
      keys.push_back(value.string());
    } else if (!value.is_null()) {
      failures_.push_back(FailedExpression(
          definition_, what,
          MakeError(ErrorCode::kWrongType, "it gives something else than keys of records")));
    }
  };
  const Datum value = Value(*effect.keys, what, after_);
  if (value.kind() != DatumKind::kList) {
    add(value);
    return keys;
  }
  for (const Datum& item : value.list()) add(item);
  return keys;
}

void TransitionJudge::PlanEffects() {
  for (const CompiledEffect& effect : transition_.effects) {
    const EffectDefinition& definition = *effect.definition;
    PlannedEffect planned{definition.kind,
                          definition.target,
                          definition.link,
                          definition.incoming,
                          Keys(effect),
                          definition.notification,
                          {}};
    for (const CompiledSetting& setting : effect.set)
      planned.set.push_back({setting.attribute, Value(setting.value, setting.attribute, after_)});
    step_.effects.push_back(std::move(planned));
  }
}

}  // namespace kosei::process
