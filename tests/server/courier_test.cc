// The courier: what it does with an outbox and a way to send, both of the test's own.
#include "notify/courier.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "kosei/base/error.h"
#include "kosei/base/file_system.h"
#include "manual_clock.h"
#include "notify/settings.h"
#include "status_matchers.h"
#include "temp_folder.h"

namespace kosei::server {
namespace {

using ::kosei::testing::HasErrorCode;
using ::kosei::testing::IsError;
using ::kosei::testing::ManualClock;
using ::kosei::testing::TempFolder;
using process::Channel;
using process::Letter;
using process::SendResult;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// Letters in memory, each due at once until it is sent, given up, or put off.
class MemoryOutbox final : public process::Outbox {
 public:
  explicit MemoryOutbox(const Clock& clock) : clock_(clock) {}

  void Put(const std::string& key, const std::string& to) {
    const MutexLock lock(mutex_);
    Letter letter;
    letter.key = key;
    letter.to = to;
    waiting_[key] = {letter, clock_.Now()};
  }
  absl::Status Address() override { return absl::OkStatus(); }
  absl::StatusOr<std::vector<Letter>> Due(Channel, std::size_t limit) override {
    const MutexLock lock(mutex_);
    std::vector<Letter> due;
    for (const auto& [key, each] : waiting_) {
      if (each.second <= clock_.Now() && due.size() < limit) due.push_back(each.first);
    }
    return due;
  }
  absl::StatusOr<std::optional<Timestamp>> NextDue(Channel) override {
    const MutexLock lock(mutex_);
    std::optional<Timestamp> next;
    for (const auto& [key, each] : waiting_)
      next = std::min(next.value_or(each.second), each.second);
    return next;
  }
  absl::StatusOr<process::LetterCounts> Count() override { return process::LetterCounts{}; }
  absl::Status Note(const Letter& letter, const SendResult& result) override {
    const MutexLock lock(mutex_);
    if (!broken_.ok()) return broken_;
    noted.push_back(letter.key + (result.kind == SendResult::Kind::kSent    ? " sent"
                                  : result.kind == SendResult::Kind::kLater ? " later"
                                                                            : " refused"));
    errors.push_back(result.error);
    if (result.kind == SendResult::Kind::kLater) {
      waiting_[letter.key].second = Timestamp{clock_.Now().micros + 60'000'000};
    } else {
      waiting_.erase(letter.key);
    }
    changed_.NotifyAll();
    return absl::OkStatus();
  }
  absl::StatusOr<std::size_t> Retry(const process::Caller&,
                                    const std::vector<std::string>&) override {
    return std::size_t{0};
  }
  void Break(absl::Status status) {
    const MutexLock lock(mutex_);
    broken_ = std::move(status);
  }
  void AwaitNoted(std::size_t count) {
    const MutexLock lock(mutex_);
    while (noted.size() < count) changed_.Wait(mutex_);
  }

  std::vector<std::string> noted, errors;

 private:
  const Clock& clock_;
  Mutex mutex_;
  CondVar changed_;
  std::map<std::string, std::pair<Letter, Timestamp>> waiting_;
  absl::Status broken_;
};

class MemoryTransport final : public Transport {
 public:
  SendResult Send(const Letter& letter) override {
    sent.push_back(letter.key);
    return answer ? answer(letter) : SendResult{};
  }
  void Stop() override { stopped = true; }

  std::function<SendResult(const Letter&)> answer;
  std::vector<std::string> sent;
  std::atomic<bool> stopped{false};
};

class CourierTest : public ::testing::Test {
 protected:
  ManualClock clock_;
  Log log_{LogLevel::kOff, LogFormat::kLogfmt};
  MemoryOutbox outbox_{clock_};
  MemoryTransport transport_;
};

TEST_F(CourierTest, SendsWhatIsDueAndNotesIt) {
  Courier courier(outbox_, Channel::kMail, transport_, clock_, log_, false);
  for (const char* key : {"a", "b", "c"}) outbox_.Put(key, "x");
  transport_.answer = [](const Letter& letter) -> SendResult {
    if (letter.key == "b") return {SendResult::Kind::kRefused, "no"};
    if (letter.key == "c") return {SendResult::Kind::kLater, "busy"};
    return {};
  };
  const auto sent = courier.RunDue();
  ASSERT_OK(sent);
  EXPECT_EQ(*sent, 1U);
  EXPECT_THAT(outbox_.noted, ElementsAre("a sent", "b refused", "c later"));
  transport_.answer = nullptr;
  EXPECT_EQ(*courier.RunDue(), 0U);
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(*courier.RunDue(), 1U);
}

TEST_F(CourierTest, ATargetThatIsDownIsAskedOnceARound) {
  Courier courier(outbox_, Channel::kWebhook, transport_, clock_, log_, false);
  outbox_.Put("a", "down");
  outbox_.Put("b", "up");
  outbox_.Put("c", "down");
  transport_.answer = [](const Letter& letter) -> SendResult {
    if (letter.to == "down") return {SendResult::Kind::kLater, "refused", true};
    return {};
  };
  ASSERT_OK(courier.RunDue());
  EXPECT_THAT(transport_.sent, ElementsAre("a", "b"));
  EXPECT_THAT(outbox_.noted, ElementsAre("a later", "b sent", "c later"));
  EXPECT_EQ(outbox_.errors[2], "refused");
  // All mail has one server.
  Courier mail(outbox_, Channel::kMail, transport_, clock_, log_, false);
  clock_.Advance(std::chrono::minutes(1));
  outbox_.Put("d", "up");
  transport_.answer = [](const Letter&) -> SendResult {
    return {SendResult::Kind::kLater, "gone", true};
  };
  ASSERT_OK(mail.RunDue());
  EXPECT_THAT(transport_.sent, SizeIs(3));
}

TEST_F(CourierTest, WhatCannotBeNotedIsNotSentOverAndOver) {
  Courier courier(outbox_, Channel::kMail, transport_, clock_, log_, false);
  outbox_.Put("a", "x");
  outbox_.Put("b", "x");
  outbox_.Break(MakeError(ErrorCode::kStorageLow, "the disk is full"));
  EXPECT_THAT(courier.RunDue(), HasErrorCode(ErrorCode::kStorageLow));
  EXPECT_THAT(transport_.sent, ElementsAre("a"));
  // It was sent and not noted: again, for nobody knows whether it arrived.
  outbox_.Break(absl::OkStatus());
  ASSERT_OK(courier.RunDue());
  EXPECT_THAT(transport_.sent, ElementsAre("a", "a", "b"));
}

TEST_F(CourierTest, WhatAStopCutShortIsAsIfItHadNotBegun) {
  Courier courier(outbox_, Channel::kMail, transport_, clock_, log_, false);
  outbox_.Put("a", "x");
  outbox_.Put("b", "x");
  transport_.answer = [&](const Letter&) -> SendResult {
    courier.Stop();
    return {SendResult::Kind::kLater, "the server stopped"};
  };
  ASSERT_OK(courier.RunDue());
  EXPECT_THAT(transport_.sent, ElementsAre("a"));
  EXPECT_TRUE(outbox_.noted.empty());
}

TEST_F(CourierTest, ItsThreadSendsWhatComesAndStops) {
  Courier courier(outbox_, Channel::kMail, transport_, clock_, log_, true);
  outbox_.Put("a", "x");
  courier.Wake();
  outbox_.AwaitNoted(1);
  outbox_.Put("b", "x");
  courier.Wake();
  outbox_.AwaitNoted(2);
  courier.Stop();
  EXPECT_TRUE(transport_.stopped);
}

class SettingsTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_ / name;
    EXPECT_OK(LocalFileSystem().WriteFileAtomically(path, text));  // mode 0600
    return path;
  }
  TempFolder folder_;
};

TEST_F(SettingsTest, NothingIsSentUnlessItIsAskedFor) {
  const auto settings = ReadNotificationSettings({});
  ASSERT_OK(settings);
  EXPECT_FALSE(settings->mail.has_value());
  EXPECT_TRUE(settings->webhooks.empty());
}

TEST_F(SettingsTest, MailIsReadWithItsCredentials) {
  NotificationOptions options;
  options.mail_server = "mail.example.com:587";
  options.mail_from = "kosei@example.com";
  options.mail_credentials_file = Write("mail", "kosei\nse cret\n");
  options.language = "ja";
  const auto settings = ReadNotificationSettings(options);
  ASSERT_OK(settings);
  EXPECT_EQ(settings->mail->user, "kosei");
  EXPECT_EQ(settings->mail->password, "se cret");
  EXPECT_EQ(settings->mail->tls, MailTls::kStart);
  EXPECT_EQ(settings->language, process::TextLanguage::kJapanese);
}

TEST_F(SettingsTest, WhatIsWrongIsNamedAndNoSecretIsSaid) {
  const auto refused = [](const std::function<void(NotificationOptions&)>& change) {
    NotificationOptions options;
    options.mail_server = "mail.example.com:587";
    options.mail_from = "kosei@example.com";
    change(options);
    return ReadNotificationSettings(options).status();
  };
  using Options = NotificationOptions;
  for (const char* server : {"mail", "mail:", ":25", "mail:0", "mail:99999", "a b:25", "::1:25",
                             "user@mail:25", "mail/x:25"}) {
    EXPECT_THAT(refused([&](Options& options) { options.mail_server = server; }),
                IsError(ErrorCode::kInvalidArgument, "mail_server"))
        << server;
  }
  EXPECT_THAT(refused([](Options& options) { options.mail_from = "kosei"; }),
              IsError(ErrorCode::kInvalidArgument, "mail_from"));
  EXPECT_THAT(refused([](Options& options) { options.mail_tls = "ssl"; }),
              IsError(ErrorCode::kInvalidArgument, "starttls, tls or none"));
  EXPECT_THAT(refused([](Options& options) { options.mail_server.clear(); }),
              IsError(ErrorCode::kInvalidArgument, "mail_server"));
  EXPECT_THAT(refused([](Options& options) { options.language = "de"; }),
              IsError(ErrorCode::kInvalidArgument, "en or ja"));
  EXPECT_THAT(refused([](Options& options) { options.webhook_networks = "10/8/8"; }),
              IsError(ErrorCode::kInvalidArgument, "webhook_networks"));
  const std::string one_line = Write("mail", "secret-1");
  const absl::Status lines =
      refused([&](Options& options) { options.mail_credentials_file = one_line; });
  EXPECT_THAT(lines, IsError(ErrorCode::kInvalidArgument, "two lines"));
  EXPECT_THAT(lines.ToString(), Not(HasSubstr("secret-1")));
  const std::string good = Write("good", "a\nb\n");
  EXPECT_THAT(refused([&](Options& options) {
                options.mail_credentials_file = good;
                options.mail_tls = "none";
              }),
              IsError(ErrorCode::kInvalidArgument, "plain text"));
  ASSERT_EQ(chmod(good.c_str(), 0644), 0);
  EXPECT_THAT(refused([&](Options& options) { options.mail_credentials_file = good; }),
              IsError(ErrorCode::kInvalidArgument, "chmod 600"));
}

TEST_F(SettingsTest, TheFileOfWebhooksIsRead) {
  NotificationOptions options;
  options.webhooks_file = Write("hooks.toml",
                                "[[webhook]]\n"
                                "name = \"chat\"\n"
                                "url = \"https://chat.example.com/hooks/1\"\n"
                                "secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n"
                                "templates = [\"major_incident\"]\n"
                                "[[webhook]]\n"
                                "name = \"archive\"\n"
                                "url = \"http://10.1.2.3/k\"\n"
                                "secret = \"0123456789abcdef\"\n");
  const auto settings = ReadNotificationSettings(options);
  ASSERT_OK(settings);
  ASSERT_THAT(settings->webhooks, SizeIs(2));
  EXPECT_EQ(settings->webhooks[0].secret.size(), 24U);
  EXPECT_THAT(settings->webhooks[0].filter.templates, ElementsAre("major_incident"));
  EXPECT_EQ(settings->webhooks[1].secret, "0123456789abcdef");
}

TEST_F(SettingsTest, AFileOfWebhooksThatIsWrongIsRefusedWithItsLine) {
  const std::string head = "[[webhook]]\nname = \"chat\"\n";
  const std::string url = "url = \"https://chat.example.com/\"\n";
  const std::string secret = "secret = \"secret-1-secret-1\"\n";
  const auto refused = [&](const std::string& text) {
    NotificationOptions options;
    options.webhooks_file = Write("hooks.toml", text);
    const absl::Status status = ReadNotificationSettings(options).status();
    EXPECT_THAT(status.ToString(), Not(HasSubstr("secret-1")));
    return status;
  };
  EXPECT_THAT(refused(head + url), IsError(ErrorCode::kInvalidArgument, "needs secret"));
  EXPECT_THAT(refused(head + secret), IsError(ErrorCode::kInvalidArgument, "needs url"));
  EXPECT_THAT(refused(head + url + "secret = \"short\"\n"),
              IsError(ErrorCode::kInvalidArgument, "fewer than 16"));
  EXPECT_THAT(refused(head + "url = \"ftp://x/\"\n" + secret),
              IsError(ErrorCode::kInvalidArgument, "hooks.toml:3:"));
  EXPECT_THAT(refused(head + url + secret + "templtes = [\"a\"]\n"),
              IsError(ErrorCode::kInvalidArgument, "did you mean \"templates\""));
  EXPECT_THAT(refused(head + url + secret + head + url + secret),
              IsError(ErrorCode::kInvalidArgument, "there already"));
  EXPECT_THAT(refused("name = \"chat\"\n"), IsError(ErrorCode::kInvalidArgument, "[[webhook]]"));
  EXPECT_THAT(refused(head + "secret = secret-1-secret-1\n"),
              IsError(ErrorCode::kInvalidArgument, "no TOML"));
  EXPECT_THAT(refused("[[webhook]]\nname = \"Chat Room\"\n" + url + secret),
              IsError(ErrorCode::kInvalidArgument, "lower-case"));
}

}  // namespace
}  // namespace kosei::server
