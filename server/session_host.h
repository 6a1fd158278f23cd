// The shell around a session: what a session without I/O asks of it.
#pragma once

#include <memory>

#include "absl/functional/any_invocable.h"

namespace kosei::server {

// `SessionType` is what is spoken on the connection.
template <typename SessionType>
class HostOf {
 public:
  virtual ~HostOf() = default;
  // Runs `work` on the session's thread, and then sends what it produced. Dropped when the
  // connection is gone. Any thread may call it.
  virtual void Post(absl::AnyInvocable<void(SessionType&)> work) = 0;
  // The connection stays in memory as long as this is held.
  virtual std::shared_ptr<HostOf> Keep() = 0;
  // Open watches have become more or fewer; commits are announced only where there are some.
  virtual void AddWatches(int delta) = 0;
};

class Session;
using SessionHost = HostOf<Session>;

}  // namespace kosei::server
