// Reading commits: their headers, what they changed, and which was the newest at an instant.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "commit_codec.h"
#include "database.h"
#include "kosei/storage/reader.h"

namespace kosei::storage {

// kNotFound when there is none of that number.
absl::StatusOr<DecodedCommit> ReadCommit(const Database& database, CommitNumber number,
                                         ReadTier tier = ReadTier::kDisk);
// At most `limit` changes, records first.
absl::StatusOr<CommitChanges> ReadChanges(const Database& database, CommitNumber number,
                                          std::size_t limit);
// All of them in parts of at most kChangesPerPart, records first, until `visit` returns false.
absl::Status VisitChanges(const Database& database, CommitNumber number,
                          absl::FunctionRef<bool(const CommitChanges&)> visit);
// The newest commit; all zero when there is none. Also checks that it is the last of an unbroken
// row.
absl::StatusOr<DecodedCommit> ReadNewestCommit(const Database& database);
// The newest commit at or before the instant, among those up to `newest`; kNoCommit when all are
// later.
absl::StatusOr<CommitNumber> CommitAt(const Database& database, CommitNumber newest,
                                      Timestamp instant, ReadTier tier = ReadTier::kDisk);

}  // namespace kosei::storage
