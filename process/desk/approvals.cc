// Approvals: asked for and withdrawn by transitions, voted on, and what follows when they are
// decided.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "desk/approval_records.h"
#include "desk/case.h"
#include "desk/entry_keys.h"
#include "desk/people.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;

// In place of a policy's name.
constexpr std::string_view kEvery = "all";

Datum ListOf(const std::vector<std::string>& texts) {
  language::DatumList items;
  for (const std::string& text : texts) items.push_back(Datum::String(text));
  return Datum::List(std::move(items));
}

std::string TextAt(const DatumMap& attributes, std::string_view name) {
  for (const auto& [key, value] : attributes) {
    if (key == name && value.kind() == DatumKind::kString) return value.string();
  }
  return {};
}

// The system hears of an approval that is decided.
std::string_view SignalOf(ApprovalState state) {
  switch (state) {
    case ApprovalState::kApproved:
      return "approval_granted";
    case ApprovalState::kRejected:
      return "approval_rejected";
    case ApprovalState::kExpired:
      return "approval_expired";
    case ApprovalState::kOpen:
    case ApprovalState::kSuperseded:
      break;
  }
  return {};
}

absl::Status PutState(const model::Class& owner, const KeptApproval& approval,
                      std::string_view state, Timestamp ended, Draft& draft) {
  return draft.Put(
      owner, approval.key,
      {{"ended_at", query::DatumOf(ended)}, {"state", Datum::String(std::string(state))}},
      std::nullopt);
}

Vote VoteOf(const BallotPaper& paper, const Actor& actor, Timestamp at) {
  Vote vote;
  vote.voter = actor.key;
  vote.on_behalf_of = paper.on_behalf_of;
  vote.ballot = paper.ballot;
  vote.comment = paper.comment;
  vote.at = at;
  return vote;
}

}  // namespace

absl::Status Case::ChangeApprovals(const PlannedEffect& effect, const FoundRecord& found,
                                   const DatumMap& after, const Actor& actor, Draft& draft) {
  const Asking asking = AskingNow();
  const Timestamp now = parts_.options.clock->Now();
  const model::Schema& schema = definitions_->schema();
  KOSEI_ASSIGN_OR_RETURN(const model::Class* owner, schema.GetClass("Approval"));
  KOSEI_ASSIGN_OR_RETURN(
      const std::vector<KeptApproval> kept,
      ApprovalsOf(asking, outcome_.key, effect.target == kEvery ? "" : effect.target));
  for (const KeptApproval& approval : kept) {
    const bool ends = approval.state == "open" ||
                      (effect.kind == EffectKind::kAskApproval && approval.state == "approved");
    if (ends) KOSEI_RETURN_IF_ERROR(PutState(*owner, approval, "superseded", now, draft));
  }
  if (effect.kind == EffectKind::kWithdrawApproval) return absl::OkStatus();
  DatumMap facts = found.attributes;
  for (const auto& [name, value] : after) {
    std::erase_if(facts, [&](const auto& each) { return each.first == name; });
    facts.emplace_back(name, value);
  }
  facts = Datum::Map(std::move(facts)).map();
  KOSEI_ASSIGN_OR_RETURN(const ApprovalPlan plan,
                         definitions_->policies().Plan(effect.target, facts));
  const ApprovalPolicyDefinition& policy = *definitions_->policies().Find(effect.target);
  ApprovalRequest request;
  request.asked = now;
  request.steps = plan.steps;
  request.involved = {{"author", TextAt(facts, "opened_by")}, {"requester", actor.key}};
  for (const std::string_view name : {"implemented_by", "assigned_to"}) {
    if (const std::string person = TextAt(facts, name); !person.empty())
      request.involved.push_back({"implementer", person});
  }
  KOSEI_RETURN_IF_ERROR(asking.Ask(
      "MATCH (r {key: $record})-[:concerns]->(s)-[:owned_by]->(p:Person) RETURN DISTINCT key(p)",
      {{"record", Datum::String(outcome_.key)}}, [&](std::span<const Datum> row) {
        request.fields.push_back({"service_owner", row[0].string()});
        return true;
      }));
  KOSEI_ASSIGN_OR_RETURN(request.content, ContentOf(parts_, asking, outcome_.key, facts));
  KOSEI_ASSIGN_OR_RETURN(const ApprovalStatus status, StatusOf(policy, request, {}, {}, now));
  const bool open = status.state == ApprovalState::kOpen;
  DatumMap attributes{
      {"asked_at", query::DatumOf(now)},
      {"asked_by", Datum::String(actor.key)},
      {"content_hashes", ListOf(TextsOf(request.content))},
      {"involved", ListOf(TextsOf(request))},
      {"policy", Datum::String(policy.name)},
      {"policy_hash", Datum::String(HashOf(policy))},
      {"policy_version", Datum::Integer(policy.version)},
      {"state", Datum::String(std::string(NameOf(open ? ApprovalState::kOpen : status.state)))},
      {"steps", ListOf(request.steps)},
      {"written_at", query::DatumOf(now)},
      {"written_by", Datum::String(actor.key)}};
  if (status.expires.has_value())
    attributes.emplace_back("expires_at", query::DatumOf(*status.expires));
  if (!open) {
    attributes.emplace_back("ended_at", query::DatumOf(now));
    signals_.emplace_back(SignalOf(status.state));
  }
  const std::string key = NextEntryKey(parts_.reader, outcome_.key, "a");
  outcome_.created.push_back(key);
  KOSEI_RETURN_IF_ERROR(draft.Put(*owner, key, attributes, kNoCommit));
  return draft.Link(key, {"approval_of", outcome_.key, false});
}

void Case::Cast(BallotPaper paper) {
  absl::StatusOr<std::vector<std::string>> keys = KeysOfCase(parts_, *definitions_, paper.key);
  if (!keys.ok()) return Finish(keys.status());
  parts_.locks.Acquire(*std::move(keys),
                       [self = shared_from_this(), paper = std::move(paper)](auto hold) {
                         self->hold_ = std::move(hold);
                         self->Write(self->Voted(paper), [self](const absl::Status& status) {
                           if (status.ok() && self->outcome_.done()) return self->Follow();
                           if (status.ok() && self->decided_before_) return self->LookAgain();
                           self->Finish(status);
                         });
                       });
}

// An approval was decided without a vote, by an absence: what it waits for follows now.
void Case::LookAgain() {
  hold_.reset();
  const auto one =
      std::make_shared<Case>(parts_, definitions_, Caller{"kosei", true},
                             [self = shared_from_this()](const absl::StatusOr<Outcome>&) {
                               self->Finish(absl::OkStatus());
                             });
  one->ExpireApproval(outcome_.key);
}

absl::StatusOr<Case::Written> Case::Voted(const BallotPaper& paper) {
  const Asking asking = AskingNow();
  const Timestamp now = parts_.options.clock->Now();
  KOSEI_ASSIGN_OR_RETURN(const FoundRecord found,
                         FindRecord(parts_, *definitions_, asking.view(), paper.key));
  KOSEI_ASSIGN_OR_RETURN(const Actor actor,
                         ActorOf(asking, caller_, *definitions_, parts_.accounts));
  outcome_.key = paper.key;
  outcome_.event = paper.ballot == Ballot::kReject ? "reject" : "approve";
  outcome_.from = outcome_.to = found.state;
  Place(found, found.state, {});
  KOSEI_ASSIGN_OR_RETURN(const std::vector<KeptApproval> kept,
                         ApprovalsOf(asking, paper.key, paper.policy));
  const auto open = std::find_if(kept.begin(), kept.end(),
                                 [](const KeptApproval& each) { return each.state == "open"; });
  if (open == kept.end()) {
    outcome_.refusals.push_back(
        {RefusalKind::kGuard,
         "approval",
         {"no approval of it is open; `next` says what can be done",
          "承認待ちのものがありません。`next` で次の操作を確認してください"}});
    return Written();
  }
  const ApprovalPolicyDefinition* const policy = definitions_->policies().Find(open->policy);
  if (policy == nullptr) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("approval %s: its policy %s is not defined any more; withdraw "
                                     "it and ask anew",
                                     open->key, open->policy));
  }
  KOSEI_ASSIGN_OR_RETURN(const std::optional<Refusal> no_quorum, MeetingRefusal(asking, paper.key));
  if (no_quorum.has_value()) {
    outcome_.refusals.push_back(*no_quorum);
    return Written();
  }
  Vote vote = VoteOf(paper, actor, now);
  KOSEI_ASSIGN_OR_RETURN(vote.seen, ContentOf(parts_, asking, paper.key, found.attributes));
  KOSEI_ASSIGN_OR_RETURN(const People people,
                         PeopleOf(parts_, asking, *policy, open->request.asked, open->votes));
  KOSEI_ASSIGN_OR_RETURN(const ApprovalStatus before,
                         StatusOf(*policy, open->request, open->votes, people, now));
  vote.step = paper.step.empty() ? StepFor(*policy, *open, people, vote, before) : paper.step;
  KOSEI_ASSIGN_OR_RETURN(const std::optional<VoteRefusal> refused,
                         JudgeVote(*policy, open->request, open->votes, people, vote));
  decided_before_ = before.state != ApprovalState::kOpen;
  if (refused.has_value()) {
    outcome_.refusals.push_back({RefusalKind::kGuard, vote.step, refused->message});
    return Written();
  }
  std::vector<Vote> votes = open->votes;
  votes.push_back(vote);
  KOSEI_ASSIGN_OR_RETURN(const ApprovalStatus status,
                         StatusOf(*policy, open->request, votes, people, now));
  Draft draft(definitions_->schema(), actor.key, paper.comment);
  draft.set_cause(paper.key);
  KOSEI_RETURN_IF_ERROR(PutVote(*open, vote, draft));
  if (status.state != ApprovalState::kOpen) {
    KOSEI_ASSIGN_OR_RETURN(const model::Class* approval,
                           definitions_->schema().GetClass("Approval"));
    KOSEI_RETURN_IF_ERROR(PutState(*approval, *open, NameOf(status.state), now, draft));
    signals_.emplace_back(SignalOf(status.state));
  }
  Written written;
  written.transaction = draft.Take();
  return written;
}

absl::Status Case::PutVote(const KeptApproval& approval, const Vote& vote, Draft& draft) {
  KOSEI_ASSIGN_OR_RETURN(const model::Class* owner, definitions_->schema().GetClass("Vote"));
  const std::string key = NextEntryKey(parts_.reader, approval.key, "v");
  outcome_.created.push_back(key);
  KOSEI_RETURN_IF_ERROR(draft.Put(*owner, key,
                                  {{"ballot", Datum::String(outcome_.event)},
                                   {"comment", query::TextOrNull(vote.comment)},
                                   {"on_behalf_of", query::TextOrNull(vote.on_behalf_of)},
                                   {"seen_hashes", ListOf(TextsOf(vote.seen))},
                                   {"step", Datum::String(vote.step)},
                                   {"voted_at", query::DatumOf(vote.at)},
                                   {"voter", Datum::String(vote.voter)},
                                   {"written_at", query::DatumOf(vote.at)},
                                   {"written_by", Datum::String(vote.voter)}},
                                  kNoCommit));
  return draft.Link(key, {"vote_of", approval.key, false});
}

void Case::ExpireApproval(std::string record) {
  outcome_.key = record;
  absl::StatusOr<std::vector<std::string>> keys = KeysOfCase(parts_, *definitions_, record);
  if (!keys.ok()) return Finish(keys.status());
  parts_.locks.Acquire(*std::move(keys), [self = shared_from_this()](auto hold) {
    self->hold_ = std::move(hold);
    self->Write(self->Expired(), [self](const absl::Status& status) {
      if (!status.ok()) return self->Finish(status);
      self->Follow();
    });
  });
}

absl::StatusOr<Case::Written> Case::Expired() {
  const Asking asking = AskingNow();
  const Timestamp now = parts_.options.clock->Now();
  KOSEI_ASSIGN_OR_RETURN(const FoundRecord found,
                         FindRecord(parts_, *definitions_, asking.view(), outcome_.key));
  Place(found, found.state, {});
  KOSEI_ASSIGN_OR_RETURN(const model::Class* owner, definitions_->schema().GetClass("Approval"));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<KeptApproval> kept,
                         ApprovalsOf(asking, outcome_.key, ""));
  Draft draft(definitions_->schema(), "kosei", "due");
  draft.set_cause(outcome_.key);
  for (const KeptApproval& approval : kept) {
    const ApprovalPolicyDefinition* const policy = definitions_->policies().Find(approval.policy);
    if (approval.state != "open" || policy == nullptr) continue;
    KOSEI_ASSIGN_OR_RETURN(const People people, PeopleOf(parts_, asking, *policy,
                                                         approval.request.asked, approval.votes));
    KOSEI_ASSIGN_OR_RETURN(const ApprovalStatus status,
                           StatusOf(*policy, approval.request, approval.votes, people, now));
    if (status.state == ApprovalState::kOpen) continue;
    KOSEI_RETURN_IF_ERROR(PutState(*owner, approval, NameOf(status.state), now, draft));
    signals_.emplace_back(SignalOf(status.state));
  }
  Written written;
  written.transaction = draft.Take();
  return written;
}

// The step that the vote is for when nobody says: the first that is open and takes it.
std::string Case::StepFor(const ApprovalPolicyDefinition& policy, const KeptApproval& approval,
                          const People& people, Vote vote, const ApprovalStatus& status) {
  std::string first;
  for (const StepStatus& step : status.steps) {
    if (step.state != StepState::kOpen) continue;
    if (first.empty()) first = step.step;
    vote.step = step.step;
    const auto refused = JudgeVote(policy, approval.request, approval.votes, people, vote);
    if (refused.ok() && !refused->has_value()) return step.step;
  }
  // Why not is told of the first; of none when all are decided.
  if (first.empty() && !status.steps.empty()) first = status.steps.front().step;
  return first;
}

}  // namespace kosei::process
