// What people may do past the transitions of a life cycle: open a record, and edit attributes and
// links of one whose state stays. ISO/IEC 20000-1 asks that records change under control (4.3.3,
// 9.1); who may is said by the life cycle (opened_by, edited_by).
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "desk/case.h"
#include "kosei/process/definitions.h"
#include "kosei/process/desk.h"
#include "kosei/process/life_cycle.h"

namespace kosei::process {

// All that stands in the way; none: it may be done. The system may do all of it that is possible at
// all.
std::vector<Refusal> RefusalsToOpen(const LifeCycleDefinition& life_cycle, const Actor& actor);
// Whoever watches a record edits nothing of it: such links are everybody's own.
std::vector<Refusal> RefusalsToEdit(const Definitions& definitions, const FoundRecord& found,
                                    const Change& change, const Actor& actor);
// Of the values that an edit gives, those that stay as they were opened.
std::vector<Refusal> RefusalsToPut(const FoundRecord& found, const language::DatumMap& values);

}  // namespace kosei::process
