// VersionRewriter: puts remnants (base/remnant.h) in the place of versions, in the indexes too. On
// the committing thread, while no index is written (Indexer::RunBetweenPieces).
#pragma once

#include <rocksdb/write_batch.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "index_forget.h"
#include "kosei/base/remnant.h"
#include "kosei/storage/reader.h"
#include "store.h"

namespace kosei::storage {

class VersionRewriter {
 public:
  // `doing` begins messages.
  VersionRewriter(Store& store, const model::Schema& schema, std::string doing)
      : store_(store), doing_(std::move(doing)), indexes_(store, schema) {}

  // `versions`: all of one record, newest first. `reduce` takes values out of what a version says,
  // and tells whether there was anything to take. kStorageCorrupt, or kInvalidArgument when the
  // commit of such a version speaks of the bytes themselves (a store that was begun with format 1).
  absl::Status Rewrite(const std::vector<RecordVersion>& versions, RemnantKind kind,
                       absl::FunctionRef<bool(const RecordVersion&, Record&)> reduce,
                       rocksdb::WriteBatch& batch);
  // After the last record.
  absl::Status Finish(rocksdb::WriteBatch& batch) { return indexes_.Finish(batch); }
  // When the batch is durable: nothing in memory knows the old bytes any more.
  void Forget() const;
  std::uint64_t count() const { return replaced_.size(); }
  const std::set<IndexNumber>& indexes() const { return indexes_.touched(); }

 private:
  absl::Status CheckForm(CommitNumber commit);

  Store& store_;
  const std::string doing_;
  IndexForgetter indexes_;
  std::vector<std::pair<RecordId, CommitNumber>> replaced_;
  CommitNumber checked_ = kNoCommit;  // a commit whose form is the right one
};

}  // namespace kosei::storage
