// Which labels of the query language which class has, compiled (Schema::LabelsOf).
#pragma once

#include "schema_tables.h"

namespace kosei::model {

// Needs the classes with their numbers and ancestors, and class_by_number.
void CompileLabels(SchemaTables& tables);

}  // namespace kosei::model
