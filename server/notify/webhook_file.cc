#include "notify/webhook_file.h"

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "config.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "toml++/toml.h"

namespace kosei::server {
namespace {

constexpr std::string_view kOption = "webhooks_file";
constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::size_t kSecretBytesMin = 16;
constexpr std::size_t kWebhooksMax = 100;
constexpr std::array<std::string_view, 7> kKeys = {"name",      "url",       "secret", "ca_file",
                                                   "templates", "audiences", "classes"};

class WebhookReader {
 public:
  explicit WebhookReader(const std::string& path) : path_(path) {}

  absl::Status Fault(const toml::source_position& at, std::string_view what) const {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("%s: %s:%d:%d: %s", kOption, path_, at.line, at.column, what),
                     kOption);
  }

  absl::Status ReadText(const toml::table& table, std::string_view key, bool required,
                        std::string& out) const {
    const toml::node* const node = table.get(key);
    if (node == nullptr) {
      if (!required) return absl::OkStatus();
      return Fault(table.source().begin, absl::StrFormat("a webhook needs %s", key));
    }
    const std::optional<std::string> text = node->value<std::string>();
    if (!node->is_string() || !text.has_value() || text->empty())
      return Fault(node->source().begin, absl::StrFormat("%s: expected text in quotes", key));
    out = *text;
    return absl::OkStatus();
  }

  absl::Status ReadTexts(const toml::table& table, std::string_view key,
                         std::vector<std::string>& out) const {
    const toml::node* const node = table.get(key);
    if (node == nullptr) return absl::OkStatus();
    const toml::array* const list = node->as_array();
    if (list == nullptr || list->empty()) {
      return Fault(node->source().begin,
                   absl::StrFormat("%s: expected a list of texts, as in [\"a\", \"b\"]", key));
    }
    for (const toml::node& item : *list) {
      if (!item.is_string())
        return Fault(item.source().begin, absl::StrFormat("%s: expected text in quotes", key));
      out.push_back(item.value<std::string>().value_or(""));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<WebhookSettings> ReadOne(const toml::table& table) const {
    for (const auto& [key, node] : table) {
      if (std::find(kKeys.begin(), kKeys.end(), key.str()) != kKeys.end()) continue;
      return Fault(key.source().begin,
                   absl::StrFormat("unknown key \"%s\"%s", std::string(key.str()),
                                   Suggestion(key.str(), {kKeys.begin(), kKeys.end()})));
    }
    WebhookSettings webhook;
    std::string secret;
    KOSEI_RETURN_IF_ERROR(ReadText(table, "name", true, webhook.filter.name));
    KOSEI_RETURN_IF_ERROR(ReadText(table, "url", true, webhook.url));
    KOSEI_RETURN_IF_ERROR(ReadText(table, "secret", true, secret));
    KOSEI_RETURN_IF_ERROR(ReadText(table, "ca_file", false, webhook.ca_file));
    KOSEI_RETURN_IF_ERROR(ReadTexts(table, "templates", webhook.filter.templates));
    KOSEI_RETURN_IF_ERROR(ReadTexts(table, "audiences", webhook.filter.audiences));
    KOSEI_RETURN_IF_ERROR(ReadTexts(table, "classes", webhook.filter.classes));
    const bool plain_name =
        std::all_of(webhook.filter.name.begin(), webhook.filter.name.end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        });
    if (!plain_name || webhook.filter.name.size() > 64) {
      return Fault(table.get("name")->source().begin,
                   "name: expected 1 to 64 lower-case letters, digits, - and _");
    }
    const bool web = webhook.url.starts_with("https://") || webhook.url.starts_with("http://");
    const bool one_word = std::all_of(webhook.url.begin(), webhook.url.end(),
                                      [](char c) { return c > ' ' && c < '\x7f'; });
    if (!web || !one_word) {
      return Fault(table.get("url")->source().begin,
                   "url: expected https://..., or http://... into a network that is named");
    }
    webhook.secret = secret;
    if (secret.starts_with(kSecretPrefix) &&
        !absl::Base64Unescape(secret.substr(kSecretPrefix.size()), &webhook.secret)) {
      return Fault(table.get("secret")->source().begin,
                   "secret: what is behind whsec_ is no base64");
    }
    if (webhook.secret.size() < kSecretBytesMin) {
      return Fault(
          table.get("secret")->source().begin,
          absl::StrFormat("secret: it has fewer than %d bytes; make one with `openssl rand "
                          "-base64 32` and put whsec_ before it",
                          kSecretBytesMin));
    }
    return webhook;
  }

  absl::StatusOr<std::vector<WebhookSettings>> ReadAll(const toml::table& table) const {
    std::vector<WebhookSettings> webhooks;
    for (const auto& [key, node] : table) {
      if (key.str() != "webhook" || !node.is_array_of_tables()) {
        return Fault(key.source().begin,
                     absl::StrFormat("unknown key \"%s\"; a webhook begins with [[webhook]]",
                                     std::string(key.str())));
      }
      for (const toml::node& each : *node.as_array()) {
        KOSEI_ASSIGN_OR_RETURN(WebhookSettings webhook, ReadOne(*each.as_table()));
        const bool twice = std::any_of(
            webhooks.begin(), webhooks.end(),
            [&](const WebhookSettings& other) { return other.filter.name == webhook.filter.name; });
        if (twice) {
          return Fault(each.source().begin,
                       absl::StrFormat("webhook %s is there already; give it another name",
                                       webhook.filter.name));
        }
        webhooks.push_back(std::move(webhook));
        if (webhooks.size() > kWebhooksMax) {
          return Fault(each.source().begin,
                       absl::StrFormat("there are more than %d webhooks", kWebhooksMax));
        }
      }
    }
    return webhooks;
  }

 private:
  const std::string& path_;
};

}  // namespace

absl::StatusOr<std::vector<WebhookSettings>> ReadWebhookFile(const std::string& path) {
  KOSEI_ASSIGN_OR_RETURN(const std::string text, ReadSecretFile(kOption, path));
  const WebhookReader reader(path);
  try {
    return reader.ReadAll(toml::parse(text, path));
  } catch (const toml::parse_error& error) {
    // The words of the parser may quote the line.
    return reader.Fault(error.source().begin, "the file is no TOML here");
  } catch (const std::exception&) {
    return reader.Fault({}, "the file cannot be read");
  }
}

}  // namespace kosei::server
