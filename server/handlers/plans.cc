// Plans: open, edit, list, show, drop; compared, rebased and merged; and reverts.
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "handlers/plan_encoding.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/desk.h"
#include "kosei/protocol/plans_generated.h"
#include "mutation.h"

namespace kosei::server {
namespace {

using protocol::TextOf;

absl::Status CheckSize(const Call& call, const Builder& builder, std::string_view remedy) {
  if (builder.GetSize() <= call.reply_bytes_max) return absl::OkStatus();
  return TooLarge(call, remedy);
}

// A plan that a record owns is worked on as the state of that record allows.
absl::Status CheckOwner(const Services& services, const Call& call, std::string_view plan,
                        process::PlanUse use) {
  if (services.desk == nullptr) return absl::OkStatus();
  return services.desk->MayUsePlan({std::string(call.user), call.is_administrator}, plan, use);
}

flatbuffers::Offset<fb::RecordVersion> EncodeState(Builder& builder,
                                                   const storage::RecordVersion& version) {
  if (version.bytes.empty()) return {};
  return EncodeVersion(builder, version);
}

// The answer as far as it fits a frame; the counts are of all.
void EncodeDiff(const Services& services, const storage::PlanDiff& diff, std::size_t bytes_max,
                Builder& builder) {
  const storage::Reader& reader = services.reader;
  const auto conflicts = EncodeConflicts(builder, diff.conflicts);
  std::vector<flatbuffers::Offset<fb::PlannedRecord>> records;
  for (const storage::PlannedRecord& record : diff.records) {
    if (builder.GetSize() > bytes_max) break;
    const auto key = Text(builder, reader.KeyOf(record.id));
    const auto base = EncodeState(builder, record.base);
    const auto present = EncodeState(builder, record.present);
    const auto planned = EncodeState(builder, record.planned);
    records.push_back(fb::CreatePlannedRecord(builder, key, base, present, planned));
  }
  std::vector<flatbuffers::Offset<fb::PlannedLink>> links;
  for (const storage::PlannedLink& link : diff.links) {
    if (builder.GetSize() > bytes_max) break;
    const auto source = Text(builder, reader.KeyOf(link.source));
    const auto target = Text(builder, reader.KeyOf(link.target));
    links.push_back(
        fb::CreatePlannedLink(builder, source, link.type.value, target, link.added, link.pending));
  }
  const auto record_vector = builder.CreateVector(records);
  const auto link_vector = builder.CreateVector(links);
  const auto plan = EncodePlan(builder, diff.plan);
  protocol::FinishBody(
      builder, fb::CreatePlanDiffReply(builder, plan, record_vector, link_vector, diff.record_count,
                                       diff.link_count, conflicts));
}

}  // namespace

absl::Status AnswerPlanOpen(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PlanOpenRequest* request,
                         protocol::Open<fb::PlanOpenRequest>(call.body));
  storage::Provenance provenance;
  provenance.actor = std::string(call.user);
  provenance.reason = TextOf(request->description());
  provenance.cause = TextOf(request->cause());
  KOSEI_ASSIGN_OR_RETURN(provenance, internal::CheckProvenance(std::move(provenance)));
  KOSEI_ASSIGN_OR_RETURN(
      const storage::PlanInfo plan,
      services.plans.Open(TextOf(request->name()), provenance.reason, provenance));
  services.log.Write(LogLevel::kInfo, "plan_opened",
                     {{"name", plan.name}, {"by", std::string(call.user)}});
  protocol::FinishBody(builder, fb::CreatePlanOpenReply(builder, EncodePlan(builder, plan)));
  return absl::OkStatus();
}

absl::Status AnswerPlanEdit(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PlanEditRequest* request,
                         protocol::Open<fb::PlanEditRequest>(call.body));
  if (request->edits() == nullptr) {
    return MakeError(ErrorCode::kInvalidArgument, "edit plan: there are no edits", "edits");
  }
  KOSEI_RETURN_IF_ERROR(
      CheckOwner(services, call, TextOf(request->plan()), process::PlanUse::kEdit));
  KOSEI_ASSIGN_OR_RETURN(storage::Transaction edits,
                         DecodeTransaction(*request->edits(), call.user));
  KOSEI_ASSIGN_OR_RETURN(const storage::PlanEdited edited,
                         services.plans.Edit(TextOf(request->plan()), std::move(edits)));
  const auto plan = EncodePlan(builder, edited.plan);
  const auto counts = EncodeCounts(builder, edited.counts);
  protocol::FinishBody(builder, fb::CreatePlanEditReply(builder, plan, counts));
  return absl::OkStatus();
}

absl::Status AnswerPlanList(const Services& services, const Call& call, Builder& builder) {
  KOSEI_RETURN_IF_ERROR(protocol::Open<fb::PlanListRequest>(call.body).status());
  std::vector<flatbuffers::Offset<fb::PlanInfo>> plans;
  for (const storage::PlanInfo& plan : services.plans.List()) {
    plans.push_back(EncodePlan(builder, plan));
  }
  const auto vector = builder.CreateVector(plans);
  protocol::FinishBody(builder, fb::CreatePlanListReply(builder, vector));
  return CheckSize(call, builder, "there are too many plans to list at once");
}

absl::Status AnswerPlanShow(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PlanShowRequest* request,
                         protocol::Open<fb::PlanShowRequest>(call.body));
  const std::string_view name = TextOf(request->plan());
  KOSEI_ASSIGN_OR_RETURN(const storage::PlanInfo plan, services.plans.Find(name));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<storage::PlanStep> steps, services.plans.Steps(name));
  std::vector<flatbuffers::Offset<fb::PlanStep>> offsets;
  for (const storage::PlanStep& step : steps) {
    const storage::Transaction& edits = step.edits;
    const auto actor = Text(builder, edits.provenance.actor);
    const auto reason = Text(builder, edits.provenance.reason);
    const auto cause = Text(builder, edits.provenance.cause);
    const auto source = Text(builder, edits.provenance.source);
    const auto count = [](const auto& items) { return static_cast<std::uint32_t>(items.size()); };
    offsets.push_back(fb::CreatePlanStep(builder, step.number, step.known.value, step.time.micros,
                                         actor, reason, cause, source, count(edits.put_records),
                                         count(edits.end_records), count(edits.put_links),
                                         count(edits.end_links)));
  }
  const auto vector = builder.CreateVector(offsets);
  const auto info = EncodePlan(builder, plan);
  protocol::FinishBody(builder, fb::CreatePlanShowReply(builder, info, vector));
  return CheckSize(call, builder, "the plan has too many steps to show at once");
}

absl::Status AnswerPlanDiff(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PlanDiffRequest* request,
                         protocol::Open<fb::PlanDiffRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const storage::PlanDiff diff,
                         services.plans.Diff(TextOf(request->plan()), request->limit()));
  EncodeDiff(services, diff, call.reply_bytes_max / 2, builder);
  return CheckSize(call, builder, "ask for fewer records by limit");
}

absl::Status AnswerPlanRebase(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PlanRebaseRequest* request,
                         protocol::Open<fb::PlanRebaseRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const storage::Take take, DecodeTake(request->take()));
  KOSEI_RETURN_IF_ERROR(
      CheckOwner(services, call, TextOf(request->plan()), process::PlanUse::kRebase));
  KOSEI_ASSIGN_OR_RETURN(const storage::MergeOutcome outcome,
                         services.plans.Rebase(TextOf(request->plan()), take));
  const auto plan = EncodePlan(builder, outcome.plan);
  const auto conflicts = EncodeConflicts(builder, outcome.conflicts);
  protocol::FinishBody(builder, fb::CreatePlanRebaseReply(builder, plan, conflicts));
  return CheckSize(call, builder, "there are too many conflicts; `plan diff` shows the plan");
}

absl::Status AnswerPlanMerge(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PlanMergeRequest* request,
                         protocol::Open<fb::PlanMergeRequest>(call.body));
  storage::MergeOptions options;
  KOSEI_ASSIGN_OR_RETURN(options.provenance, DecodeProvenance(*request, call.user));
  KOSEI_ASSIGN_OR_RETURN(options.take, DecodeTake(request->take()));
  options.keep_steps = request->keep_steps();
  KOSEI_RETURN_IF_ERROR(
      CheckOwner(services, call, TextOf(request->plan()), process::PlanUse::kMerge));
  KOSEI_ASSIGN_OR_RETURN(const storage::MergeOutcome outcome,
                         services.plans.Merge(TextOf(request->plan()), options));
  if (outcome.conflicts.empty()) {
    services.log.Write(LogLevel::kInfo, "plan_merged",
                       {{"name", outcome.plan.name},
                        {"commit", std::to_string(outcome.plan.merged.value)},
                        {"by", std::string(call.user)}});
  }
  const auto plan = EncodePlan(builder, outcome.plan);
  const auto conflicts = EncodeConflicts(builder, outcome.conflicts);
  const auto commits = EncodeCommits(builder, outcome.commits);
  protocol::FinishBody(builder, fb::CreatePlanMergeReply(builder, plan, conflicts, commits));
  return CheckSize(call, builder, "the outcome is too long; `plan show` tells whether it was done");
}

absl::Status AnswerPlanDrop(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PlanDropRequest* request,
                         protocol::Open<fb::PlanDropRequest>(call.body));
  const std::string name(TextOf(request->plan()));
  KOSEI_RETURN_IF_ERROR(CheckOwner(services, call, name, process::PlanUse::kDrop));
  KOSEI_RETURN_IF_ERROR(services.plans.Drop(name));
  services.log.Write(LogLevel::kInfo, "plan_dropped",
                     {{"name", name}, {"by", std::string(call.user)}});
  protocol::FinishBody(builder, fb::CreatePlanDropReply(builder));
  return absl::OkStatus();
}

absl::Status AnswerRevert(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::RevertRequest* request,
                         protocol::Open<fb::RevertRequest>(call.body));
  storage::MergeOptions options;
  KOSEI_ASSIGN_OR_RETURN(options.provenance, DecodeProvenance(*request, call.user));
  KOSEI_ASSIGN_OR_RETURN(options.take, DecodeTake(request->take()));
  KOSEI_ASSIGN_OR_RETURN(const storage::MergeOutcome outcome,
                         services.plans.Revert(CommitNumber{request->commit()}, options));
  const auto conflicts = EncodeConflicts(builder, outcome.conflicts);
  const auto commits = EncodeCommits(builder, outcome.commits);
  protocol::FinishBody(builder, fb::CreateRevertReply(builder, conflicts, commits));
  return CheckSize(call, builder, "there are too many conflicts; take one side");
}

}  // namespace kosei::server
