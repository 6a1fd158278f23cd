#include "approval/proceedings.h"

#include <algorithm>

#include "approval/approval_texts.h"

namespace kosei::process {
namespace {

constexpr std::size_t kPercent = 100;

std::optional<Timestamp> ExpiryAfter(Timestamp begin, const std::optional<Period>& period) {
  if (!period) return std::nullopt;
  if (begin.micros > kEndOfTime.micros - period->micros) return kEndOfTime;
  return Timestamp{begin.micros + period->micros};
}

std::size_t NeededOf(const ApprovalRule& rule, std::size_t counting) {
  switch (rule.kind) {
    case RuleKind::kAny:
      return 1;
    case RuleKind::kAll:
      return std::max<std::size_t>(1, counting);
    case RuleKind::kShare:
      return std::max<std::size_t>(1, (counting * rule.amount + kPercent - 1) / kPercent);
    case RuleKind::kQuorum:
      return rule.amount;
  }
  return 1;
}

const std::string& PersonOf(const Vote& vote) {
  return vote.on_behalf_of.empty() ? vote.voter : vote.on_behalf_of;
}

// Relevant parts of the request's content that were not seen as they are there.
std::vector<std::string> MovedParts(const ApprovalPolicyDefinition& policy,
                                    const ApprovalRequest& request, const Vote& vote) {
  return StandingOf(policy, request, vote.seen).moved;
}

}  // namespace

bool Tally::rejected(RuleKind rule) const {
  if (rejections == 0 || approved()) return false;
  if (rule == RuleKind::kAny || rule == RuleKind::kAll) return true;
  return counting - rejections < needed;
}

Proceedings::Proceedings(const ApprovalPolicyDefinition& policy, const ApprovalRequest& request,
                         const People& people)
    : policy_(policy),
      request_(request),
      electorate_(policy, request, people),
      since_(request.asked),
      now_(request.asked) {
  for (const ApprovalStepDefinition& step : policy.steps) {
    if (std::ranges::count(request.steps, step.name) > 0) steps_.emplace_back().definition = &step;
  }
  if (request.superseded && *request.superseded <= now_) {
    End(ApprovalState::kSuperseded);
  } else {
    Settle();
  }
}

Tally Proceedings::TallyOf(const StepCourse& step) const {
  Tally tally;
  std::set<std::string> counting;
  for (const auto& [person, ballot] : step.ballots) {
    counting.insert(person);
    ++(ballot == Ballot::kApprove ? tally.approvals : tally.rejections);
  }
  for (const auto& [person, approver] : electorate_.Members(*step.definition, now_)) {
    const bool away = electorate_.IsAway(person, now_);
    if (!away || !UsableDeputies(step, person).empty()) counting.insert(person);
  }
  tally.counting = counting.size();
  tally.needed = NeededOf(step.definition->rule, tally.counting);
  return tally;
}

std::set<std::string> Proceedings::UsableDeputies(const StepCourse& step,
                                                  const std::string& person) const {
  std::set<std::string> deputies = electorate_.Deputies(person, now_);
  if (policy_.votes_for_many) return deputies;
  std::erase_if(deputies, [&](const std::string& deputy) { return step.voters.contains(deputy); });
  return deputies;
}

std::optional<Timestamp> Proceedings::ExpiryOf(const StepCourse& step) const {
  if (!step.began) return std::nullopt;
  return ExpiryAfter(*step.began, step.definition->expires);
}

std::optional<Timestamp> Proceedings::NextExpiry() const {
  std::optional<Timestamp> next = ExpiryAfter(request_.asked, policy_.expires);
  for (const StepCourse& step : steps_) {
    const std::optional<Timestamp> own =
        step.state == StepState::kOpen ? ExpiryOf(step) : std::nullopt;
    if (own && (!next || *own < *next)) next = own;
  }
  return next;
}

void Proceedings::End(ApprovalState state) {
  state_ = state;
  since_ = now_;
  for (StepCourse& step : steps_) {
    if (step.state != StepState::kOpen && step.state != StepState::kNotBegun) continue;
    if (step.state == StepState::kOpen) {
      step.tally = TallyOf(step);
      step.ended = now_;
    }
    step.state = StepState::kDropped;
  }
}

void Proceedings::Settle() {
  if (state_ != ApprovalState::kOpen) return;
  for (StepCourse& step : steps_) {
    if (step.state == StepState::kApproved) continue;
    if (step.state == StepState::kNotBegun) {
      step.state = StepState::kOpen;
      step.began = now_;
    }
    const Tally tally = TallyOf(step);
    const bool rejected = tally.rejected(step.definition->rule.kind);
    if (tally.approved() || rejected) {
      step.state = rejected ? StepState::kRejected : StepState::kApproved;
      step.ended = now_;
      step.tally = tally;
      if (rejected) return End(ApprovalState::kRejected);
    } else if (policy_.order == StepOrder::kSequential) {
      return;
    }
  }
  const bool all = std::ranges::all_of(
      steps_, [](const StepCourse& step) { return step.state == StepState::kApproved; });
  if (all) End(ApprovalState::kApproved);
}

void Proceedings::Advance(Timestamp to) {
  while (state_ == ApprovalState::kOpen) {
    // The next thing that happens by itself: being superseded, an expiry, a change of people.
    const std::vector<Timestamp> changes = electorate_.Changes(now_, to);
    const std::optional<Timestamp> expiry = NextExpiry();
    Timestamp next = changes.empty() ? kEndOfTime : changes.front();
    if (expiry) next = std::min(next, *expiry);
    if (request_.superseded) next = std::min(next, *request_.superseded);
    if (next > to || next == kEndOfTime) break;
    now_ = std::max(now_, next);
    if (request_.superseded && *request_.superseded <= now_) return End(ApprovalState::kSuperseded);
    if (expiry && *expiry <= now_) return End(ApprovalState::kExpired);
    Settle();
  }
  now_ = std::max(now_, to);
}

const StepCourse* Proceedings::FindStep(std::string_view name) const {
  for (const StepCourse& step : steps_)
    if (step.definition->name == name) return &step;
  return nullptr;
}

std::optional<VoteRefusal> Proceedings::JudgeStep(const Vote& vote, const StepCourse*& step) const {
  if (state_ == ApprovalState::kExpired) return RefusedAsExpired(since_);
  if (state_ != ApprovalState::kOpen) return RefusedAsClosed(state_, since_);
  step = FindStep(vote.step);
  if (step == nullptr) return RefusedUnknownStep(vote.step, request_.steps);
  if (step->state == StepState::kNotBegun) return RefusedNotBegun(*step->definition);
  if (step->state != StepState::kOpen)
    return RefusedStepClosed(*step->definition, step->state, *step->ended);
  return std::nullopt;
}

std::optional<VoteRefusal> Proceedings::JudgeVoter(const Vote& vote, const StepCourse& step) const {
  const std::string& person = PersonOf(vote);
  for (const std::string* either : {&vote.voter, &person}) {
    const std::string_view as = electorate_.SeparatedAs(*either);
    if (!as.empty()) return RefusedAsSeparated(*either, as);
  }
  const auto members = electorate_.Members(*step.definition, now_);
  if (!members.contains(person)) return RefusedNotAMember(person, *step.definition);
  if (person != vote.voter && !electorate_.StandsIn(vote.voter, person, now_))
    return RefusedNoDelegation(vote.voter, person, policy_);
  if (step.ballots.contains(person)) return RefusedVotedAlready(person, vote.voter);
  if (!policy_.votes_for_many && step.voters.contains(vote.voter))
    return RefusedVoterAlready(vote.voter);
  return std::nullopt;
}

std::optional<VoteRefusal> Proceedings::Judge(const Vote& vote) const {
  const StepCourse* step = nullptr;
  if (std::optional<VoteRefusal> refusal = JudgeStep(vote, step)) return refusal;
  const std::vector<std::string> moved = MovedParts(policy_, request_, vote);
  if (!moved.empty()) return RefusedAsMoved(moved);
  if (std::optional<VoteRefusal> refusal = JudgeVoter(vote, *step)) return refusal;
  const bool needed =
      policy_.comment == CommentRule::kAlways ||
      (policy_.comment == CommentRule::kOnRejection && vote.ballot == Ballot::kReject);
  if (needed && vote.comment.find_first_not_of(" \t\r\n") == std::string::npos)
    return RefusedWithoutComment(vote.ballot);
  return std::nullopt;
}

void Proceedings::Count(const Vote& vote) {
  for (StepCourse& step : steps_) {
    if (step.definition->name != vote.step) continue;
    step.ballots[PersonOf(vote)] = vote.ballot;
    step.voters.insert(vote.voter);
  }
  Settle();
}

}  // namespace kosei::process
