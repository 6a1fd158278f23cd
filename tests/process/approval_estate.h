// Approvals written short: instants are minutes, people are letters.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/process/approval.h"

namespace kosei::process {

inline constexpr std::int64_t kMinute = 60'000'000;
inline Timestamp Minute(std::int64_t minute) { return Timestamp{minute * kMinute}; }

inline Vote Approves(std::string voter, std::int64_t minute, std::string step = "cab") {
  Vote vote;
  vote.step = std::move(step);
  vote.voter = std::move(voter);
  vote.at = Minute(minute);
  vote.seen = {{"record", "r1"}, {"plan", "p1"}};
  return vote;
}
inline Vote Rejects(std::string voter, std::int64_t minute, std::string step = "cab") {
  Vote vote = Approves(std::move(voter), minute, std::move(step));
  vote.ballot = Ballot::kReject;
  vote.comment = "the back-out was not tested";
  return vote;
}
inline Vote For(Vote vote, std::string person) {
  vote.on_behalf_of = std::move(person);
  return vote;
}

inline ApprovalStepDefinition StepOf(std::string name, ApprovalRule rule,
                                     std::vector<Approver> approvers) {
  ApprovalStepDefinition step;
  step.name = name;
  step.label = {name, name};
  step.rule = rule;
  step.approvers = std::move(approvers);
  return step;
}

// One step, cab, of the group cab; asked at minute 10.
struct Case {
  ApprovalPolicyDefinition policy;
  ApprovalRequest request;
  std::vector<Vote> votes;
  People people;

  explicit Case(ApprovalRule rule, std::vector<std::string> members = {"a", "b", "c"}) {
    policy.name = "change";
    policy.label = {"Change", "変更"};
    policy.relevant = {"record", "plan"};
    policy.separated = {"author", "implementer"};
    policy.steps = {StepOf("cab", rule, {{ApproverKind::kGroup, "cab"}})};
    request.asked = Minute(10);
    request.steps = {"cab"};
    request.content = {{"record", "r1"}, {"plan", "p1"}, {"notes", "n1"}};
    for (std::string& member : members) Join("cab", std::move(member));
  }
  void Join(std::string group, std::string person, Timestamp from = kBeginningOfTime,
            Timestamp to = kEndOfTime) {
    people.memberships.push_back(
        {ApproverKind::kGroup, std::move(group), std::move(person), from, to});
  }
};

}  // namespace kosei::process
