// Changes, as they are assessed.
#include <algorithm>
#include <cstdint>
#include <string>

#include "handlers/change_encoding.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/desk.h"
#include "kosei/protocol/change_generated.h"

namespace kosei::server {
namespace {

constexpr std::uint32_t kFindingsMax = 10'000;

}  // namespace

absl::Status AnswerChangeAssess(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ChangeAssessRequest* request,
                         protocol::Open<fb::ChangeAssessRequest>(call.body));
  const process::Caller caller{std::string(call.user), call.is_administrator};
  // To keep the answer is an operation of its own, for writers.
  KOSEI_ASSIGN_OR_RETURN(
      const process::Assessment assessment,
      services.desk->Assess(caller, std::string(protocol::TextOf(request->key())), false));
  protocol::FinishBody(builder, EncodeAssessment(builder, services.reader, assessment));
  if (builder.GetSize() <= call.reply_bytes_max) return absl::OkStatus();
  return TooLarge(call, "it hits more than one answer can tell; ask `impact` for parts of it");
}

absl::Status AnswerChangeIntake(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ChangeIntakeRequest* request,
                         protocol::Open<fb::ChangeIntakeRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(
      const process::Intake intake,
      services.desk->FindUnauthorised(CommitNumber{request->from()},
                                      std::clamp(request->limit(), 1U, kFindingsMax)));
  protocol::FinishBody(builder, EncodeIntake(builder, intake));
  if (builder.GetSize() <= call.reply_bytes_max) return absl::OkStatus();
  return TooLarge(call, "ask for fewer at once (limit)");
}

}  // namespace kosei::server
