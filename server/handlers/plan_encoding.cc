#include "handlers/plan_encoding.h"

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "kosei/base/error.h"

namespace kosei::server {

flatbuffers::Offset<fb::PlanInfo> EncodePlan(Builder& builder, const storage::PlanInfo& plan) {
  const auto name = Text(builder, plan.name);
  const auto description = Text(builder, plan.description);
  const auto actor = Text(builder, plan.actor);
  const auto cause = Text(builder, plan.cause);
  const auto merged_by = Text(builder, plan.merged_by);
  return fb::CreatePlanInfo(builder, name, plan.number.value, description, actor, cause,
                            plan.created.micros, plan.base.value,
                            static_cast<fb::PlanState>(plan.state), plan.steps, plan.edits,
                            plan.merged_from.value, plan.merged.value, merged_by);
}

PlanConflicts EncodeConflicts(Builder& builder, const std::vector<storage::Conflict>& conflicts) {
  std::vector<flatbuffers::Offset<fb::PlanConflict>> offsets;
  offsets.reserve(conflicts.size());
  for (const storage::Conflict& conflict : conflicts) {
    const auto key = Text(builder, conflict.key);
    const auto attribute = Text(builder, conflict.attribute);
    const auto other = Text(builder, conflict.other);
    const auto planned = Text(builder, conflict.planned);
    const auto present = Text(builder, conflict.present);
    const auto message = Text(builder, conflict.message);
    const auto step_actor = Text(builder, conflict.step_actor);
    const auto commit_actor = Text(builder, conflict.commit_actor);
    offsets.push_back(fb::CreatePlanConflict(
        builder, static_cast<fb::ConflictKind>(conflict.kind), key, attribute, other, planned,
        present, message, conflict.step, step_actor, conflict.commit.value, commit_actor));
  }
  return builder.CreateVector(offsets);
}

CommitCounts EncodeCommits(Builder& builder, const std::vector<storage::CommitResult>& commits) {
  std::vector<flatbuffers::Offset<fb::WriteCounts>> offsets;
  offsets.reserve(commits.size());
  for (const storage::CommitResult& commit : commits) {
    offsets.push_back(EncodeCounts(builder, commit));
  }
  return builder.CreateVector(offsets);
}

absl::StatusOr<storage::Take> DecodeTake(fb::PlanTake take) {
  if (take <= fb::PlanTake::main) return static_cast<storage::Take>(take);
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("take: %d found, expected 0 (neither), 1 (plan) or 2 (main)",
                                   static_cast<int>(take)),
                   "take");
}

}  // namespace kosei::server
