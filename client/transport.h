// One byte stream to a server: TCP, or TLS 1.3 over TCP. Errors are kConnectFailed until Connect()
// has succeeded, kConnectionLost after. Not thread-safe: used by whoever runs the io_context. Held
// by shared_ptr, because operations that are under way keep it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "endpoint.h"
#include "kosei/client/client.h"

namespace kosei::client {

class Transport : public std::enable_shared_from_this<Transport> {
 public:
  // `context` is for TLS; null: plain TCP.
  Transport(boost::asio::io_context& io, Endpoint endpoint,
            std::shared_ptr<boost::asio::ssl::context> context, std::string server_name);

  // Resolves, connects, and with TLS shakes hands and checks the certificate.
  boost::asio::awaitable<absl::Status> Connect();
  // At least one byte, or the error (also when the server has closed).
  boost::asio::awaitable<absl::StatusOr<std::size_t>> ReadSome(std::span<char> into);
  // What the kernel takes at once, without waiting. Over TLS always nothing.
  std::size_t WriteNow(std::string_view bytes);
  // All of it; `bytes` stay until `done`, which runs once.
  void Write(std::string_view bytes, std::function<void(bool ok)> done);
  // Ends every operation that is under way.
  void Close();

 private:
  boost::asio::awaitable<absl::Status> ShakeHands();

  const Endpoint endpoint_;
  const std::string server_name_;
  const std::shared_ptr<boost::asio::ssl::context> context_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
};

// The TLS side of the options, read once for all connections: TLS 1.3 only, the server's
// certificate verified. Null when `options` wants plain TCP. kInvalidArgument when the file of
// trusted certificates cannot be read.
absl::StatusOr<std::shared_ptr<boost::asio::ssl::context>> MakeTlsContext(const Options& options);

}  // namespace kosei::client
