// What callers give, in its own types: they may write text where a time or a number is meant.
#pragma once

#include "absl/status/statusor.h"
#include "kosei/language/datum.h"
#include "kosei/model/schema.h"
#include "kosei/process/life_cycle_definition.h"

namespace kosei::process {

// By name, as records hold them; null stays null. kUnknownAttribute, kWrongType and the like.
absl::StatusOr<language::DatumMap> TypedAttributes(const model::Schema& schema,
                                                   const model::Class& owner,
                                                   const language::DatumMap& given);

// Those that the transition knows and that can be read as what it wants; the others as they are:
// the judge says what is wrong with them.
language::DatumMap TypedInputs(const TransitionDefinition& transition,
                               const language::DatumMap& given);

}  // namespace kosei::process
