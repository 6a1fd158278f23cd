// Mail through a mail server (SMTP, RFC 5321), with TLS unless it is told otherwise.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "kosei/base/time.h"
#include "notify/curl_run.h"
#include "notify/transport.h"

namespace kosei::server {

enum class MailTls : std::uint8_t {
  kStart,      // begun with STARTTLS; a server that cannot do that gets nothing
  kFromFirst,  // from the first byte
  kNone,
};

struct MailSettings {
  std::string server = {};  // HOST:PORT
  std::string from = {};    // address
  MailTls tls = MailTls::kStart;
  std::string user = {}, password = {};  // empty: nobody signs in
  std::string ca_file = {};              // PEM; empty: the machine's own
};

class MailTransport final : public Transport {
 public:
  // The clock must outlive it.
  MailTransport(MailSettings settings, const Clock& clock)
      : settings_(std::move(settings)), clock_(clock) {}

  process::SendResult Send(const process::Letter& letter) override;
  void Stop() override { run_.Stop(); }

 private:
  const MailSettings settings_;
  const Clock& clock_;
  CurlRun run_;
};

}  // namespace kosei::server
