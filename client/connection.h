// The one connection of a Client, kept alive over losses: it connects when there is something to
// ask, sends what callers ask, and hands them what comes.
//
// Who runs it. All I/O happens in an io_context that exactly one thread at a time runs, the driver.
// A thread that waits for an answer becomes the driver when there is none: it writes, waits for the
// socket and reads by itself, so a lone call costs no hand-over between threads. Otherwise the
// connection's own thread drives while anything is open, and sleeps when nothing is. What is only
// touched by the driver needs no lock, since the role itself passes under the lock.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "call.h"
#include "connection_machine.h"
#include "endpoint.h"
#include "kosei/base/idle_spin.h"
#include "kosei/base/mutex.h"
#include "kosei/client/client.h"
#include "transport.h"

namespace kosei::client {

// A caller that drives looks for the answer this long before it sleeps.
inline constexpr std::chrono::microseconds kIdleSpin{50};

// Thread-safe. Nobody may be in a function of it when it is destroyed.
class Connection {
 public:
  // Connects once, without trying again. kConnectFailed, kUnauthenticated, kUnsupportedVersion.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const Options& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const ServerInfo& first_server() const { return first_server_; }
  std::shared_ptr<const Model> model() const;
  // Becomes model() when it is newer.
  void OfferModel(std::shared_ptr<const Model> model);
  // The deadline of a call that begins now.
  Deadline NewDeadline() const;

  // Whether the one who starts a call waits for it at once. If not, the connection's own thread
  // takes care of it.
  enum class Start : std::uint8_t { kAndWait, kAndGoOn };
  // Sends the call now or when connected. Waits while too many are open, except on the connection's
  // own thread, which may queue a bounded number more.
  void Begin(const std::shared_ptr<Call>& call, Start start);
  // The next answer's body; nullopt after the last. At the deadline the call is abandoned.
  absl::StatusOr<std::optional<std::string>> Next(const std::shared_ptr<Call>& call,
                                                  const Deadline& deadline);
  // Answers of `bytes` were used: a streamed call may send more.
  void Credit(const Call& call, std::uint64_t bytes);
  void Abandon(const std::shared_ptr<Call>& call);

 private:
  enum class Phase : std::uint8_t { kIdle, kConnecting, kConnected };
  enum class Role : std::uint8_t { kNobody, kOwnThread, kCaller };

  Connection(const Options& options, Endpoint endpoint,
             std::shared_ptr<boost::asio::ssl::context> tls);

  // Beginning and ending calls.
  std::optional<absl::Status> TryBegin(const std::shared_ptr<Call>& call, Start start);
  absl::Status Admit(const std::shared_ptr<Call>& call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::size_t InFlight() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Answer(const std::shared_ptr<Call>& call, const absl::Status& error);
  void CallBackLater(const std::shared_ptr<Call>& call);
  absl::Status TooLate(const Call& call) const;

  // One connection's life. On the driver.
  enum class Until : std::uint8_t { kGreeted, kClosed };
  boost::asio::awaitable<void> Serve();
  boost::asio::awaitable<absl::Status> Establish();
  boost::asio::awaitable<absl::Status> Attempt();
  boost::asio::awaitable<absl::Status> ReadWhileOpen(Until until);
  void WatchConnecting(std::chrono::steady_clock::time_point end);
  void MakeMachine();
  std::span<char> PrepareRead();
  // True when the greeting is over with these bytes.
  absl::StatusOr<bool> HandleBytes(std::size_t count);
  void Deliver(const ConnectionMachine::Event& event);
  void OnConnected();
  void OnConnectFailed(const absl::Status& status);
  void OnLost(const absl::Status& status);
  void DropTransport();

  // Driving (connection_driver.cc).
  void ThreadMain();
  bool OnOwnThread() const;
  bool TakeRole(Role role);
  bool NeedsDriver() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Makes the driver look again at what there is to do.
  void Poke() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DriveFor(const Call& call, const Deadline& deadline);
  void DriveWhileNeeded();
  void CatchUp();
  // What is to be done now: connect, open what waits, write. False: nothing is left to wait for,
  // and `role` was given up if it was the own thread's.
  bool Advance(Role role);
  using Refused = std::vector<std::pair<std::shared_ptr<Call>, absl::Status>>;
  Refused OpenWaiting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void StartServing();
  void WriteOutput();
  void RunCallbacks();
  void ArmExpiry(std::chrono::steady_clock::time_point first);
  void ExpireCalls();
  void FailOpen(const absl::Status& status);
  void Shutdown();

  // Constant after construction.
  const Options options_;
  const Endpoint endpoint_;
  const std::shared_ptr<boost::asio::ssl::context> tls_;
  ServerInfo first_server_;

  // Own synchronisation.
  std::atomic<bool> stopping_{false};
  WakeSignal own_thread_wake_;
  WakeSignal room_;
  IdleSpin spin_{kIdleSpin};  // the driver's
  boost::asio::io_context io_{1};

  mutable Mutex mutex_;
  Role driver_ ABSL_GUARDED_BY(mutex_) = Role::kNobody;
  Phase phase_ ABSL_GUARDED_BY(mutex_) = Phase::kIdle;
  bool poked_ ABSL_GUARDED_BY(mutex_) = false;
  std::unique_ptr<ConnectionMachine> machine_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::shared_ptr<Call>> waiting_ ABSL_GUARDED_BY(mutex_);  // for a connection
  std::deque<std::shared_ptr<Call>> expiring_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<Call>> to_call_back_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const Model> model_ ABSL_GUARDED_BY(mutex_);

  // The driver's.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer connect_timer_;
  boost::asio::steady_timer pause_timer_;
  boost::asio::steady_timer expiry_timer_;
  std::shared_ptr<Transport> transport_;
  std::string outgoing_;
  std::uint64_t connecting_ = 0;  // counts, so that a late timer knows it is late
  bool writing_ = false;
  bool expiry_armed_ = false;
  bool timed_out_ = false;
  bool was_connected_ = false;

  std::thread thread_;
};

}  // namespace kosei::client
