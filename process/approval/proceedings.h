// An approval carried on from the instant it was asked: votes and changes of people in the order of
// their instants.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "approval/electorate.h"
#include "kosei/process/approval.h"

namespace kosei::process {

// What a step needs and what it has.
struct Tally {
  std::size_t counting = 0;
  std::size_t needed = 0;
  std::size_t approvals = 0;
  std::size_t rejections = 0;

  bool approved() const { return needed > 0 && approvals >= needed; }
  bool rejected(RuleKind rule) const;
};

struct StepCourse {
  const ApprovalStepDefinition* definition = nullptr;
  StepState state = StepState::kNotBegun;
  std::optional<Timestamp> began;
  std::optional<Timestamp> ended;
  std::map<std::string, Ballot> ballots;  // by the person whose vote it is
  std::set<std::string> voters;           // who gave them
  Tally tally;                            // of one that is no longer open: when it ended
};

class Proceedings {
 public:
  // All must outlive it. Steps that the policy lacks are left out: see CheckRequest.
  Proceedings(const ApprovalPolicyDefinition& policy, const ApprovalRequest& request,
              const People& people);

  // Carries on to the instant, without votes of it. Instants do not go back.
  void Advance(Timestamp to);
  // Whether the vote may be given now; it is of the instant advanced to.
  std::optional<VoteRefusal> Judge(const Vote& vote) const;
  // Counts a vote that may be given.
  void Count(const Vote& vote);

  ApprovalState state() const { return state_; }
  Timestamp since() const { return since_; }
  const std::vector<StepCourse>& steps() const { return steps_; }
  const Electorate& electorate() const { return electorate_; }
  Tally TallyOf(const StepCourse& step) const;  // now
  std::optional<Timestamp> ExpiryOf(const StepCourse& step) const;
  std::optional<Timestamp> NextExpiry() const;  // of the approval or an open step
  // Who stands in for the person and may still vote in the step, now.
  std::set<std::string> UsableDeputies(const StepCourse& step, const std::string& person) const;

 private:
  void Settle();  // looks at the open steps again
  void End(ApprovalState state);
  const StepCourse* FindStep(std::string_view name) const;
  std::optional<VoteRefusal> JudgeStep(const Vote& vote, const StepCourse*& step) const;
  std::optional<VoteRefusal> JudgeVoter(const Vote& vote, const StepCourse& step) const;

  const ApprovalPolicyDefinition& policy_;
  const ApprovalRequest& request_;
  Electorate electorate_;
  std::vector<StepCourse> steps_;
  ApprovalState state_ = ApprovalState::kOpen;
  Timestamp since_;
  Timestamp now_;
};

}  // namespace kosei::process
