// Approvals as records: what was asked is one, each vote is one, linked to the record that they are
// about. What they come to is worked out from them (kosei/process/approval.h), and kept beside them
// so that statements find it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "desk/asking.h"
#include "desk/case.h"
#include "kosei/process/approval.h"

namespace kosei::process {

// An approval, read back.
struct KeptApproval {
  std::string key;
  std::string policy;
  std::string state;
  ApprovalRequest request;
  std::vector<Vote> votes;  // in the order in which they came
};

// Those of a record, of the policy or (empty) of any, the newest first.
absl::StatusOr<std::vector<KeptApproval>> ApprovalsOf(const Asking& asking, std::string_view record,
                                                      std::string_view policy);

// The parts of a record that an approval may be bound to: "record" (what people say of it: all but
// states, assignments and times), "plan" (its name, and how often it was edited), "impact" (the
// hash of the answer that it names).
absl::StatusOr<std::vector<ContentPart>> ContentOf(const DeskParts& parts, const Asking& asking,
                                                   std::string_view key,
                                                   const language::DatumMap& attributes);

// Who has the roles and is in the groups that a policy names, who stands in for whom, and who is
// away: as it was when it was asked and when votes were given, and as it is now.
absl::StatusOr<People> PeopleOf(const DeskParts& parts, const Asking& asking,
                                const ApprovalPolicyDefinition& policy, Timestamp asked,
                                const std::vector<Vote>& votes);

// Where each approval of the record stands now, but those that were replaced: of each policy the
// newest. One whose policy is not defined any more has no steps.
absl::StatusOr<std::vector<ApprovalOutlook>> ApprovalsAhead(const DeskParts& parts,
                                                            const Definitions& definitions,
                                                            const Asking& asking,
                                                            std::string_view record);

// Why nobody votes on the record now: a meeting that is in progress has it on its agenda, and fewer
// people attend than its quorum asks for. Nothing: they may.
absl::StatusOr<std::optional<Refusal>> MeetingRefusal(const Asking& asking,
                                                      std::string_view record);

// When open approvals of the record, or (empty) of all, are to be looked at: when they run out of
// time, and every now and then while they have votes, since an absence may decide what those who
// are left have voted on. An approval of the record that is decided has no timer any more.
void SetApprovalTimers(const DeskParts& parts, const storage::View& view, std::string_view record);

// As lists of texts in a record: "author=alice".
std::vector<std::string> TextsOf(const std::vector<ContentPart>& parts);
std::vector<std::string> TextsOf(const ApprovalRequest& request);  // who is what

}  // namespace kosei::process
