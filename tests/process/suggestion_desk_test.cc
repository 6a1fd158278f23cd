// What is suggested by the statements that are shipped, on a real store, and what is refused of
// definitions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "desk_store.h"
#include "kosei/base/error.h"
#include "kosei/process/suggestion.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::kosei::testing::HasErrorCode;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class SuggestionDesk : public ::testing::Test {
 protected:
  SuggestionDesk() {
    store_.Put("BusinessService", "svc:mail", {{"name", "Mail"}});
    store_.Put("Server", "host:mail-1", {{"name", "mail-1"}});
    store_.Put("Server", "host:other", {{"name", "other"}});
    store_.Link("svc:mail", "depends_on", "host:mail-1");
    store_.clock().Advance(std::chrono::minutes(1));
  }
  std::string Open(const std::string& class_name,
                   std::vector<std::pair<std::string, std::string>> attributes,
                   std::vector<RecordLink> links) {
    store_.clock().Advance(std::chrono::seconds(1));
    const auto opened = store_.desk().New(
        Administrator(),
        {.class_name = class_name, .attributes = Given(attributes), .links = std::move(links)});
    EXPECT_OK(opened);
    return opened.ok() ? opened->key : std::string();
  }
  // Past its review, which other tests are about.
  void Publish(const std::string& class_name, const std::string& key) {
    storage::Transaction transaction;
    transaction.by_process = true;
    transaction.provenance.actor = "test";
    const auto schema = store_.engine().reader().schema();
    Record record;
    record.key = key;
    record.Set(schema->FindAttribute(*schema->FindClass(class_name), "state")->number,
               Value(std::string("published")));
    transaction.put_records.push_back({std::move(record), std::nullopt});
    ASSERT_OK(store_.engine().writer().Commit(std::move(transaction)));
  }
  // "definition key".
  std::vector<std::string> For(const std::string& key, const std::string& opens = {}) {
    store_.clock().Advance(std::chrono::seconds(1));
    const auto suggestions = store_.desk().Suggest(key, opens);
    EXPECT_OK(suggestions);
    std::vector<std::string> texts;
    if (!suggestions.ok()) return texts;
    for (const Suggestion& each : *suggestions) texts.push_back(each.definition + " " + each.key);
    return texts;
  }

  DeskStore store_;
};

TEST_F(SuggestionDesk, AnOlderIncidentOfTheSameIsSuggestedAndNotTheNewerOne) {
  const std::string first = Open("Incident", {{"name", "slow"}}, {{"affects", "host:mail-1"}});
  const std::string second = Open("Incident", {{"name", "slow"}}, {{"affects", "host:mail-1"}});
  EXPECT_THAT(For(second), ElementsAre("same_incident " + first));
  EXPECT_THAT(For(first), IsEmpty());
}

TEST_F(SuggestionDesk, AKnownErrorIsSuggestedOnceItIsPublished) {
  const std::string error = Open("KnownError", {{"name", "leak"}, {"symptom", "memory grows"}},
                                 {{"affects", "host:mail-1"}});
  const std::string incident = Open("Incident", {{"name", "slow"}}, {{"affects", "host:mail-1"}});
  EXPECT_THAT(For(incident), IsEmpty());
  Publish("KnownError", error);
  EXPECT_THAT(For(incident), ElementsAre("known_errors " + error));
}

TEST_F(SuggestionDesk, AKnownErrorThatReadsAlikeIsSuggestedInBothLanguages) {
  const std::string pool = Open("KnownError",
                                {{"name", "Connection pool of the mail store leaks"},
                                 {"symptom", "Clients wait for connections, mail gets slow"}},
                                {});
  const std::string print =
      Open("KnownError",
           {{"name", "複合機の印刷キューが停止する"}, {"symptom", "印刷ジョブが滞留する"}}, {});
  Publish("KnownError", pool);
  Publish("KnownError", print);
  EXPECT_THAT(For(Open("Incident", {{"name", "Mail store: no more connections in the pool"}}, {})),
              ElementsAre("similar_known_errors " + pool));
  EXPECT_THAT(For(Open("Incident", {{"name", "印刷ができずジョブが滞留している"}}, {})),
              ElementsAre("similar_known_errors " + print));
  EXPECT_THAT(For(Open("Incident", {{"name", "Badge reader is broken"}}, {})), IsEmpty());
}

TEST_F(SuggestionDesk, AnArticleAboutTheSameOrThatReadsAlikeIsSuggested) {
  const std::string about =
      Open("KnowledgeArticle", {{"name", "Restarting the cluster"}}, {{"concerns", "svc:mail"}});
  const std::string alike = Open(
      "KnowledgeArticle",
      {{"name", "How to reset a lost token"}, {"body", "Lost tokens are reset at the desk"}}, {});
  const std::string draft = Open("KnowledgeArticle", {{"name", "Lost token"}}, {});
  Publish("KnowledgeArticle", about);
  Publish("KnowledgeArticle", alike);
  EXPECT_THAT(For(Open("Incident", {{"name", "Nothing works"}}, {{"concerns", "svc:mail"}})),
              Contains("articles " + about));
  const std::vector<std::string> lost = For(Open("Incident", {{"name", "I lost my token"}}, {}));
  EXPECT_THAT(lost, Contains("articles " + alike));
  EXPECT_THAT(lost, Not(Contains("articles " + draft)));
}

TEST_F(SuggestionDesk, AChangeOfWhatTheServiceRestsOnIsSuggestedForAWeek) {
  const std::string change = Open("Change",
                                  {{"name", "disk"},
                                   {"kind", "normal"},
                                   {"actual_start", FormatTimestamp(store_.clock().Now())},
                                   {"actual_end", FormatTimestamp(store_.clock().Now())}},
                                  {{"targets", "host:mail-1"}});
  Open("Change",
       {{"name", "else"},
        {"kind", "normal"},
        {"actual_start", FormatTimestamp(store_.clock().Now())}},
       {{"targets", "host:other"}});
  const std::string incident = Open("Incident", {{"name", "slow"}}, {{"concerns", "svc:mail"}});
  EXPECT_THAT(For(incident), ElementsAre("recent_changes " + change));
  store_.clock().Advance(std::chrono::hours(24 * 8));
  const std::string later = Open("Incident", {{"name", "slow"}}, {{"concerns", "svc:mail"}});
  EXPECT_THAT(For(later), Not(Contains(HasSubstr("recent_changes"))));
}

TEST_F(SuggestionDesk, ACauseThatExplainsWhatFailsIsSuggestedForAProblem) {
  store_.Put("BusinessService", "svc:web", {{"name", "Web"}});
  store_.Link("svc:web", "depends_on", "host:mail-1");
  const std::string problem =
      Open("Problem", {{"name", "both fail"}}, {{"affects", "svc:mail"}, {"affects", "svc:web"}});
  EXPECT_THAT(For(problem), Contains("root_causes host:mail-1"));
  EXPECT_THAT(For(problem), Not(Contains("root_causes host:other")));
}

TEST_F(SuggestionDesk, AServiceThatIsDownIsAMissingOutageUntilThereIsOne) {
  EXPECT_THAT(For("", "Outage"), IsEmpty());
  store_.Put("Server", "host:mail-1", {{"operational_status", "down"}});
  EXPECT_THAT(For("", "Outage"), ElementsAre("services_down svc:mail"));
  const auto suggestions = store_.desk().Suggest("", "Outage");
  ASSERT_OK(suggestions);
  EXPECT_THAT(suggestions->front().attributes,
              Contains(std::pair<std::string, std::string>("outage_kind", "unplanned")));
  std::vector<std::pair<std::string, std::string>> attributes = suggestions->front().attributes;
  attributes.emplace_back("name", "Mail is down");
  Open("Outage", attributes, {{"outage_of", "svc:mail"}});
  EXPECT_THAT(For("", "Outage"), IsEmpty());
}

TEST_F(SuggestionDesk, IncidentsThatComeBackAreAMissingProblem) {
  for (int i = 0; i < 2; ++i) Open("Incident", {{"name", "slow"}}, {{"affects", "host:mail-1"}});
  EXPECT_THAT(For("", "Problem"), Not(Contains("repeated_incidents host:mail-1")));
  Open("Incident", {{"name", "slow"}}, {{"affects", "host:mail-1"}});
  EXPECT_THAT(For("", "Problem"), Contains("repeated_incidents host:mail-1"));
  Open("Problem", {{"name", "why"}}, {{"affects", "host:mail-1"}});
  EXPECT_THAT(For("", "Problem"), Not(Contains("repeated_incidents host:mail-1")));
}

TEST_F(SuggestionDesk, WhatTakesThreeServicesDownAloneIsAMissingProblem) {
  for (const char* service : {"svc:a", "svc:b"}) {
    store_.Put("BusinessService", service, {{"name", service}});
    store_.Link(service, "depends_on", "host:mail-1");
  }
  EXPECT_THAT(For("", "Problem"), ElementsAre("points_of_failure host:mail-1"));
}

TEST_F(SuggestionDesk, WhoAsksForNothingThatThereIsIsTold) {
  EXPECT_THAT(store_.desk().Suggest("INC-999999", ""), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(store_.desk().Suggest("", "Incidnt"), HasErrorCode(ErrorCode::kUnknownClass));
}

TEST(SuggestionFile, WhatIsWrongIsToldWithItsLine) {
  const auto error = [](const std::string& rest) {
    const auto parsed =
        ParseSuggestions("suggestions:\n  - name: x\n    label: {en: E, ja: J}\n" + rest, "s.yaml");
    return parsed.ok() ? std::string() : std::string(MessageOf(parsed.status()));
  };
  EXPECT_THAT(error("    class: Incident\n    statement: MATCH (\n"), HasSubstr("s.yaml:5"));
  EXPECT_THAT(error("    class: Incident\n    statement: RETURN $who AS key\n"), HasSubstr("$who"));
  EXPECT_THAT(error("    opens: Outage\n    statement: RETURN $record AS key\n"),
              HasSubstr("$record"));
  EXPECT_THAT(error("    statement: RETURN 1 AS key\n"), HasSubstr("one of class"));
  EXPECT_THAT(error("    class: Incident\n    statement: RETURN 1 AS key\n    links: x\n"),
              HasSubstr("link"));
}

}  // namespace
}  // namespace kosei::process
