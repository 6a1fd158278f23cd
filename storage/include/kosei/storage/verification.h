// VerifyStore: looks at every byte of a data folder that no koseid has open, and says what is wrong
// with it. Nothing in the folder is changed but its lock (and RocksDB's own log of what it did).
//
// What is checked:
//   files     every block of every file against its checksum, and the list of files as long as the
//             watermark says it was
//   models    every version of the model well formed, its text compiling under its numbers
//   commits   numbers without gap, times ascending, each hash in the next header, the watermark's
//             commit there with the hash it remembers; each commit's content hash recomputed from
//             the records and links that it says it wrote, and the hash of the model it brought
//   records   each version well formed and of a known commit, one key one record, nothing that no
//             commit wrote
//   links     ends are records, versions of a link open and close in turn, nothing that no commit
//             wrote
//   unique    every unique value of a record in the book of values, and nothing else held there
//   names     baselines lead to commits
//   retention  policies and holds well formed, each decided by a commit
//   indexes   every value and every piece of text of a record in the indexes that are whole, and
//             nothing else in those of values
//   plans     every plan and step well formed, as many steps as a plan says
//   checkpoint  what memory held, against its checksums
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/file_system.h"
#include "kosei/base/ids.h"
#include "kosei/model/definition.h"

namespace kosei::storage {

struct StoreFiles;  // storage/store_files.h

// How far a step has come. `total` is an estimate, 0 when unknown.
struct VerifyProgress {
  std::string_view step;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

struct VerifyOptions {
  std::string folder;
  // Which values are unique, of a store from before it kept its own model.
  model::ModelDefinition model;
  FileSystem* files = &LocalFileSystem();
  const StoreFiles* store_files = nullptr;  // as in EngineOptions
  std::size_t findings_max = 100;           // described; more are only counted
  bool has_lock = false;                    // the caller holds the folder's lock
  // On the calling thread, often: cheap.
  std::function<void(const VerifyProgress&)> on_progress;
};

struct VerifyReport {
  CommitNumber newest;
  std::uint64_t files = 0;
  std::uint64_t commits = 0;
  std::uint64_t record_versions = 0;
  std::uint64_t link_versions = 0;
  std::uint64_t records = 0;        // in the present
  std::uint64_t links = 0;          // in the present
  std::uint64_t unique_values = 0;  // held in the present
  std::uint64_t index_entries = 0;  // of values, in the indexes that are whole
  // One sentence each: what, where.
  std::vector<std::string> findings;
  std::uint64_t finding_count = 0;
  bool sound() const { return finding_count == 0; }
};

// An error says that nothing can be said: kNotFound (no store there), kStorageInUse,
// kFormatTooNew, kModelInvalid, kStorageIo. Damage is a finding, not an error.
absl::StatusOr<VerifyReport> VerifyStore(const VerifyOptions& options);

}  // namespace kosei::storage
