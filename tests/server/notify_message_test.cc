// Mails as they go out, signatures of webhooks, and which addresses may be spoken to.
#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "kosei/base/error.h"
#include "notify/mail_message.h"
#include "notify/network_list.h"
#include "notify/webhook_transport.h"
#include "status_matchers.h"

namespace kosei::server {
namespace {

using ::kosei::testing::IsError;
using ::testing::HasSubstr;
using ::testing::Not;

MailMessage Sample() {
  MailMessage message;
  message.from_name = "kosei";
  message.from = "kosei@example.com";
  message.to_name = "山田 花子";
  message.to = "hanako@example.com";
  message.subject = "INC-000001 が割り当てられました";
  message.text = "一行目\n二行目";
  message.id = "0123";
  message.thread = "4567";
  message.language = "ja";
  message.record = "INC-000001";
  message.notification = "INC-000001/n-1";
  message.date = *ParseTimestamp("2026-12-01T01:02:03Z");
  return message;
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  for (std::size_t end = text.find("\r\n"); end != std::string::npos;
       at = end + 2, end = text.find("\r\n", at))
    lines.push_back(text.substr(at, end - at));
  EXPECT_EQ(at, text.size()) << "it ends with a line";
  return lines;
}

// What encoded words say.
std::string Decoded(std::string text) {
  std::string out;
  std::size_t at = 0;
  while ((at = text.find("=?UTF-8?B?", at)) != std::string::npos) {
    const std::size_t end = text.find("?=", at + 10);
    std::string word;
    EXPECT_TRUE(absl::Base64Unescape(text.substr(at + 10, end - at - 10), &word));
    out += word;
    at = end + 2;
  }
  return out;
}

TEST(MailMessage, HasTheHeadersOfAMailInJapanese) {
  const std::string mail = ComposeMail(Sample());
  const std::string head = mail.substr(0, mail.find("\r\n\r\n") + 2);
  EXPECT_THAT(head, HasSubstr("Date: Tue, 01 Dec 2026 01:02:03 +0000\r\n"));
  EXPECT_THAT(head, HasSubstr("From: \"kosei\"\r\n <kosei@example.com>\r\n"));
  EXPECT_THAT(head, HasSubstr("To: =?UTF-8?B?5bGx55SwIOiKseWtkA==?=\r\n <hanako@example.com>\r\n"));
  EXPECT_THAT(head, HasSubstr("Message-ID: <0123@example.com>\r\n"));
  EXPECT_THAT(head, HasSubstr("References: <4567@example.com>\r\n"));
  EXPECT_THAT(head, HasSubstr("Auto-Submitted: auto-generated\r\n"));
  EXPECT_THAT(head, HasSubstr("X-Kosei-Record: INC-000001\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Type: text/plain; charset=UTF-8\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Language: ja\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Transfer-Encoding: base64\r\n"));
  const std::size_t subject = head.find("Subject: ");
  EXPECT_EQ(Decoded(head.substr(subject, head.find("Message-ID") - subject)),
            "INC-000001 が割り当てられました");
  std::string body = mail.substr(mail.find("\r\n\r\n") + 4);
  body.erase(
      std::remove_if(body.begin(), body.end(), [](char c) { return c == '\r' || c == '\n'; }),
      body.end());
  std::string text;
  ASSERT_TRUE(absl::Base64Unescape(body, &text));
  EXPECT_EQ(text, "一行目\r\n二行目\r\n");
}

TEST(MailMessage, NoTextMakesAHeaderOrALineThatIsTooLong) {
  MailMessage message = Sample();
  message.subject = "a\r\nBcc: evil@example.com\r\n\r\nbody";
  message.to_name = "x\r\nBcc: evil@example.com";
  message.record = "INC\r\nBcc: evil@example.com";
  for (int i = 0; i < 200; ++i) message.subject += "とても長い件名 ";
  message.text = std::string(100'000, 'x') + "\r\n.\r\nQUIT\r\n";
  std::string mail = ComposeMail(message);
  for (const std::string& line : LinesOf(mail)) {
    EXPECT_THAT(line, Not(::testing::StartsWith("Bcc")));
    EXPECT_THAT(line, Not(::testing::StartsWith(".")));
    EXPECT_LE(line.size(), 78U) << line;
  }
}

TEST(MailMessage, EncodedWordsAreCutBetweenCharacters) {
  for (std::size_t indent = 0; indent < 20; ++indent) {
    std::string text;
    for (int i = 0; i < 60; ++i) text += i % 3 == 0 ? "a" : i % 3 == 1 ? "構" : "😀";
    const std::string header = HeaderText(text, indent);
    EXPECT_EQ(Decoded(header), text);
    std::size_t first = indent;
    for (const std::string& line : LinesOf(header + "\r\n")) {
      EXPECT_LE(line.size() + first, 76U) << indent << " " << line;
      first = 0;
      // Each word is whole characters.
      const std::string word = Decoded(line);
      EXPECT_NE(static_cast<unsigned char>(word.front()) & 0xC0, 0x80);
    }
  }
  EXPECT_EQ(HeaderText("short and plain", 9), "short and plain");
  EXPECT_EQ(Decoded(HeaderText("=?UTF-8?B?eA==?= is a trick", 9)), "=?UTF-8?B?eA==?= is a trick");
}

TEST(MailMessage, AddressesThatCannotStandInADialogueAreNone) {
  for (const char* good : {"a@b", "first.last+tag@mail.example.com"})
    EXPECT_TRUE(IsPlainMailAddress(good)) << good;
  for (const char* bad : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nRCPT TO:<x@y>", "<a@b>",
                          "a,b@c", "花子@example.com", "\"a\"@b", "a@b;c"})
    EXPECT_FALSE(IsPlainMailAddress(bad)) << bad;
  EXPECT_FALSE(IsPlainMailAddress(std::string(260, 'a') + "@b"));
}

TEST(Webhook, IsSignedAsStandardWebhooksSay) {
  // The example of the specification.
  std::string secret;
  ASSERT_TRUE(absl::Base64Unescape("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &secret));
  EXPECT_EQ(WebhookSignature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1'614'265'330,
                             "{\"test\": 2432232314}"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Webhook, TellsWhatHappenedAsJson) {
  process::Letter letter;
  letter.id = "00ff";
  letter.key = "INC-000001/n-1";
  letter.about = "INC-000001";
  letter.class_name = "Incident";
  letter.template_name = "assigned";
  letter.audience = "group";
  letter.subject = "a \"b\"\n";
  letter.body = "構成";
  letter.written = *ParseTimestamp("2026-12-01T01:02:03Z");
  EXPECT_EQ(WebhookBody(letter),
            R"({"id":"00ff","notification":"INC-000001/n-1","template":"assigned",)"
            R"("audience":"group","record":"INC-000001","class":"Incident","language":"en",)"
            R"("subject":"a \"b\"\u000a","text":"構成","written_at":"2026-12-01T01:02:03Z"})");
}

bool Public(const char* text) { return IsPublic(boost::asio::ip::make_address(text)); }

TEST(NetworkList, PublicIsWhatAnybodyCouldMean) {
  for (const char* address : {"8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1",
                              "192.167.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255",
                              "2606:4700::1111", "2a00::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"})
    EXPECT_TRUE(Public(address)) << address;
  for (const char* address : {"0.0.0.0",
                              "0.1.2.3",
                              "10.0.0.1",
                              "100.64.0.1",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.255.0.1",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.1",
                              "192.0.2.1",
                              "192.168.0.1",
                              "198.18.0.1",
                              "198.19.255.255",
                              "198.51.100.1",
                              "203.0.113.1",
                              "224.0.0.1",
                              "239.1.1.1",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::ffff:127.0.0.1",
                              "::ffff:10.0.0.1",
                              "::7f00:1",
                              "64:ff9b::127.0.0.1",
                              "64:ff9b:1::1",
                              "fc00::1",
                              "fd12::1",
                              "fe80::1",
                              "fec0::1",
                              "ff02::1",
                              "2001:db8::1",
                              "2001::1",
                              "2002:7f00:1::",
                              "2002:a00:1::",
                              "100::1"})
    EXPECT_FALSE(Public(address)) << address;
}

TEST(NetworkList, NamedNetworksAreReadAndMatched) {
  const auto list = NetworkList::Parse("10.20.0.0/16, 192.168.7.5 ,fd00::/8,");
  ASSERT_OK(list);
  const auto has = [&](const char* text) {
    return list->Contains(boost::asio::ip::make_address(text));
  };
  EXPECT_TRUE(has("10.20.255.1"));
  EXPECT_TRUE(has("::ffff:10.20.0.1"));
  EXPECT_TRUE(has("192.168.7.5"));
  EXPECT_TRUE(has("fd99::1"));
  EXPECT_FALSE(has("10.21.0.1"));
  EXPECT_FALSE(has("192.168.7.6"));
  EXPECT_FALSE(has("fe80::1"));
  EXPECT_FALSE(has("127.0.0.1"));
  for (const char* wrong :
       {"10.20.0.0/33", "mail.example.com", "10.20", "fd00::/200", "10.0.0.0/8/8"})
    EXPECT_THAT(NetworkList::Parse(wrong), IsError(ErrorCode::kInvalidArgument, wrong));
}

}  // namespace
}  // namespace kosei::server
