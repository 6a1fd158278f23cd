// Who owns a plan, and who may work on it when: a change owns the plan that its attribute `plan`
// names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "desk/asking.h"
#include "desk/case.h"
#include "kosei/process/life_cycle.h"

namespace kosei::process {

// The name of the plan that a record with these attributes owns; empty: none.
std::string OwnedPlan(const language::DatumMap& attributes);

// The key of the record that owns the plan; empty: none does.
absl::StatusOr<std::string> OwnerOf(const Asking& asking, const Definitions& definitions,
                                    std::string_view plan);

// Of attributes that a record is about to get: the plan that they name must be there
// (kUnknownPlan), and belong to no other record (kAlreadyExists).
absl::Status CheckNamedPlan(const DeskParts& parts, const Definitions& definitions,
                            const Asking& asking, std::string_view key,
                            const language::DatumMap& attributes);

// kGuardRefused unless the state of the record allows `word` ("edit_plan", "implement"), and the
// actor has one of the roles that take the record on from there. Nobody's roles are asked for
// where any writer may take it on.
absl::Status MayWork(const FoundRecord& found, std::string_view key, const Actor& actor,
                     std::string_view word);

}  // namespace kosei::process
