// Transport: what really takes a notification to where it goes.
#pragma once

#include "kosei/process/outbox.h"

namespace kosei::server {

class Transport {
 public:
  virtual ~Transport() = default;
  // Takes as long as the other side makes it, within limits of the transport's own. Called by one
  // thread at a time.
  virtual process::SendResult Send(const process::Letter& letter) = 0;
  // What is under way ends at once with kLater, and so does everything that is sent afterwards.
  // Thread-safe.
  virtual void Stop() = 0;
};

}  // namespace kosei::server
