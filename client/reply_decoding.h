// Message bodies as results. Every body is verified; what does not verify is kMalformedFrame.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/client/paths.h"
#include "kosei/client/types.h"

namespace kosei::fb {
struct CommitSummary;
}  // namespace kosei::fb

namespace kosei::client {

Commit ToCommit(const fb::CommitSummary& from);

// `keys` is how many were asked for: the answer has as many.
absl::StatusOr<GetResult> DecodeGet(std::string_view body, std::size_t keys);
absl::StatusOr<Diff> DecodeDiff(std::string_view body);
// Replaces `batch`.
absl::Status DecodeCompare(std::string_view body, DifferenceBatch& batch);
absl::StatusOr<PathResult> DecodePath(std::string_view body);
absl::StatusOr<PathsResult> DecodePaths(std::string_view body);
// Add what a frame has to what has been read.
absl::Status AddTrace(std::string_view body, TraceResult& out);
absl::Status AddOrder(std::string_view body, OrderResult& out);
// Adds one frame of the stream to what the frames before it said.
absl::Status AddHistory(std::string_view body, History& history);
// Whether to go on with the frames after: `visit` may have enough.
absl::StatusOr<bool> VisitSearch(std::string_view body, SearchSummary& summary,
                                 absl::FunctionRef<bool(const RecordVersion&)> visit);
// First frame only.
absl::StatusOr<ImpactSummary> DecodeImpactSummary(std::string_view body);
// The columns of a frame; none in one that has none. Text lives as long as `body`.
absl::Status DecodeImpactBatch(std::string_view body, ImpactDetail detail, ImpactBatch& batch);
// `event` stays empty for a heartbeat. Returns the newest commit the server knows.
absl::StatusOr<std::uint64_t> DecodeWatch(std::string_view body, std::optional<WatchEvent>& event);

absl::StatusOr<WriteCounts> DecodeMutate(std::string_view body);
struct BulkBegun {
  std::uint64_t load = 0;
  std::uint32_t window = 1;
  std::uint64_t next_chunk = 1;
  std::uint64_t digest = 0;  // of the chunk before it
};
absl::StatusOr<BulkBegun> DecodeBulkBegin(std::string_view body);
struct ChunkAnswer {
  std::uint64_t number = 0;
  WriteCounts counts;
  struct Rejected {
    bool is_link = false;
    std::uint32_t index = 0;  // in the chunk's records or links
    absl::Status status;
  };
  std::vector<Rejected> rejected;
};
absl::StatusOr<ChunkAnswer> DecodeBulkChunk(std::string_view body);
absl::StatusOr<WriteCounts> DecodeBulkEnd(std::string_view body);

absl::StatusOr<ModelApplied> DecodeModelApply(std::string_view body);
absl::StatusOr<std::vector<ModelVersion>> DecodeModelHistory(std::string_view body);
absl::StatusOr<ModelText> DecodeModelText(std::string_view body);

absl::StatusOr<StatusReport> DecodeStatus(std::string_view body);
absl::StatusOr<NewToken> DecodeTokenCreate(std::string_view body);
absl::StatusOr<std::vector<TokenInfo>> DecodeTokenList(std::string_view body);
absl::StatusOr<EraseResult> DecodeErase(std::string_view body);
absl::StatusOr<Baseline> DecodeBaselineCreate(std::string_view body);
absl::StatusOr<std::vector<Baseline>> DecodeBaselineList(std::string_view body);
absl::StatusOr<std::vector<IndexInfo>> DecodeIndexList(std::string_view body);
absl::StatusOr<ScrubStatus> DecodeScrub(std::string_view body);

absl::StatusOr<PlanInfo> DecodePlanOpen(std::string_view body);
absl::StatusOr<PlanEdited> DecodePlanEdit(std::string_view body);
absl::StatusOr<std::vector<PlanInfo>> DecodePlanList(std::string_view body);
absl::StatusOr<PlanSteps> DecodePlanShow(std::string_view body);
absl::StatusOr<PlanDiff> DecodePlanDiff(std::string_view body);
absl::StatusOr<MergeOutcome> DecodePlanRebase(std::string_view body);
absl::StatusOr<MergeOutcome> DecodePlanMerge(std::string_view body);
absl::StatusOr<MergeOutcome> DecodeRevert(std::string_view body);

}  // namespace kosei::client
