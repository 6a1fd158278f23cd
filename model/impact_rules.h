// How failure travels between classes: the rules of a relationship type compiled for look-up.
#pragma once

#include "absl/status/status.h"
#include "schema_tables.h"

namespace kosei::model {

inline constexpr std::size_t kImpactRulesMax = 128;  // of one relationship type

// Whether there are links of the type along which failure travels.
bool CarriesFailure(const RelationshipTypeDefinition& type);

// After classes and look-ups. kModelInvalid when a rule names an unknown class or none at all, when
// less arrives from what failed than from what is degraded, or when two rules are equally near to a
// link that there may be.
absl::Status CompileImpactRules(const SchemaTables& tables, const RelationshipType& type,
                                ImpactTable& table);

}  // namespace kosei::model
