// The file system under every store: the machine's, or a test's, and two things that RocksDB does
// after an error of the disk made safe.
// - A sorted file that it is to take over (sorted_files.h) and cannot read, it takes for an empty
//   one. Such a file is not given to it.
// - What it was taking over while the list of files (MANIFEST) could not be written, it removes,
//   though the list may name it by then. Sorted files stay from such an error on; the next opening
//   removes what nothing names.
#pragma once

#include <rocksdb/env.h>

#include <memory>
#include <string>

#include "store_files.h"

namespace kosei::storage {

// For the store in `folder`. `store_files`: null for the machine's; else it must outlive the
// result.
std::unique_ptr<rocksdb::Env> MakeCarefulEnv(const StoreFiles* store_files,
                                             const std::string& folder);

}  // namespace kosei::storage
