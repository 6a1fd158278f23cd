// The chain of commits, walked: each header carries the hash of the one before it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "database.h"
#include "kosei/base/ids.h"

namespace kosei::storage {

// Where a walk begins: this commit must have this hash.
struct ChainEnd {
  CommitNumber commit = kNoCommit;
  std::string hash = std::string(32, '\0');
};

// OK when `from` is in the store and every commit after it up to `to` follows the one before.
// kStorageCorrupt names the commit at which the chain breaks.
absl::Status CheckChainBetween(const Database& database, const ChainEnd& from, CommitNumber to);

}  // namespace kosei::storage
