// The kit, run against a target.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "feature_file.h"
#include "report.h"
#include "target.h"

namespace kosei::tck {

struct RunOptions {
  std::string graphs;  // the folder of the kit's named graphs
};

// Each scenario gets a verdict, in the order given. Those that need the same names share a model,
// so that few stores have to be made. An error is one of the kit: a step or a value that cannot be
// read.
absl::StatusOr<std::vector<Result>> RunScenarios(const std::vector<Scenario>& scenarios,
                                                 const RunOptions& options, Target& target);

}  // namespace kosei::tck
