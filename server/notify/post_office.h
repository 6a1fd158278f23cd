// PostOffice: the couriers of a server, by its settings.
#pragma once

#include <memory>

#include "absl/base/thread_annotations.h"
#include "kosei/base/mutex.h"
#include "kosei/base/time.h"
#include "kosei/process/outbox.h"
#include "kosei/server/log.h"
#include "notify/courier.h"
#include "notify/settings.h"

namespace kosei::server {

class PostOffice {
 public:
  // Clock and log must outlive it.
  PostOffice(NotificationSettings settings, const Clock& clock, Log& log);
  ~PostOffice();
  PostOffice(const PostOffice&) = delete;
  PostOffice& operator=(const PostOffice&) = delete;

  process::OutboxOptions outbox_options() const;
  // From here on it sends. The outbox must outlive what Stop() ends.
  void Start(process::Outbox& outbox);
  // There may be something to send. Thread-safe, at any time; never waits for the disk.
  void Wake();
  // Within moments, whatever is under way.
  void Stop();

 private:
  const NotificationSettings settings_;
  const Clock& clock_;
  Log& log_;
  std::unique_ptr<Transport> mail_transport_, webhook_transport_;
  Mutex mutex_;
  std::unique_ptr<Courier> mail_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Courier> webhooks_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kosei::server
