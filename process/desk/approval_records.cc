#include "desk/approval_records.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "desk/assessment.h"
#include "kosei/base/bytes.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/text_form.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;

// Before the name of a field of the record among those who are involved.
constexpr std::string_view kField = "field:";
constexpr std::int64_t kLookedAtMicros = 3'600'000'000;

// What changes while a record is worked on, and says nothing of what it is about.
constexpr std::array<std::string_view, 20> kNotContent = {
    "state", "state_since", "assigned_to", "assignment_group", "opened_at", "closed_at",
    "first_assigned_at", "reassignment_count", "closed_by", "due_at",
    // What follows from the rest; what is hit is a part of its own.
    "impact_hash", "impact_commit", "items_hit", "services_hit", "collisions_found", "risk_score",
    "risk_factors", "risk_rules", "baseline", "plan_comparison"};

std::string TextOf(const Datum& value) {
  return value.kind() == DatumKind::kString ? value.string() : std::string();
}
Timestamp InstantOf(const Datum& value) {
  if (value.kind() != DatumKind::kDateTime) return kBeginningOfTime;
  return Timestamp{value.date_time().seconds * 1'000'000 + value.date_time().nanos / 1'000};
}
std::vector<std::string> ListOf(const Datum& value) {
  std::vector<std::string> texts;
  if (value.kind() != DatumKind::kList) return texts;
  for (const Datum& item : value.list()) texts.push_back(TextOf(item));
  return texts;
}

// "name=value"; without a sign the value is empty.
std::pair<std::string, std::string> PairOf(const std::string& text) {
  const std::size_t sign = std::min(text.find('='), text.size());
  return {text.substr(0, sign), sign < text.size() ? text.substr(sign + 1) : std::string()};
}

std::vector<ContentPart> PartsOf(const Datum& texts) {
  std::vector<ContentPart> parts;
  for (const std::string& text : ListOf(texts)) {
    auto [name, hash] = PairOf(text);
    parts.push_back({std::move(name), std::move(hash)});
  }
  return parts;
}

// A plan's steps never change, and their number says which there are.
std::string PlanOf(const DeskParts& parts, const std::string& name) {
  if (name.empty() || parts.options.plans == nullptr) return name;
  const auto plan = parts.options.plans->Find(name);
  return plan.ok() ? absl::StrCat(name, "\n", plan->number.value, "\n", plan->steps) : name;
}

absl::Status ReadVotes(const Asking& asking, KeptApproval& approval) {
  return asking.Ask(
      "MATCH (a {key: $approval})<-[:vote_of]-(v:Vote) RETURN v.step, v.voter, v.on_behalf_of, "
      "v.ballot, v.comment, v.voted_at, v.seen_hashes, kosei.commit(v) AS commit ORDER BY "
      "v.voted_at, commit, key(v)",
      {{"approval", Datum::String(approval.key)}}, [&](std::span<const Datum> row) {
        Vote vote;
        vote.step = TextOf(row[0]);
        vote.voter = TextOf(row[1]);
        vote.on_behalf_of = TextOf(row[2]);
        vote.ballot = TextOf(row[3]) == "reject" ? Ballot::kReject : Ballot::kApprove;
        vote.comment = TextOf(row[4]);
        vote.at = InstantOf(row[5]);
        vote.seen = PartsOf(row[6]);
        approval.votes.push_back(std::move(vote));
        return true;
      });
}

}  // namespace

absl::StatusOr<std::vector<KeptApproval>> ApprovalsOf(const Asking& asking, std::string_view record,
                                                      std::string_view policy) {
  std::vector<KeptApproval> approvals;
  KOSEI_RETURN_IF_ERROR(asking.Ask(
      "MATCH (r {key: $record})<-[:approval_of]-(a:Approval) WHERE $policy = '' OR a.policy = "
      "$policy RETURN key(a), a.policy, a.state, a.asked_at, a.steps, a.involved, "
      "a.content_hashes, a.ended_at ORDER BY a.asked_at DESC, key(a) DESC",
      {{"policy", Datum::String(std::string(policy))},
       {"record", Datum::String(std::string(record))}},
      [&](std::span<const Datum> row) {
        KeptApproval approval;
        approval.key = TextOf(row[0]);
        approval.policy = TextOf(row[1]);
        approval.state = TextOf(row[2]);
        approval.request.asked = InstantOf(row[3]);
        approval.request.steps = ListOf(row[4]);
        for (const std::string& text : ListOf(row[5])) {
          auto [as, person] = PairOf(text);
          if (as.starts_with(kField)) {
            approval.request.fields.push_back({as.substr(kField.size()), std::move(person)});
          } else {
            approval.request.involved.push_back({std::move(as), std::move(person)});
          }
        }
        approval.request.content = PartsOf(row[6]);
        if (approval.state == "superseded") approval.request.superseded = InstantOf(row[7]);
        approvals.push_back(std::move(approval));
        return true;
      }));
  for (KeptApproval& approval : approvals) KOSEI_RETURN_IF_ERROR(ReadVotes(asking, approval));
  return approvals;
}

std::vector<std::string> TextsOf(const std::vector<ContentPart>& parts) {
  std::vector<std::string> texts;
  for (const ContentPart& part : parts) texts.push_back(absl::StrCat(part.name, "=", part.hash));
  return texts;
}

std::vector<std::string> TextsOf(const ApprovalRequest& request) {
  std::vector<std::string> texts;
  for (const ApprovalRequest::Involved& each : request.involved)
    texts.push_back(absl::StrCat(each.as, "=", each.person));
  for (const ApprovalRequest::Field& each : request.fields)
    texts.push_back(absl::StrCat(std::string(kField), each.name, "=", each.person));
  return texts;
}

absl::StatusOr<std::vector<ContentPart>> ContentOf(const DeskParts& parts, const Asking& asking,
                                                   std::string_view key,
                                                   const DatumMap& attributes) {
  language::Evaluation nothing;
  std::map<std::string, std::string> said;
  for (const auto& [name, value] : attributes) {
    if (std::find(kNotContent.begin(), kNotContent.end(), name) != kNotContent.end()) continue;
    if (name.ends_with("_at") || value.is_null()) continue;
    said[name] = language::ToText(value, nothing);
  }
  // What it works on belongs to it.
  KOSEI_RETURN_IF_ERROR(asking.Ask(
      "MATCH (r {key: $record})-[l:targets|affects|concerns]->(o) RETURN type(l), key(o)",
      {{"record", Datum::String(std::string(key))}}, [&](std::span<const Datum> row) {
        said[absl::StrCat(TextOf(row[0]), " ", TextOf(row[1]))] = "";
        return true;
      }));
  std::string text;
  for (const auto& [name, value] : said) absl::StrAppend(&text, name, "\n", value, "\n");
  const Datum map = Datum::Map(attributes);
  // What it hits, as it is now: what was analysed once says nothing of a world that has moved.
  std::string impact;
  if (!map.At("impact_hash").is_null()) {
    KOSEI_ASSIGN_OR_RETURN(impact, ImpactHashOf(parts, asking, attributes, key));
  }
  return std::vector<ContentPart>{
      {"record", ToHex(Sha256::Of(text))},
      {"plan", ToHex(Sha256::Of(PlanOf(parts, TextOf(map.At("plan")))))},
      {"impact", std::move(impact)}};
}

absl::StatusOr<People> PeopleOf(const DeskParts& parts, const Asking& asking,
                                const ApprovalPolicyDefinition& policy, Timestamp asked,
                                const std::vector<Vote>& votes) {
  People people;
  std::set<std::pair<ApproverKind, std::string>> wanted;
  for (const ApprovalStepDefinition& step : policy.steps) {
    for (const Approver& approver : step.approvers) wanted.emplace(approver.kind, approver.name);
  }
  const auto add = [&](const Asking& when, Timestamp from, Timestamp to) -> absl::Status {
    for (const std::pair<ApproverKind, std::string>& each : wanted) {
      if (each.first != ApproverKind::kRole && each.first != ApproverKind::kGroup) continue;
      KOSEI_RETURN_IF_ERROR(when.Ask(
          each.first == ApproverKind::kRole
              ? "MATCH (p:Person) WHERE $name IN p.roles RETURN key(p)"
              : "MATCH (p:Person)-[:member_of]->(g {key: $name}) RETURN key(p)",
          {{"name", Datum::String(each.second)}}, [&](std::span<const Datum> row) {
            people.memberships.push_back({each.first, each.second, TextOf(row[0]), from, to});
            return true;
          }));
    }
    return absl::OkStatus();
  };
  // As it was when it was asked, from each vote on up to the next, and as it is behind the last.
  const auto as_of = [&](Timestamp time) -> absl::StatusOr<Asking> {
    storage::ViewName name;
    name.kind = storage::ViewName::Kind::kTime;
    name.time = time;
    KOSEI_ASSIGN_OR_RETURN(const storage::View view, parts.reader.Resolve(name));
    return asking.At(view);
  };
  Timestamp last = kBeginningOfTime;
  if (!votes.empty()) {
    KOSEI_ASSIGN_OR_RETURN(const Asking then, as_of(asked));
    KOSEI_RETURN_IF_ERROR(add(then, kBeginningOfTime, votes.front().at));
  }
  for (std::size_t i = 0; i < votes.size(); ++i) {
    const Timestamp at = votes[i].at;
    last = i + 1 < votes.size() ? votes[i + 1].at : Timestamp{at.micros + 1};
    if (last <= at) continue;  // another one of the same instant
    KOSEI_ASSIGN_OR_RETURN(const Asking then, as_of(at));
    KOSEI_RETURN_IF_ERROR(add(then, at, last));
  }
  KOSEI_RETURN_IF_ERROR(add(asking, last, kEndOfTime));
  KOSEI_RETURN_IF_ERROR(
      asking.Ask("MATCH (d:Delegation) WHERE d.state IN ['in_force', 'ended'] RETURN d.person, "
                 "d.deputy, d.starts_at, d.ends_at, d.policy",
                 {}, [&](std::span<const Datum> row) {
                   people.delegations.push_back({TextOf(row[0]), TextOf(row[1]), InstantOf(row[2]),
                                                 row[3].is_null() ? kEndOfTime : InstantOf(row[3]),
                                                 TextOf(row[4])});
                   return true;
                 }));
  KOSEI_RETURN_IF_ERROR(
      asking.Ask("MATCH (a:Absence) WHERE a.state IN ['in_force', 'ended'] RETURN a.person, "
                 "a.starts_at, a.ends_at",
                 {}, [&](std::span<const Datum> row) {
                   people.absences.push_back({TextOf(row[0]), InstantOf(row[1]),
                                              row[2].is_null() ? kEndOfTime : InstantOf(row[2])});
                   return true;
                 }));
  return people;
}

void SetApprovalTimers(const DeskParts& parts, const storage::View& view, std::string_view record) {
  // At a start at once: an absence may have decided while nobody looked.
  const Timestamp now = parts.options.clock->Now();
  const Timestamp again = record.empty() ? now : Timestamp{now.micros + kLookedAtMicros};
  const Asking asking(parts.statements, *parts.options.clock, view, "Z");
  // What cannot be read now is set at the next start.
  asking
      .Ask(record.empty() ? "MATCH (a:Approval {state: 'open'})-[:approval_of]->(r) RETURN key(a), "
                            "a.state, a.expires_at, key(r), EXISTS { (a)<-[:vote_of]-(:Vote) }"
                          : "MATCH (r {key: $record})<-[:approval_of]-(a:Approval) RETURN key(a), "
                            "a.state, a.expires_at, key(r), EXISTS { (a)<-[:vote_of]-(:Vote) }",
           {{"record", Datum::String(std::string(record))}},
           [&](std::span<const Datum> row) {
             std::optional<TimedEvent> event;
             if (TextOf(row[1]) == "open") {
               const bool voted = row[4].is_true();
               const Timestamp expires = row[2].is_null() ? kEndOfTime : InstantOf(row[2]);
               const Timestamp due = voted ? std::min(expires, again) : expires;
               if (due != kEndOfTime)
                 event = TimedEvent{due, std::string(kApprovalTimer) + TextOf(row[3])};
             }
             parts.timers->Set(TextOf(row[0]), event);
             return true;
           })
      .IgnoreError();
}

}  // namespace kosei::process
