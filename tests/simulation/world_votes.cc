// Decisions: what is asked for, who votes, and what follows.
#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "status_matchers.h"
#include "world.h"

namespace kosei::simulation {
namespace {

constexpr std::uint8_t kGuardRefusal = 9;

// The transition that a decision leads to; empty: the record stays where it is.
std::string_view EventOf(const Booked& record, Decision decision) {
  std::string_view event;
  if (decision == Decision::kApproved) event = "grant";
  if (decision == Decision::kRejected) event = "refuse";
  if (decision == Decision::kExpired) event = "lapse";
  const Rule* const rule = event.empty() ? nullptr : FindRule(record.life_cycle, event);
  return rule != nullptr && Names(rule->from, record.state) ? event : std::string_view();
}

}  // namespace

Asked& World::Ask(Booked& record, const std::string& policy, std::vector<AskedStep> steps,
                  std::set<std::string> apart, std::int64_t expires_micros) {
  Asked asked;
  asked.record = record.key;
  asked.policy = policy;
  asked.in_order = policy == "service_request";
  asked.apart = std::move(apart);
  for (AskedStep& step : steps) {
    for (const std::string& person : asked.apart) step.members.erase(person);
  }
  asked.steps = std::move(steps);
  asked.seen = now_;
  asked.expires = After(now_, expires_micros);
  ++done[absl::StrCat("asked ", policy)];
  open_.insert(record.key);
  return asked_[record.key] = std::move(asked);
}

void World::Withdraw(const Booked& record) {
  open_.erase(record.key);
  const auto found = asked_.find(record.key);
  if (found != asked_.end() && found->second.decision == Decision::kOpen)
    found->second.decision = Decision::kWithdrawn;
}

Asked* World::AskedOf(const std::string& record) {
  const auto found = asked_.find(record);
  return found == asked_.end() ? nullptr : &found->second;
}

void World::FollowDecision(Booked& record, Asked& asked, std::string_view followed,
                           std::uint64_t commit, Timestamp at) {
  open_.erase(record.key);
  const std::string_view event = EventOf(record, asked.decision);
  EXPECT_EQ(followed, event) << record.key;
  if (event.empty()) return;
  ++done[absl::StrCat(record.life_cycle, " ", std::string(event))];
  const std::string_view to = FindRule(record.life_cycle, event)->to;
  if (asked.decision == Decision::kRejected && IsFinal(record.life_cycle, to))
    record.times["closed_at"] = now_;
  Enter(record, to, commit, at);
}

bool World::VoteOn(Booked& record, std::size_t rejects_percent) {
  Asked& asked = asked_.at(record.key);
  Tick();
  ballots.Advance(asked, now_);
  AskedStep* step = asked.OpenStep();
  if (step == nullptr || step->members.empty()) return false;
  // Somebody who has not voted, or a deputy of somebody who is away.
  std::string voter;
  std::string person;
  for (const std::string& member : step->members) {
    if (step->ballots.contains(member)) continue;
    const bool away = ballots.IsAway(member, now_);
    voter = away ? ballots.DeputyFor(asked, *step, member, now_) : member;
    person = member;
    if (!voter.empty() && !step->voters.contains(voter)) break;
    voter.clear();
  }
  if (voter.empty()) return false;
  const bool rejects = dice.Chance(rejects_percent);
  client::ProcessVote vote{.key = record.key, .reject = rejects, .comment = "as discussed"};
  vote.step = step->name;
  if (voter != person) vote.on_behalf_of = person;
  const auto outcome = provider.As(voter).VoteOnProcess(vote);
  EXPECT_OK(outcome);
  if (!outcome.ok()) return false;
  if (asked.decision != Decision::kOpen) {
    // An absence, or time, has decided it before: the vote is too late, and what it waits for is
    // done at once.
    EXPECT_FALSE(outcome->done()) << record.key << " " << voter;
    for (const client::ProcessRefusal& refusal : outcome->refusals)
      EXPECT_EQ(refusal.kind, kGuardRefusal);
    NoticeDecisions(true);
    return false;
  }
  EXPECT_TRUE(outcome->done()) << voter << " votes on " << record.key << ": " << Told(*outcome);
  if (!outcome->done()) return false;
  ++done[voter == person ? "vote" : "vote of a deputy"];
  books.Count({absl::StrCat(record.key, " ", asked.policy), step->name, voter,
               voter == person ? "" : person, rejects});
  ballots.Count(asked, *step, voter, person, rejects, now_);
  const std::string followed = outcome->followed.empty() ? "" : outcome->followed.front();
  if (asked.decision == Decision::kOpen) {
    EXPECT_EQ(followed, "") << record.key;
  } else {
    FollowDecision(record, asked, followed, outcome->commit, outcome->time);
  }
  return !::testing::Test::HasFailure();
}

void World::NoticeDecisions(bool must) {
  const std::set<std::string> open = open_;
  for (const std::string& key : open) {
    Asked& asked = asked_.at(key);
    ballots.Advance(asked, now_);
    if (asked.decision == Decision::kOpen) continue;
    Booked& record = books.At(key);
    const std::string_view event = EventOf(record, asked.decision);
    if (event.empty()) {
      open_.erase(key);
      continue;
    }
    const auto outlook = provider.admin().LookAtProcess(key);
    ASSERT_OK(outlook);
    // The system looks every now and then.
    if (!must && outlook->state == record.state) continue;
    ++done[asked.decision == Decision::kExpired ? "expired" : "decided by an absence"];
    open_.erase(key);
    if (asked.decision == Decision::kRejected &&
        IsFinal(record.life_cycle, FindRule(record.life_cycle, event)->to))
      record.times["closed_at"] = now_;
    FollowSystem(record, event);
  }
}

}  // namespace kosei::simulation
