// Priority: worked out from impact and urgency, and from how critical the services are that the
// record is about, by the decision table `priority` (ISO/IEC 20000-1, 8.1). Services are those that
// it concerns, and those that a failure of the items that it affects reaches in the graph.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "desk/asking.h"
#include "kosei/language/datum.h"
#include "kosei/process/definitions.h"
#include "kosei/process/desk.h"

namespace kosei::process {

// Adds the priority to `changes` when these, or the links, bear on it and do not name one
// themselves; a reason for another one goes then. A priority that is named stands in place of that
// of the table, and what is wanted for that is added to `refusals`: priority_override_reason, where
// the class has it. `before`: the record's attributes; `key` empty: it is new. Without a table, or
// attributes of these names, nothing happens.
absl::Status AddPriority(const Asking& asking, const Definitions& definitions,
                         const model::Class& owner, std::string_view key,
                         const language::DatumMap& before, const std::vector<RecordLink>& links,
                         language::DatumMap& changes, std::vector<Refusal>& refusals);

}  // namespace kosei::process
