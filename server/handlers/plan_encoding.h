// Messages of plans: what several answers have.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "call.h"
#include "kosei/protocol/plans_generated.h"
#include "kosei/storage/plans.h"

namespace kosei::server {

using PlanConflicts =
    flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::PlanConflict>>>;
using CommitCounts = flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::WriteCounts>>>;

flatbuffers::Offset<fb::PlanInfo> EncodePlan(Builder& builder, const storage::PlanInfo& plan);
PlanConflicts EncodeConflicts(Builder& builder, const std::vector<storage::Conflict>& conflicts);
CommitCounts EncodeCommits(Builder& builder, const std::vector<storage::CommitResult>& commits);
absl::StatusOr<storage::Take> DecodeTake(fb::PlanTake take);

}  // namespace kosei::server
