// RepairStore: says what is wrong with a data folder that no koseid has open and what would mend
// it, and mends it when asked to.
//
// All work is done on a copy beside the folder (sorted files as further names of the same bytes).
// Only when the copy has been verified, to the last byte and the first commit, does it take the
// folder's place; the folder as it was stays as FOLDER.before-repair-N.
//
// What can be mended:
//   - bytes behind the last whole record of the list of files, as a power cut leaves them. The
//     watermark must show that nothing acknowledged was in them.
//   - damaged indexes: they are built anew by the next start.
//   - a damaged book of unique values: it is built anew from the records, when these are sound.
//   - a damaged checkpoint of memory: memory is read from the store instead.
//   - commits that were acknowledged and are gone: given up, when the caller names the last one
//   that
//     is kept. Nothing is ever given up otherwise.
// Damaged records, links and commits cannot be mended: they are in a backup, or gone.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/file_system.h"
#include "kosei/base/ids.h"
#include "kosei/model/definition.h"
#include "kosei/storage/verification.h"

namespace kosei::storage {

struct RepairOptions {
  std::string folder;
  bool dry_run = true;  // the folder stays as it is, and so does the rest of the disk
  // The last commit that is kept, when acknowledged ones are missing; kNoCommit: none is given up.
  CommitNumber accept_loss;
  model::ModelDefinition model;  // as in VerifyOptions
  FileSystem* files = &LocalFileSystem();
  std::function<void(const VerifyProgress&)> on_progress;
};

enum class RepairOutcome : std::uint8_t {
  kSound,         // there was nothing to do
  kMendable,      // dry_run: it could be mended, by what `actions` say
  kMended,        // by what `actions` say
  kNeedsConsent,  // it can be mended by giving commits up, and nobody has agreed to that
  kNotMendable,   // restore a backup
};

struct RepairReport {
  RepairOutcome outcome = RepairOutcome::kSound;
  std::vector<std::string> damage;   // one sentence each
  std::vector<std::string> actions;  // what was done, or would be
  CommitNumber
      acknowledged;   // the newest that the watermark names; kNoCommit: none, or it is damaged
  CommitNumber kept;  // the newest commit after it all; kNoCommit: not known
  std::string kept_folder;  // kMended: where the folder of before is
};

// kNotFound (no store there), kStorageInUse, kFormatTooNew, kModelInvalid, kStorageIo, kStorageLow,
// kAlreadyExists (something is in the way of the copy).
absl::StatusOr<RepairReport> RepairStore(const RepairOptions& options);

}  // namespace kosei::storage
