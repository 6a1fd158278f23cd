// SortedFiles: entries written straight into sorted files (SST) that RocksDB then takes over in one
// atomic step, without going through its log and memtables.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "database.h"
#include "sorted_file.h"

namespace kosei::storage {

class SortedFiles {
 public:
  // Files go into `folder`, which is emptied first and removed at the end. `database` must outlive
  // this.
  static absl::StatusOr<std::unique_ptr<SortedFiles>> Create(const Database& database,
                                                             std::string folder);
  ~SortedFiles();
  SortedFiles(const SortedFiles&) = delete;
  SortedFiles& operator=(const SortedFiles&) = delete;

  // Keys of a family strictly ascending. Several threads may put, each into families of its own. An
  // error may be that of an earlier entry.
  absl::Status Put(Family family, std::string_view key, std::string_view value);
  // One more file of the family, for keys that lie between those of its others: whoever has it puts
  // them there.
  absl::StatusOr<SortedFile*> Another(Family family);
  // No more keys; the store knows nothing of them yet.
  absl::Status Finish();
  // Hands the finished files to the store: all or nothing, durable when it returns OK. After an
  // error only the next opening can tell whether the store has them, all or none.
  absl::Status Ingest();

 private:
  SortedFiles(const Database& database, std::string folder)
      : database_(database), folder_(std::move(folder)) {}

  const Database& database_;
  const std::string folder_;
  std::array<std::vector<std::unique_ptr<SortedFile>>, kFamilyCount> files_;  // Put: into the first
};

}  // namespace kosei::storage
