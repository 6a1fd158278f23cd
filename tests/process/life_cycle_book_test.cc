// Life cycles together: which one a record has, and when two cannot live side by side; what the
// system does by itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "life_cycle_estate.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::kosei::testing::HasErrorCode;
using language::Datum;
using ::testing::HasSubstr;

// Of a change: normal ones are decided upon, standard ones are not.
std::string Changes(std::string_view normal_applies, std::string_view standard_applies) {
  return R"yaml(
life_cycles:
  - name: normal_change
    class: Change
    attribute: phase
    label: {en: Normal change, ja: 通常変更}
    initial: draft
    applies: )yaml" +
         std::string(normal_applies) + R"yaml(
    states:
      - {name: draft, label: {en: Draft, ja: 下書き}}
      - {name: deciding, label: {en: Deciding, ja: 判断待ち}, kind: waiting}
      - {name: done, label: {en: Done, ja: 完了}, final: true}
    transitions:
      - name: submit
        label: {en: Submit, ja: 提出する}
        from: draft
        to: deciding
        effects: [{ask_approval: change}]
      - name: approve
        label: {en: Approve, ja: 承認する}
        from: deciding
        to: done
        automatic: {on: approval_granted}
      - name: revise
        label: {en: Send back, ja: 差し戻す}
        from: deciding
        to: draft
        automatic: {on: approval_rejected}
        roles: [manager]
        effects: [{withdraw_approval: all}]
  - name: standard_change
    class: Change
    attribute: phase
    label: {en: Standard change, ja: 標準変更}
    initial: draft
    applies: )yaml" +
         std::string(standard_applies) + R"yaml(
    states:
      - {name: draft, label: {en: Draft, ja: 下書き}}
      - {name: done, label: {en: Done, ja: 完了}, final: true}
    transitions:
      - name: finish
        label: {en: Finish, ja: 完了する}
        from: draft
        to: done
        automatic: {when: "record.description IS NOT NULL AND record.name STARTS WITH 'x'"}
      - name: finish_all
        label: {en: Finish all, ja: すべて完了する}
        from: draft
        to: done
        automatic: {when: "record.name STARTS WITH 'x' OR 7 / (size(record.name) - 1) > 3"}
)yaml";
}
std::string Changes() {
  return Changes("{attribute: kind, values: [normal]}", "{attribute: kind, values: [standard]}");
}

TEST(LifeCycleBookTest, ARecordHasTheLifeCycleOfItsKind) {
  const Estate estate;
  ASSERT_OK_AND_ASSIGN(const LifeCycleBook book, estate.Load(Changes()));
  const std::vector<std::string> classes = {"UrgentChange", "Change", "Thing"};
  const auto name_of = [&](const language::DatumMap& attributes) {
    const LifeCycle* found = book.For(classes, attributes);
    return found == nullptr ? std::string("none") : found->definition().name;
  };
  EXPECT_EQ(name_of({{"kind", Datum::String("normal")}}), "normal_change");
  EXPECT_EQ(name_of({{"kind", Datum::String("standard")}}), "standard_change");
  EXPECT_EQ(name_of({{"kind", Datum::String("other")}}), "none");
  EXPECT_EQ(name_of({{"kind", Datum::Integer(1)}}), "none");
  EXPECT_EQ(name_of({}), "none");
  const std::vector<std::string> others = {"Ticket"};
  EXPECT_EQ(book.For(others, {{"kind", Datum::String("normal")}}), nullptr);
  EXPECT_EQ(book.Find("standard_change")->definition().initial, "draft");
  EXPECT_EQ(book.Find("standard"), nullptr);
}

struct Apart {
  std::string_view name;
  std::string normal;
  std::string standard;
  std::string_view message;
};

TEST(LifeCycleBookTest, NoRecordHasTwoAndNoValueIsLeftOut) {
  const std::vector<Apart> cases = {
      {"both for one value", "{attribute: kind, values: [normal, standard]}",
       "{attribute: kind, values: [standard]}", "both apply to kind = standard; drop it"},
      {"one for all", "{attribute: kind, values: [normal]}", "null",
       "applies of a life cycle is empty"},
      {"none for a value", "{attribute: kind, values: [normal]}",
       "{attribute: kind, values: [normal]}", "both apply to kind = normal"},
      {"no such value", "{attribute: kind, values: [nromal]}",
       "{attribute: kind, values: [standard]}",
       "life cycle normal_change applies by kind = \"nromal\", which is no value of it; did you "
       "mean \"normal\"?"},
      {"by the state", "{attribute: phase, values: [draft]}",
       "{attribute: kind, values: [standard]}", "applies by phase, which holds the state"},
      {"by a text", "{attribute: name, values: [draft]}", "{attribute: kind, values: [standard]}",
       "applies by name of type string, expected an enum"},
      {"without values", "{attribute: kind}", "{attribute: kind, values: [standard]}",
       "applies of a life cycle has no values"},
  };
  const Estate estate;
  for (const Apart& apart : cases) {
    SCOPED_TRACE(apart.name);
    const auto book = estate.Load(Changes(apart.normal, apart.standard));
    ASSERT_FALSE(book.ok());
    EXPECT_THAT(std::string(MessageOf(book.status())), HasSubstr(std::string(apart.message)));
  }
}

TEST(LifeCycleBookTest, OneOfAKindLeftAloneIsSaid) {
  const Estate estate;
  std::string yaml = Changes();
  yaml.erase(yaml.find("  - name: standard_change"));
  EXPECT_THAT(std::string(MessageOf(estate.Load(yaml).status())),
              HasSubstr("kind of class Change has the value standard, to which none of its life "
                        "cycles applies; name it in \"applies\" of one"));
}

TEST(LifeCycleBookTest, NamesAreGivenOnceOverAllFiles) {
  const Estate estate;
  const std::vector<DefinitionFile> files = {{"a.yaml", kIncident}, {"b.yaml", kIncident}};
  const auto book = LifeCycleBook::Load(files, estate.vocabulary);
  EXPECT_THAT(std::string(MessageOf(book.status())),
              HasSubstr("b.yaml:3: life cycle incident is defined twice, first at a.yaml:3"));
}

TEST(LifeCycleBookTest, TwoForTheSameRecordsAreRefused) {
  const Estate estate;
  std::string other(kIncident);
  other.replace(other.find("name: incident"), 14, "name: request");
  const std::vector<DefinitionFile> files = {{"a.yaml", kIncident}, {"b.yaml", other}};
  const auto book = LifeCycleBook::Load(files, estate.vocabulary);
  EXPECT_THAT(std::string(MessageOf(book.status())),
              HasSubstr("life cycles incident (a.yaml:3) and request of class Ticket are for the "
                        "same records; give each \"applies"));
}

class AutomaticTransitions : public ::testing::Test {
 protected:
  Question Of(std::string_view kind, std::string_view state) {
    Question question;
    question.record_key = "CHG-1";
    question.state = state;
    question.actor = {"system", {}, true};
    question.attributes = {{"kind", Datum::String(std::string(kind))}};
    return question;
  }
  Estate estate_;
  LifeCycleBook book_ = *estate_.Load(Changes());
  ToldRunner runner_;
};

TEST_F(AutomaticTransitions, ASignalFindsWhatWaitsForIt) {
  const LifeCycle& normal = *book_.Find("normal_change");
  ASSERT_EQ(normal.OnSignal("deciding", "approval_granted").size(), 1U);
  EXPECT_EQ(normal.OnSignal("deciding", "approval_granted")[0]->name, "approve");
  EXPECT_TRUE(normal.OnSignal("draft", "approval_granted").empty());
  EXPECT_TRUE(normal.OnSignal("deciding", "approval_expired").empty());
  ASSERT_OK_AND_ASSIGN(const Judgement judgement,
                       normal.Judge(Of("normal", "deciding"), "revise", runner_));
  ASSERT_TRUE(judgement.allowed());
  EXPECT_EQ(judgement.step->effects[0].kind, EffectKind::kWithdrawApproval);
  EXPECT_EQ(judgement.step->effects[0].target, "");
}

TEST_F(AutomaticTransitions, OneWithRolesMayBeDoneByHandToo) {
  const LifeCycle& normal = *book_.Find("normal_change");
  Question question = Of("normal", "deciding");
  question.actor = {"bob", {"manager"}};
  ASSERT_OK_AND_ASSIGN(const Judgement manager, normal.Judge(question, "revise", runner_));
  EXPECT_TRUE(manager.allowed());
  question.actor.roles = {"service_desk"};
  ASSERT_OK_AND_ASSIGN(const Judgement desk, normal.Judge(question, "revise", runner_));
  ASSERT_EQ(desk.refusals.size(), 1U);
  EXPECT_EQ(desk.refusals[0].kind, RefusalKind::kRole);
}

TEST_F(AutomaticTransitions, TheFirstWhoseConditionIsTrueComesNext) {
  const LifeCycle& standard = *book_.Find("standard_change");
  Question question = Of("standard", "draft");
  question.changes = {{"name", Datum::String("xy")}};
  ASSERT_OK_AND_ASSIGN(const std::string without, standard.NextWhen(question));
  EXPECT_EQ(without, "finish_all");
  question.changes.insert(question.changes.begin(), {"description", Datum::String("")});
  ASSERT_OK_AND_ASSIGN(const std::string with, standard.NextWhen(question));
  EXPECT_EQ(with, "finish");
  question.state = "done";
  ASSERT_OK_AND_ASSIGN(const std::string done, standard.NextWhen(question));
  EXPECT_EQ(done, "");
}

TEST_F(AutomaticTransitions, AConditionThatFailsIsAnError) {
  Question question = Of("standard", "draft");
  question.changes = {{"name", Datum::String("y")}};
  EXPECT_THAT(book_.Find("standard_change")->NextWhen(question),
              HasErrorCode(ErrorCode::kQueryArithmetic));
}

TEST_F(AutomaticTransitions, WhatSaysWhichLifeCycleHoldsStaysInATransition) {
  Question question = Of("normal", "draft");
  question.changes = {{"kind", Datum::String("standard")}};
  ASSERT_OK_AND_ASSIGN(const Judgement judgement,
                       book_.Find("normal_change")->Judge(question, "submit", runner_));
  ASSERT_EQ(judgement.refusals.size(), 1U);
  EXPECT_EQ(judgement.refusals[0].kind, RefusalKind::kStateWritten);
  EXPECT_EQ(judgement.refusals[0].name, "kind");
  question.changes = {{"kind", Datum::String("normal")}};
  ASSERT_OK_AND_ASSIGN(const Judgement same,
                       book_.Find("normal_change")->Judge(question, "submit", runner_));
  EXPECT_TRUE(same.allowed());
}

}  // namespace
}  // namespace kosei::process
