#include "approval/electorate.h"

#include <algorithm>

namespace kosei::process {
namespace {

template <typename Span>
bool Holds(const Span& span, Timestamp at) {
  return span.from <= at && at < span.to;
}

}  // namespace

Electorate::Electorate(const ApprovalPolicyDefinition& policy, const ApprovalRequest& request,
                       const People& people)
    : policy_(policy), request_(request), people_(people) {
  for (const ApprovalRequest::Involved& involved : request.involved) {
    if (std::ranges::count(policy.separated, involved.as) > 0)
      separated_.emplace(involved.person, involved.as);
  }
}

std::string_view Electorate::SeparatedAs(std::string_view person) const {
  const auto found = separated_.find(person);
  return found == separated_.end() ? std::string_view() : std::string_view(found->second);
}

std::map<std::string, const Approver*> Electorate::Members(const ApprovalStepDefinition& step,
                                                           Timestamp at) const {
  std::map<std::string, const Approver*> members;
  const auto add = [&](const std::string& person, const Approver& approver) {
    if (SeparatedAs(person).empty()) members.emplace(person, &approver);
  };
  for (const Approver& approver : step.approvers) {
    switch (approver.kind) {
      case ApproverKind::kPerson:
        add(approver.name, approver);
        break;
      case ApproverKind::kField:
        for (const ApprovalRequest::Field& field : request_.fields)
          if (field.name == approver.name) add(field.person, approver);
        break;
      case ApproverKind::kGroup:
      case ApproverKind::kRole:
        for (const Membership& membership : people_.memberships) {
          const bool meant = membership.kind == approver.kind && membership.name == approver.name;
          if (meant && Holds(membership, at)) add(membership.person, approver);
        }
        break;
    }
  }
  return members;
}

bool Electorate::IsAway(std::string_view person, Timestamp at) const {
  return std::ranges::any_of(people_.absences, [&](const Absence& absence) {
    return absence.person == person && Holds(absence, at);
  });
}

bool Electorate::StandsIn(std::string_view deputy, std::string_view person, Timestamp at) const {
  if (!policy_.delegation || deputy == person || !SeparatedAs(deputy).empty()) return false;
  return std::ranges::any_of(people_.delegations, [&](const Delegation& delegation) {
    const bool meant = delegation.person == person && delegation.deputy == deputy;
    const bool covers = delegation.policy.empty() || delegation.policy == policy_.name;
    return meant && covers && Holds(delegation, at);
  });
}

std::set<std::string> Electorate::Deputies(std::string_view person, Timestamp at) const {
  std::set<std::string> deputies;
  for (const Delegation& delegation : people_.delegations) {
    const bool meant = delegation.person == person && StandsIn(delegation.deputy, person, at);
    if (meant && !IsAway(delegation.deputy, at)) deputies.insert(delegation.deputy);
  }
  return deputies;
}

std::vector<Timestamp> Electorate::Changes(Timestamp from, Timestamp to) const {
  std::set<Timestamp> instants;
  const auto add = [&](Timestamp instant) {
    if (from < instant && instant <= to) instants.insert(instant);
  };
  const auto add_ends = [&](const auto& spans) {
    for (const auto& span : spans) {
      add(span.from);
      add(span.to);
    }
  };
  add_ends(people_.memberships);
  add_ends(people_.delegations);
  add_ends(people_.absences);
  return {instants.begin(), instants.end()};
}

}  // namespace kosei::process
