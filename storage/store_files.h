// StoreFiles: the file system that RocksDB works on when it is not the machine's own. For tests
// that make disks fail; it outlives every engine that uses it.
#pragma once

#include <rocksdb/env.h>

#include <memory>

namespace kosei::storage {

struct StoreFiles {
  std::unique_ptr<rocksdb::Env> env;
};

}  // namespace kosei::storage
