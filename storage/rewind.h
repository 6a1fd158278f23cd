// Rewind: makes a store that nobody serves the one that it was at an earlier commit. Every version
// carries its commit, so what came later is found and goes.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "database.h"
#include "kosei/base/ids.h"

namespace kosei::storage {

struct RewindReport {
  std::uint64_t commits = 0;
  std::vector<std::string> baselines;  // they named a commit that went
  std::vector<std::string> plans;      // they were opened later
};

// Removes every commit after `to`, with all it wrote. Not atomic: the caller throws the folder away
// when it fails.
absl::StatusOr<RewindReport> RewindTo(const Database& database, CommitNumber to);

}  // namespace kosei::storage
