// Where a pattern is best begun: at a record whose key or id is given, at those that an index
// finds, at those of a class, or at all.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "engine/operator.h"
#include "engine/pattern_graph.h"
#include "engine/planning.h"
#include "engine/scan.h"

namespace kosei::query {

ScanTarget TargetOf(const PatternNode& node, std::uint16_t moment);

// About how many records come of it. `known`: names that have values.
double StartCost(Planning& planning, const PatternGraph& graph, const PatternNode& node,
                 const std::set<std::string>& known, std::uint16_t moment);
absl::StatusOr<OperatorPtr> PlanStart(Planning& planning, OperatorPtr input, language::Scope& scope,
                                      const PatternGraph& graph, const PatternNode& node,
                                      const std::set<std::string>& known, std::uint16_t moment);

// The same for a MATCH over a range of time: a row for each version.
absl::StatusOr<OperatorPtr> PlanVersions(Planning& planning, OperatorPtr input,
                                         language::Scope& scope, const PatternGraph& graph,
                                         const PatternNode& node,
                                         const std::set<std::string>& known,
                                         const MatchRequest& request);

}  // namespace kosei::query
