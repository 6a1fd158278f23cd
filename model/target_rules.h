// What the sources of one target share (CapacityDefinition, PlaceDefinition): names become numbers.
#pragma once

#include "absl/status/status.h"
#include "schema_tables.h"

namespace kosei::model {

// Fills in the relationship types' capacities and places. After classes and look-ups. kModelInvalid
// when a name is unknown or its type does not serve.
absl::Status CompileTargetRules(SchemaTables& tables);

}  // namespace kosei::model
