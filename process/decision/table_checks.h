// What a decision table has to be like before it may decide.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "decision/condition.h"
#include "kosei/language/datum.h"
#include "kosei/process/decision_table.h"

namespace kosei::process {

// A row with its conditions and results read.
struct ReadRow {
  std::vector<Condition> conditions;
  language::DatumList results;
};

// Names, labels, types, values, and the number of rows.
absl::Status CheckFacts(const DecisionTableDefinition& definition);
absl::StatusOr<std::vector<ReadRow>> ReadRows(const DecisionTableDefinition& definition);

// The order of rows of a priority table: worth first; for all others that in which they stand.
std::vector<std::size_t> RowsByWorth(const DecisionTableDefinition& definition);

// Rows that nothing hits, rows that others cover, rows that meet in a unique table. The gap, if
// there is one, is returned; in a complete table it is an error.
absl::StatusOr<std::optional<std::vector<DecisionTable::CaseValue>>> CheckCoverage(
    const DecisionTableDefinition& definition, const std::vector<ReadRow>& rows);

}  // namespace kosei::process
