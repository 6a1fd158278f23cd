// An approval: what was asked of whom, what they said, and where that leaves it. The state is a
// pure function of the policy's version, the request, the votes in their order, who was in which
// group when, who stands in for whom, who was away, and now; nothing of it is stored, so it can be
// told for every moment of the past.
//
// Rules:
// - Who may vote in a step: the people of its approvers at that instant, without those that the
//   policy keeps apart (author, requester, implementer). Nobody stands in for one of these, and
//   none of these stands in for somebody.
// - Who counts (for "all" and shares): those who may vote and are neither away nor without somebody
//   who stands in for them; and those who have voted, whatever became of them later: a vote that
//   was right when it was given stays.
// - Steps are looked at again at each vote, and whenever somebody joins, leaves, goes away, comes
//   back or a delegation begins or ends. What is decided stays decided.
// - any: the first vote decides. all: everybody who counts approves, one at least; one rejection
//   rejects. share: so many percent of those who count, rounded up, one at least; rejected once
//   they cannot be reached any more. quorum: so many approvals; rejected likewise, but that too few
//   people are there rejects nothing.
// - One step rejected, the approval is rejected; all steps approved, it is approved; no steps, it
// is
//   approved when it is asked.
// - It expires at the instant that is so long after its beginning: a vote then is too late.
// - A delegation is to a person, from one instant up to another, for one policy or all; it is not
//   passed on. Who delegates may still vote, once.
//
// Intervals are half-open. People, groups and roles are keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/time.h"
#include "kosei/process/approval_policy.h"

namespace kosei::process {

// A part of what is approved, and the hash of it.
struct ContentPart {
  std::string name;
  std::string hash;
};

struct ApprovalRequest {
  Timestamp asked;
  std::vector<std::string> steps;  // ApprovalPlan::steps
  // Who is what: {"author", "alice"}; for separation of duties.
  struct Involved {
    std::string as;
    std::string person;
  };
  std::vector<Involved> involved;
  // Who is named in the record's fields: {"service_owner", "bob"}.
  struct Field {
    std::string name;
    std::string person;
  };
  std::vector<Field> fields;
  std::vector<ContentPart> content;
  std::optional<Timestamp> superseded;  // from then on another request counts, or none
};

// Somebody is in a group, or has a role, from one instant up to another.
struct Membership {
  ApproverKind kind = ApproverKind::kGroup;  // kGroup or kRole
  std::string name;
  std::string person;
  Timestamp from = kBeginningOfTime;
  Timestamp to = kEndOfTime;
};

struct Delegation {
  std::string person;
  std::string deputy;
  Timestamp from = kBeginningOfTime;
  Timestamp to = kEndOfTime;
  std::string policy = {};  // empty: all
};

struct Absence {
  std::string person;
  Timestamp from = kBeginningOfTime;
  Timestamp to = kEndOfTime;
};

struct People {
  std::vector<Membership> memberships;
  std::vector<Delegation> delegations;
  std::vector<Absence> absences;
};

enum class Ballot : std::uint8_t { kApprove = 1, kReject = 2 };

struct Vote {
  std::string step;
  std::string voter;
  std::string on_behalf_of;  // empty: for himself or herself
  Ballot ballot = Ballot::kApprove;
  std::string comment;
  Timestamp at;
  std::vector<ContentPart> seen;  // the content as it was when the vote was given
};

enum class VoteRefusalKind : std::uint8_t {
  kClosed = 1,  // decided or superseded
  kExpired = 2,
  kUnknownStep = 3,   // not a step of this request
  kNotBegun = 4,      // an earlier step is still open
  kStepClosed = 5,    // the step is decided
  kContentMoved = 6,  // a relevant part is not what was asked about
  kSeparated = 7,     // the voter, or who he or she votes for, is kept apart
  kNotAMember = 8,
  kNoDelegation = 9,  // or the policy has none
  kAlreadyVoted = 10,
  kCommentMissing = 11,
};
struct VoteRefusal {
  VoteRefusalKind kind = VoteRefusalKind::kClosed;
  Label message;
};

enum class ApprovalState : std::uint8_t {
  kOpen = 1,
  kApproved = 2,
  kRejected = 3,
  kExpired = 4,
  kSuperseded = 5,
};
std::string_view NameOf(ApprovalState state);  // "open"

enum class StepState : std::uint8_t {
  kNotBegun = 1,
  kOpen = 2,
  kApproved = 3,
  kRejected = 4,
  kDropped = 5,  // what was asked ended before it was decided
};
std::string_view NameOf(StepState state);

// Somebody whose vote is still wanted.
struct Asked {
  std::string person;
  std::vector<std::string> deputies;  // who may vote for him or her now
  bool away = false;
  Label why;  // as in "member of the group cab"
};

struct StepStatus {
  std::string step;
  StepState state = StepState::kNotBegun;
  std::optional<Timestamp> began;
  std::optional<Timestamp> ended;
  std::optional<Timestamp> expires;
  // Of an open step, now; of another, when it ended.
  std::size_t counting = 0;  // people
  std::size_t needed = 0;    // approvals
  std::size_t approvals = 0;
  std::size_t rejections = 0;
  std::vector<Asked> asked;  // of an open step, by person
  Label why;                 // a sentence in lower case without a final stop
};

struct ApprovalStatus {
  ApprovalState state = ApprovalState::kOpen;
  Timestamp since;                   // the state's beginning
  std::optional<Timestamp> expires;  // of one that is open: the next expiry, of it or a step
  std::vector<StepStatus> steps;     // in the order of the policy
  // Votes that did not count, by position, and why.
  struct Refused {
    std::size_t vote = 0;
    VoteRefusal refusal;
  };
  std::vector<Refused> refused;
  Label why;
};

// Votes of instants after `now` are not looked at. Votes are in the order in which they came, which
// is that of their instants. kInvalidArgument for votes out of order, or a step in the request that
// the policy lacks.
absl::StatusOr<ApprovalStatus> StatusOf(const ApprovalPolicyDefinition& policy,
                                        const ApprovalRequest& request,
                                        const std::vector<Vote>& votes, const People& people,
                                        Timestamp now);

// Whether a vote that comes after all others may be given. Nothing: it may.
absl::StatusOr<std::optional<VoteRefusal>> JudgeVote(const ApprovalPolicyDefinition& policy,
                                                     const ApprovalRequest& request,
                                                     const std::vector<Vote>& earlier,
                                                     const People& people, const Vote& vote);

// Whether what was approved is still what is there. Parts that the policy does not name as relevant
// flag nothing.
struct Standing {
  bool valid = true;               // otherwise flagged: look at it again
  std::vector<std::string> moved;  // parts that are not as they were, in the policy's order
  std::vector<std::string> moved_elsewhere;  // parts that are not relevant, by name
  Label why;
};
Standing StandingOf(const ApprovalPolicyDefinition& policy, const ApprovalRequest& request,
                    const std::vector<ContentPart>& current);

}  // namespace kosei::process
