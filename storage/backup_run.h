// StoreBackup: a backup of an open store, step by step (kosei/storage/backup.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backup_folder.h"
#include "committer.h"
#include "data_folder.h"
#include "file_copy.h"
#include "kosei/storage/backup.h"
#include "store.h"

namespace kosei::storage {

class StoreBackup final : public BackupRun {
 public:
  // Pins the newest commit and the files that hold it; commits wait for that, some ms.
  static absl::StatusOr<std::unique_ptr<BackupRun>> Begin(Store& store, Committer& committer,
                                                          BackupOptions options);
  ~StoreBackup() override;

  absl::StatusOr<bool> Step() override;
  BackupProgress progress() const override { return progress_; }
  const BackupReport& report() const override { return report_; }

 private:
  // A file of the backup, and how it gets there.
  struct Item {
    BackupFile file;
    std::string source;
    bool checksum_known = false;
    bool there = false;       // nothing to copy
    std::uint64_t begin = 0;  // bytes of it that are there already
  };

  StoreBackup(Store& store, BackupOptions options)
      : store_(store), options_(std::move(options)), files_(*store_.options.files) {}
  absl::Status OpenFolder();
  absl::Status Pin(Committer& committer);
  absl::Status ListFiles();
  absl::Status CheckChain() const;
  absl::Status Plan(Item& item);
  absl::Status PlanGrowing(Item& item);
  absl::Status CheckSpace() const;
  absl::Status FinishItem(Item& item);
  absl::Status Finish();

  Store& store_;
  const BackupOptions options_;
  FileSystem& files_;
  std::unique_ptr<FolderLock> lock_;
  std::vector<BackupManifest> earlier_;
  bool pinned_ = false;  // RocksDB deletes no files
  BackupManifest manifest_;
  std::vector<Item> items_;
  std::size_t next_ = 0;
  std::optional<FileCopy> copy_;  // of items_[next_]
  BackupProgress progress_;
  BackupReport report_;
  bool done_ = false;
};

}  // namespace kosei::storage
