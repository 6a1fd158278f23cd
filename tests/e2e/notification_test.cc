// What people and programs are told, by the real server through real sockets: at once, again when
// it could not be sent, and after a crash.
#include <gmock/gmock.h>

#include <string>
#include <thread>
#include <vector>

#include "estate.h"
#include "kosei/base/error.h"
#include "kosei/base/file_system.h"
#include "notify_listeners.h"

namespace kosei::e2e {
namespace {

using ::kosei::testing::HasErrorCode;
using ::kosei::testing::MailListener;
using ::kosei::testing::WebListener;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// What listens is there before the server is told of it.
struct Listeners {
  Listeners() {
    webhooks = folder_of_listeners / "webhooks.toml";
    EXPECT_OK(LocalFileSystem().WriteFileAtomically(
        webhooks, "[[webhook]]\nname = \"chat\"\nurl = \"" + web.url() +
                      "\"\nsecret = \"0123456789abcdef\"\n"));
  }
  kosei::testing::TempFolder folder_of_listeners;
  MailListener mail;
  WebListener web;
  std::string webhooks;
};

class ProcessNotifications : public Listeners, public Estate {
 protected:
  ProcessNotifications()
      : Estate(std::vector<std::string>{
            "--mail-server", mail.address(), "--mail-from", "kosei@example.com", "--mail-tls",
            "none", "--webhooks-file", webhooks, "--webhook-networks", "127.0.0.0/8"}) {}

  void SetUp() override {
    Estate::SetUp();
    Put({MakeRecord("BusinessService", "svc:mail", {{"name", "Mail"}}),
         MakeRecord("Team", "team:desk", {{"name", "Service desk"}}),
         MakeRecord("Person", "hanako", {{"email", "hanako@example.com"}, {"language", "ja"}})},
        {MakeLink("hanako", "member_of", "team:desk")});
  }
  void OpenIncident() {
    client::ProcessNew record;
    record.class_name = "Incident";
    record.attributes = Given({{"name", "Mail is slow"}});
    record.links = {{"concerns", "svc:mail"}, {"reported_by", "hanako"}};
    const auto opened = client->OpenProcess(record);
    ASSERT_OK(opened);
    const auto done = client->DoProcess({.key = opened->key,
                                         .event = "triage",
                                         .attributes = Given({{"category", "mail"},
                                                              {"impact", "high"},
                                                              {"urgency", "high"},
                                                              {"assignment_group", "team:desk"}})});
    ASSERT_OK(done);
    ASSERT_TRUE(done->done());
  }
  static language::PackedMap Given(const std::vector<std::pair<std::string, std::string>>& texts) {
    language::PackedMap map;
    for (const auto& [name, text] : texts) map.push_back({name, {text}});
    return map;
  }
  std::vector<std::string> Rows(const std::string& text) {
    std::vector<std::string> rows;
    client::StatementRequest request;
    request.text = text;
    EXPECT_OK(client->Query(request, [&](const auto&, const client::QueryRow& row) {
      rows.push_back(row[0].As<std::string>() == nullptr ? "" : *row[0].As<std::string>());
      return true;
    }));
    return rows;
  }
  // Until the statement gives this row.
  void Await(const std::string& text, const std::string& row) {
    while (true) {
      const std::vector<std::string> rows = Rows(text);
      if (!rows.empty() && rows.front() == row) return;
      std::this_thread::yield();
    }
  }
};

constexpr const char* kMailState =
    "MATCH (n:Notification {channel: 'mail'}) RETURN n.state + ' ' + toString(n.attempts)";

TEST_F(ProcessNotifications, AreSentByMailAndToWebhooks) {
  ASSERT_NO_FATAL_FAILURE(OpenIncident());
  const auto mails = mail.AwaitTaken(1);
  EXPECT_THAT(mails[0].to, HasSubstr("<hanako@example.com>"));
  EXPECT_THAT(mails[0].data, HasSubstr("Content-Language: ja"));
  auto requests = web.AwaitRequests(1);
  EXPECT_THAT(requests[0].body, HasSubstr("\"record\":\"INC-000001\""));
  EXPECT_THAT(requests[0].headers["webhook-signature"], HasSubstr("v1,"));
  Await(kMailState, "sent 1");
  Await("MATCH (n:Notification {channel: 'webhook'}) RETURN n.state + ' ' + n.to", "sent chat");
}

TEST_F(ProcessNotifications, WhatCouldNotBeSentIsShownAndSentAgainAfterACrash) {
  mail.set_script({.rcpt = "451 4.3.0 come back later"});
  ASSERT_NO_FATAL_FAILURE(OpenIncident());
  Await(kMailState, "waiting 1");
  EXPECT_THAT(Rows("MATCH (n:Notification {channel: 'mail'}) RETURN n.last_error"),
              ElementsAre(HasSubstr("451 4.3.0 come back later")));
  server.Kill();
  mail.set_script({});
  ASSERT_OK(server.Start());
  client = Connect(server.admin_token());
  EXPECT_EQ(*client->RetryNotifications(Rows("MATCH (n:Notification {channel: 'mail'}) RETURN "
                                             "key(n)")),
            1U);
  EXPECT_THAT(mail.AwaitTaken(1), SizeIs(1));
  Await(kMailState, "sent 1");
  EXPECT_THAT(client->RetryNotifications({"INC-000001/n-1"}),
              HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(client->RetryNotifications({"nothing"}), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(ProcessNotifications, WhatWasSentAndNotNotedIsSentAgainUnderTheSameId) {
  // The text arrives, and the connection breaks before anybody says so.
  mail.set_script({.hang_up_at_data = true});
  ASSERT_NO_FATAL_FAILURE(OpenIncident());
  Await(kMailState, "waiting 1");
  mail.set_script({});
  ASSERT_OK(
      client->RetryNotifications(Rows("MATCH (n:Notification {channel: 'mail'}) RETURN key(n)")));
  EXPECT_THAT(mail.AwaitTaken(1).front().data, HasSubstr("Message-ID: <"));
}

TEST_F(ProcessNotifications, AServerThatIsSilentDoesNotHoldUpTheStop) {
  mail.set_script({.silent = true});
  web.set_answer("silent");
  ASSERT_NO_FATAL_FAILURE(OpenIncident());
  mail.listener().AwaitConnections(1);
  web.listener().AwaitConnections(1);
  // Nobody waits: other work goes on, and so does the stop.
  EXPECT_OK(client->Ping());
  EXPECT_OK(server.Stop());
  ASSERT_OK(server.Start());
  client = Connect(server.admin_token());
  EXPECT_THAT(Rows(kMailState), ElementsAre("waiting 0"));
}

}  // namespace
}  // namespace kosei::e2e
