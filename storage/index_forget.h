// IndexForgetter: takes out of the indexes what no version of a record says any more, after values
// were taken from its versions. On the committing thread, while no index is written
// (Indexer::RunBetweenPieces).
#pragma once

#include <rocksdb/write_batch.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "index_book.h"
#include "kosei/model/schema.h"
#include "kosei/storage/reader.h"
#include "store.h"

namespace kosei::storage {

class IndexForgetter {
 public:
  IndexForgetter(Store& store, const model::Schema& schema);

  // `before` and `after`: all versions of one record, oldest first.
  absl::Status Add(const std::vector<RecordVersion>& before,
                   const std::vector<RecordVersion>& after, rocksdb::WriteBatch& batch);
  // What postings of many records come to, once for all of them.
  absl::Status Finish(rocksdb::WriteBatch& batch);
  // The indexes that lost something.
  const std::set<IndexNumber>& touched() const { return touched_; }

 private:
  absl::Status AddValues(const std::vector<RecordVersion>& before,
                         const std::vector<RecordVersion>& after, const IndexedAttribute& attribute,
                         rocksdb::WriteBatch& batch);

  Store& store_;
  const model::Schema& schema_;
  const std::vector<AttributeNumber> searched_;
  std::map<std::string, std::vector<std::uint32_t>> postings_;  // offsets that go, by key
  std::set<IndexNumber> touched_;
};

}  // namespace kosei::storage
