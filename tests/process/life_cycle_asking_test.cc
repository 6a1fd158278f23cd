// Asking a life cycle: what is allowed, what follows, and what is said to those who may not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "kosei/language/text_form.h"
#include "life_cycle_estate.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::kosei::testing::HasErrorCode;
using language::Datum;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LifeCycleAsking : public ::testing::Test {
 protected:
  const LifeCycle& cycle() const { return *book_.life_cycles().front(); }
  Judgement Judged(const Question& question, std::string_view event) {
    absl::StatusOr<Judgement> judgement = cycle().Judge(question, event, runner_);
    EXPECT_OK(judgement);
    return judgement.ok() ? *std::move(judgement) : Judgement();
  }
  static std::vector<std::string> Messages(const std::vector<Refusal>& refusals) {
    std::vector<std::string> messages;
    for (const Refusal& refusal : refusals) messages.push_back(refusal.message.en);
    return messages;
  }
  static std::string Shown(const std::vector<Assignment>& assignments) {
    std::string text;
    language::Evaluation evaluation;
    for (const auto& [attribute, value] : assignments)
      text += attribute + "=" + language::ToText(value, evaluation) + ";";
    return text;
  }

  Estate estate_;
  LifeCycleBook book_ = *estate_.Load(kIncident);
  ToldRunner runner_;
};

TEST_F(LifeCycleAsking, EveryPairOfStateAndEventLeadsWhereTheDefinitionSays) {
  // In the order of the states: where the event leads, empty where it does not.
  const std::vector<std::pair<std::string, std::vector<std::string>>> table = {
      {"assign", {"assigned", "assigned", "", "", ""}},
      {"pend", {"", "pending", "", "", ""}},
      {"resume", {"", "", "assigned", "", ""}},
      {"resolve", {"", "resolved", "resolved", "", ""}},
      {"escalate", {"recorded", "assigned", "pending", "resolved", ""}},
      {"confirm", {"", "", "", "closed", ""}},
      {"close_unanswered", {"", "", "", "closed", ""}}};
  ASSERT_EQ(table.size(), cycle().definition().transitions.size());
  for (const auto& [event, targets] : table) {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const std::string& state = cycle().definition().states[i].name;
      SCOPED_TRACE(state + " " + event);
      const TransitionDefinition* found = cycle().Find(state, event);
      ASSERT_EQ(found != nullptr, !targets[i].empty());
      if (found != nullptr) EXPECT_EQ(LifeCycle::TargetOf(*found, state), targets[i]);
      Question question = QuestionIn(state);
      question.actor.is_system = true;
      question.changes = {{"assignment_group", Datum::String("desk")},
                          {"resolution", Datum::String("restarted")}};
      if (event == "pend") question.inputs = {{"reason", Datum::String("waits for a call")}};
      const Judgement judgement = Judged(question, event);
      EXPECT_EQ(judgement.allowed(), !targets[i].empty());
      if (judgement.allowed()) {
        EXPECT_EQ(judgement.step->to, targets[i]);
        EXPECT_EQ(judgement.step->from, state);
      } else {
        ASSERT_EQ(judgement.refusals.size(), 1U);
        EXPECT_EQ(judgement.refusals[0].kind, RefusalKind::kWrongState);
        EXPECT_THAT(judgement.refusals[0].message.en, HasSubstr(event + " leads out of "));
        EXPECT_FALSE(judgement.refusals[0].message.ja.empty());
      }
    }
  }
}

TEST_F(LifeCycleAsking, AStepSetsWhatItSaysAndThenTheState) {
  Question question = QuestionIn("recorded");
  question.changes = {{"assignment_group", Datum::String("network")}};
  question.time_zone = "Asia/Tokyo";
  const Judgement judgement = Judged(question, "assign");
  ASSERT_TRUE(judgement.allowed());
  EXPECT_EQ(Shown(judgement.step->set),
            "assigned_by='alice';assigned_at='2023-11-15T07:13:20+09:00[Asia/Tokyo]';effort=1;"
            "state='assigned';");
  ASSERT_EQ(judgement.step->effects.size(), 1U);
  EXPECT_EQ(judgement.step->effects[0].kind, EffectKind::kNotify);
  EXPECT_EQ(judgement.step->effects[0].target, "watchers");
  EXPECT_EQ(judgement.step->effects[0].notification, "assigned");
}

TEST_F(LifeCycleAsking, AStepThatStaysSetsNoState) {
  Question question = QuestionIn("assigned");
  question.attributes.insert(question.attributes.begin(), {"effort", Datum::Integer(4)});
  question.changes = {{"assignment_group", Datum::String("network")}};
  const Judgement judgement = Judged(question, "assign");
  ASSERT_TRUE(judgement.allowed());
  EXPECT_THAT(Shown(judgement.step->set), HasSubstr("effort=5;"));
  EXPECT_THAT(Shown(judgement.step->set), ::testing::Not(HasSubstr("state=")));
}

TEST_F(LifeCycleAsking, EffectsComeInOrderWithTheirValues) {
  Question question = QuestionIn("assigned");
  question.changes = {{"resolution", Datum::String("restarted")}};
  const Judgement judgement = Judged(question, "resolve");
  ASSERT_TRUE(judgement.allowed());
  ASSERT_EQ(judgement.step->effects.size(), 2U);
  const PlannedEffect& task = judgement.step->effects[0];
  EXPECT_EQ(task.kind, EffectKind::kCreate);
  EXPECT_EQ(task.target, "Task");
  EXPECT_EQ(task.link, "has_task");
  EXPECT_EQ(Shown(task.set), "name='Review of mail is down';due='2023-11-15T22:13:20Z';");
  const Judgement escalated = Judged(QuestionIn("pending"), "escalate");
  ASSERT_TRUE(escalated.allowed());
  EXPECT_THAT(escalated.step->effects[0].keys, ElementsAre("T-1", "T-2"));
  EXPECT_EQ(escalated.step->effects[0].target, "assign");
}

TEST_F(LifeCycleAsking, AllThatIsMissingIsSaidAtOnce) {
  Question question = QuestionIn("assigned");
  question.actor = {"bob", {"viewer"}};
  question.attributes = {{"state", Datum::String("assigned")}};
  question.changes = {{"state", Datum::String("closed")}};
  question.inputs = {{"resaon", Datum::String("?")}};
  runner_.approved = false;
  runner_.open_tasks = {"TASK-1", "TASK-2"};
  const Judgement judgement = Judged(question, "resolve");
  EXPECT_THAT(
      Messages(judgement.refusals),
      ElementsAre("resolve needs the role service_desk; the roles of bob: viewer",
                  "state cannot be changed along with resolve; leave it out of the changes",
                  "resolution (Resolution) has no value, and resolve requires one; give it along",
                  "resolve takes no input \"resaon\"; there is none",
                  "close the open tasks or cancel them (TASK-1, TASK-2)", "say the impact",
                  "ask for approval"));
  EXPECT_EQ(judgement.refusals[0].message.ja,
            "「解決する」にはロール service_desk が必要です。bob のロール: viewer");
  EXPECT_EQ(judgement.refusals[2].message.ja,
            "「解決内容」(resolution)に値がありません。「解決する」には値が必要です");
  EXPECT_EQ(judgement.refusals[4].message.ja,
            "未完了のタスクを完了または取消してください (TASK-1, TASK-2)");
  for (const Refusal& refusal : judgement.refusals) EXPECT_FALSE(refusal.message.ja.empty());
}

TEST_F(LifeCycleAsking, GuardsAreAskedWithTheirArgumentsAndParameters) {
  Question question = QuestionIn("pending");
  question.changes = {{"resolution", Datum::String("restarted")}};
  ASSERT_TRUE(Judged(question, "resolve").allowed());
  EXPECT_THAT(runner_.asked, ElementsAre("MATCH", "approved incident"));
  const Datum parameters = Datum::Map(runner_.parameters);
  EXPECT_EQ(parameters.At("record").string(), "INC-1");
  EXPECT_EQ(parameters.At("actor").string(), "alice");
  EXPECT_EQ(parameters.At("attributes").At("resolution").string(), "restarted");
}

TEST_F(LifeCycleAsking, AnErrorOfTheRunnerIsAnError) {
  Question question = QuestionIn("pending");
  runner_.failure = MakeError(ErrorCode::kDeadlineExceeded, "time is up");
  EXPECT_THAT(cycle().Judge(question, "resolve", runner_),
              HasErrorCode(ErrorCode::kDeadlineExceeded));
}

TEST_F(LifeCycleAsking, UnknownStatesAndEventsAreNamed) {
  EXPECT_THAT(cycle().Judge(QuestionIn("gone"), "resolve", runner_),
              HasErrorCode(ErrorCode::kInvalidArgument));
  const Judgement judgement = Judged(QuestionIn("resolved"), "reslove");
  EXPECT_THAT(Messages(judgement.refusals),
              ElementsAre("life cycle incident has no transition \"reslove\"; possible now: "
                          "escalate, confirm, close_unanswered"));
  EXPECT_THAT(Messages(Judged(QuestionIn("closed"), "resume").refusals),
              ElementsAre("resume leads out of pending, and the record is in closed; nothing "
                          "leads out of it"));
}

TEST_F(LifeCycleAsking, InputsAreOfTheirTypes) {
  Question question = QuestionIn("assigned");
  question.inputs = {{"days", Datum::String("three")}, {"reason", Datum::String("")}};
  EXPECT_THAT(Messages(Judged(question, "pend").refusals),
              ElementsAre("pend requires the input reason (Reason); give it along",
                          "input days (Days) is 'three', expected a value of type integer"));
  question.inputs = {{"days", Datum::Integer(3)}, {"reason", Datum::String("a call")}};
  EXPECT_TRUE(Judged(question, "pend").allowed());
}

TEST_F(LifeCycleAsking, TheSystemAloneDoesWhatIsAutomatic) {
  EXPECT_THAT(Messages(Judged(QuestionIn("resolved"), "close_unanswered").refusals),
              ElementsAre("close_unanswered is done by the system itself when the time has come; "
                          "nobody does it by hand"));
  Question question = QuestionIn("resolved");
  question.actor = {"system", {}, true};
  EXPECT_TRUE(Judged(question, "close_unanswered").allowed());
  ASSERT_EQ(cycle().WaitingIn("resolved").size(), 1U);
  EXPECT_EQ(cycle().WaitingIn("resolved")[0]->automatic->wait.micros, 3 * 86'400'000'000LL);
  EXPECT_THAT(cycle().WaitingIn("assigned"), IsEmpty());
}

TEST_F(LifeCycleAsking, AnExpressionThatFailsIsARefusal) {
  Question question = QuestionIn("recorded");
  question.attributes.insert(question.attributes.begin(), {"effort", Datum::String("much")});
  question.changes = {{"assignment_group", Datum::String("x")},
                      {"effort", Datum::Integer(INT64_MAX)}};
  const Judgement judgement = Judged(question, "assign");
  ASSERT_EQ(judgement.refusals.size(), 1U);
  EXPECT_EQ(judgement.refusals[0].kind, RefusalKind::kExpression);
  EXPECT_EQ(judgement.refusals[0].name, "effort");
  EXPECT_THAT(judgement.refusals[0].message.en, HasSubstr("the expression of effort fails"));
}

TEST_F(LifeCycleAsking, PossibleEventsSayWhatIsNeededAndWhatIsInTheWay) {
  Question question = QuestionIn("assigned");
  runner_.open_tasks = {"TASK-1"};
  ASSERT_OK_AND_ASSIGN(const std::vector<Outlook> outlooks,
                       cycle().PossibleEvents(question, runner_));
  ASSERT_EQ(outlooks.size(), 4U);
  EXPECT_EQ(outlooks[0].event, "assign");
  EXPECT_TRUE(outlooks[0].allowed);
  EXPECT_THAT(Messages(outlooks[0].needs),
              ElementsAre("assignment_group (Assignment group) has no value, and assign requires "
                          "one; give it along"));
  EXPECT_EQ(outlooks[1].event, "pend");
  EXPECT_TRUE(outlooks[1].allowed);
  EXPECT_EQ(outlooks[2].event, "resolve");
  EXPECT_FALSE(outlooks[2].allowed);
  EXPECT_THAT(Messages(outlooks[2].refusals),
              ElementsAre("close the open tasks or cancel them (TASK-1)"));
  EXPECT_EQ(outlooks[3].event, "escalate");
  EXPECT_EQ(outlooks[3].to, "assigned");
  ASSERT_OK_AND_ASSIGN(const std::vector<Outlook> at_end,
                       cycle().PossibleEvents(QuestionIn("closed"), runner_));
  EXPECT_THAT(at_end, IsEmpty());
}

TEST_F(LifeCycleAsking, WhatWasGivenCountsAsItWillBe) {
  Question question = QuestionIn("assigned");
  question.attributes = {{"impact", Datum::String("high")}, {"resolution", Datum::String("old")}};
  question.changes = {{"impact", Datum()}, {"resolution", Datum()}};
  const Judgement judgement = Judged(question, "resolve");
  ASSERT_EQ(judgement.refusals.size(), 2U);
  EXPECT_EQ(judgement.refusals[0].kind, RefusalKind::kMissingAttribute);
  EXPECT_EQ(judgement.refusals[1].name, "impact_known");
}

}  // namespace
}  // namespace kosei::process
