// What impact analysis asks of the model, compiled: rules between classes, gates, who is out of
// service, what counts as down already.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "kosei/model/schema.h"
#include "schema_tables.h"

namespace kosei::model {

// After classes and look-ups. kModelInvalid when a name is unknown, a type does not serve, a gate
// cannot be read, a class has two attributes of type gate.
absl::Status CompileImpact(SchemaTables& tables, std::vector<ImpactContextDefinition> contexts);

// The gates of classes, and those that are defaults of attributes, name what the model has.
// kModelInvalid.
absl::Status CheckGates(const Schema& schema);

// CheckGate of what the record has in its attribute of type gate, which is canonical; the error
// says which record and has the attribute as field.
absl::Status CheckGateOfRecord(const Schema& schema, const Record& record);

}  // namespace kosei::model
