// The shell around a session: what a session without I/O asks of it.
#pragma once

#include <memory>

#include "absl/functional/any_invocable.h"

namespace kosei::server {

class Session;

class SessionHost : public std::enable_shared_from_this<SessionHost> {
 public:
  virtual ~SessionHost() = default;
  // Runs `work` on the session's thread, and then sends what it produced. Dropped when the
  // connection is gone. Any thread may call it.
  virtual void Post(absl::AnyInvocable<void(Session&)> work) = 0;
  // Open watches have become more or fewer; commits are announced only where there are some.
  virtual void AddWatches(int delta) = 0;
};

}  // namespace kosei::server
