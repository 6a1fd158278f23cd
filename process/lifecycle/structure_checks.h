// What a life cycle's states and transitions have to be like, whatever the model is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "kosei/process/life_cycle_definition.h"

namespace kosei::process {

// Names, labels, ends of transitions; every state reachable and with a way to a final one; no
// automatic transitions that go round. The first that is wrong: kModelInvalid.
absl::Status CheckStructure(const LifeCycleDefinition& definition);

// The states that a transition leads out of.
std::vector<std::string_view> SourcesOf(const LifeCycleDefinition& definition,
                                        const TransitionDefinition& transition);

}  // namespace kosei::process
