// Records on their way through the life cycles that kosei ships: what is asked on the way, what is
// remembered, and that no expression fails on what a record may hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/language/temporal_text.h"
#include "shipped_processes.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumMap;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr Timestamp kNoon{1'772'366'400'000'000};  // 2026-03-01T12:00:00Z
constexpr std::int64_t kDay = 86'400'000'000;

Datum Text(std::string_view text) { return Datum::String(std::string(text)); }
Datum At(std::int64_t days) {
  return Datum::Of(*language::DateTimeOf(Timestamp{kNoon.micros + days * kDay}, "Z"));
}

// Every guard that needs the graph is met.
class Contented final : public GuardRunner {
 public:
  absl::StatusOr<CheckAnswer> Check(std::string_view, const DatumMap&) override {
    return CheckAnswer{true, {}};
  }
  absl::StatusOr<QueryAnswer> Query(const language::Statement&, std::string_view text,
                                    const DatumMap&) override {
    return QueryAnswer{expecting_.contains(std::string(text)), {}};
  }

 private:
  static std::set<std::string> Expecting() {
    std::set<std::string> texts;
    for (const auto& life_cycle : Processes().life_cycles.life_cycles())
      for (const TransitionDefinition& transition : life_cycle->definition().transitions)
        for (const GuardDefinition& guard : transition.guards)
          if (guard.expects_rows) texts.insert(guard.text);
    return texts;
  }
  std::set<std::string> expecting_ = Expecting();
};

// A record and what it holds.
class Walk {
 public:
  explicit Walk(std::string_view life_cycle, DatumMap values = {})
      : life_cycle_(*Processes().life_cycles.Find(life_cycle)),
        state_(life_cycle_.definition().initial) {
    for (auto& [name, value] : values) values_[name] = value;
  }

  Judgement Try(std::string_view event, const DatumMap& changes = {}, const DatumMap& inputs = {}) {
    Question question;
    question.record_key = "X-1";
    question.state = state_;
    question.actor = {actor, Everybody(), true};
    DatumMap values(values_.begin(), values_.end());
    values.emplace_back(life_cycle_.definition().attribute, Text(state_));
    question.attributes = Datum::Map(std::move(values)).map();
    question.changes = Datum::Map(changes).map();
    question.inputs = Datum::Map(inputs).map();
    question.now = Timestamp{kNoon.micros + day * kDay};
    const auto judgement = life_cycle_.Judge(question, event, runner_);
    EXPECT_OK(judgement);
    return judgement.ok() ? *judgement : Judgement{};
  }

  // Names of what is missing or unmet; empty: it is done.
  std::vector<std::string> Do(std::string_view event, const DatumMap& changes = {},
                              const DatumMap& inputs = {}) {
    const Judgement judgement = Try(event, changes, inputs);
    std::vector<std::string> names;
    for (const Refusal& refusal : judgement.refusals) names.push_back(refusal.name);
    if (!judgement.step) return names;
    for (const auto& [name, value] : changes) values_[name] = value;
    for (const Assignment& assignment : judgement.step->set)
      values_[assignment.attribute] = assignment.value;
    state_ = judgement.step->to;
    return names;
  }
  Datum Value(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? Datum() : found->second;
  }
  const std::string& state() const { return state_; }

  std::string actor = "sato";
  std::int64_t day = 0;

 private:
  static std::vector<std::string> Everybody() {
    const NameSet& roles = Processes().vocabulary.roles;
    return {roles.begin(), roles.end()};
  }

  const LifeCycle& life_cycle_;
  std::string state_;
  std::map<std::string, Datum> values_;
  Contented runner_;
};

TEST(DefaultWalks, AnIncidentFromItsRecordToItsEnd) {
  Walk walk("incident", {{"opened_at", At(0)}});
  EXPECT_THAT(walk.Do("classify"), UnorderedElementsAre("category"));
  EXPECT_THAT(walk.Do("classify", {{"category", Text("mail")}}), IsEmpty());
  EXPECT_THAT(walk.Do("prioritise", {{"impact", Text("high")}, {"urgency", Text("low")}}),
              UnorderedElementsAre("priority"));
  EXPECT_THAT(
      walk.Do("prioritise",
              {{"impact", Text("high")}, {"urgency", Text("low")}, {"priority", Text("p3")}}),
      IsEmpty());
  EXPECT_THAT(walk.Do("assign", {{"assignment_group", Text("mail-team")}}), IsEmpty());
  EXPECT_EQ(walk.Value("reassignment_count").integer(), 0);
  EXPECT_THAT(walk.Do("assign", {{"assignment_group", Text("net-team")}}), IsEmpty());
  EXPECT_EQ(walk.Value("reassignment_count").integer(), 1);
  EXPECT_THAT(walk.Do("start", {{"assigned_to", Text("tanaka")}}), IsEmpty());
  EXPECT_THAT(walk.Do("wait_for_customer"), UnorderedElementsAre("pending_reason"));
  EXPECT_THAT(walk.Do("wait_for_customer", {{"pending_reason", Text("which account?")}}),
              IsEmpty());
  EXPECT_THAT(walk.Do("resume"), IsEmpty());
  EXPECT_TRUE(walk.Value("pending_reason").is_null());
  EXPECT_THAT(walk.Do("resolve"), UnorderedElementsAre("resolution", "resolution_code"));
  const DatumMap solved = {{"resolution", Text("queue emptied")},
                           {"resolution_code", Text("fixed")}};
  EXPECT_THAT(walk.Do("resolve", solved), IsEmpty());
  EXPECT_FALSE(walk.Value("resolved_at").is_null());
  EXPECT_THAT(walk.Do("reopen"), UnorderedElementsAre("reason"));
  EXPECT_THAT(walk.Do("reopen", {}, {{"reason", Text("it is back")}}), IsEmpty());
  EXPECT_EQ(walk.Value("reopen_count").integer(), 1);
  EXPECT_TRUE(walk.Value("resolved_at").is_null());
  EXPECT_THAT(walk.Do("resolve", solved), IsEmpty());
  EXPECT_THAT(walk.Do("confirm"), IsEmpty());
  EXPECT_THAT(walk.Do("close", {{"closure_code", Text("solved")}}), IsEmpty());
  EXPECT_EQ(walk.state(), "closed");
  EXPECT_EQ(walk.Value("closed_by").string(), "sato");
}

TEST(DefaultWalks, AnIncidentThatNobodyConfirmsIsClosedByTheWaitingRule) {
  const LifeCycle& incident = *Processes().life_cycles.Find("incident");
  const auto waiting = incident.WaitingIn("resolved");
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting.front()->automatic->wait.micros, 5 * kDay);
  Walk walk("incident", {{"category", Text("mail")}, {"opened_at", At(0)}});
  walk.Do("triage", {{"impact", Text("low")},
                     {"urgency", Text("low")},
                     {"priority", Text("p5")},
                     {"assignment_group", Text("desk")}});
  walk.Do("resolve", {{"resolution", Text("done")}, {"resolution_code", Text("fixed")}});
  EXPECT_THAT(walk.Do("close_unanswered"), IsEmpty());
  EXPECT_EQ(walk.Value("closure_code").string(), "solved");
}

TEST(DefaultWalks, AMajorIncidentHasAManagerIsReportedAndReviewed) {
  Walk walk("incident", {{"category", Text("mail")}, {"opened_at", At(0)}});
  walk.Do("triage", {{"impact", Text("high")},
                     {"urgency", Text("high")},
                     {"priority", Text("p1")},
                     {"assignment_group", Text("desk")}});
  EXPECT_THAT(walk.Do("inform_management"), UnorderedElementsAre("is_major"));
  EXPECT_THAT(walk.Do("declare_major"), UnorderedElementsAre("major_manager"));
  EXPECT_THAT(walk.Do("declare_major", {{"major_manager", Text("suzuki")}}), IsEmpty());
  EXPECT_THAT(walk.Do("declare_major"), UnorderedElementsAre("not_yet_major"));
  const DatumMap solved = {{"resolution", Text("switched over")},
                           {"resolution_code", Text("workaround")}};
  EXPECT_THAT(walk.Do("resolve", solved), UnorderedElementsAre("management_informed"));
  EXPECT_THAT(walk.Do("inform_management"), IsEmpty());
  EXPECT_THAT(walk.Do("resolve", solved), IsEmpty());
  EXPECT_THAT(walk.Do("close_unanswered"), UnorderedElementsAre("major_reviewed"));
  EXPECT_THAT(walk.Do("open_problem"), IsEmpty());
  EXPECT_THAT(walk.Do("review", {{"review_result", Text("late alarm")},
                                 {"improvement_decision", Text("alarm earlier")}}),
              IsEmpty());
  EXPECT_THAT(walk.Do("close_unanswered"), IsEmpty());
}

TEST(DefaultWalks, AProblemThatIsNotSolvedForGoodIsReopenedAndNotClosed) {
  Walk walk("problem",
            {{"description", Text("mail stops at night")}, {"problem_source", Text("incident")}});
  EXPECT_THAT(walk.Do("record"), IsEmpty());
  EXPECT_THAT(walk.Do("classify", {{"category", Text("mail")},
                                   {"impact", Text("high")},
                                   {"urgency", Text("medium")},
                                   {"priority", Text("p2")}}),
              IsEmpty());
  EXPECT_THAT(walk.Do("investigate",
                      {{"assignment_group", Text("mail-team")}, {"assigned_to", Text("tanaka")}}),
              IsEmpty());
  const Judgement found = walk.Try("find_root_cause", {{"root_cause", Text("a full disk")},
                                                       {"root_cause_code", Text("capacity")}});
  ASSERT_TRUE(found.step);
  EXPECT_EQ(found.step->effects.front().target, "KnownError");
  walk.Do("find_root_cause",
          {{"root_cause", Text("a full disk")}, {"root_cause_code", Text("capacity")}});
  EXPECT_THAT(walk.Do("propose", {{"solution", Text("a larger disk")}}), IsEmpty());
  EXPECT_THAT(walk.Do("raise_change"), IsEmpty());
  EXPECT_THAT(walk.Do("resolve", {{"resolution", Text("disk replaced")}}), IsEmpty());
  EXPECT_FALSE(walk.Value("review_due").is_null());
  EXPECT_THAT(walk.Do("monitor"), IsEmpty());
  const DatumMap verdict = {{"closure_code", Text("solved")},
                            {"effectiveness", Text("not_effective")},
                            {"review_result", Text("it came back")}};
  EXPECT_THAT(walk.Do("close", verdict), UnorderedElementsAre("solution_effective"));
  EXPECT_THAT(walk.Do("reopen", {}, {{"reason", Text("it came back")}}), IsEmpty());
  EXPECT_EQ(walk.state(), "investigating");
}

// A normal change up to the decision on it.
Walk ChangeBeforeDecision() {
  Walk walk("normal_change", {{"kind", Text("normal")}});
  walk.Do("submit", {{"scope", Text("disk of db-1")}, {"reason", Text("PRB-000001")}});
  walk.Do("classify", {{"category", Text("storage")}, {"change_scale", Text("minor")}});
  walk.Do("assess", {{"assigned_to", Text("tanaka")}});
  return walk;
}
const DatumMap kAssessment = {{"risk_level", Text("low")},
                              {"risk_statement", Text("little")},
                              {"benefit_statement", Text("room for a year")},
                              {"service_impact_statement", Text("none")},
                              {"feasibility_statement", Text("done before")},
                              {"business_impact_statement", Text("none")},
                              {"resources_statement", Text("two hours")},
                              {"backout_plan", Text("put the old disk back")},
                              {"impact_asked_at", At(0)},
                              {"planned_start", At(2)},
                              {"planned_end", At(3)},
                              {"implemented_by", Text("tanaka")}};

TEST(DefaultWalks, ADecisionNeedsAllThatIsWeighed) {
  Walk walk = ChangeBeforeDecision();
  std::vector<std::string> names;
  for (const auto& [name, value] : kAssessment) names.push_back(name);
  // The guards tell as well that nothing is known yet.
  EXPECT_THAT(walk.Do("ask_decision"), ::testing::IsSupersetOf(names));
  EXPECT_THAT(walk.Do("ask_decision", kAssessment), IsEmpty());
}

TEST(DefaultWalks, AtHighRiskTheWayBackIsTestedFirst) {
  Walk walk = ChangeBeforeDecision();
  DatumMap risky = kAssessment;
  risky.front().second = Text("high");
  EXPECT_THAT(walk.Do("ask_decision", risky), UnorderedElementsAre("backout_tested"));
  risky.emplace_back("backout_tested", Datum::Boolean(true));
  EXPECT_THAT(walk.Do("ask_decision", risky), IsEmpty());
}

TEST(DefaultWalks, RemovingAServiceIsAMajorChange) {
  Walk walk("normal_change", {{"kind", Text("normal")}});
  walk.Do("submit", {{"scope", Text("mail")},
                     {"reason", Text("nobody uses it")},
                     {"removes_service", Datum::Boolean(true)}});
  const DatumMap minor = {{"category", Text("mail")}, {"change_scale", Text("minor")}};
  EXPECT_THAT(walk.Do("classify", minor), UnorderedElementsAre("removal_is_major"));
  EXPECT_THAT(walk.Do("classify", {{"category", Text("mail")}, {"change_scale", Text("major")}}),
              IsEmpty());
}

TEST(DefaultWalks, AChangeBeginsInItsWindowAndIsReviewedByAnother) {
  Walk walk = ChangeBeforeDecision();
  walk.Do("ask_decision", kAssessment);
  EXPECT_THAT(walk.Do("grant"), IsEmpty());
  EXPECT_THAT(walk.Do("schedule", {{"test_result", Text("failed")}, {"test_note", Text("no")}}),
              UnorderedElementsAre("tested"));
  EXPECT_THAT(walk.Do("schedule", {{"test_result", Text("passed")}, {"test_note", Text("ok")}}),
              IsEmpty());
  walk.actor = "tanaka";
  EXPECT_THAT(walk.Do("begin"), UnorderedElementsAre("in_window"));
  walk.day = 2;
  EXPECT_THAT(walk.Do("begin"), IsEmpty());
  EXPECT_THAT(walk.Do("complete", {{"implementation_note", Text("as planned")}}), IsEmpty());
  EXPECT_FALSE(walk.Value("review_due").is_null());
  EXPECT_THAT(walk.Do("review"), IsEmpty());
  const DatumMap verdict = {{"outcome", Text("successful")},
                            {"effectiveness", Text("effective")},
                            {"review_result", Text("as hoped")}};
  EXPECT_THAT(walk.Do("close", verdict), UnorderedElementsAre("not_implementer"));
  walk.actor = "suzuki";
  EXPECT_THAT(walk.Do("close", verdict), IsEmpty());
  EXPECT_EQ(walk.state(), "closed");
}

TEST(DefaultWalks, AnEmergencyMayBeRecordedAfterTheFactButOnlyWithTimesGoneBy) {
  Walk walk("emergency_change", {{"kind", Text("emergency")}});
  DatumMap done = {{"scope", Text("fw-1")},
                   {"reason", Text("attack")},
                   {"emergency_criterion", Text("a critical service is down")},
                   {"implemented_by", Text("tanaka")},
                   {"implementation_note", Text("port closed")},
                   {"actual_start", At(-1)},
                   {"actual_end", At(1)}};
  EXPECT_THAT(walk.Do("record_afterwards", done), UnorderedElementsAre("times_past"));
  done.back().second = At(0);
  EXPECT_THAT(walk.Do("record_afterwards", done), IsEmpty());
  EXPECT_TRUE(walk.Value("after_the_fact").is_true());
  EXPECT_THAT(walk.Try("close").refusals.front().kind, RefusalKind::kWrongState);
}

TEST(DefaultWalks, AReleaseIsAnalysedWhenItWasWatchedLongEnough) {
  Walk walk("release");
  walk.Do("plan", {{"release_type", Text("minor")},
                   {"version", Text("2.1")},
                   {"scope", Text("shop")},
                   {"deliverables", Text("shop 2.1")},
                   {"deployment_method", Text("in two waves")},
                   {"problems_closed", Text("PRB-000001")},
                   {"planned_start", At(1)},
                   {"planned_end", At(2)},
                   {"backout_plan", Text("2.0 again")},
                   {"acceptance_criteria", Text("orders go through")},
                   {"criteria_agreed_at", At(0)}});
  walk.Do("finish_build", {{"build_reference", Text("b7")}, {"content_sha256", Text("00")}});
  walk.Do("test", {{"test_environment", Text("staging")}, {"test_baseline", Text("s1")}});
  walk.Do("refuse_acceptance", {{"acceptance_result", Text("orders get lost")}});
  walk.Do("rebuild");
  EXPECT_THAT(walk.Do("finish_build", {{"build_reference", Text("b8")}}),
              UnorderedElementsAre("content_sha256"));
  walk.Do("finish_build", {{"build_reference", Text("b8")}, {"content_sha256", Text("01")}});
  walk.Do("test");
  EXPECT_EQ(walk.Value("acceptance_attempts").integer(), 2);
  walk.Do("accept", {{"acceptance_result", Text("orders go through")}});
  walk.Do("ask_approval");
  walk.Do("grant");
  walk.day = 1;
  EXPECT_THAT(walk.Do("deploy"), IsEmpty());
  EXPECT_THAT(walk.Do("finish_deployment"), IsEmpty());
  EXPECT_THAT(walk.Do("monitor", {{"monitored_until", At(15)}}), IsEmpty());
  const DatumMap analysis = {{"outcome", Text("successful")},
                             {"incidents_after", Datum::Integer(0)},
                             {"customer_impact", Text("none")},
                             {"analysis", Text("went well")}};
  EXPECT_THAT(walk.Do("analyse", analysis), UnorderedElementsAre("monitored_long_enough"));
  walk.day = 15;
  EXPECT_THAT(walk.Do("analyse", analysis), IsEmpty());
  EXPECT_THAT(walk.Do("close", {{"improvement_decision", Text("none needed")}}), IsEmpty());
}

TEST(DefaultWalks, ATaskIsFinishedWithItsChecklist) {
  Walk walk("task",
            {{"checklist", Datum::List({Text("stop"), Text("swap")})}, {"result", Text("done")}});
  EXPECT_THAT(walk.Do("finish", {{"checked_items", Datum::List({Text("stop")})}}),
              UnorderedElementsAre("checklist_done"));
  EXPECT_THAT(walk.Do("finish", {{"checked_items", Datum::List({Text("swap"), Text("stop")})}}),
              IsEmpty());
}

TEST(DefaultWalks, ADiscrepancyIsAcceptedForATimeOnly) {
  Walk walk("discrepancy");
  walk.Do("assess", {{"discrepancy_source", Text("audit")},
                     {"assessment", Text("acceptable")},
                     {"assessment_note", Text("spare parts")}});
  EXPECT_THAT(walk.Do("correct_record"), UnorderedElementsAre("record_is_wrong"));
  const auto until = [](int day) { return Datum::Of(language::Date{20'513 + day}); };
  EXPECT_THAT(walk.Do("accept", {{"accepted_reason", Text("cheap")}, {"accepted_until", until(0)}}),
              UnorderedElementsAre("for_a_time"));
  EXPECT_THAT(
      walk.Do("accept", {{"accepted_reason", Text("cheap")}, {"accepted_until", until(30)}}),
      IsEmpty());
}

// A value of each type that an attribute or an input may have.
Datum Sample(model::AttributeType type, const std::vector<std::string>& values) {
  switch (type) {
    case model::AttributeType::kInteger:
      return Datum::Integer(3);
    case model::AttributeType::kDecimal:
      return Datum::Float(1.5);
    case model::AttributeType::kBoolean:
      return Datum::Boolean(true);
    case model::AttributeType::kTimestamp:
      return At(-1);
    case model::AttributeType::kDate:
      return Datum::Of(language::Date{20'513});
    case model::AttributeType::kList:
      return Datum::List({Text("one")});
    case model::AttributeType::kEnum:
      return Text(values.front());
    case model::AttributeType::kString:
    case model::AttributeType::kText:
    case model::AttributeType::kDuration:
    case model::AttributeType::kIpAddress:
    case model::AttributeType::kIpNetwork:
    case model::AttributeType::kMac:
    case model::AttributeType::kUrl:
    case model::AttributeType::kReference:
    case model::AttributeType::kGate:
    case model::AttributeType::kAny:
      return Text("x");
  }
  return {};
}

DatumMap Everything(const LifeCycle& life_cycle, std::string_view state) {
  DatumMap values;
  const std::string& owner = life_cycle.definition().class_name;
  for (const std::string& name : Processes().facts->AttributeNames(owner)) {
    const auto facts = *Processes().facts->FindAttribute(owner, name);
    values.emplace_back(name, Sample(facts.type, facts.values));
  }
  values = Datum::Map(std::move(values)).map();
  for (auto& [name, value] : values)
    if (name == life_cycle.definition().attribute) value = Text(state);
  return values;
}

TEST(DefaultWalks, NoExpressionFailsWhateverARecordHolds) {
  Contented runner;
  std::size_t asked = 0;
  for (const auto& life_cycle : Processes().life_cycles.life_cycles()) {
    for (const StateDefinition& state : life_cycle->definition().states) {
      for (const TransitionDefinition* transition : life_cycle->TransitionsFrom(state.name)) {
        for (const bool full : {false, true}) {
          Question question;
          question.record_key = "X-1";
          question.state = state.name;
          question.actor = {"sato", transition->roles, true};
          question.now = kNoon;
          question.attributes =
              full ? Everything(*life_cycle, state.name)
                   : DatumMap{{life_cycle->definition().attribute, Text(state.name)}};
          if (full)
            for (const InputDefinition& input : transition->inputs)
              question.inputs.emplace_back(input.name, Text("X-2"));
          ASSERT_OK_AND_ASSIGN(const Judgement judgement,
                               life_cycle->Judge(question, transition->name, runner));
          ++asked;
          for (const Refusal& refusal : judgement.refusals) {
            EXPECT_TRUE(refusal.kind == RefusalKind::kMissingAttribute ||
                        refusal.kind == RefusalKind::kMissingInput ||
                        refusal.kind == RefusalKind::kGuard)
                << transition->origin << ": " << refusal.message.en;
            if (full) EXPECT_EQ(refusal.kind, RefusalKind::kGuard) << refusal.message.en;
            EXPECT_FALSE(refusal.message.ja.empty()) << transition->origin;
          }
        }
      }
    }
  }
  EXPECT_GT(asked, 500U);
}

}  // namespace
}  // namespace kosei::process
