// Whether a commit has to be judged by everything that is known, and not by the present alone.
#pragma once

#include "kosei/storage/writer.h"
#include "replayed_commit.h"
#include "store.h"

namespace kosei::storage {

// It says something with a valid time of its own, or about a record or link of which something such
// is known.
bool SpeaksOfTime(const Store& store, const Transaction& transaction);
bool SpeaksOfTime(const Store& store, const ReplayedCommit& commit);

}  // namespace kosei::storage
