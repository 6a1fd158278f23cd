#include "bench_ping_pong.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <string>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

constexpr std::size_t kMessageMax = std::size_t{64} << 10;

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

bool SendAll(int descriptor, std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ssize_t step = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (step <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(step));
  }
  return true;
}

bool ReceiveAll(int descriptor, std::span<char> bytes) {
  while (!bytes.empty()) {
    const ssize_t step = recv(descriptor, bytes.data(), bytes.size(), 0);
    if (step <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(step));
  }
  return true;
}

// What the other process does. Only calls that are safe after a fork: other threads may have held
// locks.
void AnswerUntilTheEnd(int descriptor) {
  static std::array<char, kMessageMax> buffer;
  PingPong::Sizes sizes{};
  if (!ReceiveAll(descriptor, {reinterpret_cast<char*>(&sizes), sizeof(sizes)})) return;
  if (sizes.request > kMessageMax || sizes.reply > kMessageMax) return;
  while (ReceiveAll(descriptor, std::span(buffer).first(sizes.request)) &&
         SendAll(descriptor, std::span(buffer).first(sizes.reply))) {
  }
}

void SendAtOnce(int descriptor) {
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

// The first or the last of the processors that this process may use; all of them when there is one.
enum class Side : std::uint8_t { kNear, kFar };
cpu_set_t ProcessorOf(Side side, const cpu_set_t& allowed) {
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    const int cpu = side == Side::kNear ? i : CPU_SETSIZE - 1 - i;
    if (!CPU_ISSET(static_cast<std::size_t>(cpu), &allowed)) continue;
    CPU_SET(static_cast<std::size_t>(cpu), &one);
    break;
  }
  return one;
}

void KeepTo(const cpu_set_t& processors) {
  if (CPU_COUNT(&processors) > 0) sched_setaffinity(0, sizeof(processors), &processors);
}

class LoopbackPingPong final : public PingPong {
 public:
  ~LoopbackPingPong() override {
    if (near_.number() >= 0) shutdown(near_.number(), SHUT_RDWR);
    if (answering_ > 0) waitpid(answering_, nullptr, 0);
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
    const Descriptor far(accept(listener.number(), nullptr, nullptr));
    if (far.number() < 0) return SocketError("accept");
    SendAtOnce(near_.number());
    SendAtOnce(far.number());
    CPU_ZERO(&allowed_);
    sched_getaffinity(0, sizeof(allowed_), &allowed_);
    answering_ = fork();
    if (answering_ < 0) return SocketError("fork");
    if (answering_ == 0) {
      close(near_.number());
      KeepTo(ProcessorOf(Side::kFar, allowed_));
      AnswerUntilTheEnd(far.number());
      _exit(0);
    }
    return absl::OkStatus();
  }

  absl::Status Agree(Sizes sizes) override {
    request_.assign(sizes.request, 'q');
    reply_.assign(sizes.reply, 'a');
    if (sizes.request > kMessageMax || sizes.reply > kMessageMax) {
      return MakeError(ErrorCode::kInvalidArgument, "ping-pong over loopback: too large a message");
    }
    if (!SendAll(near_.number(), {reinterpret_cast<const char*>(&sizes), sizeof(sizes)})) {
      return SocketError("send");
    }
    return absl::OkStatus();
  }

  void HoldProcessor(Hold hold) override {
    KeepTo(hold == Hold::kYes ? ProcessorOf(Side::kNear, allowed_) : allowed_);
  }

  absl::Status RoundTrip() override {
    if (!SendAll(near_.number(), request_)) return SocketError("send");
    if (!ReceiveAll(near_.number(), reply_)) return SocketError("receive");
    return absl::OkStatus();
  }

 private:
  std::string request_;
  std::string reply_;
  Descriptor near_;
  pid_t answering_ = -1;
  cpu_set_t allowed_{};
};

}  // namespace

absl::StatusOr<std::unique_ptr<PingPong>> PingPong::Start() {
  auto ping_pong = std::make_unique<LoopbackPingPong>();
  KOSEI_RETURN_IF_ERROR(ping_pong->Connect());
  return ping_pong;
}

}  // namespace kosei::cli
