// What a whole record must be, beyond each of its values.
#pragma once

#include "absl/status/status.h"
#include "kosei/model/schema.h"
#include "schema_tables.h"

namespace kosei::model {

// Schema::Canonicalise.
absl::Status CanonicaliseRecord(const SchemaTables& tables, Record& record,
                                Schema::Defaults defaults);

}  // namespace kosei::model
