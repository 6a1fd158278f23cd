// Transitions, with their guards and effects, out of YAML.
#pragma once

#include "absl/status/status.h"
#include "definition/yaml_block.h"
#include "kosei/process/life_cycle_definition.h"

namespace kosei::process {

absl::Status ReadTransitions(const YamlBlock& life_cycle, std::vector<TransitionDefinition>& out);

}  // namespace kosei::process
