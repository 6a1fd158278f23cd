// A checkpoint: what memory derives from the store (keys, classes, newest commits, the topology),
// as of some commit, in a file of its own beside it. An opening reads it and replays the commits
// made since, instead of reading every record and link. It can be lost at any time: without it, or
// with one that does not belong to this store or is damaged, everything is derived anew.
//
// Writing one stops nobody. Keys and newest commits are copied while commits go on, so the file
// says from which commit on they must be replayed (`from`; replaying one twice changes nothing) and
// which commit is the newest of which anything may be in it (`to`). The topology is immutable, and
// exactly that of one commit (`covers`).
#pragma once

#include <string>

#include "absl/status/status.h"
#include "commit_codec.h"
#include "store.h"

namespace kosei::storage {

std::string CheckpointPath(const std::string& folder);

// Thread-safe beside readers and the committer; one at a time. Nothing is written for an empty
// store. kStorageLow when it would leave less free space than writing may.
absl::Status WriteCheckpoint(Store& store);

// Fills directory and topology of a store that was just opened; counts and head are left to the
// caller. `newest`: the store's newest commit. On an error the store is as it was: kNotFound when
// there is no checkpoint, kStorageCorrupt when it cannot be used.
absl::Status RestoreCheckpoint(Store& store, const DecodedCommit& newest);

}  // namespace kosei::storage
