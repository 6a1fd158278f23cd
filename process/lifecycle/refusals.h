// What is said to somebody who may not do something now, in both languages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "kosei/language/datum.h"
#include "kosei/process/life_cycle.h"
#include "lifecycle/compiled.h"

namespace kosei::process {

// `possible`: the events that lead out of the state.
Refusal UnknownEvent(const LifeCycleDefinition& life_cycle, std::string_view event,
                     const std::vector<std::string>& possible);
Refusal WrongState(const LifeCycleDefinition& life_cycle, const CompiledTransition& transition,
                   std::string_view state, const std::vector<std::string>& possible);
Refusal SystemOnly(const TransitionDefinition& transition);
Refusal MissingRole(const TransitionDefinition& transition, const Actor& actor);
Refusal StateWritten(const TransitionDefinition& transition, std::string_view attribute);
Refusal MissingAttribute(const TransitionDefinition& transition,
                         const RequiredAttribute& attribute);
Refusal MissingInput(const TransitionDefinition& transition, const InputDefinition& input);
Refusal UnknownInput(const TransitionDefinition& transition, std::string_view name);
Refusal WrongInput(const InputDefinition& input, const language::Datum& value);
// `shown`: rows that stand in the way.
Refusal UnmetGuard(std::string_view guard, const Label& message,
                   const std::vector<std::string>& shown);
// `what` is the attribute, guard or effect.
Refusal FailedExpression(const TransitionDefinition& transition, std::string_view what,
                         const absl::Status& status);

}  // namespace kosei::process
