// Where the approvals of a record stand, for somebody who is about to vote; and whether the meeting
// that has it on its agenda may decide.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "desk/approval_records.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

using language::Datum;

ApprovalOutlook::Step StepOf(const ApprovalPolicyDefinition& policy, const StepStatus& status) {
  ApprovalOutlook::Step step;
  step.name = status.step;
  const auto known = std::ranges::find(policy.steps, status.step, &ApprovalStepDefinition::name);
  if (known != policy.steps.end()) step.label = known->label;
  step.state = NameOf(status.state);
  step.needed = status.needed;
  step.approvals = status.approvals;
  step.rejections = status.rejections;
  for (const Asked& asked : status.asked) step.asked.push_back(asked.person);
  return step;
}

}  // namespace

absl::StatusOr<std::vector<ApprovalOutlook>> ApprovalsAhead(const DeskParts& parts,
                                                            const Definitions& definitions,
                                                            const Asking& asking,
                                                            std::string_view record) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<KeptApproval> kept, ApprovalsOf(asking, record, ""));
  std::vector<ApprovalOutlook> approvals;
  std::set<std::string> policies;
  for (const KeptApproval& each : kept) {
    if (each.state == "superseded" || !policies.insert(each.policy).second) continue;
    ApprovalOutlook& outlook = approvals.emplace_back();
    outlook.key = each.key;
    outlook.policy = each.policy;
    outlook.state = each.state;
    const ApprovalPolicyDefinition* const policy = definitions.policies().Find(each.policy);
    if (policy == nullptr) continue;
    KOSEI_ASSIGN_OR_RETURN(const People people,
                           PeopleOf(parts, asking, *policy, each.request.asked, each.votes));
    const absl::StatusOr<ApprovalStatus> status =
        StatusOf(*policy, each.request, each.votes, people, parts.options.clock->Now());
    // The policy may have lost a step since.
    if (!status.ok()) continue;
    for (const StepStatus& step : status->steps) outlook.steps.push_back(StepOf(*policy, step));
  }
  return approvals;
}

absl::StatusOr<std::optional<Refusal>> MeetingRefusal(const Asking& asking,
                                                      std::string_view record) {
  std::optional<Refusal> refusal;
  KOSEI_RETURN_IF_ERROR(asking.Ask(
      "MATCH (r {key: $record})-[:decided_in]->(m:CabMeeting {state: 'in_progress'}) "
      "UNWIND coalesce(m.attendees, [null]) AS attendee "
      "WITH m, count(DISTINCT attendee) AS present, coalesce(m.quorum, 1) AS quorum "
      "WHERE present < quorum RETURN key(m), present, quorum ORDER BY key(m) LIMIT 1",
      {{"record", Datum::String(std::string(record))}}, [&](std::span<const Datum> row) {
        const std::string& key = row[0].string();
        refusal = Refusal{
            RefusalKind::kGuard,
            "quorum_met",
            {absl::StrFormat("the meeting %s has no quorum (%d of %d attend), so that nothing on "
                             "its agenda is decided: record who attends (attend), or adjourn it",
                             key, row[1].integer(), row[2].integer()),
             absl::StrFormat(
                 "会議 %s は定足数に達していないため (%d 名、定足数 %d 名)、議題を決定でき"
                 "ません。出席を記録する (attend) か、延期してください",
                 key, row[1].integer(), row[2].integer())}};
        return false;
      }));
  return refusal;
}

}  // namespace kosei::process
