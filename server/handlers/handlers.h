// Every handler: decode, call one function of the layer below, encode. One file an area.
#pragma once

#include <memory>

#include "call.h"

namespace kosei::server {

// model.cc
absl::Status AnswerModel(const Services& services, const Call& call, Builder& builder);

// model_change.cc
absl::Status AnswerModelApply(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerModelHistory(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerModelText(const Services& services, const Call& call, Builder& builder);

// read.cc
absl::StatusOr<Attempt> AttemptGet(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerGet(const Services& services, const Call& call, Builder& builder);

// history.cc
absl::StatusOr<std::unique_ptr<Stream>> OpenHistory(const Services& services, const Call& call);
absl::Status AnswerDiff(const Services& services, const Call& call, Builder& builder);

// search.cc
absl::StatusOr<std::unique_ptr<Stream>> OpenSearch(const Services& services, const Call& call);

// impact.cc
absl::StatusOr<Attempt> AttemptImpact(const Services& services, const Call& call, Builder& builder);
absl::StatusOr<std::unique_ptr<Stream>> OpenImpact(const Services& services, const Call& call);
absl::Status AnswerPath(const Services& services, const Call& call, Builder& builder);

// paths.cc
absl::Status AnswerPaths(const Services& services, const Call& call, Builder& builder);

// trace.cc
absl::StatusOr<std::unique_ptr<Stream>> OpenTrace(const Services& services, const Call& call);

// order.cc
absl::StatusOr<std::unique_ptr<Stream>> OpenOrder(const Services& services, const Call& call);

// impact_questions.cc
absl::Status AnswerImpactExplain(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerImpactReport(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerImpactDifference(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerGroups(const Services& services, const Call& call, Builder& builder);

// impact_watch.cc
absl::StatusOr<std::unique_ptr<Stream>> OpenImpactWatch(const Services& services, const Call& call);

// causes.cc
absl::StatusOr<std::unique_ptr<Stream>> OpenPoints(const Services& services, const Call& call);
absl::Status AnswerRootCause(const Services& services, const Call& call, Builder& builder);

// statement.cc
absl::StatusOr<std::unique_ptr<Stream>> OpenStatement(const Services& services, const Call& call);

// points_watch.cc
absl::StatusOr<std::unique_ptr<Stream>> OpenPointsWatch(const Services& services, const Call& call);

// compare.cc
absl::StatusOr<std::unique_ptr<Stream>> OpenCompare(const Services& services, const Call& call);

// collisions.cc
absl::Status AnswerCollisions(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerFreeSlots(const Services& services, const Call& call, Builder& builder);

// process.cc
absl::Status AnswerProcessOutlook(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerProcessSuggest(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerProcessDefine(const Services& services, const Call& call, Builder& builder);

// change.cc
absl::Status AnswerChangeAssess(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerChangeIntake(const Services& services, const Call& call, Builder& builder);
// process_clock.cc
absl::Status AnswerProcessClock(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerProcessReview(const Services& services, const Call& call, Builder& builder);

// process_calendar.cc
absl::Status AnswerProcessFigures(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerProcessCalendar(const Services& services, const Call& call, Builder& builder);
// attachments.cc
absl::Status AnswerAttach(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerAttachmentRead(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerNotificationRetry(const Services& services, const Call& call, Builder& builder);

// retention.cc
absl::Status AnswerRetentionSet(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerRetentionList(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerRetentionRun(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerHoldSet(const Services& services, const Call& call, Builder& builder);

// erase.cc
absl::Status AnswerErase(const Services& services, const Call& call, Builder& builder);

// watch.cc
absl::StatusOr<std::unique_ptr<Stream>> OpenWatch(const Services& services, const Call& call);

// admin.cc
absl::Status AnswerStatus(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerTokenCreate(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerTokenList(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerTokenRevoke(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerBaselineCreate(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerBaselineList(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerBaselineDrop(const Services& services, const Call& call, Builder& builder);

// index.cc
absl::Status AnswerScrub(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerIndexList(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerIndexBuild(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerIndexDrop(const Services& services, const Call& call, Builder& builder);

// backup.cc
absl::StatusOr<std::unique_ptr<Stream>> OpenBackup(const Services& services, const Call& call);

// history_transfer.cc
absl::StatusOr<std::unique_ptr<Stream>> OpenExportHistory(const Services& services,
                                                          const Call& call);
absl::Status AnswerImportHistoryBegin(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerImportHistoryChunk(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerImportHistoryEnd(const Services& services, const Call& call, Builder& builder);

// plans.cc
absl::Status AnswerPlanOpen(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerPlanEdit(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerPlanList(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerPlanShow(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerPlanDiff(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerPlanRebase(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerPlanMerge(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerPlanDrop(const Services& services, const Call& call, Builder& builder);
absl::Status AnswerRevert(const Services& services, const Call& call, Builder& builder);

}  // namespace kosei::server
