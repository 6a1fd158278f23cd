#include "listener.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "absl/strings/str_format.h"
#include "address.h"
#include "kosei/base/error.h"

namespace kosei::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwaitResult = asio::as_tuple(asio::use_awaitable);
// When descriptors run out, accepting again at once would only spin.
constexpr std::chrono::milliseconds kPauseAfterError{100};

absl::Status ListenError(const tcp::endpoint& endpoint, const error_code& error) {
  const std::string address = FormatAddress(endpoint);
  if (error == asio::error::address_in_use) {
    return MakeError(ErrorCode::kAlreadyExists,
                     absl::StrFormat("listen on %s: another program has this port; stop it, or "
                                     "choose another port (port 0 picks a free one)",
                                     address),
                     "listen");
  }
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("listen on %s: %s; name an address of this machine and a port "
                                   "this user may open",
                                   address, error.message()),
                   "listen");
}

}  // namespace

Listener::Listener(const Services& services, std::vector<std::unique_ptr<IoLoop>>& loops,
                   asio::ssl::context* tls, Speech speech, std::uint64_t& connections_ever)
    : services_(services),
      loops_(loops),
      tls_(tls),
      speech_(speech),
      connections_ever_(connections_ever),
      acceptor_(loops.front()->context()),
      pause_(loops.front()->context()) {}

Listener::~Listener() = default;

absl::Status Listener::Open(const tcp::endpoint& endpoint) {
  error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return ListenError(endpoint, error);
  endpoint_ = acceptor_.local_endpoint(error);
  return absl::OkStatus();
}

void Listener::Start() { asio::co_spawn(loops_.front()->context(), Accept(), asio::detached); }

asio::awaitable<void> Listener::Accept() {
  while (acceptor_.is_open()) {
    IoLoop& loop = *loops_[next_loop_];
    next_loop_ = (next_loop_ + 1) % loops_.size();
    tcp::socket socket(loop.context());
    const auto [error] = co_await acceptor_.async_accept(socket, kAwaitResult);
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) co_return;
    if (error) {
      services_.log.Write(LogLevel::kWarning, "accept_failed", {{"error", error.message()}});
      pause_.expires_after(kPauseAfterError);
      const auto [stopped] = co_await pause_.async_wait(kAwaitResult);
      if (stopped) co_return;
      continue;
    }
    Welcome(std::move(socket), loop);
  }
}

void Listener::Welcome(tcp::socket socket, IoLoop& loop) {
  const std::uint64_t number = ++connections_ever_;
  {
    MutexLock lock(mutex_);
    // Those of all listeners.
    if (services_.counters.connections.load() >= services_.limits.connections_max) {
      services_.log.Write(LogLevel::kWarning, "connection_refused",
                          {{"connection", std::to_string(number)},
                           {"why", "too_many"},
                           {"max", std::to_string(services_.limits.connections_max)}});
      return;  // closes the socket
    }
    ++connections_;
  }
  ++services_.counters.connections;
  ConnectionOptions options;
  options.number = number;
  options.speech = speech_;
  options.tls = tls_;
  options.on_closed = [this] { OnClosed(); };
  auto connection = MakeConnection(services_, loop, std::move(socket), std::move(options));
  asio::post(loop.context(), [connection] { connection->Start(); });
}

void Listener::OnClosed() {
  --services_.counters.connections;
  MutexLock lock(mutex_);
  if (--connections_ == 0) none_left_.NotifyAll();
}

void Listener::Stop(std::function<void()> then) {
  asio::post(loops_.front()->context(), [this, then = std::move(then)] {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    then();
  });
}

bool Listener::AwaitNoConnections(std::chrono::nanoseconds timeout) {
  const auto until = std::chrono::steady_clock::now() + timeout;
  MutexLock lock(mutex_);
  while (connections_ > 0 && none_left_.WaitUntil(mutex_, until)) continue;
  return connections_ == 0;
}

}  // namespace kosei::server
