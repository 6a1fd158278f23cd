// The definitions of processes as records of the store: one a file, of the class
// ProcessDefinition.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "desk/asking.h"
#include "kosei/process/life_cycle_definition.h"
#include "kosei/storage/reader.h"

namespace kosei::process {

inline constexpr std::string_view kDefinitionClass = "ProcessDefinition";

std::string KeyOfDefinition(std::string_view file);

// Those of the View that is asked, by name; none when the store has none of its own.
absl::StatusOr<std::vector<DefinitionFile>> StoredDefinitions(const storage::Reader& reader,
                                                              const Asking& asking);

}  // namespace kosei::process
