// Approvals against a naive definition that goes on minute by minute and counts all anew each time:
// every order of votes in small groups, and random requests with people who come and go.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "approval_estate.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

constexpr std::int64_t kAsked = 10;

// One step as a naive person keeps it.
struct NaiveStep {
  const ApprovalStepDefinition* step = nullptr;
  bool open = false;
  bool approved = false;
  std::int64_t began = 0;
  std::vector<Vote> counted;
};

class Naive {
 public:
  explicit Naive(const Case& c) : case_(c) {
    for (const ApprovalStepDefinition& step : c.policy.steps)
      if (std::ranges::count(c.request.steps, step.name) > 0)
        steps_.push_back({&step, false, false, 0, {}});
  }

  // The state at the minute as text, with the votes that counted.
  std::string At(std::int64_t last) {
    for (minute_ = kAsked; minute_ <= last; ++minute_) {
      if (state_ == "open" && case_.request.superseded == Minute(minute_)) state_ = "superseded";
      if (state_ == "open" && Expires()) state_ = "expired";
      Look();
      for (std::size_t i = 0; i < case_.votes.size(); ++i)
        if (case_.votes[i].at == Minute(minute_)) Take(i);
    }
    std::string text = state_;
    for (const std::size_t vote : counted_) text += " " + std::to_string(vote);
    return text;
  }

 private:
  template <typename Span>
  bool Now(const Span& span) const {
    return span.from <= Minute(minute_) && Minute(minute_) < span.to;
  }
  bool Expires() const {
    const auto over = [&](const std::optional<Period>& period, std::int64_t began) {
      return period && began + period->micros / kMinute <= minute_;
    };
    if (over(case_.policy.expires, kAsked)) return true;
    for (const NaiveStep& step : steps_)
      if (step.open && over(step.step->expires, step.began)) return true;
    return false;
  }
  bool Apart(const std::string& person) const {
    for (const auto& involved : case_.request.involved)
      if (involved.person == person && involved.as != "tester") return true;
    return false;
  }
  std::set<std::string> Members(const ApprovalStepDefinition& step) const {
    std::set<std::string> members;
    for (const Membership& membership : case_.people.memberships)
      for (const Approver& approver : step.approvers)
        if (approver.name == membership.name && Now(membership) && !Apart(membership.person))
          members.insert(membership.person);
    return members;
  }
  bool Away(const std::string& person) const {
    return std::ranges::any_of(case_.people.absences, [&](const Absence& absence) {
      return absence.person == person && Now(absence);
    });
  }
  bool Deputy(const std::string& deputy, const std::string& person) const {
    for (const Delegation& delegation : case_.people.delegations) {
      const bool scope = delegation.policy.empty() || delegation.policy == "change";
      if (scope && delegation.person == person && delegation.deputy == deputy && Now(delegation))
        return !Apart(deputy) && deputy != person;
    }
    return false;
  }
  static std::string Owner(const Vote& vote) {
    return vote.on_behalf_of.empty() ? vote.voter : vote.on_behalf_of;
  }
  static bool Gave(const NaiveStep& step, const std::string& voter) {
    return std::ranges::any_of(step.counted, [&](const Vote& vote) { return vote.voter == voter; });
  }
  static bool Had(const NaiveStep& step, const std::string& person) {
    return std::ranges::any_of(step.counted,
                               [&](const Vote& vote) { return Owner(vote) == person; });
  }
  bool Waited(const NaiveStep& step, const std::string& person) const {
    if (Had(step, person) || !Away(person)) return true;
    for (const Delegation& delegation : case_.people.delegations) {
      const std::string& deputy = delegation.deputy;
      if (Deputy(deputy, person) && !Away(deputy) &&
          (case_.policy.votes_for_many || !Gave(step, deputy)))
        return true;
    }
    return false;
  }
  // 1 approved, -1 rejected, 0 open.
  int Verdict(const NaiveStep& step) const {
    std::set<std::string> people;
    for (const std::string& person : Members(*step.step))
      if (Waited(step, person)) people.insert(person);
    int yes = 0;
    int no = 0;
    for (const Vote& vote : step.counted) {
      people.insert(Owner(vote));
      ++(vote.ballot == Ballot::kApprove ? yes : no);
    }
    const int count = static_cast<int>(people.size());
    const int amount = static_cast<int>(step.step->rule.amount);
    switch (step.step->rule.kind) {
      case RuleKind::kAny:
        return yes > 0 ? 1 : no > 0 ? -1 : 0;
      case RuleKind::kAll:
        return no > 0 ? -1 : yes > 0 && yes == count ? 1 : 0;
      case RuleKind::kShare:
        if (yes > 0 && yes * 100 >= amount * count) return 1;
        return no > 0 && ((count - no) * 100 < amount * count || count == no) ? -1 : 0;
      case RuleKind::kQuorum:
        return yes >= amount ? 1 : no > 0 && count - no < amount ? -1 : 0;
    }
    return 0;
  }
  void Look() {
    if (state_ != "open") return;
    for (NaiveStep& step : steps_) {
      if (step.approved) continue;
      if (!step.open) step.began = minute_;
      step.open = true;
      const int verdict = Verdict(step);
      if (verdict < 0) {
        state_ = "rejected";
        return;
      }
      step.approved = verdict > 0;
      step.open = !step.approved;
      if (step.open && case_.policy.order == StepOrder::kSequential) return;
    }
    if (std::ranges::all_of(steps_, &NaiveStep::approved)) state_ = "approved";
  }
  void Take(std::size_t number) {
    const Vote& vote = case_.votes[number];
    if (state_ != "open") return;
    for (NaiveStep& step : steps_) {
      if (step.step->name != vote.step || !step.open) continue;
      const bool own = Owner(vote) == vote.voter;
      const bool may = Members(*step.step).contains(Owner(vote)) && !Apart(vote.voter) &&
                       (own || (case_.policy.delegation && Deputy(vote.voter, Owner(vote))));
      const bool again =
          Had(step, Owner(vote)) || (!case_.policy.votes_for_many && Gave(step, vote.voter));
      if (!may || again || (vote.ballot == Ballot::kReject && vote.comment.empty())) return;
      step.counted.push_back(vote);
      counted_.push_back(number);
      Look();
      return;
    }
  }

  const Case& case_;
  std::vector<NaiveStep> steps_;
  std::vector<std::size_t> counted_;
  std::string state_ = "open";
  std::int64_t minute_ = kAsked;
};

std::string Exact(const Case& c, std::int64_t minute) {
  const auto status = StatusOf(c.policy, c.request, c.votes, c.people, Minute(minute));
  EXPECT_OK(status);
  std::string text(NameOf(status->state));
  std::set<std::size_t> refused;
  for (const ApprovalStatus::Refused& one : status->refused) refused.insert(one.vote);
  for (std::size_t i = 0; i < c.votes.size(); ++i)
    if (c.votes[i].at <= Minute(minute) && !refused.contains(i)) text += " " + std::to_string(i);
  return text;
}

// Whether the next vote may be given agrees with what becomes of it.
void ExpectJudged(const Case& c) {
  for (std::size_t i = 0; i < c.votes.size(); ++i) {
    Case before = c;
    before.votes.resize(i);
    const auto refusal = JudgeVote(c.policy, c.request, before.votes, c.people, c.votes[i]);
    ASSERT_OK(refusal);
    before.votes.push_back(c.votes[i]);
    const auto status = StatusOf(c.policy, c.request, before.votes, c.people, c.votes[i].at);
    ASSERT_OK(status);
    const bool refused = !status->refused.empty() && status->refused.back().vote == i;
    ASSERT_EQ(refusal->has_value(), refused);
  }
}

// Every order of every choice of votes, three at most.
void ForEachOrder(const std::vector<Vote>& ballots, Case& c, int& count) {
  const std::int64_t minute = kAsked + 1 + static_cast<std::int64_t>(c.votes.size());
  ASSERT_EQ(Exact(c, minute), Naive(c).At(minute));
  ++count;
  if (c.votes.size() == 3) return;
  for (const Vote& ballot : ballots) {
    c.votes.push_back(ballot);
    c.votes.back().at = Minute(minute);
    ForEachOrder(ballots, c, count);
    c.votes.pop_back();
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(ApprovalExhaustive, EveryOrderOfVotesInSmallGroupsGoesAsDefined) {
  const std::vector<ApprovalRule> rules = {
      {RuleKind::kAny, 0},     {RuleKind::kAll, 0},    {RuleKind::kShare, 33},
      {RuleKind::kShare, 34},  {RuleKind::kShare, 50}, {RuleKind::kShare, 67},
      {RuleKind::kShare, 100}, {RuleKind::kQuorum, 1}, {RuleKind::kQuorum, 2}};
  const std::vector<std::vector<std::string>> groups = {{}, {"a"}, {"a", "b"}, {"a", "b", "c"}};
  // Votes of one's own, and of a deputy.
  std::vector<Vote> ballots;
  for (const char* person : {"a", "b", "c"}) {
    ballots.push_back(Approves(person, 0));
    ballots.push_back(Rejects(person, 0));
  }
  ballots.push_back(For(Approves("d", 0), "b"));
  ballots.push_back(For(Approves("a", 0), "b"));
  int count = 0;
  for (const ApprovalRule& rule : rules) {
    for (const std::vector<std::string>& group : groups) {
      for (int variant = 0; variant < 16; ++variant) {
        Case c(rule, group);
        if ((variant & 1) != 0) c.request.involved = {{"author", "a"}};
        if ((variant & 2) != 0) c.people.absences = {{"b"}};
        if ((variant & 4) != 0) c.people.delegations = {{"b", "d"}, {"b", "a"}};
        c.policy.votes_for_many = (variant & 8) != 0;
        SCOPED_TRACE(CanonicalText(c.policy) + std::to_string(variant));
        ForEachOrder(ballots, c, count);
        if (HasFatalFailure()) return;
      }
    }
  }
  EXPECT_EQ(count, 9 * 4 * 16 * (1 + 8 + 64 + 512));
}

class RandomCase {
 public:
  explicit RandomCase(std::mt19937& random) : random_(random) {}

  Case Make() {
    Case c(Rule(), {});
    if (Below(2) == 0) {
      c.policy.steps.push_back(StepOf(
          "board", Rule(), {{ApproverKind::kGroup, "board"}, {ApproverKind::kGroup, "cab"}}));
      c.request.steps.push_back("board");
    }
    c.policy.order = Below(2) == 0 ? StepOrder::kParallel : StepOrder::kSequential;
    c.policy.votes_for_many = Below(2) == 0;
    c.policy.delegation = Below(4) != 0;
    if (Below(3) == 0) c.policy.expires = Period{0, (5 + Below(20)) * kMinute};
    for (ApprovalStepDefinition& step : c.policy.steps)
      if (Below(4) == 0) step.expires = Period{0, (3 + Below(15)) * kMinute};
    if (Below(6) == 0) c.request.superseded = Minute(kAsked + Below(25));
    if (Below(2) == 0) c.request.involved = {{"author", Person()}, {"tester", Person()}};
    const std::int64_t memberships = 2 + Below(5);
    for (std::int64_t i = 0; i < memberships; ++i) {
      const auto [from, to] = Span();
      c.Join(Below(3) == 0 ? "board" : "cab", Person(), from, to);
    }
    for (std::int64_t i = Below(3); i > 0; --i) {
      const auto [from, to] = Span();
      c.people.absences.push_back({Person(), from, to});
    }
    for (std::int64_t i = c.policy.delegation ? Below(4) : 0; i > 0; --i) {
      const auto [from, to] = Span();
      c.people.delegations.push_back({Person(), Person(), from, to, Below(4) == 0 ? "other" : ""});
    }
    std::int64_t minute = kAsked;
    for (std::int64_t i = Below(8); i > 0; --i) {
      minute += Below(5);
      c.votes.push_back(RandomVote(minute));
    }
    return c;
  }

 private:
  std::int64_t Below(std::uint32_t end) { return static_cast<std::int64_t>(random_() % end); }
  std::string Person() { return std::string(1, static_cast<char>('a' + Below(5))); }
  ApprovalRule Rule() {
    switch (Below(5)) {
      case 0:
        return {RuleKind::kAny, 0};
      case 1:
        return {RuleKind::kAll, 0};
      case 2:
        return {RuleKind::kQuorum, static_cast<std::uint32_t>(1 + Below(3))};
      default:
        return {RuleKind::kShare, static_cast<std::uint32_t>(1 + Below(100))};
    }
  }
  std::pair<Timestamp, Timestamp> Span() {
    const std::int64_t from = Below(3) == 0 ? 0 : kAsked - 2 + Below(20);
    const Timestamp to = Below(3) == 0 ? kEndOfTime : Minute(from + 1 + Below(20));
    return {Minute(from), to};
  }
  Vote RandomVote(std::int64_t minute) {
    const std::string step = Below(4) == 0 ? "board" : "cab";
    Vote vote = Below(4) == 0 ? Rejects(Person(), minute, step) : Approves(Person(), minute, step);
    if (Below(8) == 0) vote.comment.clear();
    return Below(4) == 0 ? For(vote, Person()) : vote;
  }

  std::mt19937& random_;
};

TEST(ApprovalRandom, PeopleWhoComeAndGoMinuteByMinute) {
  constexpr int kRounds = 8'000;
  std::mt19937 random(8'000);
  std::map<std::string, int> states;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const Case c = RandomCase(random).Make();
    for (std::int64_t minute = kAsked; minute < kAsked + 40; minute += 3)
      ASSERT_EQ(Exact(c, minute), Naive(c).At(minute)) << "minute " << minute;
    ExpectJudged(c);
    if (HasFatalFailure()) return;
    const std::string last = Exact(c, kAsked + 40);
    ++states[last.substr(0, last.find(' '))];
  }
  EXPECT_EQ(states.size(), 5U) << "each state has been met";
  for (const auto& [state, count] : states) EXPECT_GT(count, kRounds / 100) << state;
}

// What has been decided stays so, whatever comes.
TEST(ApprovalRandom, WhatIsDecidedStaysDecided) {
  constexpr int kRounds = 3'000;
  std::mt19937 random(3'000);
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const Case c = RandomCase(random).Make();
    std::string decided;
    Timestamp since;
    for (std::int64_t minute = kAsked; minute < kAsked + 40; ++minute) {
      ASSERT_OK_AND_ASSIGN(const ApprovalStatus status,
                           StatusOf(c.policy, c.request, c.votes, c.people, Minute(minute)));
      const std::string state(NameOf(status.state));
      if (decided.empty() && state != "open") {
        decided = state;
        since = status.since;
      }
      if (decided.empty()) continue;
      ASSERT_EQ(state, decided);
      ASSERT_EQ(status.since, since);
    }
  }
}

}  // namespace
}  // namespace kosei::process
