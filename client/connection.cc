// Beginning and ending calls, and the life of one connection. connection_driver.cc has the rest.
#include "connection.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "back_off.h"
#include "kosei/base/error.h"
#include "kosei/base/random.h"
#include "kosei/base/status_macros.h"
#include "request_encoding.h"

namespace kosei::client {
namespace {

namespace asio = boost::asio;

constexpr auto kAwaitResult = asio::as_tuple(asio::use_awaitable);
// What callbacks may begin beyond the requests that the server takes at once.
constexpr std::size_t kQueuedMax = 65'536;
constexpr std::chrono::seconds kFirstAnswerMax{5};

std::string Milliseconds(std::chrono::milliseconds time) {
  return std::to_string(time.count()) + " ms";
}

absl::Status LostUnderWay(const Call& call, const absl::Status& why) {
  std::string message(call.operation().name);
  message.append(": the connection was lost before the answer (").append(MessageOf(why));
  message += call.operation().idempotent ? "); try again"
                                         : "); whether it was carried out is not known: look "
                                           "before you try again";
  return MakeError(ErrorCode::kConnectionLost, message);
}

// Another attempt may find what this one did not.
bool MayPass(const absl::Status& status) {
  switch (InfoOf(CodeOf(status)).category) {
    case ErrorCategory::kTransient:
      return true;
    case ErrorCategory::kClient:
    case ErrorCategory::kAuth:
    case ErrorCategory::kDenied:
    case ErrorCategory::kNotFound:
    case ErrorCategory::kConflict:
    case ErrorCategory::kLimit:
    case ErrorCategory::kInternal:
      break;
  }
  return HasCode(status, ErrorCode::kConnectFailed) || HasCode(status, ErrorCode::kConnectionLost);
}

}  // namespace

Connection::Connection(const Options& options, Endpoint endpoint,
                       std::shared_ptr<asio::ssl::context> tls)
    : options_(options),
      endpoint_(std::move(endpoint)),
      tls_(std::move(tls)),
      work_(io_.get_executor()),
      connect_timer_(io_),
      pause_timer_(io_),
      expiry_timer_(io_) {}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const Options& options) {
  KOSEI_ASSIGN_OR_RETURN(Endpoint endpoint, ParseEndpoint(options.server));
  KOSEI_ASSIGN_OR_RETURN(std::shared_ptr<asio::ssl::context> tls, MakeTlsContext(options));
  std::unique_ptr<Connection> out(new Connection(options, std::move(endpoint), std::move(tls)));
  out->thread_ = std::thread(&Connection::ThreadMain, out.get());
  // The greeting fails or succeeds with whatever asks first.
  const auto* ping = protocol::FindOperation(protocol::OpcodeOf(protocol::Operation::kPing));
  const auto call = std::make_shared<Call>(*ping, EncodePing(0), std::nullopt);
  out->Begin(call, Start::kAndWait);
  const Deadline patience =
      std::chrono::steady_clock::now() + options.connect_timeout + kFirstAnswerMax;
  KOSEI_RETURN_IF_ERROR(out->Next(call, patience).status());
  return out;
}

Connection::~Connection() {
  {
    MutexLock lock(mutex_);
    stopping_.store(true);
    Poke();
  }
  own_thread_wake_.Notify();
  thread_.join();
}

std::shared_ptr<const Model> Connection::model() const {
  MutexLock lock(mutex_);
  return model_;
}

void Connection::OfferModel(std::shared_ptr<const Model> model) {
  MutexLock lock(mutex_);
  if (model->version > model_->version) model_ = std::move(model);
}

Deadline Connection::NewDeadline() const {
  if (options_.request_timeout.count() == 0) return std::nullopt;
  return std::chrono::steady_clock::now() + options_.request_timeout;
}

std::size_t Connection::InFlight() const {
  return waiting_.size() + (machine_ == nullptr ? 0 : machine_->open_count());
}

absl::Status Connection::Admit(const std::shared_ptr<Call>& call) {
  if (call->has_callback() && call->deadline().has_value()) {
    while (!expiring_.empty() && expiring_.front()->Ended()) expiring_.pop_front();
    // One that is long under way must not keep all that came and went behind it.
    if (expiring_.size() > 2 * (protocol::kInFlightMax + waiting_.size())) {
      std::erase_if(expiring_, [](const std::shared_ptr<Call>& one) { return one->Ended(); });
    }
    expiring_.push_back(call);
  }
  const bool ready = phase_ == Phase::kConnected && waiting_.empty() &&
                     machine_->state() == ConnectionMachine::State::kReady &&
                     machine_->open_count() < protocol::kInFlightMax;
  if (ready) return machine_->Open(call);
  waiting_.push_back(call);
  return absl::OkStatus();
}

// nullopt: there is no room at present.
std::optional<absl::Status> Connection::TryBegin(const std::shared_ptr<Call>& call, Start start) {
  const bool own = OnOwnThread();
  bool wake = false;
  absl::Status status;
  {
    MutexLock lock(mutex_);
    if (InFlight() < protocol::kInFlightMax || (own && InFlight() < kQueuedMax)) {
      status = Admit(call);
    } else if (own) {
      status = MakeError(ErrorCode::kOverloaded,
                         std::string(call->operation().name) +
                             ": too many requests are under way; begin fewer in callbacks");
    } else {
      return std::nullopt;
    }
    wake = driver_ == Role::kNobody && start == Start::kAndGoOn;
    if (driver_ != Role::kNobody && !(own && driver_ == Role::kOwnThread)) Poke();
  }
  if (wake) own_thread_wake_.Notify();
  return status;
}

void Connection::Begin(const std::shared_ptr<Call>& call, Start start) {
  while (true) {
    const std::uint32_t seen = room_.Seen();
    const std::optional<absl::Status> begun = TryBegin(call, start);
    if (begun.has_value()) {
      if (!begun->ok()) Answer(call, *begun);
      return;
    }
    if (HasPassed(call->deadline())) {
      Answer(call, TooLate(*call));
      return;
    }
    room_.WaitPast(seen, call->deadline());
  }
}

absl::StatusOr<std::optional<std::string>> Connection::Next(const std::shared_ptr<Call>& call,
                                                            const Deadline& deadline) {
  while (!call->Ready()) {
    if (OnOwnThread()) {
      return MakeError(ErrorCode::kInvalidArgument,
                       std::string(call->operation().name) +
                           ": called from a callback of the same client, where nothing may wait; "
                           "use the asynchronous form or another thread");
    }
    const std::uint32_t seen = call->signal().Seen();
    if (TakeRole(Role::kCaller)) {
      DriveFor(*call, deadline);
    } else if (!call->Ready()) {
      call->signal().WaitPast(seen, deadline);
    }
    if (!call->Ready() && HasPassed(deadline)) {
      Abandon(call);
      return TooLate(*call);
    }
  }
  return call->Take();
}

void Connection::Credit(const Call& call, std::uint64_t bytes) {
  MutexLock lock(mutex_);
  if (machine_ == nullptr) return;
  machine_->Credit(call, bytes);
  // Without a driver it goes out with the wait for the next answer.
  if (driver_ != Role::kNobody) Poke();
}

void Connection::Abandon(const std::shared_ptr<Call>& call) {
  bool wake = false;
  {
    MutexLock lock(mutex_);
    if (std::erase(waiting_, call) == 0 && machine_ != nullptr) machine_->Abandon(*call);
    wake = driver_ == Role::kNobody;
    if (!wake) Poke();
  }
  if (wake) own_thread_wake_.Notify();
}

void Connection::Answer(const std::shared_ptr<Call>& call, const absl::Status& error) {
  if (!call->has_callback()) {
    call->Fail(error);
    return;
  }
  if (OnOwnThread()) {
    call->Finish(error);
    return;
  }
  call->Fail(error);
  CallBackLater(call);
}

void Connection::CallBackLater(const std::shared_ptr<Call>& call) {
  {
    MutexLock lock(mutex_);
    to_call_back_.push_back(call);
  }
  own_thread_wake_.Notify();
}

absl::Status Connection::TooLate(const Call& call) const {
  return MakeError(ErrorCode::kDeadlineExceeded,
                   std::string(call.operation().name) + ": no answer from " + endpoint_.Text() +
                       " within " + Milliseconds(options_.request_timeout) +
                       "; ask for less, or allow more time");
}

asio::awaitable<void> Connection::Serve() {
  const absl::Status established = co_await Establish();
  if (!established.ok()) {
    OnConnectFailed(established);
    co_return;
  }
  OnConnected();
  const absl::Status lost = co_await ReadWhileOpen(Until::kClosed);
  OnLost(lost);
}

asio::awaitable<absl::Status> Connection::Establish() {
  const auto end = std::chrono::steady_clock::now() + options_.connect_timeout;
  BackOff back_off(SystemRandom());
  WatchConnecting(end);
  absl::Status status;
  while (true) {
    status = co_await Attempt();
    const auto pause = back_off.Next();
    // The first time the user waits to hear that nothing is there.
    const bool again = was_connected_ && MayPass(status) && !stopping_.load() &&
                       std::chrono::steady_clock::now() + pause < end;
    if (status.ok() || !again) break;
    pause_timer_.expires_after(pause);
    const auto [cancelled] = co_await pause_timer_.async_wait(kAwaitResult);
    if (cancelled) break;
  }
  ++connecting_;
  connect_timer_.cancel();
  if (!status.ok() && timed_out_) {
    co_return MakeError(
        ErrorCode::kConnectFailed,
        "connect " + endpoint_.Text() + ": no answer within " +
            Milliseconds(options_.connect_timeout) +
            "; is it koseid that listens there, and does no firewall stand between?",
        "server");
  }
  co_return status;
}

// Ends the attempt that is under way when the time is over.
void Connection::WatchConnecting(std::chrono::steady_clock::time_point end) {
  timed_out_ = false;
  connect_timer_.expires_at(end);
  connect_timer_.async_wait([this, round = ++connecting_](const boost::system::error_code& error) {
    if (error || round != connecting_) return;
    timed_out_ = true;
    pause_timer_.cancel();
    if (transport_ != nullptr) transport_->Close();
  });
}

asio::awaitable<absl::Status> Connection::Attempt() {
  const auto transport = std::make_shared<Transport>(io_, endpoint_, tls_, options_.server_name);
  transport_ = transport;
  const absl::Status connected = co_await transport->Connect();
  if (!connected.ok()) co_return connected;
  MakeMachine();
  const absl::Status greeted = co_await ReadWhileOpen(Until::kGreeted);
  if (greeted.ok()) co_return greeted;
  DropTransport();
  if (HasCode(greeted, ErrorCode::kConnectionLost)) {
    co_return MakeError(ErrorCode::kConnectFailed,
                        "greet " + endpoint_.Text() +
                            ": the connection ended before the greeting did; is it koseid that "
                            "listens there, and is TLS wanted on both sides or on neither?",
                        "server");
  }
  co_return greeted;
}

asio::awaitable<absl::Status> Connection::ReadWhileOpen(Until until) {
  const auto transport = transport_;
  while (true) {
    const std::span<char> into = PrepareRead();
    const absl::StatusOr<std::size_t> count = co_await transport->ReadSome(into);
    if (!count.ok()) co_return count.status();
    const absl::StatusOr<bool> greeted = HandleBytes(*count);
    if (!greeted.ok()) co_return greeted.status();
    if (until == Until::kGreeted && *greeted) co_return absl::OkStatus();
  }
}

absl::StatusOr<bool> Connection::HandleBytes(std::size_t count) {
  {
    MutexLock lock(mutex_);
    machine_->Commit(count);
  }
  bool ended = false;
  while (true) {
    ConnectionMachine::Event event;
    {
      MutexLock lock(mutex_);
      KOSEI_ASSIGN_OR_RETURN(event, machine_->Next());
    }
    switch (event.kind) {
      case ConnectionMachine::Event::Kind::kMore:
        if (ended) room_.Notify();
        return false;
      case ConnectionMachine::Event::Kind::kReady:
        return true;
      case ConnectionMachine::Event::Kind::kDraining:
        break;  // Advance() sees it.
      case ConnectionMachine::Event::Kind::kAnswer:
      case ConnectionMachine::Event::Kind::kFailed:
        ended = ended || event.last;
        Deliver(event);
        break;
    }
  }
}

void Connection::Deliver(const ConnectionMachine::Event& event) {
  const std::shared_ptr<Call>& call = event.call;
  if (event.kind == ConnectionMachine::Event::Kind::kFailed) {
    Answer(call, event.status);
  } else if (!call->has_callback()) {
    call->Deliver(event.body, event.last);
  } else if (OnOwnThread()) {
    call->Finish(event.body);
  } else {
    call->Deliver(event.body, event.last);
    CallBackLater(call);
  }
}

void Connection::MakeMachine() {
  Greeting greeting;
  greeting.peer = endpoint_.Text();
  greeting.agent = options_.agent;
  greeting.token = options_.token;
  greeting.locale = options_.locale;
  // TLS proves every byte already.
  greeting.checksum = tls_ == nullptr ? protocol::Checksum::kCompute : protocol::Checksum::kSkip;
  MutexLock lock(mutex_);
  greeting.model = model_;
  machine_ = std::make_unique<ConnectionMachine>(std::move(greeting));
}

std::span<char> Connection::PrepareRead() {
  MutexLock lock(mutex_);
  return machine_->Prepare();
}

void Connection::OnConnected() {
  MutexLock lock(mutex_);
  phase_ = Phase::kConnected;
  model_ = machine_->model();
  if (!was_connected_) first_server_ = machine_->server();
  was_connected_ = true;
}

void Connection::DropTransport() {
  transport_->Close();
  writing_ = false;
  MutexLock lock(mutex_);
  machine_.reset();
}

void Connection::OnConnectFailed(const absl::Status& status) {
  std::deque<std::shared_ptr<Call>> failed;
  {
    MutexLock lock(mutex_);
    phase_ = Phase::kIdle;
    failed.swap(waiting_);
  }
  for (const std::shared_ptr<Call>& call : failed) Answer(call, status);
  room_.Notify();
}

void Connection::OnLost(const absl::Status& status) {
  ConnectionMachine::Lost lost;
  {
    MutexLock lock(mutex_);
    phase_ = Phase::kIdle;
    lost = machine_->TakeOpen();
    waiting_.insert(waiting_.begin(), lost.again.begin(), lost.again.end());
  }
  DropTransport();
  for (const std::shared_ptr<Call>& call : lost.failed) Answer(call, LostUnderWay(*call, status));
  room_.Notify();
}

}  // namespace kosei::client
