// Agreements on time as they are written, in YAML (docs/processes/service_clock.md has every key).
// Instants are RFC 3339 with an offset, durations ISO 8601.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/model/definition.h"
#include "kosei/process/agreement.h"

namespace kosei::process {

// An agreement, and for whom it is when nothing else says so.
struct AgreementDefinition {
  Agreement agreement;
  // Classes whose records, and those of classes below, it governs when their service names none.
  std::vector<std::string> default_for;
  std::string origin;  // "file:line"
};

// Reads files (`agreements:`) as one set: a nested agreement may support one of another file.
// kModelInvalid, with file and line and how to mend it, for what is no YAML, an unknown or double
// key, a target with no measure or two, a name given twice, two defaults for one class, and all
// that ServiceBook::Make refuses. Classes and states are checked by Definitions, which knows them.
absl::StatusOr<std::vector<AgreementDefinition>> ParseAgreements(
    std::span<const model::ModelFile> files, const CalendarBook& calendars);

}  // namespace kosei::process
