#include "dispatcher.h"

#include <algorithm>
#include <array>

#include "handlers/handlers.h"
#include "kosei/base/error.h"

namespace kosei::server {
namespace {

using protocol::Operation;

constexpr std::array kHandlers = {
    Handler{.operation = Operation::kModel, .answer = AnswerModel},
    Handler{.operation = Operation::kGet, .attempt = AttemptGet, .answer = AnswerGet},
    Handler{.operation = Operation::kHistory, .open = OpenHistory},
    Handler{.operation = Operation::kSearch, .open = OpenSearch},
    Handler{.operation = Operation::kImpact, .attempt = AttemptImpact, .open = OpenImpact},
    Handler{.operation = Operation::kPath, .answer = AnswerPath},
    Handler{.operation = Operation::kDiff, .answer = AnswerDiff},
    Handler{.operation = Operation::kCompare, .open = OpenCompare},
    Handler{.operation = Operation::kWatch, .open = OpenWatch},
    Handler{.operation = Operation::kStatus, .answer = AnswerStatus},
    Handler{.operation = Operation::kTokenCreate, .answer = AnswerTokenCreate},
    Handler{.operation = Operation::kTokenList, .answer = AnswerTokenList},
    Handler{.operation = Operation::kTokenRevoke, .answer = AnswerTokenRevoke},
    Handler{.operation = Operation::kBaselineCreate, .answer = AnswerBaselineCreate},
    Handler{.operation = Operation::kBaselineList, .answer = AnswerBaselineList},
    Handler{.operation = Operation::kBaselineDrop, .answer = AnswerBaselineDrop},
    Handler{.operation = Operation::kPlanOpen, .answer = AnswerPlanOpen},
    Handler{.operation = Operation::kPlanEdit, .answer = AnswerPlanEdit},
    Handler{.operation = Operation::kPlanList, .answer = AnswerPlanList},
    Handler{.operation = Operation::kPlanShow, .answer = AnswerPlanShow},
    Handler{.operation = Operation::kPlanDiff, .answer = AnswerPlanDiff},
    Handler{.operation = Operation::kPlanRebase, .answer = AnswerPlanRebase},
    Handler{.operation = Operation::kPlanMerge, .answer = AnswerPlanMerge},
    Handler{.operation = Operation::kPlanDrop, .answer = AnswerPlanDrop},
    Handler{.operation = Operation::kRevert, .answer = AnswerRevert},
    Handler{.operation = Operation::kModelApply, .answer = AnswerModelApply},
    Handler{.operation = Operation::kModelHistory, .answer = AnswerModelHistory},
    Handler{.operation = Operation::kModelText, .answer = AnswerModelText},
    Handler{.operation = Operation::kIndexList, .answer = AnswerIndexList},
    Handler{.operation = Operation::kIndexBuild, .answer = AnswerIndexBuild},
    Handler{.operation = Operation::kIndexDrop, .answer = AnswerIndexDrop},
    Handler{.operation = Operation::kBackup, .open = OpenBackup},
    Handler{.operation = Operation::kExportHistory, .open = OpenExportHistory},
    Handler{.operation = Operation::kImportHistoryBegin, .answer = AnswerImportHistoryBegin},
    Handler{.operation = Operation::kImportHistoryChunk, .answer = AnswerImportHistoryChunk},
    Handler{.operation = Operation::kImportHistoryEnd, .answer = AnswerImportHistoryEnd},
    Handler{.operation = Operation::kRetentionSet, .answer = AnswerRetentionSet},
    Handler{.operation = Operation::kRetentionList, .answer = AnswerRetentionList},
    Handler{.operation = Operation::kRetentionRun, .answer = AnswerRetentionRun},
    Handler{.operation = Operation::kHoldSet, .answer = AnswerHoldSet},
    Handler{.operation = Operation::kErase, .answer = AnswerErase},
    Handler{.operation = Operation::kScrub, .answer = AnswerScrub},
    Handler{.operation = Operation::kCollisions, .answer = AnswerCollisions},
    Handler{.operation = Operation::kFreeSlots, .answer = AnswerFreeSlots},
    Handler{.operation = Operation::kPaths, .answer = AnswerPaths},
    Handler{.operation = Operation::kTrace, .open = OpenTrace},
    Handler{.operation = Operation::kOrder, .open = OpenOrder},
    Handler{.operation = Operation::kImpactExplain, .answer = AnswerImpactExplain},
    Handler{.operation = Operation::kImpactReport, .answer = AnswerImpactReport},
    Handler{.operation = Operation::kImpactDifference, .answer = AnswerImpactDifference},
    Handler{.operation = Operation::kGroups, .answer = AnswerGroups},
    Handler{.operation = Operation::kImpactWatch, .open = OpenImpactWatch},
    Handler{.operation = Operation::kPointsWatch, .open = OpenPointsWatch},
    Handler{.operation = Operation::kProcessOutlook, .answer = AnswerProcessOutlook},
    Handler{.operation = Operation::kProcessDefine, .answer = AnswerProcessDefine},
    Handler{.operation = Operation::kProcessSuggest, .answer = AnswerProcessSuggest},
    Handler{.operation = Operation::kProcessReview, .answer = AnswerProcessReview},
    Handler{.operation = Operation::kChangeAssess, .answer = AnswerChangeAssess},
    Handler{.operation = Operation::kChangeIntake, .answer = AnswerChangeIntake},
    Handler{.operation = Operation::kProcessClock, .answer = AnswerProcessClock},
    Handler{.operation = Operation::kProcessFigures, .answer = AnswerProcessFigures},
    Handler{.operation = Operation::kProcessCalendar, .answer = AnswerProcessCalendar},
    Handler{.operation = Operation::kAttach, .answer = AnswerAttach},
    Handler{.operation = Operation::kAttachmentRead, .answer = AnswerAttachmentRead},
    Handler{.operation = Operation::kNotificationRetry, .answer = AnswerNotificationRetry},
    Handler{.operation = Operation::kQuery, .open = OpenStatement},
    Handler{.operation = Operation::kPoints, .open = OpenPoints},
    Handler{.operation = Operation::kRootCause, .answer = AnswerRootCause},
};

}  // namespace

const Handler* FindHandler(Operation operation) {
  for (const Handler& handler : kHandlers) {
    if (handler.operation == operation) return &handler;
  }
  return nullptr;
}

absl::StatusOr<query::Limits> LimitsOf(const Services& services, const Call& call,
                                       std::uint32_t deadline_ms) {
  std::chrono::nanoseconds time = kQueryTimeDefault;
  if (deadline_ms != 0) {
    time = std::chrono::milliseconds(deadline_ms);
  } else if (call.operation->deadline_ms_default != 0) {
    time = std::chrono::milliseconds(call.operation->deadline_ms_default);
  }
  time = std::min<std::chrono::nanoseconds>(time, kQueryTimeMax);
  time -= services.clock.Monotonic() - call.arrived;
  if (time <= std::chrono::nanoseconds::zero()) {
    return MakeError(ErrorCode::kDeadlineExceeded,
                     std::string(call.operation->name) +
                         ": the deadline passed while the request waited for a worker; allow more "
                         "time or send fewer requests at once");
  }
  query::Limits limits;
  limits.time = time;
  limits.memory_bytes = kQueryMemoryBytes;
  return limits;
}

}  // namespace kosei::server
