#include "ballots.h"

#include <algorithm>

namespace kosei::simulation {

AskedStep* Asked::OpenStep() {
  for (AskedStep& step : steps) {
    if (step.decision == Decision::kOpen) return &step;
  }
  return nullptr;
}

bool Ballots::IsAway(std::string_view person, Timestamp at) const {
  return std::any_of(away_.begin(), away_.end(),
                     [&](const Away& away) { return away.person == person && away.Holds(at); });
}

std::string Ballots::DeputyFor(const Asked& asked, const AskedStep& step, std::string_view person,
                               Timestamp at) const {
  for (const Away& away : away_) {
    if (away.person != person || away.deputy.empty() || !away.Holds(at)) continue;
    const bool may = !asked.apart.contains(away.deputy) && !IsAway(away.deputy, at) &&
                     !step.voters.contains(away.deputy);
    if (may) return away.deputy;
  }
  return {};
}

void Ballots::SettleStep(const Asked& asked, AskedStep& step, Timestamp at) const {
  std::set<std::string> counting;
  std::size_t yes = 0;
  std::size_t no = 0;
  for (const auto& [person, rejects] : step.ballots) {
    counting.insert(person);
    ++(rejects ? no : yes);
  }
  for (const std::string& person : step.members) {
    if (!IsAway(person, at) || !DeputyFor(asked, step, person, at).empty()) counting.insert(person);
  }
  const std::size_t needed = step.half ? std::max<std::size_t>(1, (counting.size() + 1) / 2) : 1;
  if (yes >= needed) {
    step.decision = Decision::kApproved;
  } else if (no > 0 && (!step.half || counting.size() - no < needed)) {
    step.decision = Decision::kRejected;
  }
}

void Ballots::Settle(Asked& asked, Timestamp at) const {
  if (asked.decision != Decision::kOpen) return;
  for (AskedStep& step : asked.steps) {
    if (step.decision == Decision::kOpen) SettleStep(asked, step, at);
    if (step.decision == Decision::kRejected) asked.decision = Decision::kRejected;
    if (step.decision == Decision::kRejected) return;
    if (step.decision == Decision::kOpen && asked.in_order) return;
  }
  const bool all = std::all_of(asked.steps.begin(), asked.steps.end(), [](const AskedStep& step) {
    return step.decision == Decision::kApproved;
  });
  if (all) asked.decision = Decision::kApproved;
}

void Ballots::Advance(Asked& asked, Timestamp to) const {
  std::set<Timestamp> instants;
  for (const Away& away : away_) {
    for (const Timestamp instant : {away.from, away.to}) {
      if (asked.seen < instant && instant <= to) instants.insert(instant);
    }
  }
  if (asked.expires <= to) instants.insert(asked.expires);
  for (const Timestamp instant : instants) {
    if (asked.decision != Decision::kOpen) break;
    if (instant >= asked.expires) {
      asked.decision = Decision::kExpired;
    } else {
      Settle(asked, instant);
    }
  }
  asked.seen = std::max(asked.seen, to);
}

void Ballots::Count(Asked& asked, AskedStep& step, const std::string& voter,
                    const std::string& person, bool rejects, Timestamp at) const {
  step.ballots[person] = rejects;
  step.voters.insert(voter);
  Settle(asked, at);
}

}  // namespace kosei::simulation
