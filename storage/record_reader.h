// Reading versions of one record from RocksDB: the newest by its exact key, older ones by
// iterating.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/storage/reader.h"
#include "store.h"

namespace kosei::storage {

// The version that holds in the View, ended ones included; nullopt when none does. In kMemoryOnly a
// read that would need the disk is kOverloaded.
absl::StatusOr<std::optional<RecordVersion>> ReadVersion(const Store& store, RecordId id,
                                                         const View& view, ReadTier tier);

// Every version up to the View's commit, newest first.
absl::StatusOr<std::vector<RecordVersion>> ReadVersions(const Store& store, RecordId id,
                                                        CommitNumber commit);

// Of all versions, newest first: as known now, the record is there at `from` or later.
bool ThereFrom(const std::vector<RecordVersion>& versions, Timestamp from);

// The newest version of a node as of now, for writers; nullopt when none was ever published.
absl::StatusOr<std::optional<RecordVersion>> ReadNewest(const Store& store, NodeIndex node);

}  // namespace kosei::storage
