#include "kosei/process/life_cycle.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "lifecycle/compiled.h"
#include "lifecycle/judge.h"
#include "lifecycle/refusals.h"

namespace kosei::process {
namespace {

std::vector<std::string> EventsOf(const std::vector<const TransitionDefinition*>& transitions) {
  std::vector<std::string> events;
  for (const TransitionDefinition* transition : transitions) events.push_back(transition->name);
  return events;
}

absl::Status UnknownState(const LifeCycleDefinition& definition, std::string_view state) {
  std::vector<std::string> names;
  for (const StateDefinition& known : definition.states) names.push_back(known.name);
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("life cycle %s has no state %s%s", definition.name, Shown(state),
                                   Hint(state, names)),
                   definition.attribute);
}

}  // namespace

LifeCycle::LifeCycle(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
LifeCycle::~LifeCycle() = default;

absl::StatusOr<std::shared_ptr<const LifeCycle>> LifeCycle::Make(LifeCycleDefinition definition,
                                                                 const Vocabulary& vocabulary) {
  KOSEI_ASSIGN_OR_RETURN(std::unique_ptr<const Impl> impl,
                         Impl::Make(std::move(definition), vocabulary));
  return std::shared_ptr<const LifeCycle>(new LifeCycle(std::move(impl)));
}

const LifeCycleDefinition& LifeCycle::definition() const { return impl_->definition; }
const std::string& LifeCycle::hash() const { return impl_->hash; }

const StateDefinition* LifeCycle::FindState(std::string_view name) const {
  return impl_->FindState(name);
}

const TransitionDefinition* LifeCycle::Find(std::string_view state, std::string_view event) const {
  const CompiledTransition* transition = impl_->FindTransition(event);
  if (transition == nullptr || !transition->LeadsOutOf(state)) return nullptr;
  return transition->definition;
}

std::vector<const TransitionDefinition*> LifeCycle::TransitionsFrom(std::string_view state) const {
  std::vector<const TransitionDefinition*> found;
  for (const CompiledTransition& transition : impl_->transitions)
    if (transition.LeadsOutOf(state)) found.push_back(transition.definition);
  return found;
}

std::string_view LifeCycle::TargetOf(const TransitionDefinition& transition,
                                     std::string_view state) {
  return transition.to.empty() ? state : std::string_view(transition.to);
}

absl::StatusOr<Judgement> LifeCycle::Judge(const Question& question, std::string_view event,
                                           GuardRunner& runner) const {
  const LifeCycleDefinition& definition = impl_->definition;
  if (FindState(question.state) == nullptr) return UnknownState(definition, question.state);
  const CompiledTransition* transition = impl_->FindTransition(event);
  const std::vector<std::string> possible = EventsOf(TransitionsFrom(question.state));
  Judgement refused;
  if (transition == nullptr) {
    refused.refusals.push_back(UnknownEvent(definition, event, possible));
    return refused;
  }
  if (!transition->LeadsOutOf(question.state)) {
    refused.refusals.push_back(WrongState(definition, *transition, question.state, possible));
    return refused;
  }
  return TransitionJudge(definition, *transition, question, runner).Run();
}

absl::StatusOr<std::vector<Outlook>> LifeCycle::PossibleEvents(const Question& question,
                                                               GuardRunner& runner) const {
  const LifeCycleDefinition& definition = impl_->definition;
  if (FindState(question.state) == nullptr) return UnknownState(definition, question.state);
  std::vector<Outlook> outlooks;
  for (const CompiledTransition& transition : impl_->transitions) {
    if (!transition.LeadsOutOf(question.state)) continue;
    KOSEI_ASSIGN_OR_RETURN(Judgement judgement,
                           TransitionJudge(definition, transition, question, runner).Run());
    const TransitionDefinition& event = *transition.definition;
    Outlook& outlook = outlooks.emplace_back();
    outlook.event = event.name;
    outlook.label = event.label;
    outlook.to = TargetOf(event, question.state);
    outlook.automatic = event.automatic.has_value();
    for (Refusal& refusal : judgement.refusals) {
      const bool need = refusal.kind == RefusalKind::kMissingAttribute ||
                        refusal.kind == RefusalKind::kMissingInput;
      (need ? outlook.needs : outlook.refusals).push_back(std::move(refusal));
    }
    outlook.allowed = outlook.refusals.empty();
  }
  return outlooks;
}

absl::StatusOr<std::string> LifeCycle::NextWhen(const Question& question) const {
  if (FindState(question.state) == nullptr) return UnknownState(impl_->definition, question.state);
  const ExpressionValues values = ValuesOf(question);
  for (const CompiledTransition& transition : impl_->transitions) {
    if (!transition.when || !transition.LeadsOutOf(question.state)) continue;
    const absl::StatusOr<language::Datum> value = transition.when->Evaluate(values);
    if (!value.ok()) {
      return WithContext(value.status(),
                         absl::StrFormat("\"when\" of transition %s", transition.definition->name));
    }
    if (value->is_true()) return transition.definition->name;
  }
  return std::string();
}

bool LifeCycle::MayGoOn(std::string_view state) const {
  return std::any_of(impl_->transitions.begin(), impl_->transitions.end(),
                     [&](const CompiledTransition& transition) {
                       return transition.when.has_value() && transition.LeadsOutOf(state);
                     });
}

std::vector<const TransitionDefinition*> LifeCycle::WaitingIn(std::string_view state) const {
  std::vector<const TransitionDefinition*> found;
  for (const TransitionDefinition* transition : TransitionsFrom(state)) {
    if (transition->automatic && transition->automatic->kind == AutomaticKind::kAfter &&
        transition->automatic->state == state)
      found.push_back(transition);
  }
  return found;
}

std::vector<const TransitionDefinition*> LifeCycle::OnSignal(std::string_view state,
                                                             std::string_view signal) const {
  std::vector<const TransitionDefinition*> found;
  for (const TransitionDefinition* transition : TransitionsFrom(state)) {
    if (transition->automatic && transition->automatic->kind == AutomaticKind::kOn &&
        transition->automatic->signal == signal)
      found.push_back(transition);
  }
  return found;
}

}  // namespace kosei::process
