#include "bolt/session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "bolt/failure.h"
#include "bolt/limits.h"
#include "kosei/base/error.h"

namespace kosei::server::bolt {
namespace {

std::string_view HintOf(std::string_view handshake) {
  if (handshake.starts_with("\x16\x03"))
    return "the peer speaks TLS and this server has no certificate configured";
  if (handshake.starts_with("GET ")) return "the peer speaks HTTP or WebSocket";
  if (handshake.starts_with("KOSE"))
    return "the peer speaks kosei's own protocol; it has another port";
  return "the peer speaks another protocol";
}

}  // namespace

Session::Session(const Services& services, HostOf<Session>& host, Peer peer, Instant now)
    : services_(services),
      host_(host),
      peer_(std::move(peer)),
      number_(std::to_string(peer_.connection)),
      opened_(now),
      reader_(kMessageBytesMaxBeforeLogon),
      outbox_(protocol::Checksum::kSkip),
      address_(peer_.own_address),
      guest_since_(now),
      last_input_(now),
      write_progress_(now) {}

Session::~Session() = default;

std::span<char> Session::Prepare() {
  if (state_ != State::kHandshake) return reader_.Prepare();
  return reader_.Prepare().first(kHandshakeSize - handshake_.size());
}

void Session::OnBytes(std::size_t count, Instant now) {
  last_input_ = now;
  if (state_ == State::kClosing) {
    discarded_ += count;
    if (discarded_ > kDiscardMax) broken_ = true;
    return;
  }
  if (state_ == State::kHandshake) {
    handshake_.append(reader_.Prepare().data(), count);
    if (handshake_.size() == kHandshakeSize) OnHandshake();
    return;
  }
  reader_.Commit(count);
  Cut(now);
}

void Session::OnHandshake() {
  const absl::StatusOr<std::optional<Version>> version = ChooseVersion(handshake_);
  if (!version.ok()) {
    services_.log.Write(LogLevel::kWarning, "handshake_refused",
                        {{"connection", number_},
                         {"peer", peer_.address},
                         {"hint", std::string(HintOf(handshake_))}});
    return Close("handshake_refused");
  }
  outbox_.Bytes(EncodeVersion(*version));
  if (!version->has_value()) {
    services_.log.Write(
        LogLevel::kWarning, "version_refused",
        {{"connection", number_}, {"peer", peer_.address}, {"spoken", "Bolt 5.0 to 5.4, and 4.4"}});
    return Close("version_refused");
  }
  version_ = **version;
  state_ = State::kGreeting;
}

bool Session::wants_input() const {
  return state_ == State::kClosing ||
         (waiting_.size() < kWaitingMax && waiting_bytes_ < kWaitingBytesMax);
}

// A message is done before the next is cut, where it can be: whoever has signed in may send more.
void Session::Cut(Instant now) {
  bool cut = false;
  while (state_ != State::kClosing) {
    absl::StatusOr<std::optional<std::string>> message = reader_.Next();
    if (!message.ok()) return FailConnection(message.status());
    if (!message->has_value()) break;
    cut = true;
    ++messages_;
    services_.counters.requests.fetch_add(1, std::memory_order_relaxed);
    const std::optional<Tag> tag = TagOf(**message);
    if (tag == Tag::kGoodbye) return Close("goodbye");
    if (tag == Tag::kReset) {
      ++resets_;
      if (running_ != nullptr) running_->store(true);
      if (std::exchange(pulling_, std::nullopt).has_value()) outbox_.Bytes(Ignored());
    }
    waiting_bytes_ += (*message)->size();
    waiting_.push_back(**std::move(message));
    Work();
  }
  // While the peer is not read, its messages are late through our doing.
  if (!wants_input() || !reader_.mid_message()) {
    message_began_.reset();
  } else if (cut || !message_began_.has_value()) {
    message_began_ = now;
  }
}

void Session::Work() {
  while (state_ != State::kClosing && !busy() && !waiting_.empty() &&
         outbox_.unsent() < services_.limits.output_pause_bytes) {
    const std::string message = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= message.size();
    OnMessage(message);
  }
}

void Session::OnMessage(const std::string& message) {
  const std::optional<Tag> tag = TagOf(message);
  if (!tag.has_value()) {
    return FailConnection(MakeError(
        ErrorCode::kUnknownOperation,
        absl::StrFormat("read message: it is none that Bolt %s has", FormatVersion(version_))));
  }
  if (is_guest()) return OnGuest(*tag, message);
  if (!CheckToken(true)) return;
  if (tag == Tag::kReset) return OnReset();
  if (resets_ > 0 || state_ == State::kFailed) return outbox_.Bytes(Ignored());
  OnServed(*tag, message);
}

// Nothing of a guest's message is read but what it takes to sign in.
void Session::OnGuest(Tag tag, const std::string& message) {
  const bool expected = (state_ == State::kGreeting && tag == Tag::kHello) ||
                        (state_ == State::kLogon && tag == Tag::kLogon);
  if (expected) return OnLogin(tag, message);
  FailConnection(
      MakeError(ErrorCode::kUnauthenticated,
                absl::StrFormat("%s: nobody is signed in on this connection; send %s first",
                                NameOf(tag), state_ == State::kLogon ? "LOGON" : "HELLO")));
}

void Session::OnServed(Tag tag, const std::string& message) {
  if (tag != Tag::kRun && message.size() > kPlainMessageBytesMax)
    return Fail(TooLarge(tag, "the message"));
  switch (tag) {
    case Tag::kRun:
      return OnRun(message);
    case Tag::kPull:
    case Tag::kDiscard:
      return OnPull(tag, message);
    case Tag::kBegin:
      return OnBegin(message);
    case Tag::kCommit:
    case Tag::kRollback:
      return OnEndOfTransaction(tag);
    case Tag::kRoute:
      return OnRoute(message);
    case Tag::kTelemetry:
      if (version_ < kTelemetrySince) return OutOfPlace(tag);
      return Succeed();
    case Tag::kLogoff:
      return OnLogoff();
    case Tag::kHello:
    case Tag::kLogon:
    case Tag::kReset:
    case Tag::kGoodbye:
      break;
  }
  OutOfPlace(tag);
}

// What was under way has ended by now.
void Session::OnReset() {
  --resets_;
  transaction_.reset();
  results_.clear();
  if (state_ == State::kFailed) state_ = State::kServing;
  Succeed();
}

void Session::OnSent(std::size_t count, Instant now) {
  outbox_.Sent(count);
  if (count > 0) write_progress_ = now;
  if (state_ == State::kClosing) return;
  GoOnPulling();
  Work();
}

Instant Session::deadline() const {
  Instant deadline = Instant::max();
  const Limits& limits = services_.limits;
  if (outbox_.unsent() > 0) deadline = write_progress_ + limits.write_stall_max;
  if (state_ == State::kClosing) return std::min(deadline, closing_since_ + limits.linger_max);
  if (is_guest()) return std::min(deadline, guest_since_ + limits.hello_deadline);
  if (message_began_.has_value())
    deadline = std::min(deadline, *message_began_ + limits.frame_deadline);
  if (running_ != nullptr) return std::min(deadline, last_sign_ + limits.heartbeat);
  if (!pulling_.has_value()) deadline = std::min(deadline, last_input_ + limits.idle_max);
  return deadline;
}

void Session::OnTime(Instant now) {
  const Limits& limits = services_.limits;
  const auto seconds = [](std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
  };
  if (state_ == State::kClosing) {
    if (now >= closing_since_ + limits.linger_max) broken_ = true;
  } else if (outbox_.unsent() > 0 && now >= write_progress_ + limits.write_stall_max) {
    why_closed_ = "peer_does_not_read";
    broken_ = true;
  } else if (is_guest()) {
    if (now < guest_since_ + limits.hello_deadline) return;
    FailConnection(
        MakeError(ErrorCode::kTooSlow, absl::StrFormat("HELLO: nobody signed in within %g seconds",
                                                       seconds(limits.hello_deadline))));
  } else if (message_began_.has_value() && now >= *message_began_ + limits.frame_deadline) {
    FailConnection(MakeError(ErrorCode::kTooSlow,
                             absl::StrFormat("read message: it was not whole within %g seconds",
                                             seconds(limits.frame_deadline))));
  } else if (running_ != nullptr) {
    if (now < last_sign_ + limits.heartbeat) return;
    last_sign_ = now;
    outbox_.Bytes(kNoop);
  } else if (!pulling_.has_value() && now >= last_input_ + limits.idle_max) {
    Close(InfoOf(ErrorCode::kTooSlow).symbol);
  }
}

void Session::GoAway(std::chrono::nanoseconds) {
  if (state_ == State::kClosing) return;
  draining_ = true;
  AfterWork();
}

void Session::AfterWork() {
  if (draining_ && state_ != State::kClosing && !busy() && results_.empty()) Close("stopping");
}

void Session::RecheckToken() {
  if (!is_guest() && state_ != State::kClosing) CheckToken(busy());
}

// False when the token no longer stands; then the connection is ending.
bool Session::CheckToken(bool awaited) {
  if (!services_.tokens.Expired(*principal_) && services_.tokens.Unchanged(*principal_))
    return true;
  const absl::Status stands = services_.tokens.Recheck(*principal_);
  if (stands.ok()) return true;
  services_.log.Write(LogLevel::kWarning, "token_ended",
                      {{"connection", number_}, {"user", principal_->name}});
  // A failure that answers nothing would only confuse a client.
  if (awaited) outbox_.Bytes(Failure(kTokenExpired, MessageOf(stands)));
  Close("token_ended");
  return false;
}

void Session::Fail(const absl::Status& status) { Fail(NeoCodeOf(status), MessageOf(status)); }

void Session::Fail(std::string_view code, std::string_view message) {
  outbox_.Bytes(Failure(code, message));
  state_ = State::kFailed;
  transaction_.reset();
  results_.clear();
}

void Session::FailConnection(const absl::Status& status) {
  if (state_ == State::kClosing) return;
  if (state_ != State::kHandshake) outbox_.Bytes(Failure(NeoCodeOf(status), MessageOf(status)));
  Close(InfoOf(CodeOf(status)).symbol);
}

void Session::OutOfPlace(Tag tag) {
  const std::string_view where = transaction_.has_value() ? "in a transaction"
                                 : results_.empty()       ? "where nothing is under way"
                                                          : "while records wait to be pulled";
  FailConnection(MakeError(ErrorCode::kProtocolOrder,
                           absl::StrFormat("%s: it has no place %s", NameOf(tag), where)));
}

void Session::DropWork() {
  if (running_ != nullptr) running_->store(true);
  running_.reset();
  pulling_.reset();
  results_.clear();
  transaction_.reset();
  waiting_.clear();
  waiting_bytes_ = 0;
}

void Session::Close(std::string_view why) {
  if (state_ == State::kClosing) return;
  why_closed_ = std::string(why);
  state_ = State::kClosing;
  closing_since_ = services_.clock.Monotonic();
  message_began_.reset();
  DropWork();
}

void Session::OnLost(std::string_view why) {
  if (lost_) return;
  lost_ = true;
  if (why_closed_.empty()) why_closed_ = std::string(why);
  DropWork();
  services_.log.Write(
      is_guest() ? LogLevel::kDebug : LogLevel::kInfo, "session_closed",
      {{"connection", number_},
       {"peer", peer_.address},
       {"user", is_guest() ? "" : principal_->name},
       {"why", why_closed_},
       {"requests", std::to_string(messages_)},
       {"seconds",
        absl::StrFormat(
            "%.1f",
            std::chrono::duration<double>(services_.clock.Monotonic() - opened_).count())}});
}

}  // namespace kosei::server::bolt
