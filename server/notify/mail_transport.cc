#include "notify/mail_transport.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "kosei/process/messages.h"
#include "notify/mail_message.h"

namespace kosei::server {
namespace {

using process::SendResult;

// Who has to sign in first, or cannot: of all mail, not of this one (RFC 4954).
constexpr std::array<long, 4> kSignInCodes = {530, 534, 535, 538};

struct Upload {
  std::string_view left;
};
std::size_t Read(char* buffer, std::size_t size, std::size_t count, void* upload) {
  std::string_view& left = static_cast<Upload*>(upload)->left;
  const std::size_t taken = std::min(size * count, left.size());
  std::memcpy(buffer, left.data(), taken);
  left.remove_prefix(taken);
  return taken;
}

// What the server says, line by line.
struct Dialogue {
  std::string refusal;   // the last line that was a no
  bool greeted = false;  // it has taken the first command
};
std::size_t Hear(char* line, std::size_t size, std::size_t count, void* dialogue) {
  auto& heard = *static_cast<Dialogue*>(dialogue);
  std::string_view said(line, size * count);
  while (!said.empty() && static_cast<unsigned char>(said.back()) <= ' ') said.remove_suffix(1);
  if (said.starts_with('4') || said.starts_with('5')) heard.refusal = said.substr(0, 500);
  if (said.starts_with("250")) heard.greeted = true;
  return size * count;
}

std::string UrlOf(const MailSettings& settings) {
  return absl::StrCat(settings.tls == MailTls::kFromFirst ? "smtps://" : "smtp://",
                      settings.server);
}

SendResult Judge(const MailSettings& settings, CURLcode code, long response, const Dialogue& heard,
                 std::string error) {
  if (code == CURLE_OK) return {};
  SendResult result;
  result.kind = SendResult::Kind::kLater;
  const bool said_no = response >= 400 && response < 600;
  result.error = absl::StrFormat("mail server %s: %s", settings.server,
                                 said_no && !heard.refusal.empty() ? heard.refusal : error);
  const bool sign_in =
      code == CURLE_LOGIN_DENIED ||
      std::find(kSignInCodes.begin(), kSignInCodes.end(), response) != kSignInCodes.end();
  // A no to this recipient or text, and not to all of us.
  if (heard.greeted && response >= 500 && response < 600 && !sign_in) {
    result.kind = SendResult::Kind::kRefused;
    return result;
  }
  result.target_down = !heard.greeted || sign_in || !said_no;
  return result;
}

}  // namespace

SendResult MailTransport::Send(const process::Letter& letter) {
  if (letter.address.empty()) {
    return {SendResult::Kind::kRefused,
            absl::StrFormat("%s has no e-mail; give it one (`kosei set %s email=...`), then retry",
                            letter.to, letter.to)};
  }
  if (!IsPlainMailAddress(letter.address)) {
    return {SendResult::Kind::kRefused,
            absl::StrFormat("%s: \"%s\" is no address that a mail server takes; write "
                            "NAME@DOMAIN in ASCII letters",
                            letter.to, letter.address)};
  }
  MailMessage message;
  message.from_name = "kosei";
  message.from = settings_.from;
  message.to_name = letter.name;
  message.to = letter.address;
  message.subject = letter.subject;
  message.text = letter.body;
  message.id = letter.id;
  message.thread = letter.thread;
  message.language = NameOf(letter.language);
  message.record = letter.about;
  message.notification = letter.key;
  message.date = clock_.Now();
  const std::string mail = ComposeMail(message);
  const CurlHandle handle = run_.Prepare(UrlOf(settings_), "smtp,smtps");
  CURL* const easy = handle.get();
  if (easy == nullptr) return {SendResult::Kind::kLater, "no memory for a transfer"};
  CurlList recipients;
  Append(recipients, absl::StrCat("<", letter.address, ">"));
  Upload upload{mail};
  Dialogue dialogue;
  const std::string sender = absl::StrCat("<", settings_.from, ">");
  curl_easy_setopt(easy, CURLOPT_MAIL_FROM, sender.c_str());
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, Read);
  curl_easy_setopt(easy, CURLOPT_READDATA, &upload);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, Hear);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &dialogue);
  curl_easy_setopt(
      easy, CURLOPT_USE_SSL,
      static_cast<long>(settings_.tls == MailTls::kStart ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  if (!settings_.user.empty()) {
    curl_easy_setopt(easy, CURLOPT_USERNAME, settings_.user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, settings_.password.c_str());
  }
  if (!settings_.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, settings_.ca_file.c_str());
  const CURLcode code = run_.Perform(easy);
  long response = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response);
  if (run_.stopped() && code != CURLE_OK) return {SendResult::Kind::kLater, "the server stopped"};
  return Judge(settings_, code, response, dialogue, run_.ErrorText(code));
}

}  // namespace kosei::server
