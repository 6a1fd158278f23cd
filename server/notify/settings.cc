#include "notify/settings.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "notify/mail_message.h"
#include "notify/webhook_file.h"

namespace kosei::server {
namespace {

constexpr std::size_t kSecretFileBytesMax = std::size_t{64} << 10;

absl::Status Fault(std::string_view option, std::string message) {
  return MakeError(ErrorCode::kInvalidArgument, std::string(option) + ": " + message, option);
}

// "mail.example.com:587", "[fd00::1]:25".
absl::Status CheckMailServer(const std::string& server) {
  const std::size_t colon = server.rfind(':');
  std::uint16_t port = 0;
  if (colon != std::string::npos && colon != 0) {
    const char* const end = server.data() + server.size();
    const auto [stopped, wrong] = std::from_chars(server.data() + colon + 1, end, port);
    const std::string_view host(server.data(), colon);
    const bool plain = std::all_of(host.begin(), host.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             std::string_view(".-:[]_").find(c) != std::string_view::npos;
    });
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    const bool one = bracketed || host.find(':') == std::string_view::npos;
    if (wrong == std::errc() && stopped == end && port != 0 && plain && one)
      return absl::OkStatus();
  }
  return Fault(
      "mail_server",
      absl::StrFormat("\"%s\" was given; expected HOST:PORT, as in mail.example.com:587", server));
}

// Two lines: the name, and the password.
absl::Status ReadCredentials(const std::string& path, MailSettings& mail) {
  KOSEI_ASSIGN_OR_RETURN(std::string text, ReadSecretFile("mail_credentials_file", path));
  std::erase(text, '\r');
  const std::size_t line = text.find('\n');
  if (line != std::string::npos) {
    mail.user = text.substr(0, line);
    mail.password = text.substr(line + 1, text.find('\n', line + 1) - line - 1);
  }
  if (!mail.user.empty() && !mail.password.empty()) return absl::OkStatus();
  return Fault("mail_credentials_file",
               absl::StrFormat("%s: expected two lines, the name under which to sign in and the "
                               "password",
                               path));
}

absl::StatusOr<MailSettings> ReadMail(const NotificationOptions& options) {
  MailSettings mail;
  KOSEI_RETURN_IF_ERROR(CheckMailServer(options.mail_server));
  mail.server = options.mail_server;
  if (!IsPlainMailAddress(options.mail_from)) {
    return Fault("mail_from",
                 absl::StrFormat("\"%s\" was given; expected the address that mail comes from, as "
                                 "in kosei@example.com",
                                 options.mail_from));
  }
  mail.from = options.mail_from;
  if (options.mail_tls != "starttls" && options.mail_tls != "tls" && options.mail_tls != "none") {
    return Fault("mail_tls", absl::StrFormat("\"%s\" was given; expected starttls, tls or none",
                                             options.mail_tls));
  }
  mail.tls = options.mail_tls == "none"  ? MailTls::kNone
             : options.mail_tls == "tls" ? MailTls::kFromFirst
                                         : MailTls::kStart;
  mail.ca_file = options.mail_ca_file;
  std::error_code ignored;
  if (!mail.ca_file.empty() && !std::filesystem::is_regular_file(mail.ca_file, ignored)) {
    return Fault(
        "mail_ca_file",
        absl::StrFormat("%s: the file cannot be read; check its name and rights", mail.ca_file));
  }
  if (options.mail_credentials_file.empty()) return mail;
  if (mail.tls == MailTls::kNone) {
    return Fault("mail_tls",
                 "none: a password would cross the network in plain text; choose starttls or tls, "
                 "or take mail_credentials_file away");
  }
  KOSEI_RETURN_IF_ERROR(ReadCredentials(options.mail_credentials_file, mail));
  return mail;
}

}  // namespace

absl::StatusOr<std::string> ReadSecretFile(std::string_view option, const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code wrong;
  const fs::file_status status = fs::status(path, wrong);
  if (wrong || !fs::is_regular_file(status)) {
    return Fault(option,
                 absl::StrFormat("%s: the file cannot be read; check its name and rights", path));
  }
  constexpr fs::perms kOthers = fs::perms::others_all | fs::perms::group_write;
  if ((status.permissions() & kOthers) != fs::perms::none) {
    return Fault(option, absl::StrFormat("%s: it holds secrets, and other users may read or change "
                                         "it; say `chmod 600 %s`",
                                         path, path));
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(kSecretFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (!file.eof() && !file.good()) {
    return Fault(option,
                 absl::StrFormat("%s: the file cannot be read; check its name and rights", path));
  }
  if (text.size() > kSecretFileBytesMax) {
    return Fault(option, absl::StrFormat("%s: it has more than %d bytes, which no such file needs",
                                         path, kSecretFileBytesMax));
  }
  return text;
}

absl::StatusOr<NotificationSettings> ReadNotificationSettings(const NotificationOptions& options) {
  NotificationSettings settings;
  const auto language = process::TextLanguageOf(options.language);
  if (!language.has_value()) {
    return Fault("notification_language",
                 absl::StrFormat("\"%s\" was given; expected en or ja", options.language));
  }
  settings.language = *language;
  if (!options.mail_server.empty()) {
    KOSEI_ASSIGN_OR_RETURN(settings.mail, ReadMail(options));
  } else if (!options.mail_from.empty() || !options.mail_credentials_file.empty()) {
    return Fault("mail_server", "it is missing, and other options are about mail; give HOST:PORT");
  }
  absl::StatusOr<NetworkList> networks = NetworkList::Parse(options.webhook_networks);
  if (!networks.ok()) return Fault("webhook_networks", std::string(MessageOf(networks.status())));
  settings.networks = *std::move(networks);
  if (!options.webhooks_file.empty()) {
    KOSEI_ASSIGN_OR_RETURN(settings.webhooks, ReadWebhookFile(options.webhooks_file));
  }
  return settings;
}

}  // namespace kosei::server
