// The file of webhooks: TOML, a table [[webhook]] for each.
//
//   [[webhook]]
//   name = "chat"
//   url = "https://chat.example.com/hooks/kosei"
//   secret = "whsec_..."
//   templates = ["major_incident"]     without them: all; audiences and classes likewise
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "notify/webhook_transport.h"

namespace kosei::server {

// kInvalidArgument with line and column; what is secret is not said.
absl::StatusOr<std::vector<WebhookSettings>> ReadWebhookFile(const std::string& path);

// What stands in a file that nobody else may read. kInvalidArgument, with the option as field.
absl::StatusOr<std::string> ReadSecretFile(std::string_view option, const std::string& path);

}  // namespace kosei::server
