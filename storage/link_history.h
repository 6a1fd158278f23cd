// Reading the intervals of links from RocksDB.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "database.h"
#include "kosei/storage/reader.h"

namespace kosei::storage {

// Every interval of every link, ascending by (source, type, target, begin), links of `from` and
// later sources until `visit` returns false.
absl::Status ForEachLink(const Database& database, RecordId from,
                         absl::FunctionRef<bool(const LinkVersion&)> visit);

}  // namespace kosei::storage
