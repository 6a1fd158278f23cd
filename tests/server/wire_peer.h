// A peer that speaks raw bytes: what a test wants to send, right or wrong, over a real socket.
// Reads wait up to a minute, then fail. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "flatbuffers/flatbuffers.h"
#include "kosei/base/error.h"
#include "kosei/protocol/frame.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/operations.h"
#include "kosei/protocol/read_generated.h"
#include "kosei/protocol/session_generated.h"

namespace kosei::testing {

struct WireReply {
  protocol::FrameHeader header;
  std::string body;

  bool is_error() const { return (header.flags & protocol::kErrorFlag) != 0; }
  bool is_last() const { return (header.flags & protocol::kEndOfStream) != 0; }
  bool is_connection_error() const { return is_error() && header.request_id == 0; }
  // The error it carries; OK when it carries none.
  absl::Status error() const { return is_error() ? protocol::DecodeError(body) : absl::OkStatus(); }
  // The message it carries. Lives as long as the reply.
  template <typename Table>
  const Table* As() const {
    const auto opened = protocol::Open<Table>(body);
    return opened.ok() ? *opened : nullptr;
  }
};

class WirePeer {
 public:
  WirePeer() = default;
  ~WirePeer();
  WirePeer(WirePeer&& other) noexcept;
  WirePeer& operator=(WirePeer&&) = delete;

  absl::Status Connect(std::uint16_t port);
  // Connects, exchanges prefaces and, with a token, says hello.
  absl::Status Open(std::uint16_t port, std::string_view token);
  absl::Status ExchangePrefaces();
  absl::StatusOr<WireReply> Hello(std::string_view token);

  // The error of the kernel when the peer has gone.
  absl::Status SendBytes(std::string_view bytes);
  absl::StatusOr<std::string> ReadBytes(std::size_t count);
  void FinishSending();
  void Close();
  // A receive buffer so small that the server soon feels that nobody reads. Before Connect.
  void ReadSlowly() { small_buffer_ = true; }

  absl::Status Send(protocol::Operation operation, std::uint64_t id, std::string_view body);
  // kConnectionLost at the end of the connection.
  absl::StatusOr<WireReply> Read();
  // Sends and reads the next frame.
  absl::StatusOr<WireReply> Call(protocol::Operation operation, std::uint64_t id,
                                 std::string_view body);
  // The server ends the connection: OK when nothing but the end comes.
  absl::Status AwaitEnd();

 private:
  int socket_ = -1;
  bool small_buffer_ = false;
};

// Bodies of requests. A zero id as one-way target is fine.
template <typename Make>
std::string Body(Make make) {
  flatbuffers::FlatBufferBuilder builder;
  return std::string(protocol::FinishBody(builder, make(builder)));
}
std::string HelloBody(std::string_view token);
std::string PingBody(std::uint64_t nonce);
std::string GetBody(const std::vector<std::string>& keys);
std::string CancelBody(std::uint64_t target);
std::string CreditBody(std::uint64_t target, std::uint64_t bytes);

}  // namespace kosei::testing
