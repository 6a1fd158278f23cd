#include "process_calls.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/change_encoding.h"
#include "handlers/encode.h"
#include "handlers/plan_encoding.h"
#include "handlers/process_encoding.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/desk.h"
#include "kosei/protocol/process_generated.h"
#include "session.h"

namespace kosei::server {
namespace {

using protocol::Operation;

// What the desk's callbacks need. Copied with them, so everything is small or shared.
struct Reply {
  std::shared_ptr<SessionHost> host;  // the connection stays in memory until it is answered
  protocol::FrameHeader header;
  protocol::Checksum checksum;
  const storage::Reader* reader;

  void operator()(const absl::StatusOr<process::Outcome>& outcome) const {
    Answer(outcome, EncodeProcessOutcome);
  }
  void operator()(const absl::StatusOr<process::Assessment>& assessment) const {
    Answer(assessment, [this](Builder& builder, const process::Assessment& known) {
      return EncodeAssessment(builder, *reader, known);
    });
  }
  void operator()(const absl::StatusOr<process::PlanWork>& work) const {
    Answer(work, EncodePlanWork);
  }
  void Fail(const absl::Status& status) const {
    std::string frame;
    protocol::AppendErrorFrame(frame, header, status);
    Post(std::move(frame));
  }

 private:
  template <typename Answered, typename Encode>
  void Answer(const absl::StatusOr<Answered>& answer, const Encode& encode) const {
    if (!answer.ok()) return Fail(answer.status());
    thread_local Builder builder;
    builder.Clear();
    const std::string_view body = protocol::FinishBody(builder, encode(builder, *answer));
    std::string frame;
    protocol::AppendFrame(frame, protocol::ReplyHeader(header), body, checksum);
    Post(std::move(frame));
  }
  void Post(std::string frame) const {
    host->Post([id = header.request_id, frame = std::move(frame)](Session& session) {
      session.requests().Finish(id, frame);
    });
  }
};

absl::Status DoNew(process::Desk& desk, const process::Caller& caller, std::string_view body,
                   const Reply& reply) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessNewRequest* request,
                         protocol::Open<fb::ProcessNewRequest>(body));
  process::NewRecord record;
  record.class_name = protocol::TextOf(request->class_name());
  KOSEI_ASSIGN_OR_RETURN(record.attributes, DecodeNamedValues(request->attributes(), "attributes"));
  record.links = DecodeProcessLinks(request->links());
  record.reason = protocol::TextOf(request->reason());
  record.template_key = protocol::TextOf(request->template_());
  KOSEI_RETURN_IF_ERROR(CheckReason(record.reason));
  desk.New(caller, std::move(record), reply);
  return absl::OkStatus();
}

absl::Status DoStep(process::Desk& desk, const process::Caller& caller, std::string_view body,
                    const Reply& reply) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessDoRequest* request,
                         protocol::Open<fb::ProcessDoRequest>(body));
  process::Change change;
  change.key = protocol::TextOf(request->key());
  change.event = protocol::TextOf(request->event());
  KOSEI_ASSIGN_OR_RETURN(change.attributes, DecodeNamedValues(request->attributes(), "attributes"));
  KOSEI_ASSIGN_OR_RETURN(change.inputs, DecodeNamedValues(request->inputs(), "inputs"));
  change.links = DecodeProcessLinks(request->links());
  change.end_links = DecodeProcessLinks(request->end_links());
  if (request->expected_begin() != UINT64_MAX)
    change.expected_begin = CommitNumber{request->expected_begin()};
  change.reason = protocol::TextOf(request->reason());
  KOSEI_RETURN_IF_ERROR(CheckReason(change.reason));
  desk.Do(caller, std::move(change), reply);
  return absl::OkStatus();
}

absl::Status DoNote(process::Desk& desk, const process::Caller& caller, std::string_view body,
                    const Reply& reply) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessNoteRequest* request,
                         protocol::Open<fb::ProcessNoteRequest>(body));
  process::Entry entry;
  entry.key = protocol::TextOf(request->key());
  entry.text = protocol::TextOf(request->text());
  entry.work = request->work();
  entry.minutes = request->minutes();
  entry.is_public = request->public_();
  desk.Add(caller, std::move(entry), reply);
  return absl::OkStatus();
}

absl::Status DoVote(process::Desk& desk, const process::Caller& caller, std::string_view body,
                    const Reply& reply) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessVoteRequest* request,
                         protocol::Open<fb::ProcessVoteRequest>(body));
  process::BallotPaper paper;
  paper.key = protocol::TextOf(request->key());
  paper.ballot = request->reject() ? process::Ballot::kReject : process::Ballot::kApprove;
  paper.comment = protocol::TextOf(request->comment());
  paper.on_behalf_of = protocol::TextOf(request->on_behalf_of());
  paper.policy = protocol::TextOf(request->policy());
  paper.step = protocol::TextOf(request->step());
  KOSEI_RETURN_IF_ERROR(CheckReason(paper.comment));
  desk.Cast(caller, std::move(paper), reply);
  return absl::OkStatus();
}

absl::Status DoKeep(process::Desk& desk, const process::Caller& caller, std::string_view body,
                    const Reply& reply) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ChangeAssessRequest* request,
                         protocol::Open<fb::ChangeAssessRequest>(body));
  desk.Assess(caller, std::string(protocol::TextOf(request->key())), true, reply);
  return absl::OkStatus();
}

absl::Status DoPlan(process::Desk& desk, const process::Caller& caller, std::string_view body,
                    const Reply& reply) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ChangePlanRequest* request,
                         protocol::Open<fb::ChangePlanRequest>(body));
  process::PlanOrder order;
  order.key = protocol::TextOf(request->key());
  if (request->deed() < fb::PlanDeed::open || request->deed() > fb::PlanDeed::take_back) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("change plan: deed %d, expected 1 (open), 2 (compare), 3 "
                                     "(merge) or 4 (take back)",
                                     static_cast<int>(request->deed())),
                     "deed");
  }
  order.deed = static_cast<process::PlanDeed>(request->deed());
  KOSEI_ASSIGN_OR_RETURN(order.take, DecodeTake(request->take()));
  desk.WorkOnPlan(caller, std::move(order), reply);
  return absl::OkStatus();
}

using Do = absl::Status (*)(process::Desk&, const process::Caller&, std::string_view, const Reply&);

// nullptr: it is none of these.
Do DoerOf(Operation operation) {
  static constexpr std::pair<Operation, Do> kDoers[] = {
      {Operation::kProcessNew, DoNew},   {Operation::kProcessDo, DoStep},
      {Operation::kProcessNote, DoNote}, {Operation::kProcessVote, DoVote},
      {Operation::kChangeKeep, DoKeep},  {Operation::kChangePlan, DoPlan}};
  for (const auto& [known, doer] : kDoers) {
    if (known == operation) return doer;
  }
  return nullptr;
}

}  // namespace

bool IsProcessWrite(Operation operation) { return DoerOf(operation) != nullptr; }

void StartProcessWrite(const Services& services, SessionHost& host, OpenRequests& requests,
                       const Caller& caller, const protocol::Frame& frame,
                       const protocol::OperationInfo& operation, Instant now) {
  if (!requests.Admit(frame.header, operation, now)) return;
  const Reply reply{host.Keep(), frame.header, requests.checksum(), &services.reader};
  process::Caller who{caller.principal->name,
                      caller.principal->role == protocol::Role::kAdministrator};
  const bool taken = services.pool.Submit(
      Lane::kInteractive, [&desk = *services.desk, body = std::string(frame.body),
                           start = DoerOf(operation.operation), who = std::move(who), reply] {
        const absl::Status begun = start(desk, who, body, reply);
        if (!begun.ok()) reply.Fail(begun);
      });
  if (taken) return;
  requests.Fail(frame.header.request_id,
                MakeError(ErrorCode::kOverloaded,
                          std::string(operation.name) +
                              ": the server has more requests than it can do; try again later"));
}

}  // namespace kosei::server
