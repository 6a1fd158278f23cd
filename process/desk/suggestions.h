// Asks what is suggested, of one View.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "desk/asking.h"
#include "desk/case.h"
#include "kosei/process/suggestion.h"

namespace kosei::process {

// `key`: of a record; empty: records of the class `opens` that are missing. kNotFound,
// kUnknownClass; kModelInvalid when a statement lacks the columns key, name or why; the errors of
// statements.
absl::StatusOr<std::vector<Suggestion>> Suggest(const DeskParts& parts,
                                                const Definitions& definitions,
                                                const Asking& asking, std::string_view key,
                                                std::string_view opens);

}  // namespace kosei::process
