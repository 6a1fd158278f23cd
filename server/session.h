// One connection's conversation, without I/O: bytes in, bytes out. The shell (connection.h) reads,
// writes and waits for it.
//
// Everything here runs on the connection's own I/O thread. Cheap requests are answered at once into
// the outbox, so that all frames of one read leave with one write; the others go to a worker
// (open_requests.h), the committer (mutation.h) or a load (bulk_loads.h).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bulk_loads.h"
#include "call.h"
#include "kosei/protocol/frame.h"
#include "open_requests.h"
#include "outbox.h"
#include "session_host.h"

namespace kosei::server {

class Session {
 public:
  struct Peer {
    std::uint64_t connection = 0;  // number of the connection, for the log
    std::string address;
    protocol::Checksum checksum = protocol::Checksum::kCompute;  // kSkip over TLS
  };

  Session(const Services& services, SessionHost& host, Peer peer, Instant now);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Where the next bytes of the peer go, and how many came.
  std::span<char> Prepare();
  void OnBytes(std::size_t count, Instant now);
  // The peer's kernel took so many bytes of the outbox.
  void OnSent(std::size_t count, Instant now);
  // Bytes were put into the outbox for a peer that had none waiting: it has from now on to take
  // them.
  void OnWriteBegins(Instant now) { write_progress_ = now; }
  // Whether the peer is to be read: not while it leaves too much unread itself.
  bool wants_input() const;
  // When OnTime has something to do, at the latest; Instant::max(): never.
  Instant deadline() const;
  void OnTime(Instant now);

  // All has been said: close when the outbox is empty.
  bool closing() const { return state_ == State::kClosing; }
  // Close now, whatever waits.
  bool broken() const { return broken_; }
  // The connection is gone (`why` for the log): whatever is under way for it should stop.
  void OnLost(std::string_view why);

  // Frames that came so far.
  std::uint64_t frames() const { return frames_; }

  // From the server, on this thread.
  void GoAway(std::chrono::nanoseconds drain);
  void RecheckToken();
  void OnCommit() { requests_.Wake(); }
  // After work that was posted: ends a drained session.
  void AfterWork();

  Outbox& outbox() { return outbox_; }
  OpenRequests& requests() { return requests_; }
  BulkLoads& loads() { return loads_; }

 private:
  enum class State : std::uint8_t {
    kPreface,   // waits for the 16 bytes that say what is spoken
    kGreeting,  // waits for hello; only hello and ping are done
    kServing,   // does what the role allows
    kDraining,  // finishes what is open, takes nothing new
    kClosing,   // sends what is left; what still comes is thrown away
  };

  void OnPreface(Instant now);
  void CutFrames(Instant now);
  void OnFrame(const protocol::Frame& frame, Instant now);
  void Dispatch(const protocol::Frame& frame, const protocol::OperationInfo& operation,
                Instant now);
  void OnHello(const protocol::Frame& frame, Instant now);
  void OnPing(const protocol::Frame& frame);
  void OnCancel(const protocol::Frame& frame);
  void OnCredit(const protocol::Frame& frame);
  void Handle(const Handler& handler, const protocol::Frame& frame,
              const protocol::OperationInfo& operation, Instant now);
  bool CheckToken(bool look_at_clock);
  // One error frame for the connection as a whole, then the end.
  void FailConnection(const absl::Status& status);
  void Close(std::string_view why);
  protocol::Role role() const {
    return principal_ == nullptr ? protocol::Role::kNobody : principal_->role;
  }

  const Services& services_;
  SessionHost& host_;
  const Peer peer_;
  const Instant opened_;
  State state_ = State::kPreface;
  bool broken_ = false;
  bool lost_ = false;
  std::string why_closed_;
  std::array<char, protocol::kPrefaceSize> preface_{};
  std::size_t preface_size_ = 0;
  protocol::FrameReader reader_;
  Outbox outbox_;
  std::shared_ptr<Principal> principal_;  // null before hello
  Caller caller_;
  OpenRequests requests_;
  BulkLoads loads_;
  std::uint64_t frames_ = 0;
  std::size_t discarded_ = 0;
  Instant last_input_;
  Instant write_progress_;
  Instant closing_since_{0};
  std::optional<Instant> frame_began_;  // a frame has begun and is not whole
};

}  // namespace kosei::server
