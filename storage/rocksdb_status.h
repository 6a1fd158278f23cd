// The only place where a RocksDB status becomes one of ours, and a slice a view.
#pragma once

#include <rocksdb/slice.h>
#include <rocksdb/status.h>

#include <string_view>

#include "absl/status/status.h"

namespace kosei::storage {

// `operation` says what was being done, with the object: "read record 812".
absl::Status ToStatus(const rocksdb::Status& status, std::string_view operation);

inline std::string_view ViewOf(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }
inline rocksdb::Slice SliceOf(std::string_view view) { return {view.data(), view.size()}; }

}  // namespace kosei::storage
