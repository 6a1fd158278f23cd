#include "bench_ping_pong.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <thread>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

absl::Status SocketError(const char* operation) {
  return MakeError(ErrorCode::kConnectFailed, absl::StrFormat("ping-pong over loopback: %s: %s",
                                                              operation, std::strerror(errno)));
}

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  void Reset(int number) {
    Close();
    number_ = number;
  }

 private:
  void Close() const {
    if (number_ >= 0) close(number_);
  }
  int number_;
};

bool SendAll(int descriptor, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t step = send(descriptor, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (step <= 0) return false;
    sent += static_cast<std::size_t>(step);
  }
  return true;
}

bool ReceiveAll(int descriptor, std::string& bytes) {
  std::size_t received = 0;
  while (received < bytes.size()) {
    const ssize_t step = recv(descriptor, bytes.data() + received, bytes.size() - received, 0);
    if (step <= 0) return false;
    received += static_cast<std::size_t>(step);
  }
  return true;
}

void SendAtOnce(int descriptor) {
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

class LoopbackPingPong final : public PingPong {
 public:
  explicit LoopbackPingPong(Sizes sizes)
      : request_(sizes.request, 'q'), reply_(sizes.reply, 'a'), reply_received_(reply_) {}

  ~LoopbackPingPong() override {
    if (near_.number() >= 0) shutdown(near_.number(), SHUT_RDWR);
    if (answering_.joinable()) answering_.join();
  }

  absl::Status Connect() {
    const Descriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (listener.number() < 0) return SocketError("socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener.number(), generic, size) != 0) return SocketError("bind");
    if (listen(listener.number(), 1) != 0) return SocketError("listen");
    if (getsockname(listener.number(), generic, &size) != 0) return SocketError("getsockname");
    near_.Reset(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(near_.number(), generic, size) != 0) return SocketError("connect");
    far_.Reset(accept(listener.number(), nullptr, nullptr));
    if (far_.number() < 0) return SocketError("accept");
    SendAtOnce(near_.number());
    SendAtOnce(far_.number());
    answering_ = std::thread([this] {
      std::string request = request_;
      while (ReceiveAll(far_.number(), request) && SendAll(far_.number(), reply_)) {
      }
    });
    return absl::OkStatus();
  }

  absl::Status RoundTrip() override {
    if (!SendAll(near_.number(), request_)) return SocketError("send");
    if (!ReceiveAll(near_.number(), reply_received_)) return SocketError("receive");
    return absl::OkStatus();
  }

 private:
  const std::string request_;
  const std::string reply_;
  std::string reply_received_;
  Descriptor near_;
  Descriptor far_;
  std::thread answering_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PingPong>> PingPong::Start(Sizes sizes) {
  auto ping_pong = std::make_unique<LoopbackPingPong>(sizes);
  KOSEI_RETURN_IF_ERROR(ping_pong->Connect());
  return ping_pong;
}

}  // namespace kosei::cli
