#include "connection_machine.h"

#include <algorithm>
#include <utility>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/session_generated.h"
#include "model_decoding.h"

namespace kosei::client {
namespace {

using protocol::Frame;
using protocol::Operation;

// The server keeps to the credit frame by frame, so one frame may overshoot it.
constexpr std::int64_t kCreditSlack = std::int64_t{protocol::kBodyMax} + 4'096;

std::string EncodeHello(const Greeting& greeting) {
  flatbuffers::FlatBufferBuilder builder;
  const auto root = fb::CreateHelloDirect(builder, greeting.agent.c_str(), greeting.token.c_str(),
                                          greeting.locale.c_str());
  return std::string(protocol::FinishBody(builder, root));
}

std::string EncodeModelRequest() {
  flatbuffers::FlatBufferBuilder builder;
  return std::string(protocol::FinishBody(builder, fb::CreateModelRequest(builder, 0)));
}

bool Has(const Frame& frame, std::uint8_t flag) { return (frame.header.flags & flag) != 0; }

}  // namespace

ConnectionMachine::ConnectionMachine(Greeting greeting)
    : greeting_(std::move(greeting)), model_(greeting_.model) {
  protocol::ClientPreface preface;
  preface.body_max = protocol::kBodyMax;
  output_ = protocol::EncodePreface(preface);
}

std::span<char> ConnectionMachine::Prepare() {
  if (state_ == State::kPreface) return std::span(preface_).subspan(preface_size_);
  return reader_.Prepare();
}

void ConnectionMachine::Commit(std::size_t count) {
  if (state_ == State::kPreface) {
    preface_size_ += count;
  } else {
    reader_.Commit(count);
  }
}

absl::StatusOr<ConnectionMachine::Event> ConnectionMachine::Next() {
  if (state_ != State::kReady && state_ != State::kDraining) return NextGreeting();
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<Frame> frame, reader_.Next());
    if (!frame.has_value()) return Event{};
    const bool of_connection = frame->header.request_id == 0 ||
                               frame->header.opcode == protocol::OpcodeOf(Operation::kGoAway);
    KOSEI_ASSIGN_OR_RETURN(Event event,
                           of_connection ? TakeConnectionFrame(*frame) : TakeAnswer(*frame));
    if (event.kind != Event::Kind::kMore) return event;
  }
}

absl::StatusOr<ConnectionMachine::Event> ConnectionMachine::NextGreeting() {
  if (state_ == State::kPreface) {
    if (preface_size_ < preface_.size()) return Event{};
    KOSEI_RETURN_IF_ERROR(TakePreface());
  }
  while (state_ == State::kHello || state_ == State::kModel) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<Frame> frame, reader_.Next());
    if (!frame.has_value()) return Event{};
    KOSEI_RETURN_IF_ERROR(state_ == State::kHello ? TakeHello(*frame) : TakeModel(*frame));
  }
  Event event;
  event.kind = Event::Kind::kReady;
  return event;
}

absl::Status ConnectionMachine::TakePreface() {
  const absl::StatusOr<protocol::ServerPreface> preface =
      protocol::DecodeServerPreface({preface_.data(), preface_.size()});
  if (!preface.ok()) return WithContext(preface.status(), "greet " + greeting_.peer);
  if (preface->version != protocol::kVersion) {
    return MakeError(ErrorCode::kUnsupportedVersion,
                     "greet " + greeting_.peer + ": the server chose protocol version " +
                         std::to_string(preface->version) + ", this client speaks version " +
                         std::to_string(protocol::kVersion) + "; update the older of the two");
  }
  peer_body_max_ = preface->body_max;
  state_ = State::kHello;
  Send(protocol::RequestHeader(Operation::kHello, next_id_++), EncodeHello(greeting_));
  return absl::OkStatus();
}

absl::Status ConnectionMachine::CheckGreetingFrame(const Frame& frame, Operation asked) const {
  if (Has(frame, protocol::kErrorFlag)) {
    return WithContext(protocol::DecodeError(frame.body), "greet " + greeting_.peer);
  }
  if (frame.header.opcode == protocol::OpcodeOf(Operation::kGoAway)) {
    return MakeError(ErrorCode::kShuttingDown,
                     "greet " + greeting_.peer + ": the server is going away; try again later");
  }
  if (frame.header.opcode != protocol::ReplyOpcodeOf(asked) ||
      frame.header.request_id != next_id_ - 1) {
    return Violation(frame,
                     "while greeting, expected the answer to " +
                         std::string(protocol::FindOperation(protocol::OpcodeOf(asked))->name));
  }
  return absl::OkStatus();
}

absl::Status ConnectionMachine::TakeHello(const Frame& frame) {
  KOSEI_RETURN_IF_ERROR(CheckGreetingFrame(frame, Operation::kHello));
  KOSEI_ASSIGN_OR_RETURN(const fb::HelloReply* hello, protocol::Open<fb::HelloReply>(frame.body));
  server_.server = protocol::TextOf(hello->server());
  server_.user = protocol::TextOf(hello->user());
  server_.role = protocol::TextOf(hello->role());
  server_.store_id = protocol::TextOf(hello->store_id());
  server_.newest_commit = hello->newest_commit();
  reader_.set_body_max(protocol::kBodyMax);
  if (model_ != nullptr && model_->version == hello->model_version()) {
    state_ = State::kReady;
    return absl::OkStatus();
  }
  state_ = State::kModel;
  Send(protocol::RequestHeader(Operation::kModel, next_id_++), EncodeModelRequest());
  return absl::OkStatus();
}

absl::Status ConnectionMachine::TakeModel(const Frame& frame) {
  KOSEI_RETURN_IF_ERROR(CheckGreetingFrame(frame, Operation::kModel));
  KOSEI_ASSIGN_OR_RETURN(Model model, DecodeModel(frame.body));
  model_ = std::make_shared<const Model>(std::move(model));
  state_ = State::kReady;
  return absl::OkStatus();
}

absl::StatusOr<ConnectionMachine::Event> ConnectionMachine::TakeConnectionFrame(
    const Frame& frame) {
  if (Has(frame, protocol::kErrorFlag)) {
    return WithContext(protocol::DecodeError(frame.body), "the server closed the connection");
  }
  if (frame.header.opcode != protocol::OpcodeOf(Operation::kGoAway)) {
    return Violation(frame, "it belongs to no request");
  }
  KOSEI_RETURN_IF_ERROR(protocol::Open<fb::GoAway>(frame.body).status());
  state_ = State::kDraining;
  Event event;
  event.kind = Event::Kind::kDraining;
  return event;
}

absl::StatusOr<ConnectionMachine::Event> ConnectionMachine::TakeAnswer(const Frame& frame) {
  const auto found = open_.find(frame.header.request_id);
  if (found == open_.end()) return Violation(frame, "no such request is open");
  OpenRequest& request = found->second;
  const protocol::OperationInfo& operation = request.call->operation();
  if (frame.header.opcode != protocol::ReplyOpcodeOf(operation.operation)) {
    return Violation(frame, "expected the answer to " + std::string(operation.name));
  }
  if (frame.header.sequence != request.next_sequence) {
    return Violation(frame, "frame " + std::to_string(frame.header.sequence) +
                                " of the answer, expected " +
                                std::to_string(request.next_sequence));
  }
  ++request.next_sequence;
  request.credit -= static_cast<std::int64_t>(frame.body.size());
  if (operation.streamed && request.credit < -kCreditSlack) {
    return Violation(frame, "the stream sent more than it had credit for");
  }

  Event event;
  const bool failed = Has(frame, protocol::kErrorFlag);
  event.last = failed || !operation.streamed || Has(frame, protocol::kEndOfStream);
  if (!request.abandoned) {
    event.kind = failed ? Event::Kind::kFailed : Event::Kind::kAnswer;
    event.call = request.call;
    event.body = frame.body;
    if (failed) event.status = protocol::DecodeError(frame.body);
  }
  if (event.last) open_.erase(found);
  return event;
}

void ConnectionMachine::TakeOutput(std::string& out) {
  out.clear();
  out.swap(output_);
  output_taken_ += out.size();
}

absl::Status ConnectionMachine::Open(const std::shared_ptr<Call>& call) {
  if (call->body().size() > peer_body_max_) {
    return MakeError(ErrorCode::kFrameTooLarge,
                     std::string(call->operation().name) + ": a request of " +
                         std::to_string(call->body().size()) + " bytes, the server takes at most " +
                         std::to_string(peer_body_max_) + "; ask for less at once");
  }
  call->request_id = next_id_++;
  OpenRequest& request = open_[call->request_id];
  request.call = call;
  request.output_begin = output_taken_ + output_.size();
  Send(protocol::RequestHeader(call->operation().operation, call->request_id), call->body());
  return absl::OkStatus();
}

void ConnectionMachine::Abandon(const Call& call) {
  const auto found = open_.find(call.request_id);
  if (found == open_.end() || found->second.call.get() != &call || found->second.abandoned) return;
  found->second.abandoned = true;
  flatbuffers::FlatBufferBuilder builder;
  const auto root = fb::CreateCancel(builder, call.request_id);
  Send(protocol::OneWayHeader(Operation::kCancel), protocol::FinishBody(builder, root));
}

void ConnectionMachine::Credit(const Call& call, std::uint64_t bytes) {
  const auto found = open_.find(call.request_id);
  if (found == open_.end() || found->second.call.get() != &call || found->second.abandoned) return;
  found->second.credit += static_cast<std::int64_t>(bytes);
  flatbuffers::FlatBufferBuilder builder;
  const auto root = fb::CreateCredit(builder, call.request_id, bytes);
  Send(protocol::OneWayHeader(Operation::kCredit), protocol::FinishBody(builder, root));
}

ConnectionMachine::Lost ConnectionMachine::TakeOpen() {
  std::vector<OpenRequest> requests;
  requests.reserve(open_.size());
  for (auto& [id, request] : open_) {
    if (!request.abandoned) requests.push_back(std::move(request));
  }
  open_.clear();
  std::sort(requests.begin(), requests.end(), [](const OpenRequest& a, const OpenRequest& b) {
    return a.call->request_id < b.call->request_id;
  });
  Lost out;
  for (OpenRequest& request : requests) {
    const bool sent = request.output_begin < output_taken_;
    const bool may_repeat = request.call->operation().idempotent && !request.call->sent_again &&
                            request.next_sequence == 0;
    if (sent && may_repeat) request.call->sent_again = true;
    (!sent || may_repeat ? out.again : out.failed).push_back(std::move(request.call));
  }
  return out;
}

absl::Status ConnectionMachine::Violation(const Frame& frame, std::string_view what) const {
  std::string message = "read from " + greeting_.peer + ": frame with opcode " +
                        std::to_string(frame.header.opcode) + " for request " +
                        std::to_string(frame.header.request_id) + ": ";
  message.append(what);
  return MakeError(ErrorCode::kMalformedFrame, message);
}

void ConnectionMachine::Send(const protocol::FrameHeader& header, std::string_view body) {
  protocol::AppendFrame(output_, header, body, greeting_.checksum);
}

}  // namespace kosei::client
