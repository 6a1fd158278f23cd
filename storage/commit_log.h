// Reading commits: their headers, what they changed, and which was the newest at an instant.
#pragma once

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
// The newest commit; all zero when there is none. Also checks that it is the last of an unbroken
// row.
absl::StatusOr<DecodedCommit> ReadNewestCommit(const Database& database);
// The newest commit at or before the instant, among those up to `newest`; kNoCommit when all are
// later.
absl::StatusOr<CommitNumber> CommitAt(const Database& database, CommitNumber newest,
                                      Timestamp instant, ReadTier tier = ReadTier::kDisk);

}  // namespace kosei::storage
