// Purge: old bytes out of the files, after they were written over. What is to go is marked by the
// batch that writes over it, so that a purge which was cut short is finished when the store opens.
#pragma once

#include <rocksdb/write_batch.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "database.h"
#include "kosei/base/ids.h"

namespace kosei::storage {

// Keys from `begin` to `end` of a family.
struct PurgedSpan {
  Family family;
  std::string begin;
  std::string end;
};

// meta, "purge/" and the commit:u64 that wrote over the bytes.
std::string PurgeMarkName(CommitNumber commit);
// For each: family:u8 size:u16 begin size:u16 end.
std::string EncodePurgeMark(const std::vector<PurgedSpan>& spans);
absl::StatusOr<std::vector<PurgedSpan>> DecodePurgeMark(std::string_view bytes);

// Writes the files anew that hold what is marked, begins a new log, and a new list of files (which
// knows the first and the last key of each). The marks go with it. What an open backup or iterator
// reads goes when that ends.
absl::Status FinishPurges(const Database& database);

}  // namespace kosei::storage
