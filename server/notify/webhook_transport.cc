#include "notify/webhook_transport.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/hmac.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "json_text.h"
#include "version.h"

namespace kosei::server {
namespace {

using boost::asio::ip::address;
using process::SendResult;

// An answer that is longer says nothing that we read.
constexpr std::size_t kAnswerBytesMax = std::size_t{1} << 20;
constexpr long kGone = 410;

// What decides on each address that a name comes to, when it is about to be connected to.
struct Gate {
  const NetworkList& networks;
  bool encrypted = false;
  std::string refused = {};  // the last address that was not let through, and why
};

address AddressOf(const curl_sockaddr& where) {
  if (where.family == AF_INET) {
    sockaddr_in known{};
    std::memcpy(&known, &where.addr, sizeof(known));
    return boost::asio::ip::address_v4(ntohl(known.sin_addr.s_addr));
  }
  sockaddr_in6 known{};
  std::memcpy(&known, &where.addr, std::min<std::size_t>(sizeof(known), where.addrlen));
  boost::asio::ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), &known.sin6_addr, bytes.size());
  return boost::asio::ip::address_v6(bytes);
}

curl_socket_t OpenSocket(void* gate, curlsocktype, curl_sockaddr* where) {
  auto& rule = *static_cast<Gate*>(gate);
  if (where->family != AF_INET && where->family != AF_INET6) return CURL_SOCKET_BAD;
  const address known = AddressOf(*where);
  const bool named = rule.networks.Contains(known);
  if (!named && !IsPublic(known)) {
    rule.refused = absl::StrFormat(
        "%s is no public address; name its network with "
        "webhook_networks if it is meant",
        known.to_string());
    return CURL_SOCKET_BAD;
  }
  if (!named && !rule.encrypted) {
    rule.refused = absl::StrFormat(
        "%s would be told in plain text; use https, or name its network "
        "with webhook_networks",
        known.to_string());
    return CURL_SOCKET_BAD;
  }
  return socket(where->family, where->socktype | SOCK_CLOEXEC, where->protocol);
}

std::size_t Skip(char*, std::size_t size, std::size_t count, void* read) {
  std::size_t& bytes = *static_cast<std::size_t*>(read);
  bytes += size * count;
  return bytes > kAnswerBytesMax ? 0 : size * count;
}

SendResult Judge(const WebhookSettings& webhook, CURLcode code, long response,
                 const std::string& refused, const std::string& error) {
  if (code == CURLE_OK && response >= 200 && response < 300) return {};
  SendResult result;
  result.kind = SendResult::Kind::kLater;
  const auto said = [&](std::string_view what) {
    return absl::StrFormat("webhook %s: %s", webhook.filter.name, std::string(what));
  };
  if (!refused.empty() && code != CURLE_OK) {
    result.error = said(refused);
    result.target_down = true;
  } else if (code != CURLE_OK) {
    result.error = said(error);
    result.target_down = true;
  } else if (response >= 300 && response < 400) {
    result.error =
        said(absl::StrFormat("it answered %d; redirects are not followed, so give it "
                             "the URL where it is now",
                             response));
    result.target_down = true;
  } else {
    result.error = said(absl::StrFormat("it answered %d", response));
    // It says that it will not be back; everything else may be mended.
    if (response == kGone) result.kind = SendResult::Kind::kRefused;
    result.target_down = response == 429 || response == 503;
  }
  return result;
}

}  // namespace

std::string WebhookSignature(std::string_view secret, std::string_view id,
                             std::int64_t unix_seconds, std::string_view body) {
  const std::string text = absl::StrCat(std::string(id), ".", unix_seconds, ".", std::string(body));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return absl::StrCat("v1,", absl::Base64Escape(absl::string_view(
                                 reinterpret_cast<const char*>(digest.data()), size)));
}

std::string WebhookBody(const process::Letter& letter) {
  return absl::StrCat(
      "{\"id\":", JsonText(letter.id), ",\"notification\":", JsonText(letter.key),
      ",\"template\":", JsonText(letter.template_name), ",\"audience\":", JsonText(letter.audience),
      ",\"record\":", JsonText(letter.about), ",\"class\":", JsonText(letter.class_name),
      ",\"language\":", JsonText(NameOf(letter.language)),
      ",\"subject\":", JsonText(letter.subject), ",\"text\":", JsonText(letter.body),
      ",\"written_at\":", JsonText(FormatTimestamp(letter.written)), "}");
}

SendResult WebhookTransport::Send(const process::Letter& letter) {
  const auto webhook = std::find_if(webhooks_.begin(), webhooks_.end(), [&](const auto& each) {
    return each.filter.name == letter.to;
  });
  if (webhook == webhooks_.end()) {
    return {SendResult::Kind::kRefused,
            absl::StrFormat("webhook %s: there is none of this name any more", letter.to)};
  }
  const std::string body = WebhookBody(letter);
  const std::int64_t now = clock_.Now().micros / 1'000'000;
  const CurlHandle handle = run_.Prepare(webhook->url, "https,http");
  CURL* const easy = handle.get();
  if (easy == nullptr) return {SendResult::Kind::kLater, "no memory for a transfer"};
  CurlList headers;
  Append(headers, "Content-Type: application/json");
  Append(headers, absl::StrCat("User-Agent: ", std::string(kServerVersion)));
  Append(headers, absl::StrCat("webhook-id: ", letter.id));
  Append(headers, absl::StrCat("webhook-timestamp: ", now));
  Append(headers, absl::StrCat("webhook-signature: ",
                               WebhookSignature(webhook->secret, letter.id, now, body)));
  Append(headers, "Expect:");
  Gate gate{networks_, webhook->url.starts_with("https:")};
  std::size_t answered = 0;
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, Skip);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &answered);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, OpenSocket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &gate);
  // The gate looks at each connection as it is made, so none is left for the next one.
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  if (!webhook->ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, webhook->ca_file.c_str());
  const CURLcode code = run_.Perform(easy);
  if (run_.stopped() && code != CURLE_OK) return {SendResult::Kind::kLater, "the server stopped"};
  long response = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response);
  return Judge(*webhook, code, response, gate.refused, run_.ErrorText(code));
}

}  // namespace kosei::server
