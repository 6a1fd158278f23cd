// Contexts: what the model's impact contexts find in a View, as assumptions.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/model/schema.h"
#include "kosei/query/budget.h"
#include "kosei/query/impact.h"
#include "kosei/query/scenario.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

// What the contexts of these names find, ascending by record and context. kInvalidArgument, naming
// those there are, for a name that the model lacks; the errors of Search.
absl::StatusOr<std::vector<ImpactContextFinding>> FindContexts(const storage::Reader& reader,
                                                               const storage::View& view,
                                                               const model::Schema& schema,
                                                               const Scenario& scenario,
                                                               const Budget& budget);

}  // namespace kosei::query
