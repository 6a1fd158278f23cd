// RepairCopy: a copy of a data folder to work on, which may take its place.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "data_folder.h"
#include "kosei/base/file_system.h"

namespace kosei::storage {

class RepairCopy {
 public:
  // Makes FOLDER.repairing. Files that never change (sorted files, the checkpoint) get a second
  // name, the others are copied and synced. Left out: the lock, text logs, what was not finished.
  // kAlreadyExists when something is in the way that no repair left.
  static absl::StatusOr<std::unique_ptr<RepairCopy>> Make(FileSystem& files,
                                                          const std::string& folder);
  // Takes the copy away unless it has taken the folder's place.
  ~RepairCopy();
  RepairCopy(const RepairCopy&) = delete;
  RepairCopy& operator=(const RepairCopy&) = delete;

  const std::string& path() const { return path_; }
  // The folder becomes FOLDER.before-repair-N, and the copy the folder. Returns the new name of the
  // former.
  absl::StatusOr<std::string> TakePlace();

 private:
  RepairCopy(FileSystem& files, std::string folder)
      : files_(files), folder_(std::move(folder)), path_(folder_ + ".repairing") {}
  absl::Status Prepare();
  absl::Status CopyAll();
  absl::Status CopyOne(const std::string& name);

  FileSystem& files_;
  const std::string folder_;
  const std::string path_;
  bool in_place_ = false;
};

// What a load or a start that was cut short left in the folder: of no use to anybody.
struct Leftover {
  std::string path;
  std::uint64_t bytes = 0;
};
std::vector<Leftover> FindLeftovers(const std::string& folder);

}  // namespace kosei::storage
