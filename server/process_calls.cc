#include "process_calls.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "handlers/encode.h"
#include "handlers/process_encoding.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/desk.h"
#include "kosei/protocol/process_generated.h"
#include "session.h"

namespace kosei::server {
namespace {

using protocol::Operation;

std::string EncodeOutcome(const absl::StatusOr<process::Outcome>& outcome,
                          const protocol::FrameHeader& header, protocol::Checksum checksum) {
  std::string frame;
  if (!outcome.ok()) {
    protocol::AppendErrorFrame(frame, header, outcome.status());
    return frame;
  }
  thread_local Builder builder;
  builder.Clear();
  const std::string_view body =
      protocol::FinishBody(builder, EncodeProcessOutcome(builder, *outcome));
  protocol::AppendFrame(frame, protocol::ReplyHeader(header), body, checksum);
  return frame;
}

// What the desk's callback needs. Copied with the callback, so everything is small or shared.
struct Reply {
  std::shared_ptr<SessionHost> host;  // the connection stays in memory until it is answered
  protocol::FrameHeader header;
  protocol::Checksum checksum;

  void operator()(const absl::StatusOr<process::Outcome>& outcome) const {
    host->Post([id = header.request_id, frame = EncodeOutcome(outcome, header, checksum)](
                   Session& session) { session.requests().Finish(id, frame); });
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

void Decode(process::Desk& desk, Operation operation, const process::Caller& caller,
            std::string_view body, const Reply& reply) {
  absl::Status begun = operation == Operation::kProcessNew  ? DoNew(desk, caller, body, reply)
                       : operation == Operation::kProcessDo ? DoStep(desk, caller, body, reply)
                                                            : DoNote(desk, caller, body, reply);
  if (!begun.ok()) reply(std::move(begun));
}

}  // namespace

bool IsProcessWrite(Operation operation) {
  return operation == Operation::kProcessNew || operation == Operation::kProcessDo ||
         operation == Operation::kProcessNote;
}

void StartProcessWrite(const Services& services, SessionHost& host, OpenRequests& requests,
                       const Caller& caller, const protocol::Frame& frame,
                       const protocol::OperationInfo& operation, Instant now) {
  if (!requests.Admit(frame.header, operation, now)) return;
  const Reply reply{host.Keep(), frame.header, requests.checksum()};
  process::Caller who{caller.principal->name,
                      caller.principal->role == protocol::Role::kAdministrator};
  const bool taken = services.pool.Submit(
      Lane::kInteractive,
      [&desk = *services.desk, body = std::string(frame.body), what = operation.operation,
       who = std::move(who), reply] { Decode(desk, what, who, body, reply); });
  if (taken) return;
  requests.Fail(frame.header.request_id,
                MakeError(ErrorCode::kOverloaded,
                          std::string(operation.name) +
                              ": the server has more requests than it can do; try again later"));
}

}  // namespace kosei::server
