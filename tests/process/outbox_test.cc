// What transitions leave to be told: who is told, in which words, how often it is tried, and that
// nothing is lost when the server stops.
#include "kosei/process/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "desk_store.h"
#include "kosei/base/error.h"
#include "outbox/recipients.h"
#include "outbox/retry.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::kosei::testing::HasErrorCode;
using ::kosei::testing::IsError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Texts = std::vector<std::pair<std::string, std::string>>;

class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() {
    store_.PutPerson("hanako", {"service_desk"});
    store_.PutPerson("taro", {"support"});
    store_.Put("Person", "hanako", {{"email", "hanako@example.com"}, {"language", "ja"}});
    store_.Put("Person", "taro", {{"email", "taro@example.com"}, {"name", "Taro"}});
    store_.Put("Team", "team:desk", {{"name", "Service desk"}});
    store_.Link("hanako", "member_of", "team:desk");
    store_.Link("taro", "member_of", "team:desk");
    store_.Put("BusinessService", "svc:mail", {{"name", "Mail"}});
    options_.clock = &store_.clock();
    options_.mail = true;
    OpenOutbox();
  }
  void OpenOutbox() {
    outbox_ = Outbox::Open(store_.engine().reader(), store_.engine().writer(), store_.statements(),
                           store_.desk(), options_);
  }
  void Restart() {
    outbox_.reset();
    store_.Reopen();
    OpenOutbox();
  }
  absl::StatusOr<Outcome> Do(const std::string& who, const std::string& event,
                             const Texts& attributes = {}, const Texts& inputs = {},
                             const std::vector<RecordLink>& links = {}) {
    store_.clock().Advance(std::chrono::seconds(1));
    return store_.desk().Do(As(who), {.key = "INC-000001",
                                      .event = event,
                                      .attributes = Given(attributes),
                                      .inputs = Given(inputs),
                                      .links = links});
  }
  // An incident that taro has reported, and that the desk's team is given.
  void Triage() {
    ASSERT_OK(store_.desk().New(As("hanako"),
                                {.class_name = "Incident",
                                 .attributes = Given({{"name", "Mail is slow"}}),
                                 .links = {{"concerns", "svc:mail"}, {"reported_by", "taro"}}}));
    ASSERT_EQ(Refused(Do("hanako", "triage",
                         {{"category", "mail"},
                          {"impact", "high"},
                          {"urgency", "high"},
                          {"assignment_group", "team:desk"}})),
              "");
  }
  std::vector<Letter> Due(Channel channel = Channel::kMail) {
    EXPECT_OK(outbox_->Address());
    auto letters = outbox_->Due(channel, 100);
    EXPECT_OK(letters);
    return letters.ok() ? *std::move(letters) : std::vector<Letter>();
  }
  std::vector<std::string> Notifications() {
    return store_.Rows(
        "MATCH (n:Notification) RETURN key(n), n.state, n.channel, n.to, n.attempts ORDER BY "
        "key(n)");
  }

  DeskStore store_;
  OutboxOptions options_;
  std::unique_ptr<Outbox> outbox_;
};

TEST_F(OutboxTest, EachMemberOfATeamWithoutAnAddressIsToldInTheOwnLanguage) {
  Triage();
  const std::vector<Letter> letters = Due();
  ASSERT_EQ(letters.size(), 2U);
  EXPECT_EQ(letters[0].to, "hanako");
  EXPECT_EQ(letters[0].address, "hanako@example.com");
  EXPECT_EQ(letters[0].language, TextLanguage::kJapanese);
  EXPECT_EQ(letters[0].subject, "INC-000001 が割り当てられました");
  EXPECT_THAT(letters[0].body, HasSubstr("インシデント INC-000001: Mail is slow\n状態: "));
  EXPECT_EQ(letters[1].to, "taro");
  EXPECT_EQ(letters[1].name, "Taro");
  EXPECT_EQ(letters[1].subject, "INC-000001 is assigned to you");
  EXPECT_EQ(letters[1].about, "INC-000001");
  EXPECT_EQ(letters[1].class_name, "Incident");
  EXPECT_NE(letters[0].id, letters[1].id);
  EXPECT_EQ(letters[0].thread, letters[1].thread);
  EXPECT_THAT(Notifications(), ElementsAre("INC-000001/n-1 | waiting | mail | hanako | 0",
                                           "INC-000001/n-1/2 | waiting | mail | taro | 0"));
}

TEST_F(OutboxTest, ATeamWithAnAddressIsToldThere) {
  store_.Put("Team", "team:desk", {{"email", "desk@example.com"}});
  Triage();
  const std::vector<Letter> letters = Due();
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].to, "team:desk");
  EXPECT_EQ(letters[0].address, "desk@example.com");
}

TEST_F(OutboxTest, AnEmptyAudienceIsAStateOfItsOwn) {
  store_.Put("Team", "team:night", {{"name", "Night"}});
  ASSERT_OK(store_.desk().New(As("hanako"),
                              {.class_name = "Incident",
                               .attributes = Given({{"name", "Mail is slow"}}),
                               .links = {{"concerns", "svc:mail"}, {"reported_by", "taro"}}}));
  ASSERT_EQ(Refused(Do("hanako", "triage",
                       {{"category", "mail"},
                        {"impact", "high"},
                        {"urgency", "high"},
                        {"assignment_group", "team:night"}})),
            "");
  EXPECT_THAT(Due(), IsEmpty());
  EXPECT_THAT(store_.Rows("MATCH (n:Notification) RETURN n.state, n.next_attempt_at"),
              ElementsAre("nobody | null"));
  // Somebody joins, and it is tried again.
  store_.Link("taro", "member_of", "team:night");
  EXPECT_EQ(*outbox_->Retry(As("hanako"), {"INC-000001/n-1"}), 1U);
  EXPECT_EQ(Due().size(), 1U);
}

TEST_F(OutboxTest, TheTextSaysHowThingsWereWhenItWasWritten) {
  Triage();
  ASSERT_EQ(Refused(Do("taro", "start", {{"assigned_to", "taro"}})), "");
  ASSERT_EQ(Refused(Do("taro", "wait_for_customer", {{"pending_reason", "Which mailbox\nis it?"}})),
            "");
  ASSERT_OK(Do("taro", "", {{"pending_reason", "never mind"}}));
  std::vector<Letter> letters = Due();
  ASSERT_EQ(letters.size(), 3U);
  EXPECT_EQ(letters[2].template_name, "answer_needed");
  EXPECT_EQ(letters[2].subject, "INC-000001 waits for your answer: Which mailbox is it?");
  EXPECT_THAT(letters[2].body, HasSubstr("Which mailbox\nis it?"));
}

TEST_F(OutboxTest, WhatWasGivenToTheTransitionIsInTheText) {
  Triage();
  ASSERT_EQ(Refused(Do("taro", "start", {{"assigned_to", "taro"}})), "");
  ASSERT_EQ(Refused(Do("taro", "resolve",
                       {{"resolution", "restarted"}, {"resolution_code", "workaround"}})),
            "");
  ASSERT_EQ(Refused(Do("hanako", "reopen", {}, {{"reason", "slow again"}})), "");
  std::vector<std::string> told;
  for (const Letter& letter : Due()) {
    if (letter.template_name == "reopened" && letter.language == TextLanguage::kEnglish)
      told.push_back(letter.subject);
  }
  EXPECT_THAT(told, ElementsAre("INC-000001 was re-opened: slow again"));
}

TEST_F(OutboxTest, WhoIsInTwoAudiencesOfOneEventIsToldOnce) {
  Triage();
  ASSERT_EQ(Refused(Do("taro", "start", {{"assigned_to", "taro"}}, {},
                       {{"watches", "taro", true}, {"watches", "hanako", true}})),
            "");
  ASSERT_EQ(Refused(Do("taro", "resolve",
                       {{"resolution", "restarted"}, {"resolution_code", "workaround"}})),
            "");
  Due();
  EXPECT_THAT(store_.Rows("MATCH (n:Notification {template: 'incident_resolved'}) RETURN "
                          "n.audience, n.to ORDER BY n.audience"),
              ElementsAre("reporter | taro", "watchers | hanako"));
}

TEST_F(OutboxTest, ANotificationIsTriedAgainMoreAndMoreSeldomAndThenGivenUp) {
  Triage();
  store_.Put("Team", "team:desk", {{"email", "desk@example.com"}});
  std::string id;
  for (std::uint32_t attempt = 1; attempt <= kSendAttemptsMax; ++attempt) {
    SCOPED_TRACE(attempt);
    const std::vector<Letter> letters = Due();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].attempts, attempt - 1);
    if (id.empty()) id = letters[0].id;
    EXPECT_EQ(letters[0].id, id);
    ASSERT_OK(outbox_->Note(letters[0], {SendResult::Kind::kLater, "nobody answers"}));
    EXPECT_THAT(Due(), IsEmpty());
    const auto next = outbox_->NextDue(Channel::kMail);
    ASSERT_OK(next);
    ASSERT_EQ(next->has_value(), attempt < kSendAttemptsMax);
    if (next->has_value()) store_.clock().JumpTo(**next);
  }
  EXPECT_THAT(store_.Rows("MATCH (n:Notification) RETURN n.state, n.attempts, n.last_error"),
              ElementsAre("failed | 12 | nobody answers"));
  EXPECT_EQ(outbox_->Count()->failed, 1U);
  EXPECT_EQ(outbox_->Count()->waiting, 0U);
  ASSERT_OK(outbox_->Retry(As("hanako"), {"INC-000001/n-1"}));
  const std::vector<Letter> letters = Due();
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].id, id);
  ASSERT_OK(outbox_->Note(letters[0], {}));
  EXPECT_THAT(store_.Rows("MATCH (n:Notification) RETURN n.state, n.attempts, n.last_error, "
                          "n.sent_at IS NOT NULL"),
              ElementsAre("sent | 1 | null | true"));
  EXPECT_THAT(outbox_->Retry(As("hanako"), {"INC-000001/n-1"}),
              IsError(ErrorCode::kInvalidArgument, "it was sent"));
}

TEST_F(OutboxTest, WhatIsRefusedForGoodIsGivenUpAtOnce) {
  Triage();
  const std::vector<Letter> letters = Due();
  ASSERT_EQ(letters.size(), 2U);
  ASSERT_OK(outbox_->Note(letters[0], {SendResult::Kind::kRefused, "550 no such \xFFmailbox"}));
  EXPECT_THAT(Notifications(), ElementsAre("INC-000001/n-1 | failed | mail | hanako | 1",
                                           "INC-000001/n-1/2 | waiting | mail | taro | 0"));
  EXPECT_THAT(store_.Rows("MATCH (n:Notification {state: 'failed'}) RETURN n.last_error"),
              ElementsAre("550 no such ?mailbox"));
}

TEST_F(OutboxTest, WhatWaitedIsSentAfterARestart) {
  Triage();
  Restart();
  std::vector<Letter> letters = Due();
  ASSERT_EQ(letters.size(), 2U);
  ASSERT_OK(outbox_->Note(letters[0], {}));
  // The second was sent, and the server died before it was noted: it is sent again, as the same.
  Restart();
  const std::vector<Letter> again = Due();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].id, letters[1].id);
}

TEST_F(OutboxTest, WhatSomebodyRetriedMeanwhileKeepsItsNewState) {
  Triage();
  const std::vector<Letter> letters = Due();
  ASSERT_EQ(letters.size(), 2U);
  ASSERT_OK(outbox_->Note(letters[0], {SendResult::Kind::kRefused, "no"}));
  ASSERT_OK(outbox_->Retry(As("hanako"), {letters[0].key}));
  ASSERT_OK(outbox_->Note(letters[0], {}));  // of a thread that was slow
  EXPECT_EQ(Due().size(), 2U);
}

TEST_F(OutboxTest, WhatWaitedForAWeekIsNewsNoMore) {
  Triage();
  store_.clock().Advance(std::chrono::hours(8 * 24));
  EXPECT_THAT(Due(), IsEmpty());
  EXPECT_THAT(store_.Rows("MATCH (n:Notification) RETURN n.state, n.last_error").front(),
              HasSubstr("failed | it waited for more than 7 days"));
  ASSERT_OK(outbox_->Retry(As("hanako"), {"INC-000001/n-1"}));
  EXPECT_EQ(Due().size(), 2U);
}

TEST_F(OutboxTest, WithoutAChannelEverythingStaysAsItIs) {
  options_.mail = false;
  OpenOutbox();
  Triage();
  EXPECT_THAT(Due(), IsEmpty());
  EXPECT_THAT(Notifications(), ElementsAre("INC-000001/n-1 | waiting | null | null | 0"));
}

TEST_F(OutboxTest, WebhooksAreToldOfWhatTheyAskFor) {
  options_.webhooks = {{.name = "all"},
                       {.name = "changes", .classes = {"Change"}},
                       {.name = "records", .classes = {"ProcessRecord"}},
                       {.name = "majors", .templates = {"major_incident"}},
                       {.name = "reporters", .audiences = {"reporter"}}};
  OpenOutbox();
  Triage();
  std::vector<std::string> told;
  for (const Letter& letter : Due(Channel::kWebhook)) told.push_back(letter.to);
  EXPECT_THAT(told, ElementsAre("all", "records"));
  EXPECT_EQ(Due(Channel::kMail).size(), 2U);
}

TEST_F(OutboxTest, WhoWatchesIsWhoAsks) {
  Triage();
  ASSERT_OK(Do("taro", "", {}, {}, {{"watches", "", true}}));
  EXPECT_THAT(store_.Rows("MATCH (p:Person)-[:watches]->(r) RETURN key(p), key(r)"),
              ElementsAre("taro | INC-000001"));
  ASSERT_OK(
      store_.desk().Do(As("taro"), {.key = "INC-000001", .end_links = {{"watches", "", true}}}));
  EXPECT_THAT(store_.Rows("MATCH (p:Person)-[:watches]->(r) RETURN key(p)"), IsEmpty());
}

TEST_F(OutboxTest, OnlyNotificationsAreRetried) {
  Triage();
  EXPECT_THAT(outbox_->Retry(As("hanako"), {"INC-000001"}),
              IsError(ErrorCode::kInvalidArgument, "no notification"));
  EXPECT_THAT(outbox_->Retry(As("hanako"), {"INC-000001/n-7"}), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(outbox_->Retry(As("hanako"), {}), HasErrorCode(ErrorCode::kInvalidArgument));
}

TEST_F(OutboxTest, EachAudienceComesToWhomItMeans) {
  Triage();
  store_.Put("Organisation", "org:acme", {{"email", "it@acme.example"}});
  store_.Put("Person", "owner", {{"email", "owner@example.com"}});
  store_.Link("svc:mail", "owned_by", "owner");
  ASSERT_OK(Do("hanako", "", {{"assigned_to", "hanako"}}, {},
               {{"for_customer", "org:acme"}, {"watches", "taro", true}}));
  const auto definitions = store_.desk().definitions();
  ASSERT_OK(definitions);
  const storage::Reader& reader = store_.engine().reader();
  const Asking asking(store_.statements(), store_.clock(), reader.Newest(), "Z");
  const auto keys = [&](std::string_view audience) {
    std::string text;
    const auto found =
        RecipientsOf(reader, **definitions, asking, "INC-000001", audience, TextLanguage::kEnglish);
    EXPECT_OK(found);
    if (!found.ok()) return text;
    for (const Recipient& each : *found) text += each.key + " ";
    return text;
  };
  EXPECT_EQ(keys("reporter"), "taro ");
  EXPECT_EQ(keys("customer"), "org:acme ");
  EXPECT_EQ(keys("author"), "hanako ");
  EXPECT_EQ(keys("assignee"), "hanako ");
  EXPECT_EQ(keys("group"), "hanako taro ");
  EXPECT_EQ(keys("implementer"), "");
  EXPECT_EQ(keys("watchers"), "taro ");
  EXPECT_EQ(keys("owners"), "owner ");
  EXPECT_EQ(keys("support"), "taro ");
  EXPECT_EQ(keys("cab_member"), "");
  EXPECT_THAT(RecipientsOf(reader, **definitions, asking, "INC-000001", "everybody",
                           TextLanguage::kEnglish),
              HasErrorCode(ErrorCode::kNotFound));
}

TEST(Retry, DoublesUpToSixHoursAndEnds) {
  const Timestamp now{1'000'000};
  const auto minutes = [&](std::uint32_t attempt) {
    const auto next = NextAttempt(attempt, now);
    return next.has_value() ? (next->micros - now.micros) / 60'000'000 : -1;
  };
  EXPECT_EQ(minutes(1), 1);
  EXPECT_EQ(minutes(2), 2);
  EXPECT_EQ(minutes(5), 16);
  EXPECT_EQ(minutes(9), 256);
  EXPECT_EQ(minutes(10), 360);
  EXPECT_EQ(minutes(11), 360);
  EXPECT_EQ(minutes(12), -1);
  EXPECT_EQ(minutes(4'000'000'000), -1);
}

TEST(Messages, AreRenderedWithTheirValues) {
  const auto book = MessageBook::Load(std::vector<DefinitionFile>{
      {"n.yaml",
       "notifications:\n  - name: a\n    text: {en: \"{key}: {input.x} {name}!\", ja: "
       "\"{name}\"}\n"}});
  ASSERT_OK(book);
  const MessageTemplate* const message = book->Find("a");
  ASSERT_NE(message, nullptr);
  EXPECT_THAT(message->placeholders, ElementsAre("key", "input.x", "name"));
  EXPECT_EQ(Rendered(*message, TextLanguage::kEnglish, {{"key", "K"}, {"name", "{key}"}}),
            "K: - {key}!");
  EXPECT_EQ(Rendered(*message, TextLanguage::kJapanese, {{"name", "名"}}), "名");
  EXPECT_EQ(book->Find("b"), nullptr);
}

TEST(Messages, ThatAreWrongAreRefusedWithTheirLine) {
  const auto load = [](const std::string& text) {
    return MessageBook::Load(std::vector<DefinitionFile>{{"n.yaml", text}}).status();
  };
  EXPECT_THAT(load("notifications:\n  - {name: a, text: {en: \"{Name}\", ja: x}}\n"),
              IsError(ErrorCode::kModelInvalid, "n.yaml:2"));
  EXPECT_THAT(load("notifications:\n  - {name: a, text: {en: \"a {b\", ja: x}}\n"),
              IsError(ErrorCode::kModelInvalid, "in braces"));
  EXPECT_THAT(load("notifications:\n  - {name: a, text: {en: x, ja: x}}\n  - {name: a, text: {en: "
                   "x, ja: x}}\n"),
              IsError(ErrorCode::kModelInvalid, "there already"));
}

TEST_F(OutboxTest, ALifeCycleThatTellsNobodyKnownIsRefused) {
  auto files = (*store_.desk().definitions())->files();
  for (DefinitionFile& file : files) {
    const std::size_t at = file.text.find("{notify: group, template: assigned}");
    if (file.name != "incident.yaml" || at == std::string::npos) continue;
    file.text.replace(at + 9, 5, "gruop");
  }
  EXPECT_THAT(store_.desk().Define(Administrator(), files),
              IsError(ErrorCode::kModelInvalid, "gruop"));
}

}  // namespace
}  // namespace kosei::process
