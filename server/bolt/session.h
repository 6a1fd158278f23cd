// One Bolt connection's conversation (docs/bolt.md), without I/O: bytes in, bytes out. The shell
// (connection.h) reads, writes and waits for it.
//
// Everything here runs on the connection's own I/O thread. Messages are done one by one; while a
// worker carries out a statement, or its records wait for room, the others wait here. RESET alone
// does not wait: it ends what is under way, and what was sent before it is ignored.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bolt/chunks.h"
#include "bolt/handshake.h"
#include "bolt/request.h"
#include "bolt/result.h"
#include "call.h"
#include "outbox.h"
#include "services.h"
#include "session_host.h"

namespace kosei::server::bolt {

// The one database there is, as clients call it.
inline constexpr std::string_view kDatabase = "kosei";

class Session {
 public:
  struct Peer {
    std::uint64_t connection = 0;  // number of the connection, for the log
    std::string address;
    std::string own_address;  // that it connected to
  };

  Session(const Services& services, HostOf<Session>& host, Peer peer, Instant now);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // What the shell asks of a session (session.h).
  std::span<char> Prepare();
  void OnBytes(std::size_t count, Instant now);
  void OnSent(std::size_t count, Instant now);
  void OnWriteBegins(Instant now) { write_progress_ = now; }
  bool wants_input() const;
  Instant deadline() const;
  void OnTime(Instant now);
  bool closing() const { return state_ == State::kClosing; }
  bool broken() const { return broken_; }
  void OnLost(std::string_view why);
  std::uint64_t frames() const { return messages_; }
  void GoAway(std::chrono::nanoseconds drain);
  void RecheckToken();
  void OnCommit() {}
  void AfterWork();
  Outbox& outbox() { return outbox_; }

  // A worker has come to an end with what this session gave it.
  void OnCarriedOut(absl::StatusOr<std::unique_ptr<Result>> outcome);
  void OnViewResolved(absl::StatusOr<storage::View> outcome);

 private:
  enum class State : std::uint8_t {
    kHandshake,  // waits for the bytes that say which versions are spoken
    kGreeting,   // waits for HELLO
    kLogon,      // waits for LOGON
    kServing,
    kFailed,   // ignores everything up to RESET
    kClosing,  // sends what is left; what still comes is thrown away
  };
  struct Transaction {
    storage::ViewName view;  // names one commit and one instant
    CommitNumber commit;     // the newest when it began
    std::optional<Instant> deadline;
  };
  // A PULL that is being answered.
  struct Pulling {
    std::int64_t result = 0;
    std::int64_t left = 0;  // -1: all
    Instant since{0};
  };

  void OnHandshake();
  void Cut(Instant now);
  void Work();
  void OnMessage(const std::string& message);
  void OnGuest(Tag tag, const std::string& message);
  void OnServed(Tag tag, const std::string& message);
  void OnLogin(Tag tag, const std::string& message);
  void Admit(const Login& login);
  void SayHello();
  void OnLogoff();
  void OnReset();
  void OnRun(const std::string& message);
  void OnBegin(const std::string& message);
  void OnPull(Tag tag, const std::string& message);
  void OnEndOfTransaction(Tag tag);
  void OnRoute(const std::string& message);

  // Whether there may be such a transaction; else it has failed.
  bool Accept(const Terms& terms);
  bool AcceptDatabase(const std::string& database, const std::string& impersonated);
  // `task` gives what `then` is told on this thread.
  template <typename Task, typename Outcome>
  void GiveToWorker(Task task, void (Session::*then)(Outcome));
  void GoOnPulling();
  void EndResult(std::int64_t id, Instant since);
  bool CheckBookmark(const std::string& bookmark);
  // `awaited`: the peer waits for an answer.
  bool CheckToken(bool awaited);
  void LogRun(const absl::Status& status);

  bool busy() const { return running_ != nullptr || pulling_.has_value(); }
  bool is_guest() const { return principal_ == nullptr; }
  void Succeed(const Metadata& metadata = {}) { outbox_.Bytes(Success(metadata)); }
  void Fail(const absl::Status& status);
  void Fail(std::string_view code, std::string_view message);
  // Fails; malformed bytes end the connection.
  void Refuse(const absl::Status& status);
  // A failure after which nothing is to be said any more.
  void FailConnection(const absl::Status& status);
  void OutOfPlace(Tag tag);
  void DropWork();
  void Close(std::string_view why);

  const Services& services_;
  HostOf<Session>& host_;
  const Peer peer_;
  const std::string number_;  // of the connection
  const Instant opened_;
  State state_ = State::kHandshake;
  bool draining_ = false;
  bool broken_ = false;
  bool lost_ = false;
  std::string why_closed_;
  std::string handshake_;
  Version version_;
  ChunkReader reader_;
  Outbox outbox_;
  std::deque<std::string> waiting_;
  std::size_t waiting_bytes_ = 0;
  int resets_ = 0;  // that wait
  std::uint64_t messages_ = 0;

  std::string address_;  // that clients are to connect to
  std::string user_agent_;
  std::shared_ptr<Principal> principal_;  // null before logon
  std::optional<Transaction> transaction_;
  std::map<std::int64_t, std::unique_ptr<Result>> results_;
  std::int64_t last_result_ = -1;
  std::shared_ptr<std::atomic<bool>> running_;  // set to cancel; null: no worker is at work
  Instant run_since_{0};
  std::optional<Pulling> pulling_;

  std::size_t discarded_ = 0;
  Instant guest_since_;
  Instant last_input_;
  Instant write_progress_;
  Instant last_sign_{0};  // of life, while a worker is at work
  Instant closing_since_{0};
  std::optional<Instant> message_began_;  // a message has begun and is not whole
};

}  // namespace kosei::server::bolt
