// Calls about plans, and their answers.
#include <utility>

#include "client_impl.h"
#include "kosei/base/status_macros.h"
#include "kosei/client/client.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/plans_generated.h"
#include "message_parts.h"
#include "plan_decoding.h"
#include "reply_decoding.h"
#include "request_encoding.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

using protocol::Operation;

PlanStep ToStep(const fb::PlanStep& from) {
  PlanStep out;
  out.number = from.number();
  out.known = from.known();
  out.time = Timestamp{from.time()};
  out.actor = Text(from.actor());
  out.reason = Text(from.reason());
  out.cause = Text(from.cause());
  out.source = Text(from.source());
  out.records_put = from.records_put();
  out.records_ended = from.records_ended();
  out.links_put = from.links_put();
  out.links_ended = from.links_ended();
  return out;
}

}  // namespace

absl::StatusOr<PlanInfo> DecodePlanOpen(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PlanOpenReply* reply, protocol::Open<fb::PlanOpenReply>(body));
  return ToPlan(reply->plan());
}

absl::StatusOr<PlanEdited> DecodePlanEdit(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PlanEditReply* reply, protocol::Open<fb::PlanEditReply>(body));
  return PlanEdited{ToPlan(reply->plan()), ToCounts(reply->counts())};
}

absl::StatusOr<std::vector<PlanInfo>> DecodePlanList(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PlanListReply* reply, protocol::Open<fb::PlanListReply>(body));
  std::vector<PlanInfo> out;
  if (reply->plans() == nullptr) return out;
  for (const fb::PlanInfo* plan : *reply->plans()) out.push_back(ToPlan(plan));
  return out;
}

absl::StatusOr<PlanSteps> DecodePlanShow(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PlanShowReply* reply, protocol::Open<fb::PlanShowReply>(body));
  PlanSteps out;
  out.plan = ToPlan(reply->plan());
  if (reply->steps() == nullptr) return out;
  for (const fb::PlanStep* step : *reply->steps()) out.steps.push_back(ToStep(*step));
  return out;
}

absl::StatusOr<PlanDiff> DecodePlanDiff(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PlanDiffReply* reply, protocol::Open<fb::PlanDiffReply>(body));
  PlanDiff out;
  out.plan = ToPlan(reply->plan());
  out.record_count = reply->record_count();
  out.link_count = reply->link_count();
  out.conflicts = ToConflicts(reply->conflicts());
  if (reply->records() != nullptr) {
    for (const fb::PlannedRecord* from : *reply->records()) {
      PlannedRecord record;
      record.key = Text(from->key());
      KOSEI_ASSIGN_OR_RETURN(record.base, ToVersion(from->base()));
      KOSEI_ASSIGN_OR_RETURN(record.present, ToVersion(from->present()));
      KOSEI_ASSIGN_OR_RETURN(record.planned, ToVersion(from->planned()));
      out.records.push_back(std::move(record));
    }
  }
  if (reply->links() != nullptr) {
    for (const fb::PlannedLink* link : *reply->links()) {
      out.links.push_back({Text(link->source()), RelationshipTypeNumber{link->type()},
                           Text(link->target()), link->added(), link->pending()});
    }
  }
  return out;
}

absl::StatusOr<MergeOutcome> DecodePlanRebase(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PlanRebaseReply* reply,
                         protocol::Open<fb::PlanRebaseReply>(body));
  return MergeOutcome{ToPlan(reply->plan()), ToConflicts(reply->conflicts()), {}};
}

absl::StatusOr<MergeOutcome> DecodePlanMerge(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PlanMergeReply* reply, protocol::Open<fb::PlanMergeReply>(body));
  return MergeOutcome{ToPlan(reply->plan()), ToConflicts(reply->conflicts()),
                      ToCommits(reply->commits())};
}

absl::StatusOr<MergeOutcome> DecodeRevert(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::RevertReply* reply, protocol::Open<fb::RevertReply>(body));
  return MergeOutcome{{}, ToConflicts(reply->conflicts()), ToCommits(reply->commits())};
}

absl::StatusOr<PlanInfo> Client::OpenPlan(const std::string& name, const std::string& description,
                                          const std::string& cause) {
  KOSEI_ASSIGN_OR_RETURN(
      const std::string body,
      impl_->Ask(Operation::kPlanOpen, EncodePlanOpen(name, description, cause)));
  return DecodePlanOpen(body);
}

absl::StatusOr<PlanEdited> Client::EditPlan(const std::string& name, const Mutation& edits) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kPlanEdit, EncodePlanEdit(name, edits)));
  return DecodePlanEdit(body);
}

absl::StatusOr<std::vector<PlanInfo>> Client::ListPlans() {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kPlanList, EncodePlanList()));
  return DecodePlanList(body);
}

absl::StatusOr<PlanSteps> Client::ShowPlan(const std::string& name) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kPlanShow, EncodePlanShow(name)));
  return DecodePlanShow(body);
}

absl::StatusOr<PlanDiff> Client::DiffPlan(const std::string& name, std::uint32_t limit) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kPlanDiff, EncodePlanDiff(name, limit)));
  return DecodePlanDiff(body);
}

absl::StatusOr<MergeOutcome> Client::RebasePlan(const std::string& name, Take take) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kPlanRebase, EncodePlanRebase(name, take)));
  return DecodePlanRebase(body);
}

absl::StatusOr<MergeOutcome> Client::MergePlan(const std::string& name,
                                               const MergeOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kPlanMerge, EncodePlanMerge(name, options)));
  return DecodePlanMerge(body);
}

absl::Status Client::DropPlan(const std::string& name) {
  return impl_->Ask(Operation::kPlanDrop, EncodePlanDrop(name)).status();
}

absl::StatusOr<MergeOutcome> Client::Revert(std::uint64_t commit, const MergeOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kRevert, EncodeRevert(commit, options)));
  return DecodeRevert(body);
}

}  // namespace kosei::client
