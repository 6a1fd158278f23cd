// Accepts connections and deals them out to the I/O loops in turn.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "connection.h"
#include "io_loop.h"
#include "kosei/base/mutex.h"
#include "services.h"

namespace kosei::server {

// Lives on the first loop. Open, Start and Stop are called by one thread.
class Listener {
 public:
  Listener(const Services& services, std::vector<std::unique_ptr<IoLoop>>& loops,
           boost::asio::ssl::context* tls, Speech speech, std::uint64_t& connections_ever);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Binds and listens. A taken port is kAlreadyExists.
  absl::Status Open(const boost::asio::ip::tcp::endpoint& endpoint);
  boost::asio::ip::tcp::endpoint endpoint() const { return endpoint_; }
  void Start();
  // No new connections from here on; then `then` runs on the first loop, where every connection
  // that was accepted has been dealt out before.
  void Stop(std::function<void()> then);

  // Waits until no connection is left, or for so long; tells whether none is left.
  bool AwaitNoConnections(std::chrono::nanoseconds timeout);

 private:
  boost::asio::awaitable<void> Accept();
  void Welcome(boost::asio::ip::tcp::socket socket, IoLoop& loop);
  void OnClosed();

  const Services& services_;
  std::vector<std::unique_ptr<IoLoop>>& loops_;
  boost::asio::ssl::context* const tls_;  // null: plain
  const Speech speech_;
  std::uint64_t& connections_ever_;  // numbers them; of all listeners, on the first loop
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  boost::asio::ip::tcp::endpoint endpoint_;
  std::size_t next_loop_ = 0;  // only on the first loop
  Mutex mutex_;
  CondVar none_left_;
  std::uint32_t connections_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace kosei::server
