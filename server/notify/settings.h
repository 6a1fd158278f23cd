// What the options say of notifications, read and checked: the mail server, its credentials, and
// the file of webhooks.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/process/messages.h"
#include "kosei/server/server.h"
#include "notify/mail_transport.h"
#include "notify/network_list.h"
#include "notify/webhook_transport.h"

namespace kosei::server {

struct NotificationSettings {
  std::optional<MailSettings> mail;
  std::vector<WebhookSettings> webhooks;
  NetworkList networks;
  process::TextLanguage language = process::TextLanguage::kEnglish;
};

// kInvalidArgument says which option or which line of a file is wrong. A file with secrets that
// others can read is refused; what is in it is never said.
absl::StatusOr<NotificationSettings> ReadNotificationSettings(const NotificationOptions& options);

}  // namespace kosei::server
