// Every message of the wire as data, so that a test or a fuzzer can go through all of them.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "flatbuffers/minireflect.h"
#include "kosei/protocol/admin_generated.h"
#include "kosei/protocol/attachments_generated.h"
#include "kosei/protocol/causes_generated.h"
#include "kosei/protocol/change_generated.h"
#include "kosei/protocol/collisions_generated.h"
#include "kosei/protocol/impact_generated.h"
#include "kosei/protocol/index_generated.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/model_generated.h"
#include "kosei/protocol/paths_generated.h"
#include "kosei/protocol/plans_generated.h"
#include "kosei/protocol/process_generated.h"
#include "kosei/protocol/read_generated.h"
#include "kosei/protocol/session_generated.h"
#include "kosei/protocol/statement_generated.h"
#include "kosei/protocol/transfer_generated.h"
#include "kosei/protocol/write_generated.h"

namespace kosei::testing {

struct MessageKind {
  std::string_view name;
  absl::Status (*open)(std::string_view body);
  const flatbuffers::TypeTable* (*type)();
  bool has_fields = true;
};

template <typename Table>
constexpr MessageKind KindOf(std::string_view name) {
  return {name, [](std::string_view body) { return protocol::Open<Table>(body).status(); },
          [] { return Table::MiniReflectTypeTable(); }};
}

// A message whose only field is reserved.
template <typename Table>
constexpr MessageKind EmptyKindOf(std::string_view name) {
  MessageKind kind = KindOf<Table>(name);
  kind.has_fields = false;
  return kind;
}

inline constexpr std::array kEveryMessage = {
    KindOf<fb::Hello>("Hello"),
    KindOf<fb::HelloReply>("HelloReply"),
    KindOf<fb::Ping>("Ping"),
    KindOf<fb::Pong>("Pong"),
    KindOf<fb::GoAway>("GoAway"),
    KindOf<fb::Cancel>("Cancel"),
    KindOf<fb::Credit>("Credit"),
    KindOf<fb::Error>("Error"),
    KindOf<fb::ModelRequest>("ModelRequest"),
    KindOf<fb::ModelReply>("ModelReply"),
    KindOf<fb::ModelApplyRequest>("ModelApplyRequest"),
    KindOf<fb::ModelApplyReply>("ModelApplyReply"),
    EmptyKindOf<fb::ModelHistoryRequest>("ModelHistoryRequest"),
    KindOf<fb::ModelHistoryReply>("ModelHistoryReply"),
    KindOf<fb::ModelTextRequest>("ModelTextRequest"),
    KindOf<fb::ModelTextReply>("ModelTextReply"),
    KindOf<fb::GetRequest>("GetRequest"),
    KindOf<fb::GetReply>("GetReply"),
    KindOf<fb::HistoryRequest>("HistoryRequest"),
    KindOf<fb::HistoryReply>("HistoryReply"),
    KindOf<fb::SearchRequest>("SearchRequest"),
    KindOf<fb::SearchReply>("SearchReply"),
    KindOf<fb::ImpactRequest>("ImpactRequest"),
    KindOf<fb::ImpactReply>("ImpactReply"),
    KindOf<fb::PointsRequest>("PointsRequest"),
    KindOf<fb::PointsReply>("PointsReply"),
    KindOf<fb::RootCauseRequest>("RootCauseRequest"),
    KindOf<fb::RootCauseReply>("RootCauseReply"),
    KindOf<fb::PathRequest>("PathRequest"),
    KindOf<fb::PathReply>("PathReply"),
    KindOf<fb::DiffRequest>("DiffRequest"),
    KindOf<fb::DiffReply>("DiffReply"),
    KindOf<fb::CompareRequest>("CompareRequest"),
    KindOf<fb::CompareReply>("CompareReply"),
    KindOf<fb::CollisionsRequest>("CollisionsRequest"),
    KindOf<fb::CollisionsReply>("CollisionsReply"),
    KindOf<fb::FreeSlotsRequest>("FreeSlotsRequest"),
    KindOf<fb::FreeSlotsReply>("FreeSlotsReply"),
    KindOf<fb::MutateRequest>("MutateRequest"),
    KindOf<fb::MutateReply>("MutateReply"),
    KindOf<fb::BulkBeginRequest>("BulkBeginRequest"),
    KindOf<fb::BulkBeginReply>("BulkBeginReply"),
    KindOf<fb::BulkChunkRequest>("BulkChunkRequest"),
    KindOf<fb::BulkChunkReply>("BulkChunkReply"),
    KindOf<fb::BulkEndRequest>("BulkEndRequest"),
    KindOf<fb::BulkEndReply>("BulkEndReply"),
    KindOf<fb::WatchRequest>("WatchRequest"),
    KindOf<fb::WatchEvent>("WatchEvent"),
    EmptyKindOf<fb::StatusRequest>("StatusRequest"),
    KindOf<fb::StatusReply>("StatusReply"),
    KindOf<fb::TokenCreateRequest>("TokenCreateRequest"),
    KindOf<fb::TokenCreateReply>("TokenCreateReply"),
    EmptyKindOf<fb::TokenListRequest>("TokenListRequest"),
    KindOf<fb::TokenListReply>("TokenListReply"),
    KindOf<fb::TokenRevokeRequest>("TokenRevokeRequest"),
    EmptyKindOf<fb::TokenRevokeReply>("TokenRevokeReply"),
    KindOf<fb::BaselineCreateRequest>("BaselineCreateRequest"),
    KindOf<fb::BaselineCreateReply>("BaselineCreateReply"),
    EmptyKindOf<fb::BaselineListRequest>("BaselineListRequest"),
    KindOf<fb::BaselineListReply>("BaselineListReply"),
    KindOf<fb::BaselineDropRequest>("BaselineDropRequest"),
    EmptyKindOf<fb::BaselineDropReply>("BaselineDropReply"),
    EmptyKindOf<fb::IndexListRequest>("IndexListRequest"),
    KindOf<fb::IndexListReply>("IndexListReply"),
    KindOf<fb::IndexBuildRequest>("IndexBuildRequest"),
    EmptyKindOf<fb::IndexBuildReply>("IndexBuildReply"),
    KindOf<fb::IndexDropRequest>("IndexDropRequest"),
    EmptyKindOf<fb::IndexDropReply>("IndexDropReply"),
    KindOf<fb::ScrubRequest>("ScrubRequest"),
    KindOf<fb::ScrubReply>("ScrubReply"),
    KindOf<fb::BackupRequest>("BackupRequest"),
    KindOf<fb::BackupReply>("BackupReply"),
    EmptyKindOf<fb::ExportHistoryRequest>("ExportHistoryRequest"),
    KindOf<fb::ExportHistoryReply>("ExportHistoryReply"),
    EmptyKindOf<fb::ImportHistoryBeginRequest>("ImportHistoryBeginRequest"),
    KindOf<fb::ImportHistoryBeginReply>("ImportHistoryBeginReply"),
    KindOf<fb::ImportHistoryChunkRequest>("ImportHistoryChunkRequest"),
    KindOf<fb::ImportHistoryChunkReply>("ImportHistoryChunkReply"),
    EmptyKindOf<fb::ImportHistoryEndRequest>("ImportHistoryEndRequest"),
    KindOf<fb::ImportHistoryEndReply>("ImportHistoryEndReply"),
    KindOf<fb::PlanOpenRequest>("PlanOpenRequest"),
    KindOf<fb::PlanOpenReply>("PlanOpenReply"),
    KindOf<fb::PlanEditRequest>("PlanEditRequest"),
    KindOf<fb::PlanEditReply>("PlanEditReply"),
    EmptyKindOf<fb::PlanListRequest>("PlanListRequest"),
    KindOf<fb::PlanListReply>("PlanListReply"),
    KindOf<fb::PlanShowRequest>("PlanShowRequest"),
    KindOf<fb::PlanShowReply>("PlanShowReply"),
    KindOf<fb::PlanDiffRequest>("PlanDiffRequest"),
    KindOf<fb::PlanDiffReply>("PlanDiffReply"),
    KindOf<fb::PlanRebaseRequest>("PlanRebaseRequest"),
    KindOf<fb::PlanRebaseReply>("PlanRebaseReply"),
    KindOf<fb::PlanMergeRequest>("PlanMergeRequest"),
    KindOf<fb::PlanMergeReply>("PlanMergeReply"),
    KindOf<fb::PlanDropRequest>("PlanDropRequest"),
    EmptyKindOf<fb::PlanDropReply>("PlanDropReply"),
    KindOf<fb::RevertRequest>("RevertRequest"),
    KindOf<fb::RevertReply>("RevertReply"),
    KindOf<fb::RetentionSetRequest>("RetentionSetRequest"),
    KindOf<fb::RetentionSetReply>("RetentionSetReply"),
    EmptyKindOf<fb::RetentionListRequest>("RetentionListRequest"),
    KindOf<fb::RetentionListReply>("RetentionListReply"),
    KindOf<fb::ImpactExplainRequest>("ImpactExplainRequest"),
    KindOf<fb::ImpactExplainReply>("ImpactExplainReply"),
    KindOf<fb::ImpactReportRequest>("ImpactReportRequest"),
    KindOf<fb::ImpactReportReply>("ImpactReportReply"),
    KindOf<fb::ImpactDifferenceRequest>("ImpactDifferenceRequest"),
    KindOf<fb::ImpactDifferenceReply>("ImpactDifferenceReply"),
    KindOf<fb::GroupsRequest>("GroupsRequest"),
    KindOf<fb::GroupsReply>("GroupsReply"),
    KindOf<fb::ImpactWatchRequest>("ImpactWatchRequest"),
    KindOf<fb::ImpactWatchEvent>("ImpactWatchEvent"),
    KindOf<fb::PointsWatchRequest>("PointsWatchRequest"),
    KindOf<fb::PointsWatchEvent>("PointsWatchEvent"),
    KindOf<fb::StatementRequest>("StatementRequest"),
    KindOf<fb::StatementReply>("StatementReply"),
    KindOf<fb::RetentionRunRequest>("RetentionRunRequest"),
    KindOf<fb::RetentionRunReply>("RetentionRunReply"),
    KindOf<fb::HoldSetRequest>("HoldSetRequest"),
    KindOf<fb::HoldSetReply>("HoldSetReply"),
    KindOf<fb::EraseRequest>("EraseRequest"),
    KindOf<fb::EraseReply>("EraseReply"),
    KindOf<fb::PathsRequest>("PathsRequest"),
    KindOf<fb::PathsReply>("PathsReply"),
    KindOf<fb::TraceRequest>("TraceRequest"),
    KindOf<fb::TraceReply>("TraceReply"),
    KindOf<fb::OrderRequest>("OrderRequest"),
    KindOf<fb::OrderReply>("OrderReply"),
    KindOf<fb::ProcessNewRequest>("ProcessNewRequest"),
    KindOf<fb::ProcessDoRequest>("ProcessDoRequest"),
    KindOf<fb::ProcessNoteRequest>("ProcessNoteRequest"),
    KindOf<fb::ProcessVoteRequest>("ProcessVoteRequest"),
    KindOf<fb::ProcessOutcome>("ProcessOutcome"),
    KindOf<fb::ProcessOutlookRequest>("ProcessOutlookRequest"),
    KindOf<fb::ProcessOutlookReply>("ProcessOutlookReply"),
    KindOf<fb::ProcessDefineRequest>("ProcessDefineRequest"),
    KindOf<fb::ProcessDefineReply>("ProcessDefineReply"),
    KindOf<fb::ProcessSuggestRequest>("ProcessSuggestRequest"),
    KindOf<fb::ProcessSuggestReply>("ProcessSuggestReply"),
    KindOf<fb::ProcessReviewRequest>("ProcessReviewRequest"),
    KindOf<fb::ProcessReviewReply>("ProcessReviewReply"),
    KindOf<fb::ChangeAssessRequest>("ChangeAssessRequest"),
    KindOf<fb::ChangeAssessReply>("ChangeAssessReply"),
    KindOf<fb::ChangePlanRequest>("ChangePlanRequest"),
    KindOf<fb::ChangePlanReply>("ChangePlanReply"),
    KindOf<fb::ChangeIntakeRequest>("ChangeIntakeRequest"),
    KindOf<fb::ChangeIntakeReply>("ChangeIntakeReply"),
    KindOf<fb::ProcessClockRequest>("ProcessClockRequest"),
    KindOf<fb::ProcessClockReply>("ProcessClockReply"),
    KindOf<fb::ProcessFiguresRequest>("ProcessFiguresRequest"),
    KindOf<fb::ProcessFiguresReply>("ProcessFiguresReply"),
    KindOf<fb::ProcessCalendarRequest>("ProcessCalendarRequest"),
    KindOf<fb::ProcessCalendarReply>("ProcessCalendarReply"),
    KindOf<fb::AttachRequest>("AttachRequest"),
    KindOf<fb::AttachReply>("AttachReply"),
    KindOf<fb::AttachmentReadRequest>("AttachmentReadRequest"),
    KindOf<fb::AttachmentReadReply>("AttachmentReadReply"),
    KindOf<fb::NotificationRetryRequest>("NotificationRetryRequest"),
    KindOf<fb::NotificationRetryReply>("NotificationRetryReply"),
};

// Reads every field that can be reached from an opened body, and returns it as text. Empty messages
// are left out: this would read the deprecated field, which no accessor reads and nobody verifies.
inline std::string ReadAll(std::string_view body, const MessageKind& kind) {
  if (!kind.has_fields) return {};
  return flatbuffers::FlatBufferToString(reinterpret_cast<const std::uint8_t*>(body.data()),
                                         kind.type());
}

}  // namespace kosei::testing
