// Verdicts under two books side by side.
#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/service_clock.h"

namespace kosei::process {
namespace {

absl::StatusOr<std::vector<TargetState>> Judged(const Ticket& ticket, const ServiceBook& book,
                                                Timestamp at) {
  absl::StatusOr<std::vector<TargetState>> states = JudgeTicket(ticket, book, at);
  if (!states.ok()) return WithContext(states.status(), absl::StrFormat("ticket %s", ticket.id));
  return states;
}

}  // namespace

absl::Status AddFlips(const JudgedTicket& before, const JudgedTicket& after, Timestamp at,
                      std::vector<VerdictFlip>& flips) {
  KOSEI_ASSIGN_OR_RETURN(const auto old_states, Judged(before.ticket, before.book, at));
  KOSEI_ASSIGN_OR_RETURN(const auto new_states, Judged(after.ticket, after.book, at));
  std::map<std::pair<std::string_view, TargetKind>, VerdictFlip> targets;
  for (const TargetState& state : old_states) {
    VerdictFlip& flip = targets[{state.agreement, state.kind}];
    flip.before = state.verdict;
    flip.deadline_before = state.deadline;
  }
  for (const TargetState& state : new_states) {
    VerdictFlip& flip = targets[{state.agreement, state.kind}];
    flip.after = state.verdict;
    flip.deadline_after = state.deadline;
  }
  for (auto& [target, flip] : targets) {
    if (flip.before == flip.after) continue;
    flip.ticket = after.ticket.id;
    flip.agreement = target.first;
    flip.kind = target.second;
    flips.push_back(std::move(flip));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<VerdictFlip>> CompareVerdicts(std::span<const Ticket> tickets,
                                                         const ServiceBook& before,
                                                         const ServiceBook& after, Timestamp at) {
  std::vector<VerdictFlip> flips;
  for (const Ticket& ticket : tickets)
    KOSEI_RETURN_IF_ERROR(AddFlips({ticket, before}, {ticket, after}, at, flips));
  return flips;
}

}  // namespace kosei::process
