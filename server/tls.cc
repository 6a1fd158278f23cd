#include "tls.h"

#include <openssl/ssl.h>

#include <exception>
#include <string_view>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"

namespace kosei::server {
namespace {

namespace ssl = boost::asio::ssl;

// In the form of RFC 7301: a length, then the name.
constexpr std::string_view kProtocolName = "\x07kosei/1";

// Chooses kosei/1 when the client offers it. A client that offers nothing is not asked for it.
int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* out_length,
                   const unsigned char* offered, unsigned int offered_length, void*) {
  const auto* own = reinterpret_cast<const unsigned char*>(kProtocolName.data());
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, own,
                            static_cast<unsigned int>(kProtocolName.size()), offered,
                            offered_length) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

absl::Status Fault(std::string_view what, const std::string& file, const std::string& why,
                   std::string_view field) {
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("read %s %s: %s; it must be a PEM file that this user can read",
                                   what, file, why),
                   field);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ssl::context>> MakeTlsContext(const std::string& certificate_file,
                                                             const std::string& key_file) {
  try {
    auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
    SSL_CTX* const native = context->native_handle();
    if (SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION) != 1) {
      return MakeError(ErrorCode::kInternal, "start TLS: this OpenSSL does not offer TLS 1.3");
    }
    SSL_CTX_set_alpn_select_cb(native, ChooseProtocol, nullptr);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    boost::system::error_code error;
    context->use_certificate_chain_file(certificate_file, error);
    if (error) return Fault("certificate", certificate_file, error.message(), "tls_cert");
    context->use_private_key_file(key_file, ssl::context::pem, error);
    if (error) return Fault("private key", key_file, error.message(), "tls_key");
    if (SSL_CTX_check_private_key(native) != 1) {
      return Fault("private key", key_file, "it does not belong to " + certificate_file, "tls_key");
    }
    return context;
  } catch (const std::exception& thrown) {
    return MakeError(ErrorCode::kInternal, absl::StrFormat("start TLS: %s", thrown.what()));
  }
}

}  // namespace kosei::server
