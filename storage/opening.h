// Opening a store: proves that no acknowledged commit is missing before anything is written, then
// reads what memory holds (model, keys, topology).
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "data_folder.h"
#include "database.h"
#include "store.h"
#include "watermark.h"

namespace kosei::storage {

// Opens RocksDB in the one mode in which everything acknowledged is there: the log whole, or else
// with a torn end that the watermark shows to be unacknowledged. kCommitsMissing otherwise, with
// nothing written.
absl::StatusOr<std::unique_ptr<Database>> OpenChecked(const EngineOptions& options,
                                                      FolderState state,
                                                      const WatermarkValue& watermark);

// Reads the versions of the model and compiles the newest; a store without one gets the one that is
// given.
absl::Status OpenModel(Store& store);
// Whether the model that is given says something that no version of the store's has said.
absl::StatusOr<bool> ModelDiffers(const Store& store);

// Fills directory, topology, counts and head from the database.
absl::Status LoadMemory(Store& store);

}  // namespace kosei::storage
