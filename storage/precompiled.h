// Precompiled for the storage library: RocksDB and what storage offers.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include "kosei/storage/engine.h"
