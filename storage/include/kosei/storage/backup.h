// Backups of a store, made while it serves, and stores made from them.
//
// A backup folder holds any number of backups of one store. Each is the whole store, history and
// all, as of one commit; files that two backups have in common lie there once, so that a further
// backup costs what has changed since (docs/backup.md has the folder, byte by byte). What a backup
// holds is as confidential as the store: settings, and with them the hashes of tokens, are in it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/file_system.h"
#include "kosei/base/ids.h"
#include "kosei/base/random.h"
#include "kosei/base/time.h"

namespace kosei::storage {

struct BackupOptions {
  std::string folder;      // made when absent; must hold backups of this store or nothing
  std::uint32_t keep = 0;  // older ones than the newest so many go; 0: none goes
};

// One backup. It has every commit up to `commit`, and nothing later.
struct BackupInfo {
  std::uint32_t number = 0;  // in its folder, from 1 on, never reused
  std::string store_id;
  std::uint32_t store_format = 0;
  Timestamp created;  // no commit up to this moment is missing
  CommitNumber commit;
  Timestamp commit_time;
  std::string hash;  // of the commit, 32 bytes
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;  // of all its files, those in common with others included
};

struct BackupProgress {
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_total = 0;
};

struct BackupReport {
  BackupInfo backup;
  std::uint64_t files_copied = 0;  // the others were there already
  std::uint64_t bytes_copied = 0;
  std::uint32_t backups_removed = 0;
};

// A backup under way (Engine::BeginBackup). Not thread-safe, but not bound to a thread. Destroyed
// before it has finished, it leaves files that the next backup uses, and no backup. Must go before
// its Engine.
class BackupRun {
 public:
  virtual ~BackupRun() = default;
  // Does a part of the work, some MiB. True: the backup is whole, on the device, and report() says
  // what it is. kStorageCorrupt names a file of the store that is damaged; kStorageLow says how
  // much space is missing.
  virtual absl::StatusOr<bool> Step() = 0;
  virtual BackupProgress progress() const = 0;
  virtual const BackupReport& report() const = 0;
};

// On the calling thread, often: cheap.
using BackupProgressFn = std::function<void(std::string_view step, const BackupProgress&)>;

struct CheckBackupsOptions {
  std::string folder;
  FileSystem* files = &LocalFileSystem();
  BackupProgressFn on_progress = {};
};
struct CheckBackupsReport {
  std::vector<BackupInfo> backups;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  // One sentence each: which file, what is wrong with it, which backups need it.
  std::vector<std::string> findings;
};
// Reads every byte of every backup against its checksum, and the chain of commits of the newest
// one. Changes nothing in the folder. Damage is a finding; an error says that nothing can be said.
absl::StatusOr<CheckBackupsReport> CheckBackups(const CheckBackupsOptions& options);

struct RestoreOptions {
  std::string from;    // a backup folder
  std::string folder;  // the new data folder: absent, or empty
  // Everything up to this commit, or up to this instant, and nothing later. Neither: all of the
  // newest backup. At most one.
  CommitNumber to_commit;
  Timestamp to_time = kEndOfTime;
  std::uint32_t backup = 0;  // by number; 0: the newest, or the oldest that reaches `to`
  FileSystem* files = &LocalFileSystem();
  Random* random = &SystemRandom();
  BackupProgressFn on_progress = {};
};
struct RestoreReport {
  BackupInfo backup;
  CommitNumber commit;  // the newest of the new store
  Timestamp commit_time;
  std::string hash;
  std::string store_id;  // a new one
  std::uint64_t bytes = 0;
  std::uint64_t commits_left_out = 0;
  std::vector<std::string> baselines_left_out;  // they name a commit that was left out
  std::vector<std::string> plans_left_out;      // they were opened after the last commit kept
};
// Makes a data folder of a backup. It appears under its name only when it is whole and its chain
// has been checked; a run that was cut short leaves `folder`.restoring, which the next run clears.
// kAlreadyExists (the folder is not empty), kNotFound (no such backup, commit or instant),
// kStorageCorrupt (names the file that is damaged), kFormatTooNew.
absl::StatusOr<RestoreReport> RestoreBackup(const RestoreOptions& options);

}  // namespace kosei::storage
