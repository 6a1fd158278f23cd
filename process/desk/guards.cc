#include "desk/guards.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "desk/approval_records.h"
#include "desk/assessment.h"
#include "desk/neighbours.h"
#include "desk/store_calendar.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumMap;
using Answer = GuardRunner::CheckAnswer;

// More are not shown.
constexpr std::size_t kShownMax = 5;

Answer Met() { return {true, {}}; }
Answer Unmet(std::string en, std::string ja) { return {false, {std::move(en), std::move(ja)}}; }

}  // namespace

absl::StatusOr<std::string> DeskGuards::Found(std::string_view text, DatumMap parameters) {
  std::string found;
  std::size_t count = 0;
  KOSEI_RETURN_IF_ERROR(
      asking_.AskTexts(text, std::move(parameters), [&](std::span<const std::string> row) {
        if (++count > kShownMax) {
          found += ", ...";
          return false;
        }
        absl::StrAppend(&found, found.empty() ? "" : ", ", row[0]);
        return true;
      }));
  return found;
}

absl::StatusOr<bool> DeskGuards::HasIncoming(std::string_view type) const {
  return HasLink(parts_, definitions_, asking_.view(), key_, type, storage::LinkDirection::kIn);
}

absl::StatusOr<Answer> DeskGuards::NoOpenTasks() {
  KOSEI_ASSIGN_OR_RETURN(const bool has_parts, HasIncoming("part_of"));
  if (!has_parts) return Met();
  KOSEI_ASSIGN_OR_RETURN(
      const std::string open,
      Found("MATCH (r {key: $record})<-[:part_of]-(t:Task) WHERE NOT t.state IN ['done', "
            "'cancelled'] RETURN key(t) ORDER BY key(t) LIMIT 6",
            {{"record", Datum::String(std::string(key_))}}));
  if (open.empty()) return Met();
  return Unmet(absl::StrFormat("tasks are open: finish or cancel %s", open),
               absl::StrFormat("未完了の作業があります: %s を完了または取り消してください", open));
}

absl::StatusOr<Answer> DeskGuards::NotAuthor() {
  const Datum author_of_it = Datum::Map(attributes_).At("opened_by");
  const std::string author =
      author_of_it.kind() == language::DatumKind::kString ? author_of_it.string() : std::string();
  if (author.empty() || author != actor_.key) return Met();
  return Unmet(absl::StrFormat("%s opened it: somebody else has to do this", author),
               absl::StrFormat("起票者 (%s) 本人はこの操作を行えません。別の担当者が行ってください",
                               author));
}

absl::StatusOr<Answer> DeskGuards::NoOpenApprovals() {
  KOSEI_ASSIGN_OR_RETURN(const bool has_approvals, HasIncoming("approval_of"));
  if (!has_approvals) return Met();
  KOSEI_ASSIGN_OR_RETURN(const std::string open,
                         Found("MATCH (r {key: $record})<-[:approval_of]-(a:Approval {state: "
                               "'open'}) RETURN a.policy ORDER BY a.policy LIMIT 6",
                               {{"record", Datum::String(std::string(key_))}}));
  if (open.empty()) return Met();
  return Unmet(absl::StrFormat("approvals are open: wait for %s, or withdraw them", open),
               absl::StrFormat("承認待ちです: %s の決定を待つか、取り下げてください", open));
}

absl::StatusOr<Answer> DeskGuards::Approved(const std::string& policy) {
  KOSEI_ASSIGN_OR_RETURN(
      const std::string state,
      Found("MATCH (r {key: $record})<-[:approval_of]-(a:Approval {policy: "
            "$policy}) RETURN a.state ORDER BY a.asked_at DESC, key(a) DESC "
            "LIMIT 1",
            {{"policy", Datum::String(policy)}, {"record", Datum::String(std::string(key_))}}));
  if (state == "approved") return Met();
  if (state.empty()) {
    return Unmet(absl::StrFormat("approval by the policy %s has not been asked for", policy),
                 absl::StrFormat("承認方針 %s による承認がまだ依頼されていません", policy));
  }
  return Unmet(
      absl::StrFormat("approval by the policy %s is %s, and has to be approved", policy, state),
      absl::StrFormat("承認方針 %s の承認の状態は %s です。承認が必要です", policy, state));
}

absl::StatusOr<Answer> DeskGuards::PlanUnchanged() {
  KOSEI_ASSIGN_OR_RETURN(const bool has_approvals, HasIncoming("approval_of"));
  if (!has_approvals) return Met();
  KOSEI_ASSIGN_OR_RETURN(const std::vector<KeptApproval> kept, ApprovalsOf(asking_, key_, ""));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<ContentPart> content,
                         ContentOf(parts_, asking_, key_, attributes_));
  for (const KeptApproval& approval : kept) {
    const ApprovalPolicyDefinition* const policy = definitions_.policies().Find(approval.policy);
    if (approval.state != "approved" || policy == nullptr) continue;
    const Standing standing = StandingOf(*policy, approval.request, content);
    if (standing.valid) continue;
    std::string moved;
    for (const std::string& part : standing.moved)
      absl::StrAppend(&moved, moved.empty() ? "" : ", ", part);
    return Unmet(
        absl::StrFormat("what was approved has changed since (%s): ask for approval again", moved),
        absl::StrFormat("承認後に内容が変わっています (%s)。承認を取り直してください", moved));
  }
  return Met();
}

absl::StatusOr<Answer> DeskGuards::ImpactCurrent() {
  const Datum kept = Datum::Map(attributes_).At("impact_hash");
  if (kept.kind() != language::DatumKind::kString) {
    return Unmet("its impact has not been analysed: do it with `kosei change impact --keep`",
                 "影響分析が未実施です。`kosei change impact --keep` を実行してください");
  }
  KOSEI_ASSIGN_OR_RETURN(const std::string now, ImpactHashOf(parts_, asking_, attributes_, key_));
  if (now == kept.string()) return Met();
  return Unmet(
      "what it hits has changed since its impact was analysed: look at it again with "
      "`kosei change impact --keep`",
      "影響分析の後に影響範囲が変わっています。`kosei change impact --keep` "
      "で再分析してください");
}

DatumMap DeskGuards::Attributes() const {
  DatumMap merged = attributes_;
  if (changes_ != nullptr) merged.insert(merged.end(), changes_->begin(), changes_->end());
  return Datum::Map(std::move(merged)).map();
}

absl::StatusOr<Answer> DeskGuards::Check(std::string_view check, const DatumMap& with) {
  if (check == "no_open_tasks") return NoOpenTasks();
  if (check == "not_author") return NotAuthor();
  if (check == "no_open_approvals") return NoOpenApprovals();
  if (check == "plan_unchanged") return PlanUnchanged();
  if (check == "impact_current") return ImpactCurrent();
  if (check == "windows_sound") return CheckWindows(parts_, definitions_, Attributes());
  if (check == "no_overlap") {
    static const std::vector<RecordLink>* const nothing = new std::vector<RecordLink>();
    return CheckOverlap(parts_, definitions_, asking_, key_, Attributes(),
                        links_ == nullptr ? *nothing : *links_);
  }
  if (check == "approved") return Approved(Datum::Map(with).At("policy").string());
  return MakeError(ErrorCode::kInternal,
                   absl::StrFormat("guard: there is no check %s", std::string(check)));
}

absl::StatusOr<GuardRunner::QueryAnswer> DeskGuards::Query(const language::Statement&,
                                                           std::string_view text,
                                                           const DatumMap& parameters) {
  QueryAnswer answer;
  KOSEI_RETURN_IF_ERROR(asking_.AskTexts(text, parameters, [&](std::span<const std::string> row) {
    answer.has_rows = true;
    std::string shown;
    for (const std::string& value : row) absl::StrAppend(&shown, shown.empty() ? "" : " ", value);
    answer.shown.push_back(std::move(shown));
    return answer.shown.size() < kShownMax;
  }));
  return answer;
}

}  // namespace kosei::process
