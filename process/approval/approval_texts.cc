#include "approval/approval_texts.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "definition/names.h"

namespace kosei::process {
namespace {

std::string_view StateJa(ApprovalState state) {
  switch (state) {
    case ApprovalState::kOpen:
      return "承認待ち";
    case ApprovalState::kApproved:
      return "承認済み";
    case ApprovalState::kRejected:
      return "却下";
    case ApprovalState::kExpired:
      return "期限切れ";
    case ApprovalState::kSuperseded:
      return "差し替え済み";
  }
  return "";
}

std::string ApproverEn(const Approver& approver) {
  switch (approver.kind) {
    case ApproverKind::kGroup:
      return "the group " + approver.name;
    case ApproverKind::kRole:
      return "the role " + approver.name;
    case ApproverKind::kPerson:
      return approver.name;
    case ApproverKind::kField:
      return "the " + approver.name;
  }
  return approver.name;
}

std::string ApproverJa(const Approver& approver) {
  switch (approver.kind) {
    case ApproverKind::kGroup:
      return absl::StrFormat("グループ「%s」", approver.name);
    case ApproverKind::kRole:
      return absl::StrFormat("ロール「%s」", approver.name);
    case ApproverKind::kPerson:
      return approver.name;
    case ApproverKind::kField:
      return absl::StrFormat("項目「%s」", approver.name);
  }
  return approver.name;
}

}  // namespace

VoteRefusal RefusedAsClosed(ApprovalState state, Timestamp since) {
  return {VoteRefusalKind::kClosed,
          {absl::StrFormat("the approval has been %s since %s; no vote counts any more",
                           NameOf(state), FormatTimestamp(since)),
           absl::StrFormat("この承認は %s に「%s」となりました。投票は受け付けられません",
                           FormatTimestamp(since), StateJa(state))}};
}

VoteRefusal RefusedAsExpired(Timestamp at) {
  return {VoteRefusalKind::kExpired,
          {absl::StrFormat("the approval expired at %s; ask for it again", FormatTimestamp(at)),
           absl::StrFormat("この承認は %s に期限切れとなりました。改めて承認を依頼してください",
                           FormatTimestamp(at))}};
}

VoteRefusal RefusedUnknownStep(std::string_view step, const std::vector<std::string>& steps) {
  return {VoteRefusalKind::kUnknownStep,
          {absl::StrFormat("the approval has no step %s%s", Shown(step), Hint(step, steps)),
           absl::StrFormat("この承認に段階「%s」はありません。段階: %s", step, Joined(steps))}};
}

VoteRefusal RefusedNotBegun(const ApprovalStepDefinition& step) {
  return {VoteRefusalKind::kNotBegun,
          {absl::StrFormat("step %s has not begun; the one before it is still open", step.name),
           absl::StrFormat("段階「%s」はまだ始まっていません。前の段階が完了していません",
                           step.label.ja)}};
}

VoteRefusal RefusedStepClosed(const ApprovalStepDefinition& step, StepState state,
                              Timestamp ended) {
  return {VoteRefusalKind::kStepClosed,
          {absl::StrFormat("step %s has been %s since %s; no vote counts in it any more", step.name,
                           NameOf(state), FormatTimestamp(ended)),
           absl::StrFormat("段階「%s」は %s に決定済みです。投票は受け付けられません",
                           step.label.ja, FormatTimestamp(ended))}};
}

VoteRefusal RefusedAsMoved(const std::vector<std::string>& parts) {
  return {VoteRefusalKind::kContentMoved,
          {absl::StrFormat("what is to be approved has changed since it was asked (%s); ask again "
                           "with what is there now",
                           Joined(parts)),
           absl::StrFormat("依頼後に承認対象が変わりました (%s)。現在の内容で改めて承認を依頼して"
                           "ください",
                           Joined(parts))}};
}

VoteRefusal RefusedAsSeparated(std::string_view person, std::string_view as) {
  return {VoteRefusalKind::kSeparated,
          {absl::StrFormat("%s is the %s and may not approve, nor have anybody vote instead; "
                           "somebody else has to",
                           person, as),
           absl::StrFormat("%s は %s のため承認できません。代理による投票もできません。他の人の承認"
                           "が必要です",
                           person, as)}};
}

VoteRefusal RefusedNotAMember(std::string_view person, const ApprovalStepDefinition& step) {
  std::string en;
  std::string ja;
  for (const Approver& approver : step.approvers) {
    en += (en.empty() ? "" : ", ") + ApproverEn(approver);
    ja += (ja.empty() ? "" : "、") + ApproverJa(approver);
  }
  return {
      VoteRefusalKind::kNotAMember,
      {absl::StrFormat("%s is not among those who are asked in step %s: %s", person, step.name, en),
       absl::StrFormat("%s は段階「%s」の承認者 (%s) に含まれていません", person, step.label.ja,
                       ja)}};
}

VoteRefusal RefusedNoDelegation(std::string_view voter, std::string_view person,
                                const ApprovalPolicyDefinition& policy) {
  if (!policy.delegation) {
    return {VoteRefusalKind::kNoDelegation,
            {absl::StrFormat("approval policy %s has no delegation; %s votes himself or herself",
                             policy.name, person),
             absl::StrFormat("承認方針「%s」では代理投票ができません。%s 本人が投票してください",
                             policy.label.ja, person)}};
  }
  return {VoteRefusalKind::kNoDelegation,
          {absl::StrFormat("%s does not stand in for %s now; %s has to delegate first", voter,
                           person, person),
           absl::StrFormat("%s は現在 %s の代理ではありません。先に %s による委任が必要です", voter,
                           person, person)}};
}

VoteRefusal RefusedVotedAlready(std::string_view person, std::string_view voter) {
  const std::string by = person == voter ? "" : ", or somebody for him or her,";
  return {VoteRefusalKind::kAlreadyVoted,
          {absl::StrFormat("%s%s has voted already in this step", person, by),
           absl::StrFormat("%s はこの段階で投票済みです", person)}};
}

VoteRefusal RefusedVoterAlready(std::string_view voter) {
  return {
      VoteRefusalKind::kAlreadyVoted,
      {absl::StrFormat("%s has given a vote already in this step, and one person gives one", voter),
       absl::StrFormat("%s はこの段階で投票済みです。投票は一人一票です", voter)}};
}

VoteRefusal RefusedWithoutComment(Ballot ballot) {
  const bool reject = ballot == Ballot::kReject;
  return {VoteRefusalKind::kCommentMissing,
          {absl::StrFormat("%s needs a comment; say why", reject ? "a rejection" : "a vote"),
           absl::StrFormat("%sにはコメントが必要です。理由を記入してください",
                           reject ? "却下" : "投票")}};
}

Label WhyAsked(const Approver& approver) {
  switch (approver.kind) {
    case ApproverKind::kGroup:
      return {"member of the group " + approver.name,
              absl::StrFormat("グループ「%s」のメンバー", approver.name)};
    case ApproverKind::kRole:
      return {"has the role " + approver.name, absl::StrFormat("ロール「%s」", approver.name)};
    case ApproverKind::kPerson:
      return {"named by the policy", "方針による指名"};
    case ApproverKind::kField:
      return {"named as " + approver.name, absl::StrFormat("項目「%s」による指名", approver.name)};
  }
  return {};
}

Label WhyStep(const ApprovalStepDefinition& definition, const StepStatus& step) {
  const std::string counts_en =
      absl::StrFormat("%d of %d needed approvals, %d rejections, %d people count", step.approvals,
                      step.needed, step.rejections, step.counting);
  const std::string counts_ja =
      absl::StrFormat("承認 %d (必要 %d)、却下 %d、対象者 %d 名", step.approvals, step.needed,
                      step.rejections, step.counting);
  const std::string& name_ja = definition.label.ja;
  switch (step.state) {
    case StepState::kNotBegun:
      return {step.step + " begins when the step before it is approved",
              absl::StrFormat("「%s」は前の段階が承認されると始まります", name_ja)};
    case StepState::kOpen: {
      const bool nobody = step.needed > step.counting;
      return {absl::StrFormat("%s is open: %s%s", step.step, counts_en,
                              nobody ? "; too few people may vote" : ""),
              absl::StrFormat("「%s」は承認待ち: %s%s", name_ja, counts_ja,
                              nobody ? "。投票できる人が足りません" : "")};
    }
    case StepState::kApproved:
      return {absl::StrFormat("%s is approved: %s", step.step, counts_en),
              absl::StrFormat("「%s」は承認済み: %s", name_ja, counts_ja)};
    case StepState::kRejected:
      return {absl::StrFormat("%s is rejected: %s", step.step, counts_en),
              absl::StrFormat("「%s」は却下: %s", name_ja, counts_ja)};
    case StepState::kDropped:
      return {step.step + " ended undecided",
              absl::StrFormat("「%s」は決定前に終了しました", name_ja)};
  }
  return {};
}

Label WhyState(const ApprovalStatus& status) {
  const std::string since = FormatTimestamp(status.since);
  const std::string state_ja(StateJa(status.state));
  std::vector<std::string> people;
  for (const StepStatus& step : status.steps) {
    for (const Asked& asked : step.asked) {
      if (std::ranges::count(people, asked.person) == 0) people.push_back(asked.person);
    }
  }
  if (status.state == ApprovalState::kOpen) {
    const std::string waits =
        people.empty() ? "nobody can vote now" : "waits for " + Joined(people);
    return {absl::StrFormat("open since %s; %s", since, waits),
            absl::StrFormat(
                "%s から%s。%s", since, state_ja,
                people.empty() ? "現在投票できる人がいません" : "未回答: " + Joined(people))};
  }
  if (status.state == ApprovalState::kApproved && status.steps.empty()) {
    return {"approved without anybody: the policy asks for no step in this case",
            "承認不要: 方針により、この場合に必要な段階はありません"};
  }
  return {absl::StrFormat("%s since %s", NameOf(status.state), since),
          absl::StrFormat("%s に%s", since, state_ja)};
}

Label WhyStanding(const Standing& standing) {
  if (standing.valid) {
    return {"nothing that was approved has changed", "承認された内容に変更はありません"};
  }
  return {absl::StrFormat("what was approved has changed (%s); look at it again",
                          Joined(standing.moved)),
          absl::StrFormat("承認された内容が変わりました (%s)。再確認してください",
                          Joined(standing.moved))};
}

}  // namespace kosei::process
