#include "kosei/process/approval.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "approval/approval_texts.h"
#include "approval/proceedings.h"
#include "definition/names.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

const std::string* HashOf(const std::vector<ContentPart>& content, std::string_view name) {
  const auto found = std::ranges::find(content, name, &ContentPart::name);
  return found == content.end() ? nullptr : &found->hash;
}

absl::Status CheckRequest(const ApprovalPolicyDefinition& policy, const ApprovalRequest& request) {
  for (const std::string& name : request.steps) {
    if (std::ranges::count(policy.steps, name, &ApprovalStepDefinition::name) > 0) continue;
    std::vector<std::string> names;
    for (const ApprovalStepDefinition& step : policy.steps) names.push_back(step.name);
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("approval policy %s, version %d, has no step %s%s",
                                     policy.name, policy.version, Shown(name), Hint(name, names)),
                     "steps");
  }
  return absl::OkStatus();
}

// Carries on with the votes up to `now`; `refused` takes those that do not count.
absl::Status CountVotes(const ApprovalRequest& request, const std::vector<Vote>& votes,
                        Timestamp now, Proceedings& proceedings,
                        std::vector<ApprovalStatus::Refused>& refused) {
  for (std::size_t i = 0; i < votes.size(); ++i) {
    const Timestamp earliest = i == 0 ? request.asked : votes[i - 1].at;
    if (votes[i].at < earliest) {
      return MakeError(
          ErrorCode::kInvalidArgument,
          absl::StrFormat("vote %d is of %s, expected not before %s: votes come in "
                          "the order of their instants, and after it was asked",
                          i + 1, FormatTimestamp(votes[i].at), FormatTimestamp(earliest)),
          "votes");
    }
    if (votes[i].at > now) break;
    proceedings.Advance(votes[i].at);
    if (std::optional<VoteRefusal> refusal = proceedings.Judge(votes[i])) {
      refused.push_back({i, *std::move(refusal)});
    } else {
      proceedings.Count(votes[i]);
    }
  }
  proceedings.Advance(now);
  return absl::OkStatus();
}

std::vector<Asked> AskedIn(const Proceedings& proceedings, const StepCourse& step, Timestamp now) {
  std::vector<Asked> asked;
  for (const auto& [person, approver] : proceedings.electorate().Members(*step.definition, now)) {
    if (step.ballots.contains(person)) continue;
    const bool away = proceedings.electorate().IsAway(person, now);
    const std::set<std::string> deputies = proceedings.UsableDeputies(step, person);
    if (away && deputies.empty()) continue;
    asked.push_back({person, {deputies.begin(), deputies.end()}, away, WhyAsked(*approver)});
  }
  return asked;
}

StepStatus StatusOfStep(const Proceedings& proceedings, const StepCourse& step, Timestamp now) {
  StepStatus status;
  status.step = step.definition->name;
  status.state = step.state;
  status.began = step.began;
  status.ended = step.ended;
  status.expires = proceedings.ExpiryOf(step);
  const Tally tally = step.state == StepState::kOpen ? proceedings.TallyOf(step) : step.tally;
  status.counting = tally.counting;
  status.needed = tally.needed;
  status.approvals = tally.approvals;
  status.rejections = tally.rejections;
  if (step.state == StepState::kOpen) status.asked = AskedIn(proceedings, step, now);
  status.why = WhyStep(*step.definition, status);
  return status;
}

}  // namespace

absl::StatusOr<ApprovalStatus> StatusOf(const ApprovalPolicyDefinition& policy,
                                        const ApprovalRequest& request,
                                        const std::vector<Vote>& votes, const People& people,
                                        Timestamp now) {
  KOSEI_RETURN_IF_ERROR(CheckRequest(policy, request));
  Proceedings proceedings(policy, request, people);
  ApprovalStatus status;
  KOSEI_RETURN_IF_ERROR(CountVotes(request, votes, now, proceedings, status.refused));
  status.state = proceedings.state();
  status.since = proceedings.since();
  if (status.state == ApprovalState::kOpen) status.expires = proceedings.NextExpiry();
  for (const StepCourse& step : proceedings.steps())
    status.steps.push_back(StatusOfStep(proceedings, step, std::max(now, request.asked)));
  status.why = WhyState(status);
  return status;
}

absl::StatusOr<std::optional<VoteRefusal>> JudgeVote(const ApprovalPolicyDefinition& policy,
                                                     const ApprovalRequest& request,
                                                     const std::vector<Vote>& earlier,
                                                     const People& people, const Vote& vote) {
  KOSEI_RETURN_IF_ERROR(CheckRequest(policy, request));
  if (vote.at < request.asked || (!earlier.empty() && vote.at < earlier.back().at)) {
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat("the vote is of %s, expected not before %s, when it was asked "
                        "or the vote before it was given",
                        FormatTimestamp(vote.at),
                        FormatTimestamp(earlier.empty() ? request.asked : earlier.back().at)),
        "at");
  }
  Proceedings proceedings(policy, request, people);
  std::vector<ApprovalStatus::Refused> refused;
  KOSEI_RETURN_IF_ERROR(CountVotes(request, earlier, vote.at, proceedings, refused));
  return proceedings.Judge(vote);
}

Standing StandingOf(const ApprovalPolicyDefinition& policy, const ApprovalRequest& request,
                    const std::vector<ContentPart>& current) {
  const auto moved = [&](std::string_view name) {
    const std::string* then = HashOf(request.content, name);
    const std::string* now = HashOf(current, name);
    return then == nullptr || now == nullptr || *then != *now;
  };
  Standing standing;
  for (const std::string& name : policy.relevant)
    if (moved(name)) standing.moved.push_back(name);
  const auto look_elsewhere = [&](const std::vector<ContentPart>& content) {
    for (const ContentPart& part : content) {
      const bool known = std::ranges::count(policy.relevant, part.name) > 0 ||
                         std::ranges::count(standing.moved_elsewhere, part.name) > 0;
      if (!known && moved(part.name)) standing.moved_elsewhere.push_back(part.name);
    }
  };
  look_elsewhere(request.content);
  look_elsewhere(current);
  std::ranges::sort(standing.moved_elsewhere);
  standing.valid = standing.moved.empty();
  standing.why = WhyStanding(standing);
  return standing;
}

}  // namespace kosei::process
