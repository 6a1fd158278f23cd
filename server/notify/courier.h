// Courier: sends what is due through one channel, on a thread of its own. What it cannot send it
// comes back to; what a crash keeps it from noting is sent again.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "kosei/base/mutex.h"
#include "kosei/base/time.h"
#include "kosei/process/outbox.h"
#include "kosei/server/log.h"
#include "notify/transport.h"

namespace kosei::server {

class Courier {
 public:
  // All must outlive it. Without a thread it sends in RunDue() alone.
  Courier(process::Outbox& outbox, process::Channel channel, Transport& transport,
          const Clock& clock, Log& log, bool with_thread);
  ~Courier();
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  // There may be something to send. Thread-safe.
  void Wake();
  // Sends what is due now. How many were taken by the other side. An error is one of the store:
  // then nothing is sent any more, so that nothing is sent again and again that cannot be noted.
  absl::StatusOr<std::size_t> RunDue();
  // Ends what is under way. Thread-safe.
  void Stop();

 private:
  void Work();
  bool Stopping();
  process::SendResult SendOne(const process::Letter& letter,
                              std::map<std::string, std::string>& down);

  process::Outbox& outbox_;
  const process::Channel channel_;
  Transport& transport_;
  const Clock& clock_;
  Log& log_;
  Mutex mutex_;
  CondVar changed_;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace kosei::server
