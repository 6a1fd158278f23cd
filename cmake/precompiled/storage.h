// The common headers and RocksDB's and the public ones of storage, for the storage library.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include "common.h"
#include "kosei/storage/engine.h"
