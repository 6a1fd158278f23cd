// What a definition says, part by part, in one form: what hashes and comparisons are made of.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/process/life_cycle_definition.h"

namespace kosei::process {

// An aspect's name and all that it says; aspects that say nothing are left out.
using Aspects = std::vector<std::pair<std::string_view, std::string>>;

Aspects AspectsOf(const LifeCycleDefinition& definition);  // states and transitions are not in it
Aspects AspectsOf(const StateDefinition& state);           // without its name
Aspects AspectsOf(const TransitionDefinition& transition);

}  // namespace kosei::process
