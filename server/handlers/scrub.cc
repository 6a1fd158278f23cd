// The scrubber: how far it is, and what it shall do.
#include <vector>

#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/admin_generated.h"

namespace kosei::server {
namespace {

static_assert(static_cast<int>(fb::ScrubState::paused) ==
              static_cast<int>(storage::ScrubState::kPaused));

void Obey(const Services& services, const Call& call, fb::ScrubAction action) {
  storage::Scrub& scrub = services.engine.scrub();
  switch (action) {
    case fb::ScrubAction::show:
      return;
    case fb::ScrubAction::start:
      scrub.Start();
      break;
    case fb::ScrubAction::pause:
      scrub.Pause();
      break;
    case fb::ScrubAction::resume:
      scrub.Resume();
      break;
  }
  services.log.Write(LogLevel::kInfo, "scrub",
                     {{"action", fb::EnumNameScrubAction(action)}, {"by", std::string(call.user)}});
}

}  // namespace

absl::Status AnswerScrub(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ScrubRequest* request,
                         protocol::Open<fb::ScrubRequest>(call.body));
  if (request->action() > fb::ScrubAction::MAX) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "scrub: that action is not known; show, start, pause and resume are",
                     "action");
  }
  Obey(services, call, request->action());
  const storage::ScrubStatus status = services.engine.scrub().Status();
  std::vector<flatbuffers::Offset<fb::ScrubFinding>> findings;
  for (const storage::ScrubFinding& finding : status.findings) {
    const auto what = Text(builder, finding.what);
    findings.push_back(fb::CreateScrubFinding(builder, finding.time.micros, what));
  }
  const auto findings_vector = builder.CreateVector(findings);
  protocol::FinishBody(
      builder,
      fb::CreateScrubReply(builder, static_cast<fb::ScrubState>(status.state),
                           status.period_seconds, status.begun.micros, status.bytes_done,
                           status.bytes_total, status.finished.micros, status.finished_bytes,
                           status.next.micros, status.finding_count, findings_vector));
  return absl::OkStatus();
}

}  // namespace kosei::server
