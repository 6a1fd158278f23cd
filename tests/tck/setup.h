// Carries out the kit's set-up statements on a graph in memory: CREATE, MERGE, SET, REMOVE, DELETE,
// MATCH (without variable length), UNWIND and WITH.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "expected_value.h"
#include "memory_graph.h"

namespace kosei::tck {

// kQueryUnsupported for what the kit's set-ups do not use; otherwise the language's own errors.
absl::Status Execute(const std::string& statement, const std::map<std::string, Cell>& parameters,
                     MemoryGraph& graph);

}  // namespace kosei::tck
