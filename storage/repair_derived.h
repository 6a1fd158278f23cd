// The parts of a store that are derived from others, made anew in a copy that a repair works on:
// indexes and the book of unique values. Whatever their files are like, they are dropped first.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "database.h"
#include "kosei/model/definition.h"

namespace kosei::storage {

// `folder` is a data folder. Damage that is found when the store is opened is no hindrance.
DatabaseOptions RepairOptionsOf(const std::string& folder, WalMode mode, bool read_only);

// The families of which a file is named in the findings, or which they are about.
std::set<Family> FamiliesNamed(const std::string& folder, const std::vector<std::string>& findings);
bool IsDerived(Family family);

// The next start builds what the marks ask for.
absl::Status DropIndexes(const std::string& folder);
// From every version of every record. Returns how many values are in the book. `given` as in
// VerifyOptions.
absl::StatusOr<std::uint64_t> BuildUniqueBook(const std::string& folder,
                                              const model::ModelDefinition& given);

}  // namespace kosei::storage
