// The shell around a session: one socket (plain or TLS), read, written and timed on its own I/O
// thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "services.h"

namespace kosei::server {

class IoLoop;

// Everything on the loop's thread only. Keeps itself alive while I/O is under way.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  virtual ~Connection() = default;
  virtual void Start() = 0;
  virtual void GoAway(std::chrono::nanoseconds drain) = 0;
  virtual void RecheckToken() = 0;
  virtual void OnCommit() = 0;
  // Closes at once.
  virtual void Abort() = 0;
  std::shared_ptr<Connection> Share() { return shared_from_this(); }
};

// What a listener's connections speak.
enum class Speech : std::uint8_t { kNative, kBolt };

struct ConnectionOptions {
  std::uint64_t number = 0;
  Speech speech = Speech::kNative;
  boost::asio::ssl::context* tls = nullptr;  // null: plain
  std::function<void()> on_closed;           // once, on the loop's thread
};

std::shared_ptr<Connection> MakeConnection(const Services& services, IoLoop& loop,
                                           boost::asio::ip::tcp::socket socket,
                                           ConnectionOptions options);

}  // namespace kosei::server
