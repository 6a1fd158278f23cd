// Who runs the connection's io_context, and what a driver does besides.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "connection.h"
#include "kosei/base/error.h"

namespace kosei::client {
namespace {

namespace asio = boost::asio;

thread_local const Connection* g_own_thread_of = nullptr;

}  // namespace

bool Connection::OnOwnThread() const { return g_own_thread_of == this; }

void Connection::ThreadMain() {
  g_own_thread_of = this;
  while (!stopping_.load()) {
    const std::uint32_t seen = own_thread_wake_.Seen();
    RunCallbacks();
    if (TakeRole(Role::kOwnThread)) {
      DriveWhileNeeded();
      continue;
    }
    if (!stopping_.load()) own_thread_wake_.WaitPast(seen, std::nullopt);
  }
  Shutdown();
}

bool Connection::TakeRole(Role role) {
  MutexLock lock(mutex_);
  if (driver_ != Role::kNobody || stopping_.load()) return false;
  if (role == Role::kOwnThread && !NeedsDriver()) return false;
  driver_ = role;
  return true;
}

bool Connection::NeedsDriver() const {
  return phase_ == Phase::kConnecting || !waiting_.empty() ||
         (machine_ != nullptr && (machine_->open_count() > 0 || machine_->has_output()));
}

void Connection::Poke() {
  if (poked_) return;
  poked_ = true;
  asio::post(io_, [] {});
}

void Connection::DriveFor(const Call& call, const Deadline& deadline) {
  CatchUp();
  while (true) {
    Advance(Role::kCaller);
    if (call.Ready() || HasPassed(deadline)) break;
    if (spin_.Spin([this] { return io_.poll_one() > 0; })) continue;
    if (deadline.has_value()) {
      io_.run_one_until(*deadline);
    } else {
      io_.run_one();
    }
  }
  bool wake = false;
  {
    MutexLock lock(mutex_);
    driver_ = Role::kNobody;
    wake = NeedsDriver();
  }
  if (wake) own_thread_wake_.Notify();
}

void Connection::DriveWhileNeeded() {
  CatchUp();
  while (true) {
    RunCallbacks();
    if (!Advance(Role::kOwnThread)) return;
    if (stopping_.load()) break;
    io_.run_one();
  }
  MutexLock lock(mutex_);
  driver_ = Role::kNobody;
}

// Nobody looked at the socket since the last driver left. The server may have closed meanwhile: a
// request that was not yet written then goes on the next connection instead of being lost.
void Connection::CatchUp() { io_.poll(); }

bool Connection::Advance(Role role) {
  bool connect = false;
  bool close = false;
  bool write = false;
  Refused refused;
  Deadline expiry;
  {
    MutexLock lock(mutex_);
    poked_ = false;
    if (phase_ == Phase::kIdle && !waiting_.empty() && !stopping_.load()) {
      phase_ = Phase::kConnecting;
      connect = true;
    }
    if (phase_ == Phase::kConnected) {
      refused = OpenWaiting();
      close =
          machine_->state() == ConnectionMachine::State::kDraining && machine_->open_count() == 0;
    }
    if (!writing_ && machine_ != nullptr && machine_->has_output()) {
      machine_->TakeOutput(outgoing_);
      write = writing_ = true;
    }
    if (!expiry_armed_ && !expiring_.empty()) expiry = expiring_.front()->deadline();
    const bool idle =
        refused.empty() && !close && !writing_ && to_call_back_.empty() && !NeedsDriver();
    if (idle && role == Role::kOwnThread) {
      driver_ = Role::kNobody;
      return false;
    }
  }
  for (const auto& [call, status] : refused) Answer(call, status);
  // The machine stays until the read has ended with it.
  if (close) transport_->Close();
  if (connect) StartServing();
  if (write) WriteOutput();
  if (expiry.has_value()) ArmExpiry(*expiry);
  return true;
}

Connection::Refused Connection::OpenWaiting() {
  Refused out;
  while (!waiting_.empty() && machine_->state() == ConnectionMachine::State::kReady &&
         machine_->open_count() < protocol::kInFlightMax) {
    const std::shared_ptr<Call> call = std::move(waiting_.front());
    waiting_.pop_front();
    absl::Status opened = machine_->Open(call);
    if (!opened.ok()) out.emplace_back(call, std::move(opened));
  }
  return out;
}

void Connection::StartServing() {
  // Serve() ends by itself, and passes no exception on but those of a lack of memory.
  asio::co_spawn(io_, Serve(), [](const std::exception_ptr& error) {
    if (error != nullptr) std::terminate();
  });
}

void Connection::WriteOutput() {
  const std::size_t written = transport_->WriteNow(outgoing_);
  if (written == outgoing_.size()) {
    writing_ = false;
    return;
  }
  const Transport* const transport = transport_.get();
  // After a failure nothing more is written; what the server said before it is still read, and the
  // read then ends as well.
  transport_->Write(std::string_view(outgoing_).substr(written), [this, transport](bool ok) {
    if (ok && transport == transport_.get()) writing_ = false;
  });
}

void Connection::RunCallbacks() {
  std::vector<std::shared_ptr<Call>> calls;
  {
    MutexLock lock(mutex_);
    calls.swap(to_call_back_);
  }
  for (const std::shared_ptr<Call>& call : calls) call->Finish();
}

void Connection::ArmExpiry(std::chrono::steady_clock::time_point first) {
  expiry_armed_ = true;
  expiry_timer_.expires_at(first);
  expiry_timer_.async_wait([this](const boost::system::error_code& error) {
    expiry_armed_ = false;
    if (!error) ExpireCalls();
  });
}

void Connection::ExpireCalls() {
  std::vector<std::shared_ptr<Call>> late;
  {
    MutexLock lock(mutex_);
    // All have the same timeout, so they expire in the order in which they began.
    while (!expiring_.empty()) {
      const std::shared_ptr<Call> call = expiring_.front();
      if (!call->Ended() && !HasPassed(call->deadline())) break;
      expiring_.pop_front();
      if (call->Ended()) continue;
      if (std::erase(waiting_, call) == 0 && machine_ != nullptr) machine_->Abandon(*call);
      late.push_back(call);
    }
  }
  for (const std::shared_ptr<Call>& call : late) Answer(call, TooLate(*call));
}

void Connection::FailOpen(const absl::Status& status) {
  std::deque<std::shared_ptr<Call>> failed;
  {
    MutexLock lock(mutex_);
    failed.swap(waiting_);
    if (machine_ != nullptr) {
      ConnectionMachine::Lost open = machine_->TakeOpen();
      failed.insert(failed.end(), open.again.begin(), open.again.end());
      failed.insert(failed.end(), open.failed.begin(), open.failed.end());
    }
  }
  for (const std::shared_ptr<Call>& call : failed) Answer(call, status);
}

void Connection::Shutdown() {
  {
    MutexLock lock(mutex_);
    driver_ = Role::kOwnThread;
  }
  const absl::Status closed =
      MakeError(ErrorCode::kCancelled, "the client was closed before the answer came");
  FailOpen(closed);
  if (transport_ != nullptr) transport_->Close();
  pause_timer_.cancel();
  expiry_timer_.cancel();
  work_.reset();
  io_.run();
  FailOpen(closed);
  RunCallbacks();
}

}  // namespace kosei::client
