// SortedFile: one sorted file (SST) that a thread of its own writes, so that whoever makes the
// entries need not wait for blocks to be built, compressed and written.
#pragma once

#include <rocksdb/options.h>
#include <rocksdb/sst_file_writer.h>

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "kosei/base/mutex.h"

namespace kosei::storage {

// One thread puts; not thread-safe.
class SortedFile {
 public:
  // `name` for messages.
  SortedFile(const rocksdb::Options& options, rocksdb::ColumnFamilyHandle* family, std::string path,
             std::string name);
  // What has not been finished is given up.
  ~SortedFile();
  SortedFile(const SortedFile&) = delete;
  SortedFile& operator=(const SortedFile&) = delete;

  absl::Status Open();
  // Keys strictly ascending. Both are copied. An error may be that of an earlier entry.
  absl::Status Put(std::string_view key, std::string_view value);
  // No more entries: the thread writes what is left and syncs it.
  absl::Status BeginFinish();
  // After it: everything is on the device when this returns OK.
  absl::Status Finish();
  const std::string& path() const { return path_; }

 private:
  // Entries one behind the other, with two lengths of four bytes before each.
  using Entries = std::string;

  void Work();
  absl::Status Write(const Entries& entries);
  // The entries made so far are the thread's; waits while it is far behind.
  absl::Status HandOn();
  void End(bool whole);

  const std::string path_;
  const std::string name_;
  rocksdb::SstFileWriter writer_;
  Entries made_;
  std::thread thread_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Entries> waiting_ ABSL_GUARDED_BY(mutex_);
  Entries spare_ ABSL_GUARDED_BY(mutex_);  // written, and its memory to be filled again
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  bool whole_ ABSL_GUARDED_BY(mutex_) = false;   // over, and to be finished
  absl::Status status_ ABSL_GUARDED_BY(mutex_);  // the first error
};

}  // namespace kosei::storage
