// What is said about approvals, in both languages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kosei/process/approval.h"

namespace kosei::process {

VoteRefusal RefusedAsClosed(ApprovalState state, Timestamp since);
VoteRefusal RefusedAsExpired(Timestamp at);
VoteRefusal RefusedUnknownStep(std::string_view step, const std::vector<std::string>& steps);
VoteRefusal RefusedNotBegun(const ApprovalStepDefinition& step);
VoteRefusal RefusedStepClosed(const ApprovalStepDefinition& step, StepState state, Timestamp ended);
VoteRefusal RefusedAsMoved(const std::vector<std::string>& parts);
VoteRefusal RefusedAsSeparated(std::string_view person, std::string_view as);
VoteRefusal RefusedNotAMember(std::string_view person, const ApprovalStepDefinition& step);
VoteRefusal RefusedNoDelegation(std::string_view voter, std::string_view person,
                                const ApprovalPolicyDefinition& policy);
VoteRefusal RefusedVotedAlready(std::string_view person, std::string_view voter);
VoteRefusal RefusedVoterAlready(std::string_view voter);
VoteRefusal RefusedWithoutComment(Ballot ballot);

Label WhyAsked(const Approver& approver);
Label WhyStep(const ApprovalStepDefinition& definition, const StepStatus& step);
Label WhyState(const ApprovalStatus& status);
Label WhyStanding(const Standing& standing);

}  // namespace kosei::process
