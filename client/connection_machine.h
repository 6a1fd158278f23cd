// What one connection says and hears, without any I/O: prefaces, greeting, model, then requests and
// their answers by id. Bytes go in, events and bytes come out. One machine lives as long as its
// connection. Not thread-safe, but only Prepare(), Commit() and Next() touch the incoming bytes, so
// a read may be under way between Prepare() and Commit() while others are called.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "call.h"
#include "kosei/client/model.h"
#include "kosei/client/types.h"
#include "kosei/protocol/frame.h"
#include "kosei/protocol/limits.h"

namespace kosei::client {

struct Greeting {
  std::string peer;  // "127.0.0.1:7421", for messages
  std::string agent;
  std::string token;  // secret
  std::string locale;
  std::shared_ptr<const Model> model;  // known from an earlier connection, or null
  protocol::Checksum checksum = protocol::Checksum::kCompute;
};

class ConnectionMachine {
 public:
  enum class State : std::uint8_t {
    kPreface,   // the server's preface has not come
    kHello,     // the token was presented
    kModel,     // the model was asked for
    kReady,     // requests may be opened
    kDraining,  // the server said that it goes: no new requests, the open ones end
  };
  struct Event {
    enum class Kind : std::uint8_t {
      kMore,      // nothing until more bytes come
      kReady,     // greeted: server() and model() are known, requests may be opened
      kDraining,  // the server goes
      kAnswer,    // `body` for `call`, valid until the machine gets more bytes; `last` of it
      kFailed,    // `call` ended with `status`
    };
    Kind kind = Kind::kMore;
    std::shared_ptr<Call> call;
    std::string_view body;
    bool last = false;
    absl::Status status;
  };

  // The preface is in the output at once.
  explicit ConnectionMachine(Greeting greeting);

  State state() const { return state_; }
  const ServerInfo& server() const { return server_; }
  const std::shared_ptr<const Model>& model() const { return model_; }

  // Where the next bytes from the server go, and how many came.
  std::span<char> Prepare();
  void Commit(std::size_t count);
  // What the bytes say; to be called until kMore. After an error the connection must be closed.
  absl::StatusOr<Event> Next();

  bool has_output() const { return !output_.empty(); }
  // Moves the bytes to send into `out`, whose memory is used for the ones after.
  void TakeOutput(std::string& out);

  // In state kReady only. kFrameTooLarge when the server does not take a body of this size.
  absl::Status Open(const std::shared_ptr<Call>& call);
  // Nobody waits for the answer any more: the server is told, and what still comes is dropped.
  void Abandon(const Call& call);
  // `bytes` of the answers to a streamed call were used.
  void Credit(const Call& call, std::uint64_t bytes);
  // Requests whose last answer has not come, abandoned ones included.
  std::size_t open_count() const { return open_.size(); }

  // The connection is gone. What may be sent on the next one (never sent, or idempotent, without an
  // answer yet, and for the first time), and what has failed, each in the order of opening.
  struct Lost {
    std::vector<std::shared_ptr<Call>> again, failed;
  };
  Lost TakeOpen();

 private:
  struct OpenRequest {
    std::shared_ptr<Call> call;
    std::uint64_t output_begin = 0;  // position of its frame in all that was ever output
    std::uint32_t next_sequence = 0;
    std::int64_t credit = static_cast<std::int64_t>(protocol::kStreamWindowBytes);
    bool abandoned = false;
  };

  absl::StatusOr<Event> NextGreeting();
  absl::Status TakePreface();
  absl::Status TakeHello(const protocol::Frame& frame);
  absl::Status TakeModel(const protocol::Frame& frame);
  absl::StatusOr<Event> TakeConnectionFrame(const protocol::Frame& frame);
  absl::StatusOr<Event> TakeAnswer(const protocol::Frame& frame);
  absl::Status CheckGreetingFrame(const protocol::Frame& frame, protocol::Operation asked) const;
  absl::Status Violation(const protocol::Frame& frame, std::string_view what) const;
  void Send(const protocol::FrameHeader& header, std::string_view body);

  const Greeting greeting_;
  State state_ = State::kPreface;
  ServerInfo server_;
  std::shared_ptr<const Model> model_;

  std::array<char, protocol::kPrefaceSize> preface_{};
  std::size_t preface_size_ = 0;
  protocol::FrameReader reader_{protocol::kBodyMaxBeforeHello};
  std::uint32_t peer_body_max_ = 0;

  std::string output_;
  std::uint64_t output_taken_ = 0;  // bytes that left by TakeOutput

  std::uint64_t next_id_ = 1;
  absl::flat_hash_map<std::uint64_t, OpenRequest> open_;
};

}  // namespace kosei::client
