// What a ticket was at each instant, from its events.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/time.h"
#include "kosei/process/service_clock.h"

namespace kosei::process {

// From one event up to the next one. Texts are those of the ticket.
struct Stretch {
  Timestamp from;
  Timestamp to = kEndOfTime;  // of the last one
  std::string_view state = {};
  std::string_view priority = {};
  std::string_view request_type = {};
  std::string_view party = {};
  bool stopped = false;   // resolved or closed
  bool assigned = false;  // begins with an assignment to somebody
  bool paused = false;
  PauseOwner owner = PauseOwner::kCustomer;
  std::string_view reason = {};
};

struct Timeline {
  std::vector<Stretch> stretches;   // empty: not opened yet; some may be of no length
  std::string_view agreement = {};  // attached last
};

// Of the events up to and with `at`. `ticket` must outlive it.
absl::StatusOr<Timeline> TimelineOf(const Ticket& ticket, Timestamp at);

}  // namespace kosei::process
