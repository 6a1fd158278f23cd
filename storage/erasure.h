// Erasure: values taken out of every version of a record, for good, as a commit of its own.
#pragma once

#include "absl/status/statusor.h"
#include "committer.h"
#include "indexer.h"
#include "kosei/storage/writer.h"
#include "store.h"

namespace kosei::storage {

// Waits for the committing thread and the indexer, and afterwards until the bytes are gone from the
// files too.
absl::StatusOr<ErasureResult> Erase(Store& store, Committer& committer, Indexer& indexer,
                                    const Erasure& erasure);

}  // namespace kosei::storage
