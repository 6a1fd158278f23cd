// Webhooks: programs that are told by a POST of JSON, signed so that they know who speaks. Headers
// and signature are those of Standard Webhooks: webhook-id stays the same however often it is sent,
// webhook-signature is "v1," and the base64 of HMAC-SHA256 over "ID.TIMESTAMP.BODY".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/base/time.h"
#include "kosei/process/outbox.h"
#include "notify/curl_run.h"
#include "notify/network_list.h"
#include "notify/transport.h"

namespace kosei::server {

struct WebhookSettings {
  process::WebhookFilter filter;  // its name too
  std::string url;                // https; http only into a network that is named
  std::string secret;             // the bytes of the key
  std::string ca_file = {};       // PEM; empty: the machine's own
};

// "v1,...": of what is sent.
std::string WebhookSignature(std::string_view secret, std::string_view id,
                             std::int64_t unix_seconds, std::string_view body);
// What a webhook is told.
std::string WebhookBody(const process::Letter& letter);

class WebhookTransport final : public Transport {
 public:
  // Addresses that are not public are spoken to only in `networks`: what counts is the address that
  // is really connected to. The clock must outlive it.
  WebhookTransport(std::vector<WebhookSettings> webhooks, NetworkList networks, const Clock& clock)
      : webhooks_(std::move(webhooks)), networks_(std::move(networks)), clock_(clock) {}

  process::SendResult Send(const process::Letter& letter) override;
  void Stop() override { run_.Stop(); }

 private:
  const std::vector<WebhookSettings> webhooks_;
  const NetworkList networks_;
  const Clock& clock_;
  CurlRun run_;
};

}  // namespace kosei::server
