#include "clock/timeline.h"

#include <algorithm>
#include <cstddef>
#include <tuple>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"

namespace kosei::process {
namespace {

void Take(std::string_view text, std::string_view& out) {
  if (!text.empty()) out = text;
}

// What the event makes of what was.
Stretch Next(Stretch was, const TicketEvent& event) {
  was.assigned = false;
  switch (event.kind) {
    case EventKind::kOpened:
      Take(event.state, was.state);
      Take(event.priority, was.priority);
      Take(event.request_type, was.request_type);
      break;
    case EventKind::kStateChanged:
      Take(event.state, was.state);
      break;
    case EventKind::kPriorityChanged:
      Take(event.priority, was.priority);
      break;
    case EventKind::kTypeChanged:
      Take(event.request_type, was.request_type);
      break;
    case EventKind::kPaused:
      was.paused = true;
      was.owner = event.owner;
      was.reason = event.reason;
      break;
    case EventKind::kResumed:
      was.paused = false;
      break;
    case EventKind::kAssigned:
      was.party = event.party;
      was.assigned = !event.party.empty();
      break;
    case EventKind::kResolved:
    case EventKind::kClosed:
      Take(event.state, was.state);
      was.stopped = true;
      was.paused = false;
      break;
    case EventKind::kReopened:
      Take(event.state, was.state);
      was.stopped = false;
      was.paused = false;
      break;
    case EventKind::kAgreementAttached:
      break;
  }
  return was;
}

}  // namespace

absl::StatusOr<Timeline> TimelineOf(const Ticket& ticket, Timestamp at) {
  Timeline timeline;
  const TicketEvent* opening = nullptr;
  std::vector<std::pair<Timestamp, std::size_t>> order;
  for (std::size_t i = 0; i < ticket.events.size(); ++i) {
    const TicketEvent& event = ticket.events[i];
    if (event.at > at) continue;
    if (event.kind != EventKind::kOpened) {
      order.emplace_back(event.at, i);
      continue;
    }
    if (opening != nullptr) {
      return MakeError(
          ErrorCode::kInvalidArgument,
          absl::StrFormat("ticket %s is opened twice, at %s and at %s; a ticket that was closed is "
                          "reopened",
                          ticket.id, FormatTimestamp(opening->at), FormatTimestamp(event.at)));
    }
    opening = &event;
  }
  if (opening == nullptr) return timeline;
  std::ranges::sort(order);
  timeline.stretches.push_back(Next({.from = opening->at}, *opening));
  for (const auto& [instant, index] : order) {
    const TicketEvent& event = ticket.events[index];
    if (event.kind == EventKind::kAgreementAttached) {
      timeline.agreement = event.agreement;
      continue;
    }
    Stretch next = Next(timeline.stretches.back(), event);
    next.from = std::max(instant, opening->at);
    timeline.stretches.back().to = next.from;
    next.to = kEndOfTime;
    timeline.stretches.push_back(next);
  }
  return timeline;
}

}  // namespace kosei::process
