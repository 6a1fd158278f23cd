// Who may vote in an approval, at an instant, and who stands in for whom.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/process/approval.h"

namespace kosei::process {

class Electorate {
 public:
  // All must outlive it.
  Electorate(const ApprovalPolicyDefinition& policy, const ApprovalRequest& request,
             const People& people);

  // Whether the policy keeps the person apart; the word for it ("author"), or empty.
  std::string_view SeparatedAs(std::string_view person) const;

  // Who may vote in the step then, with the approver that each is there for.
  std::map<std::string, const Approver*> Members(const ApprovalStepDefinition& step,
                                                 Timestamp at) const;

  bool IsAway(std::string_view person, Timestamp at) const;
  // Whether the deputy may vote for the person then.
  bool StandsIn(std::string_view deputy, std::string_view person, Timestamp at) const;
  // Those who stand in then and are not away themselves.
  std::set<std::string> Deputies(std::string_view person, Timestamp at) const;

  // Instants in (from, to] at which one of these answers may change; ascending, each once.
  std::vector<Timestamp> Changes(Timestamp from, Timestamp to) const;

 private:
  const ApprovalPolicyDefinition& policy_;
  const ApprovalRequest& request_;
  const People& people_;
  std::map<std::string, std::string, std::less<>> separated_;
};

}  // namespace kosei::process
