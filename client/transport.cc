#include "transport.h"

#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cctype>
#include <exception>
#include <utility>

#include "kosei/base/error.h"

namespace kosei::client {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCodeOfAsio = boost::system::error_code;

constexpr auto kAwaitResult = asio::as_tuple(asio::use_awaitable);
// ALPN: one length byte, then the name.
constexpr unsigned char kAlpn[] = {7, 'k', 'o', 's', 'e', 'i', '/', '1'};

// "connection refused": lower case, without Asio's remark on who says so.
std::string Plain(const ErrorCodeOfAsio& error) {
  std::string text = error.message();
  if (const std::size_t remark = text.find(" (");
      remark != std::string::npos && error.category() == asio::error::get_netdb_category()) {
    text.resize(remark);
  }
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

absl::Status ConnectFailed(const Endpoint& endpoint, const std::string& found,
                           std::string_view mend) {
  std::string message = "connect " + endpoint.Text() + ": " + found;
  if (!mend.empty()) message.append("; ").append(mend);
  return MakeError(ErrorCode::kConnectFailed, message, "server");
}

std::string_view HintFor(const ErrorCodeOfAsio& error) {
  if (error == asio::error::connection_refused) {
    return "is koseid running there? start it, or give the address it listens on";
  }
  if (error == asio::error::host_not_found || error == asio::error::host_not_found_try_again) {
    return "is the host name right?";
  }
  return "is the address right, and does no firewall stand between?";
}

absl::Status Lost(const Endpoint& endpoint, const ErrorCodeOfAsio& error) {
  const bool closed = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
  return MakeError(ErrorCode::kConnectionLost,
                   "read from " + endpoint.Text() + ": " +
                       (closed ? std::string("the server closed the connection") : Plain(error)));
}

}  // namespace

Transport::Transport(asio::io_context& io, Endpoint endpoint,
                     std::shared_ptr<asio::ssl::context> context, std::string server_name)
    : endpoint_(std::move(endpoint)),
      server_name_(server_name.empty() ? endpoint_.host : std::string(std::move(server_name))),
      context_(std::move(context)),
      resolver_(io),
      socket_(io) {
  if (context_ != nullptr) tls_.emplace(socket_, *context_);
}

asio::awaitable<absl::Status> Transport::Connect() {
  auto [unresolved, addresses] =
      co_await resolver_.async_resolve(endpoint_.host, endpoint_.port, kAwaitResult);
  if (unresolved) co_return ConnectFailed(endpoint_, Plain(unresolved), HintFor(unresolved));
  auto [refused, address] = co_await asio::async_connect(socket_, addresses, kAwaitResult);
  if (refused) co_return ConnectFailed(endpoint_, Plain(refused), HintFor(refused));

  ErrorCodeOfAsio ignored;  // Only slower without these.
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  socket_.non_blocking(true, ignored);
  if (!tls_.has_value()) co_return absl::OkStatus();
  co_return co_await ShakeHands();
}

asio::awaitable<absl::Status> Transport::ShakeHands() {
  ErrorCodeOfAsio unset;
  tls_->set_verify_callback(asio::ssl::host_name_verification(server_name_), unset);
  ErrorCodeOfAsio is_name;
  asio::ip::make_address(server_name_, is_name);
  // Server name indication is for names only (RFC 6066). OpenSSL copies it.
  std::string name = server_name_;
  const bool named = !is_name || SSL_ctrl(tls_->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME,
                                          TLSEXT_NAMETYPE_host_name, name.data()) == 1;
  if (unset || !named) co_return ConnectFailed(endpoint_, "TLS cannot be set up", {});
  auto [failed] = co_await tls_->async_handshake(asio::ssl::stream_base::client, kAwaitResult);
  if (!failed) co_return absl::OkStatus();
  const long verdict = SSL_get_verify_result(tls_->native_handle());
  if (verdict != X509_V_OK) {
    co_return ConnectFailed(
        endpoint_,
        "the server's certificate is not trusted for '" + server_name_ +
            "': " + X509_verify_cert_error_string(verdict),
        "name the certificate authority's file, and the server as its certificate does");
  }
  co_return ConnectFailed(endpoint_, "TLS handshake: " + Plain(failed),
                          "does the server speak TLS 1.3 on this port?");
}

asio::awaitable<absl::StatusOr<std::size_t>> Transport::ReadSome(std::span<char> into) {
  const asio::mutable_buffer buffer(into.data(), into.size());
  if (tls_.has_value()) {
    auto [lost, count] = co_await tls_->async_read_some(buffer, kAwaitResult);
    if (lost) co_return Lost(endpoint_, lost);
    co_return count;
  }
  auto [lost, count] = co_await socket_.async_read_some(buffer, kAwaitResult);
  if (lost) co_return Lost(endpoint_, lost);
  co_return count;
}

std::size_t Transport::WriteNow(std::string_view bytes) {
  if (tls_.has_value()) return 0;
  std::size_t written = 0;
  while (written < bytes.size()) {
    ErrorCodeOfAsio error;
    written += socket_.write_some(
        asio::const_buffer(bytes.data() + written, bytes.size() - written), error);
    if (error) break;  // It would block, or it is broken, which Write() then says.
  }
  return written;
}

void Transport::Write(std::string_view bytes, std::function<void(bool ok)> done) {
  const asio::const_buffer buffer(bytes.data(), bytes.size());
  auto finish = [self = shared_from_this(), done = std::move(done)](const ErrorCodeOfAsio& error,
                                                                    std::size_t) { done(!error); };
  if (tls_.has_value()) {
    asio::async_write(*tls_, buffer, std::move(finish));
  } else {
    asio::async_write(socket_, buffer, std::move(finish));
  }
}

void Transport::Close() {
  ErrorCodeOfAsio ignored;
  resolver_.cancel();
  socket_.close(ignored);
}

absl::StatusOr<std::shared_ptr<asio::ssl::context>> MakeTlsContext(const Options& options) {
  if (!options.tls) return std::shared_ptr<asio::ssl::context>();
  std::shared_ptr<asio::ssl::context> context;
  try {
    context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  } catch (const std::exception& error) {
    return MakeError(ErrorCode::kConnectFailed, std::string("set up TLS: ") + error.what());
  }
  SSL_CTX* const native = context->native_handle();
  ErrorCodeOfAsio unset;
  context->set_verify_mode(asio::ssl::verify_peer, unset);
  if (unset || SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_alpn_protos(native, kAlpn, sizeof kAlpn) != 0) {
    return MakeError(ErrorCode::kConnectFailed, "set up TLS: version 1.3 is not available");
  }
  ErrorCodeOfAsio unread;
  if (options.ca_file.empty()) {
    context->set_default_verify_paths(unread);
  } else {
    context->load_verify_file(options.ca_file, unread);
  }
  if (unread) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "read trusted certificates " + options.ca_file + ": " + Plain(unread) +
                         "; expected a PEM file that this user may read",
                     "ca_file");
  }
  return context;
}

}  // namespace kosei::client
