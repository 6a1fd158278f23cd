// Compiles a model definition into the tables of a schema.
#pragma once

#include "absl/status/status.h"
#include "kosei/model/schema.h"
#include "schema_tables.h"

namespace kosei::model {

// Fills `tables`, whose book is the store's on entry and has the new names on return. On an error
// the tables are of no use.
absl::Status CompileSchema(ModelDefinition definition, SchemaTables& tables);

}  // namespace kosei::model
