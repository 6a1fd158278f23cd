#include "wire_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "kosei/base/status_macros.h"

namespace kosei::testing {
namespace {

constexpr timeval kPatience{60, 0};

absl::Status Lost(std::string_view what) {
  return MakeError(ErrorCode::kConnectionLost,
                   std::string(what) + (errno == 0 ? "" : std::string(": ") + strerror(errno)));
}

}  // namespace

WirePeer::~WirePeer() { Close(); }

WirePeer::WirePeer(WirePeer&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), small_buffer_(other.small_buffer_) {}

void WirePeer::Close() {
  if (socket_ >= 0) close(std::exchange(socket_, -1));
}

absl::Status WirePeer::Connect(std::uint16_t port) {
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return Lost("socket");
  const int on = 1;
  const int few_bytes = 4'096;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (small_buffer_) setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &few_bytes, sizeof few_bytes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    return Lost("connect");
  }
  return absl::OkStatus();
}

absl::Status WirePeer::ExchangePrefaces() {
  KOSEI_RETURN_IF_ERROR(SendBytes(protocol::EncodePreface(protocol::ClientPreface{})));
  KOSEI_ASSIGN_OR_RETURN(const std::string answer, ReadBytes(protocol::kPrefaceSize));
  return protocol::DecodeServerPreface(answer).status();
}

absl::Status WirePeer::Open(std::uint16_t port, std::string_view token) {
  KOSEI_RETURN_IF_ERROR(Connect(port));
  KOSEI_RETURN_IF_ERROR(ExchangePrefaces());
  if (token.empty()) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const WireReply reply, Hello(token));
  return reply.error();
}

absl::StatusOr<WireReply> WirePeer::Hello(std::string_view token) {
  return Call(protocol::Operation::kHello, 1, HelloBody(token));
}

absl::Status WirePeer::SendBytes(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return Lost("send");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> WirePeer::ReadBytes(std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    errno = 0;
    const ssize_t more = recv(socket_, bytes.data() + have, count - have, 0);
    if (more <= 0) return Lost(more == 0 ? "the server closed" : "receive");
    have += static_cast<std::size_t>(more);
  }
  return bytes;
}

void WirePeer::FinishSending() { shutdown(socket_, SHUT_WR); }

absl::Status WirePeer::Send(protocol::Operation operation, std::uint64_t id,
                            std::string_view body) {
  std::string frame;
  protocol::AppendFrame(frame, protocol::RequestHeader(operation, id), body);
  return SendBytes(frame);
}

absl::StatusOr<WireReply> WirePeer::Read() {
  KOSEI_ASSIGN_OR_RETURN(const std::string header, ReadBytes(protocol::kFrameHeaderSize));
  WireReply reply;
  reply.header = protocol::DecodeHeader(header.data());
  KOSEI_ASSIGN_OR_RETURN(reply.body, ReadBytes(reply.header.body_size));
  return reply;
}

absl::StatusOr<WireReply> WirePeer::Call(protocol::Operation operation, std::uint64_t id,
                                         std::string_view body) {
  KOSEI_RETURN_IF_ERROR(Send(operation, id, body));
  return Read();
}

absl::Status WirePeer::AwaitEnd() {
  char byte = 0;
  errno = 0;
  const ssize_t count = recv(socket_, &byte, 1, 0);
  if (count == 0 || (count < 0 && errno == ECONNRESET)) return absl::OkStatus();
  return count > 0 ? absl::InternalError("more bytes came") : Lost("receive");
}

std::string HelloBody(std::string_view token) {
  return Body([&](flatbuffers::FlatBufferBuilder& builder) {
    const auto agent = builder.CreateString("test");
    const auto text = builder.CreateString(token.data(), token.size());
    return fb::CreateHello(builder, agent, text);
  });
}

std::string PingBody(std::uint64_t nonce) {
  return Body(
      [&](flatbuffers::FlatBufferBuilder& builder) { return fb::CreatePing(builder, nonce); });
}

std::string GetBody(const std::vector<std::string>& keys) {
  return Body([&](flatbuffers::FlatBufferBuilder& builder) {
    return fb::CreateGetRequest(builder, builder.CreateVectorOfStrings(keys));
  });
}

std::string CancelBody(std::uint64_t target) {
  return Body(
      [&](flatbuffers::FlatBufferBuilder& builder) { return fb::CreateCancel(builder, target); });
}

std::string CreditBody(std::uint64_t target, std::uint64_t bytes) {
  return Body([&](flatbuffers::FlatBufferBuilder& builder) {
    return fb::CreateCredit(builder, target, bytes);
  });
}

}  // namespace kosei::testing
