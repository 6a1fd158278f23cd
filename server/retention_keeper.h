// RetentionKeeper: runs retention by itself, again and again, on a thread of its own.
#pragma once

#include <chrono>
#include <string_view>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "kosei/base/mutex.h"
#include "kosei/server/log.h"
#include "kosei/storage/retention.h"

namespace kosei::server {

// What a run came to, for the log; nothing when it retired nothing.
void LogRetention(Log& log, const storage::RetentionReport& report, std::string_view by);

class RetentionKeeper {
 public:
  // The first run comes after `interval`, or within some minutes when that is longer. 0: none.
  RetentionKeeper(storage::Retention& retention, Log& log, std::chrono::seconds interval);
  // A run that is under way ends with the batch it is at.
  ~RetentionKeeper();
  RetentionKeeper(const RetentionKeeper&) = delete;
  RetentionKeeper& operator=(const RetentionKeeper&) = delete;

 private:
  void Loop(std::chrono::seconds interval);
  void Run();

  storage::Retention& retention_;
  Log& log_;
  Mutex mutex_;
  CondVar stop_wanted_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace kosei::server
