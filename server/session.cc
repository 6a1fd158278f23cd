#include "session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "authorisation.h"
#include "dispatcher.h"
#include "handlers/encode.h"
#include "import_slot.h"
#include "kosei/base/error.h"
#include "mutation.h"
#include "process_calls.h"
#include "version.h"

namespace kosei::server {
namespace {

using protocol::Operation;

// Where thrown away bytes go; one for each I/O thread.
std::span<char> Scratch() {
  thread_local std::array<char, 16 * 1024> scratch;
  return scratch;
}

bool LooksLikeTls(std::span<const char> bytes) {
  return bytes[0] == 0x16 && bytes[1] == 0x03;  // a handshake record of TLS
}

}  // namespace

Session::Session(const Services& services, SessionHost& host, Peer peer, Instant now)
    : services_(services),
      host_(host),
      peer_(std::move(peer)),
      opened_(now),
      reader_(protocol::kBodyMaxBeforeHello),
      outbox_(peer_.checksum),
      requests_(services, host, outbox_, caller_),
      loads_(services, host, requests_, caller_),
      last_input_(now),
      write_progress_(now) {
  caller_.reply_bytes_max = protocol::kBodyMax;
  caller_.connection = std::to_string(peer_.connection);
}

Session::~Session() = default;

std::span<char> Session::Prepare() {
  if (state_ == State::kClosing) return Scratch();
  if (state_ == State::kPreface) return std::span(preface_).subspan(preface_size_);
  return reader_.Prepare();
}

void Session::OnBytes(std::size_t count, Instant now) {
  last_input_ = now;
  if (state_ == State::kClosing) {
    discarded_ += count;
    if (discarded_ > kDiscardMax) broken_ = true;
    return;
  }
  if (state_ == State::kPreface) {
    preface_size_ += count;
    if (preface_size_ == preface_.size()) OnPreface(now);
    return;
  }
  reader_.Commit(count);
  CutFrames(now);
}

void Session::OnPreface(Instant) {
  const auto preface =
      protocol::DecodeClientPreface(std::string_view(preface_.data(), preface_.size()));
  if (!preface.ok()) {
    services_.log.Write(LogLevel::kWarning, "preface_refused",
                        {{"connection", caller_.connection},
                         {"peer", peer_.address},
                         {"hint", LooksLikeTls(preface_) ? "the peer speaks TLS and this server "
                                                           "has no certificate configured"
                                                         : "the peer speaks another protocol"}});
    Close("preface_refused");
    return;
  }
  protocol::ServerPreface answer;
  answer.version = protocol::ChooseVersion(*preface);
  answer.body_max = protocol::kBodyMax;
  outbox_.Bytes(protocol::EncodePreface(answer));
  if (answer.version == 0) {
    services_.log.Write(
        LogLevel::kWarning, "version_refused",
        {{"connection", caller_.connection},
         {"peer", peer_.address},
         {"offered", absl::StrFormat("%d to %d", preface->version_min, preface->version_max)},
         {"spoken", std::to_string(protocol::kVersion)}});
    Close("version_refused");
    return;
  }
  // A peer that takes less than a greeting needs is not worth special care: it gets errors.
  if (preface->body_max != 0) {
    caller_.reply_bytes_max = std::min(preface->body_max, protocol::kBodyMax);
  }
  state_ = State::kGreeting;
}

bool Session::wants_input() const {
  return state_ == State::kClosing || outbox_.unsent() < services_.limits.output_pause_bytes;
}

void Session::CutFrames(Instant now) {
  bool cut = false;
  if (principal_ != nullptr && !CheckToken(true)) return;
  while (state_ != State::kClosing && wants_input()) {
    const absl::StatusOr<std::optional<protocol::Frame>> frame = reader_.Next();
    if (!frame.ok()) {
      FailConnection(frame.status());
      return;
    }
    if (!frame->has_value()) break;
    cut = true;
    OnFrame(**frame, now);
  }
  // While the peer is not read, its frames are late through our doing.
  if (!wants_input() || !reader_.mid_frame()) {
    frame_began_.reset();
  } else if (cut || !frame_began_.has_value()) {
    frame_began_ = now;
  }
}

void Session::OnFrame(const protocol::Frame& frame, Instant now) {
  ++frames_;
  services_.counters.requests.fetch_add(1, std::memory_order_relaxed);
  const protocol::OperationInfo* operation = protocol::FindOperation(frame.header.opcode);
  if (operation == nullptr || !protocol::IsRequest(frame.header.opcode)) {
    outbox_.Error(frame.header,
                  MakeError(ErrorCode::kUnknownOperation,
                            absl::StrFormat("request %d: there is no operation %d in version %d of "
                                            "the protocol",
                                            frame.header.request_id, frame.header.opcode,
                                            protocol::kVersion)));
    return;
  }
  if (principal_ != nullptr && !CheckToken(false)) return;
  if (const absl::Status allowed = Authorise(*operation, principal_.get()); !allowed.ok()) {
    services_.log.Write(LogLevel::kWarning, "request_refused",
                        {{"connection", caller_.connection},
                         {"request", std::to_string(frame.header.request_id)},
                         {"operation", std::string(operation->name)},
                         {"user", principal_ == nullptr ? "" : principal_->name},
                         {"role", std::string(NameOf(role()))}});
    if (!operation->one_way) outbox_.Error(frame.header, allowed);
    return;
  }
  if (operation->operation == Operation::kCancel) return OnCancel(frame);
  if (operation->operation == Operation::kCredit) return OnCredit(frame);
  if (frame.header.request_id == 0) {
    FailConnection(
        MakeError(ErrorCode::kProtocolOrder,
                  absl::StrFormat("%s: request id 0 means the connection itself; ids begin at 1",
                                  operation->name)));
    return;
  }
  if (requests_.Has(frame.header.request_id)) {
    FailConnection(MakeError(
        ErrorCode::kProtocolOrder,
        absl::StrFormat("%s: request %d is open already; ids are used again only after the answer",
                        operation->name, frame.header.request_id)));
    return;
  }
  if (state_ == State::kDraining && operation->operation != Operation::kPing) {
    outbox_.Error(frame.header,
                  MakeError(ErrorCode::kShuttingDown,
                            absl::StrFormat("%s: the server is stopping; connect again in a "
                                            "moment",
                                            operation->name)));
    return;
  }
  Dispatch(frame, *operation, now);
}

void Session::Dispatch(const protocol::Frame& frame, const protocol::OperationInfo& operation,
                       Instant now) {
  if (const Handler* handler = FindHandler(operation.operation); handler != nullptr) {
    return Handle(*handler, frame, operation, now);
  }
  if (operation.operation == Operation::kHello) return OnHello(frame, now);
  if (operation.operation == Operation::kPing) return OnPing(frame);
  if (operation.operation == Operation::kMutate) {
    return StartMutation(services_, host_, requests_, caller_, frame, operation, now);
  }
  if (IsProcessWrite(operation.operation)) {
    return StartProcessWrite(services_, host_, requests_, caller_, frame, operation, now);
  }
  if (operation.operation == Operation::kBulkBegin) return loads_.Begin(frame, operation, now);
  if (operation.operation == Operation::kBulkChunk) return loads_.Chunk(frame, operation, now);
  if (operation.operation == Operation::kBulkEnd) return loads_.End(frame, operation, now);
  outbox_.Error(frame.header,
                MakeError(ErrorCode::kUnknownOperation,
                          absl::StrFormat("%s: this server does not do it", operation.name)));
}

void Session::Handle(const Handler& handler, const protocol::Frame& frame,
                     const protocol::OperationInfo& operation, Instant now) {
  if (handler.attempt == nullptr) return requests_.Start(handler, frame, operation, now);
  thread_local Builder builder;
  builder.Clear();
  const Call call{&operation,          frame.header.request_id, frame.body, now, principal_->name,
                  principal_->classes, caller_.reply_bytes_max, nullptr};
  const absl::StatusOr<Attempt> attempt = handler.attempt(services_, call, builder);
  if (!attempt.ok()) {
    outbox_.Error(frame.header, attempt.status());
  } else if (*attempt == Attempt::kNeedsWorker) {
    requests_.Start(handler, frame, operation, now);
  } else if (builder.GetSize() > caller_.reply_bytes_max) {
    outbox_.Error(frame.header, TooLarge(call, "ask for less at once"));
  } else {
    outbox_.Frame(protocol::ReplyHeader(frame.header), protocol::BytesOf(builder));
  }
}

void Session::OnHello(const protocol::Frame& frame, Instant) {
  if (state_ != State::kGreeting || principal_ != nullptr) {
    outbox_.Error(frame.header, MakeError(ErrorCode::kProtocolOrder,
                                          "hello: this connection has been greeted already"));
    return;
  }
  const auto hello = protocol::Open<fb::Hello>(frame.body);
  absl::Status refused = hello.status();
  if (hello.ok()) {
    absl::StatusOr<Principal> principal =
        services_.tokens.Authenticate(protocol::TextOf((*hello)->token()));
    refused = principal.status();
    if (principal.ok()) principal_ = std::make_shared<Principal>(*std::move(principal));
  }
  if (principal_ == nullptr) {
    services_.log.Write(LogLevel::kWarning, "authentication_failed",
                        {{"connection", caller_.connection}, {"peer", peer_.address}});
    outbox_.Error(frame.header, refused);
    Close("authentication_failed");
    return;
  }
  caller_.principal = principal_;
  caller_.imports = std::make_shared<ImportSlot>(services_.pool);
  state_ = State::kServing;
  reader_.set_body_max(protocol::kBodyMax);
  services_.log.Write(LogLevel::kInfo, "session_opened",
                      {{"connection", caller_.connection},
                       {"peer", peer_.address},
                       {"user", principal_->name},
                       {"role", std::string(NameOf(principal_->role))},
                       {"agent", std::string(protocol::CutAtCharacter(
                                     protocol::TextOf((*hello)->agent()), kAgentShown))}});
  Builder builder;
  const auto server = Text(builder, kServerVersion);
  const auto user = Text(builder, principal_->name);
  const auto role_name = Text(builder, NameOf(principal_->role));
  const auto store_id = Text(builder, services_.store_id);
  const auto reply = fb::CreateHelloReply(builder, server, user, role_name, store_id,
                                          services_.reader.Newest().commit.value,
                                          services_.reader.ModelVersionAt(kOpenEnd));
  outbox_.Frame(protocol::ReplyHeader(frame.header), protocol::FinishBody(builder, reply));
}

void Session::OnPing(const protocol::Frame& frame) {
  const auto ping = protocol::Open<fb::Ping>(frame.body);
  if (!ping.ok()) return outbox_.Error(frame.header, ping.status());
  thread_local Builder builder;
  builder.Clear();
  const auto pong = fb::CreatePong(builder, (*ping)->nonce());
  outbox_.Frame(protocol::ReplyHeader(frame.header), protocol::FinishBody(builder, pong));
}

// One-way frames are not answered; one that makes no sense ends the connection.
void Session::OnCancel(const protocol::Frame& frame) {
  const auto cancel = protocol::Open<fb::Cancel>(frame.body);
  if (!cancel.ok()) return FailConnection(cancel.status());
  requests_.Cancel((*cancel)->target());
}

void Session::OnCredit(const protocol::Frame& frame) {
  const auto credit = protocol::Open<fb::Credit>(frame.body);
  if (!credit.ok()) return FailConnection(credit.status());
  requests_.Credit((*credit)->target(), (*credit)->bytes());
}

// False when the token no longer stands; then the connection is ending. One atomic read unless some
// token was revoked since; the clock is looked at once for all frames of a read.
bool Session::CheckToken(bool look_at_clock) {
  if (state_ == State::kClosing) return false;
  const bool expired = look_at_clock && services_.tokens.Expired(*principal_);
  if (!expired && services_.tokens.Unchanged(*principal_)) return true;
  const absl::Status stands = services_.tokens.Recheck(*principal_);
  if (stands.ok()) return true;
  services_.log.Write(LogLevel::kWarning, "token_ended",
                      {{"connection", caller_.connection}, {"user", principal_->name}});
  FailConnection(stands);
  return false;
}

void Session::RecheckToken() {
  if (principal_ != nullptr && state_ != State::kClosing) CheckToken(true);
}

void Session::OnSent(std::size_t count, Instant now) {
  const bool paused = !wants_input();
  outbox_.Sent(count);
  if (count > 0) write_progress_ = now;
  requests_.OnRoom();
  if (paused && wants_input() && state_ != State::kPreface && state_ != State::kClosing) {
    CutFrames(now);
  }
}

Instant Session::deadline() const {
  Instant deadline = Instant::max();
  const Limits& limits = services_.limits;
  if (outbox_.unsent() > 0) deadline = write_progress_ + limits.write_stall_max;
  if (state_ == State::kClosing) return std::min(deadline, closing_since_ + limits.linger_max);
  if (state_ == State::kPreface || state_ == State::kGreeting) {
    return std::min(deadline, opened_ + limits.hello_deadline);
  }
  if (frame_began_.has_value())
    deadline = std::min(deadline, *frame_began_ + limits.frame_deadline);
  if (requests_.empty()) deadline = std::min(deadline, last_input_ + limits.idle_max);
  return std::min(deadline, requests_.heartbeat_due());
}

void Session::OnTime(Instant now) {
  const Limits& limits = services_.limits;
  const auto seconds = [](std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
  };
  if (state_ == State::kClosing) {
    if (now >= closing_since_ + limits.linger_max) broken_ = true;
    return;
  }
  if (outbox_.unsent() > 0 && now >= write_progress_ + limits.write_stall_max) {
    why_closed_ = "peer_does_not_read";
    broken_ = true;
  } else if (state_ == State::kPreface || state_ == State::kGreeting) {
    if (now < opened_ + limits.hello_deadline) return;
    FailConnection(
        MakeError(ErrorCode::kTooSlow, absl::StrFormat("hello: it did not come within %g seconds",
                                                       seconds(limits.hello_deadline))));
  } else if (frame_began_.has_value() && now >= *frame_began_ + limits.frame_deadline) {
    FailConnection(MakeError(ErrorCode::kTooSlow,
                             absl::StrFormat("read frame: it was not whole within %g seconds",
                                             seconds(limits.frame_deadline))));
  } else if (requests_.empty() && now >= last_input_ + limits.idle_max) {
    FailConnection(MakeError(ErrorCode::kTooSlow,
                             absl::StrFormat("idle for %g seconds; connect again when there is "
                                             "something to ask, or ping",
                                             seconds(limits.idle_max))));
  } else if (now >= requests_.heartbeat_due()) {
    RecheckToken();
    requests_.Wake();
  }
}

void Session::GoAway(std::chrono::nanoseconds drain) {
  if (state_ == State::kClosing) return;
  if (state_ != State::kServing) return Close("stopping");
  state_ = State::kDraining;
  Builder builder;
  const auto reason = Text(builder, "the server is stopping");
  const auto drain_ms = static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(drain).count());
  outbox_.Frame(protocol::OneWayHeader(Operation::kGoAway),
                protocol::FinishBody(builder, fb::CreateGoAway(builder, reason, drain_ms)));
  requests_.EndWatches(MakeError(ErrorCode::kShuttingDown,
                                 "watch: the server is stopping; connect again and go on after "
                                 "the last commit that came"));
  AfterWork();
}

void Session::AfterWork() {
  if (state_ == State::kDraining && requests_.empty()) Close("stopping");
}

void Session::FailConnection(const absl::Status& status) {
  if (state_ == State::kClosing) return;
  if (state_ != State::kPreface) {
    outbox_.Frame(protocol::ConnectionErrorHeader(), protocol::EncodeError(status));
  }
  Close(InfoOf(CodeOf(status)).symbol);
}

void Session::Close(std::string_view why) {
  if (state_ == State::kClosing) return;
  why_closed_ = std::string(why);
  state_ = State::kClosing;
  closing_since_ = services_.clock.Monotonic();
  frame_began_.reset();
  requests_.Abandon();
  loads_.Abandon();
  caller_.imports.reset();
}

void Session::OnLost(std::string_view why) {
  if (lost_) return;
  lost_ = true;
  if (why_closed_.empty()) why_closed_ = std::string(why);
  requests_.Abandon();
  loads_.Abandon();
  caller_.imports.reset();
  services_.log.Write(
      principal_ == nullptr ? LogLevel::kDebug : LogLevel::kInfo, "session_closed",
      {{"connection", caller_.connection},
       {"peer", peer_.address},
       {"user", principal_ == nullptr ? "" : principal_->name},
       {"why", why_closed_},
       {"requests", std::to_string(frames_)},
       {"seconds",
        absl::StrFormat(
            "%.1f",
            std::chrono::duration<double>(services_.clock.Monotonic() - opened_).count())}});
}

}  // namespace kosei::server
