#include "handlers/newest_watch.h"

#include <utility>

#include "kosei/base/status_macros.h"

namespace kosei::server {

NewestWatch::NewestWatch(const Services& services, const Call& call)
    : services_(services), cancelled_(call.cancelled) {}

absl::StatusOr<Stream::Part> NewestWatch::Next(std::size_t, Builder& builder) {
  const storage::View newest = services_.reader.Newest();
  const Instant now = services_.clock.Monotonic();
  std::string_view body;
  if (first_ || told_.commit != newest.commit) {
    const query::Limits limits{.time = kQueryTimeDefault, .memory_bytes = kQueryMemoryBytes};
    const query::Budget budget(limits, services_.clock, cancelled_);
    KOSEI_ASSIGN_OR_RETURN(body, Tell(newest, first_, budget, builder));
    told_ = newest;
    first_ = false;
  } else if (now - last_frame_ >= services_.limits.heartbeat) {
    body = Heartbeat(EncodeView(told_), builder);
  }
  if (body.empty()) return Part{State::kNothing, {}};
  last_frame_ = now;
  return Part{State::kMore, body};
}

}  // namespace kosei::server
