// Mail and webhooks through real sockets: what arrives, and what becomes of a refusal, of silence
// and of a connection that breaks; a stop ends everything at once.
#include <gmock/gmock.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "certificate.h"
#include "manual_clock.h"
#include "notify/mail_transport.h"
#include "notify/webhook_transport.h"
#include "notify_listeners.h"
#include "status_matchers.h"
#include "temp_folder.h"

namespace kosei::server {
namespace {

using ::kosei::testing::MailListener;
using ::kosei::testing::MailScript;
using ::kosei::testing::ManualClock;
using ::kosei::testing::TempFolder;
using ::kosei::testing::WebListener;
using process::Letter;
using process::SendResult;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Kind = SendResult::Kind;

Letter Sample() {
  Letter letter;
  letter.key = "INC-000001/n-1";
  letter.to = "hanako";
  letter.name = "花子";
  letter.address = "hanako@example.com";
  letter.id = "00112233445566778899aabbccddeeff";
  letter.thread = "ffeeddccbbaa99887766554433221100";
  letter.about = "INC-000001";
  letter.subject = "INC-000001 is assigned to you";
  letter.body = "INC-000001 is assigned to you\n";
  return letter;
}

class MailTransportTest : public ::testing::Test {
 protected:
  SendResult Send(MailListener& server, MailSettings settings = {},
                  const Letter& letter = Sample()) {
    settings.server = server.address();
    settings.from = "kosei@example.com";
    MailTransport transport(settings, clock_);
    return transport.Send(letter);
  }
  static MailSettings Plain() { return {.tls = MailTls::kNone}; }

  ManualClock clock_;
};

TEST_F(MailTransportTest, AMailArrivesAsItIsMeant) {
  MailListener server;
  const SendResult result = Send(server, Plain());
  EXPECT_EQ(result.kind, Kind::kSent) << result.error;
  ASSERT_THAT(server.taken(), SizeIs(1));
  const auto mail = server.taken().front();
  EXPECT_THAT(mail.from, HasSubstr("<kosei@example.com>"));
  EXPECT_THAT(mail.to, HasSubstr("<hanako@example.com>"));
  EXPECT_THAT(mail.data, HasSubstr("Subject: INC-000001 is assigned to you\r\n"));
  EXPECT_THAT(mail.data,
              HasSubstr("Message-ID: <00112233445566778899aabbccddeeff@example.com>\r\n"));
}

TEST_F(MailTransportTest, ARepeatedMailHasTheSameMessageId) {
  MailListener server({.hang_up_at_data = true});
  const SendResult first = Send(server, Plain());
  EXPECT_EQ(first.kind, Kind::kLater);
  server.set_script({});
  EXPECT_EQ(Send(server, Plain()).kind, Kind::kSent);
  EXPECT_THAT(server.taken().front().data, HasSubstr(Sample().id));
}

TEST_F(MailTransportTest, ARecipientThatIsRefusedForGoodIsNotTriedAgain) {
  MailListener server({.rcpt = "550 5.1.1 no such mailbox"});
  const SendResult result = Send(server, Plain());
  EXPECT_EQ(result.kind, Kind::kRefused);
  EXPECT_FALSE(result.target_down);
  EXPECT_THAT(result.error, HasSubstr("550 5.1.1 no such mailbox"));
  EXPECT_THAT(result.error, HasSubstr(server.address()));
  EXPECT_THAT(server.taken(), IsEmpty());
}

TEST_F(MailTransportTest, AServerThatIsBusyIsAskedAgain) {
  for (const MailScript& script :
       {MailScript{.rcpt = "451 4.3.0 try later"}, MailScript{.after_data = "452 4.2.2 full"}}) {
    MailListener server(script);
    const SendResult result = Send(server, Plain());
    EXPECT_EQ(result.kind, Kind::kLater) << result.error;
  }
}

TEST_F(MailTransportTest, AServerThatIsNotThereIsDown) {
  MailListener server;
  server.listener().Close();
  const SendResult result = Send(server, Plain());
  EXPECT_EQ(result.kind, Kind::kLater);
  EXPECT_TRUE(result.target_down);
  EXPECT_THAT(result.error, HasSubstr(server.address()));
}

TEST_F(MailTransportTest, NothingIsSentInPlainTextWhenTlsIsWanted) {
  MailListener server({.sign_in = true});
  const SendResult result =
      Send(server, {.tls = MailTls::kStart, .user = "kosei", .password = "secret-1"});
  EXPECT_EQ(result.kind, Kind::kLater);
  EXPECT_TRUE(result.target_down);
  EXPECT_THAT(server.taken(), IsEmpty());
  EXPECT_THAT(result.error, Not(HasSubstr("secret-1")));
}

TEST_F(MailTransportTest, WithTlsItSignsInAndSends) {
  TempFolder folder;
  kosei::testing::WriteCertificate(folder / "cert.pem", folder / "key.pem", "IP:127.0.0.1");
  const MailScript script{.starttls = true,
                          .certificate = folder / "cert.pem",
                          .key = folder / "key.pem",
                          .sign_in = true};
  MailListener server(script);
  MailSettings settings{.tls = MailTls::kStart,
                        .user = "kosei",
                        .password = "secret-1",
                        .ca_file = folder / "cert.pem"};
  const SendResult result = Send(server, settings);
  EXPECT_EQ(result.kind, Kind::kSent) << result.error;
  ASSERT_THAT(server.taken(), SizeIs(1));
  EXPECT_TRUE(server.taken().front().encrypted);
  std::string user;
  ASSERT_TRUE(absl::Base64Unescape(server.taken().front().user, &user));
  EXPECT_EQ(user, std::string("\0kosei\0secret-1", 15));
  // A certificate that nobody vouches for.
  settings.ca_file.clear();
  const SendResult strange = Send(server, settings);
  EXPECT_EQ(strange.kind, Kind::kLater);
  EXPECT_TRUE(strange.target_down);
  EXPECT_THAT(server.taken(), SizeIs(1));
}

TEST_F(MailTransportTest, APasswordThatIsWrongIsNoFaultOfTheMail) {
  TempFolder folder;
  kosei::testing::WriteCertificate(folder / "cert.pem", folder / "key.pem", "IP:127.0.0.1");
  MailListener server({.starttls = true,
                       .certificate = folder / "cert.pem",
                       .key = folder / "key.pem",
                       .sign_in = true,
                       .sign_in_answer = "535 5.7.8 wrong"});
  const SendResult result = Send(server, {.tls = MailTls::kStart,
                                          .user = "kosei",
                                          .password = "secret-1",
                                          .ca_file = folder / "cert.pem"});
  EXPECT_EQ(result.kind, Kind::kLater) << result.error;
  EXPECT_TRUE(result.target_down);
}

TEST_F(MailTransportTest, WhoHasNoAddressIsToldSo) {
  MailListener server;
  Letter letter = Sample();
  letter.address.clear();
  const SendResult none = Send(server, Plain(), letter);
  EXPECT_EQ(none.kind, Kind::kRefused);
  EXPECT_THAT(none.error, HasSubstr("hanako has no e-mail"));
  letter.address = "a@b>\r\nRCPT TO:<evil@example.com";
  EXPECT_EQ(Send(server, Plain(), letter).kind, Kind::kRefused);
  EXPECT_EQ(server.listener().connections(), 0);
}

TEST_F(MailTransportTest, AStopEndsASilentDialogueAtOnce) {
  MailListener server({.silent = true});
  MailSettings settings = Plain();
  settings.server = server.address();
  settings.from = "kosei@example.com";
  MailTransport transport(settings, clock_);
  SendResult result;
  std::thread sender([&] { result = transport.Send(Sample()); });
  server.listener().AwaitConnections(1);
  transport.Stop();
  sender.join();
  EXPECT_EQ(result.kind, Kind::kLater);
  EXPECT_EQ(transport.Send(Sample()).kind, Kind::kLater);
}

class WebhookTransportTest : public ::testing::Test {
 protected:
  static constexpr const char* kSecret = "0123456789abcdef0123456789abcdef";

  SendResult Send(const std::string& url, std::string_view networks = "127.0.0.0/8") {
    const auto list = NetworkList::Parse(networks);
    EXPECT_OK(list);
    WebhookTransport transport({{.filter = {.name = "chat"}, .url = url, .secret = kSecret}}, *list,
                               clock_);
    Letter letter = Sample();
    letter.to = "chat";
    return transport.Send(letter);
  }
  static std::string Answer(const std::string& status, const std::string& headers = {}) {
    return "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n" + headers +
           "\r\n";
  }

  ManualClock clock_{Timestamp{1'764'550'923'000'000}};
};

TEST_F(WebhookTransportTest, APostArrivesSigned) {
  WebListener server;
  const SendResult result = Send(server.url());
  EXPECT_EQ(result.kind, Kind::kSent) << result.error;
  ASSERT_THAT(server.requests(), SizeIs(1));
  auto request = server.requests().front();
  EXPECT_EQ(request.line, "POST /hook HTTP/1.1");
  EXPECT_EQ(request.headers["content-type"], "application/json");
  EXPECT_EQ(request.headers["webhook-id"], Sample().id);
  EXPECT_EQ(request.headers["webhook-timestamp"], "1764550923");
  EXPECT_EQ(request.headers["webhook-signature"],
            WebhookSignature(kSecret, Sample().id, 1'764'550'923, request.body));
  EXPECT_THAT(request.body, HasSubstr("\"record\":\"INC-000001\""));
}

TEST_F(WebhookTransportTest, WhatItAnswersDecides) {
  struct Case {
    const char* status;
    Kind kind;
  };
  for (const Case& each : {Case{"200 OK", Kind::kSent}, Case{"202 Accepted", Kind::kSent},
                           Case{"404 Not Found", Kind::kLater}, Case{"410 Gone", Kind::kRefused},
                           Case{"429 Too Many Requests", Kind::kLater},
                           Case{"500 Internal Server Error", Kind::kLater}}) {
    SCOPED_TRACE(each.status);
    WebListener server(Answer(each.status));
    const SendResult result = Send(server.url());
    EXPECT_EQ(result.kind, each.kind) << result.error;
    if (each.kind != Kind::kSent) {
      EXPECT_THAT(result.error, HasSubstr("webhook chat"));
      EXPECT_THAT(result.error, HasSubstr(std::string(each.status).substr(0, 3)));
    }
  }
}

TEST_F(WebhookTransportTest, RedirectsAreNotFollowed) {
  WebListener other;
  WebListener server(Answer("307 Temporary Redirect", "Location: " + other.url() + "\r\n"));
  const SendResult result = Send(server.url());
  EXPECT_EQ(result.kind, Kind::kLater);
  EXPECT_THAT(result.error, HasSubstr("redirects are not followed"));
  EXPECT_EQ(other.listener().connections(), 0);
}

TEST_F(WebhookTransportTest, AnAddressThatIsNotPublicIsRefusedWhateverItsName) {
  WebListener server;
  const std::string port = std::to_string(server.listener().port());
  for (const std::string host :
       {"127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0.0.0.0"}) {
    SCOPED_TRACE(host);
    std::string url = "http://";
    url.append(host).append(":").append(port).append("/hook");
    const SendResult result = Send(url, "");
    EXPECT_EQ(result.kind, Kind::kLater);
    EXPECT_TRUE(result.target_down);
    EXPECT_THAT(result.error, HasSubstr("no public address"));
  }
  EXPECT_EQ(server.listener().connections(), 0);
  EXPECT_EQ(Send(server.url(), "10.0.0.0/8, 127.0.0.1").kind, Kind::kSent);
}

TEST_F(WebhookTransportTest, OneThatHangsUpOrIsGoneIsTriedAgain) {
  WebListener server("");
  const SendResult dropped = Send(server.url());
  EXPECT_EQ(dropped.kind, Kind::kLater);
  EXPECT_TRUE(dropped.target_down);
  server.listener().Close();
  EXPECT_EQ(Send(server.url()).kind, Kind::kLater);
}

TEST_F(WebhookTransportTest, AStopEndsASilentRequestAtOnce) {
  WebListener server("silent");
  WebhookTransport transport({{.filter = {.name = "chat"}, .url = server.url(), .secret = kSecret}},
                             *NetworkList::Parse("127.0.0.1"), clock_);
  Letter letter = Sample();
  letter.to = "chat";
  SendResult result;
  std::thread sender([&] { result = transport.Send(letter); });
  server.listener().AwaitConnections(1);
  transport.Stop();
  sender.join();
  EXPECT_EQ(result.kind, Kind::kLater);
}

TEST_F(WebhookTransportTest, OneThatIsNotConfiguredAnyMoreIsGivenUp) {
  WebhookTransport transport({}, {}, clock_);
  Letter letter = Sample();
  letter.to = "chat";
  EXPECT_EQ(transport.Send(letter).kind, Kind::kRefused);
}

}  // namespace
}  // namespace kosei::server
