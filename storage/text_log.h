// RocksDB's own log: a text file beside its data, for whoever has to find out what it did.
//
// RocksDB would write it itself, but its writer does not survive a disk that is full: after the
// first line that finds no space the next one fails an assertion, and the server with it. This one
// leaves out what cannot be written.
#pragma once

#include <rocksdb/env.h>

#include <memory>
#include <string>

namespace kosei::storage {

// Begins FOLDER/LOG and keeps the one before as LOG.old. At most 16 MiB; further lines are left
// out. Thread-safe.
std::shared_ptr<rocksdb::Logger> OpenTextLog(const std::string& folder);
// Keeps nothing, for a store that is only read.
std::shared_ptr<rocksdb::Logger> SilentLog();

}  // namespace kosei::storage
