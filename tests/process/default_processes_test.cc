// The processes that kosei ships: they load, lead where they should and nowhere else, and hold what
// ISO/IEC 20000-1 asks of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/process/definitions.h"
#include "shipped_life_cycles.h"
#include "shipped_processes.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumMap;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const LifeCycle& Cycle(std::string_view name) { return *Processes().life_cycles.Find(name); }

// "state event" and where it leads.
std::map<std::string, std::string> PairsOf(std::string_view rows) {
  std::map<std::string, std::string> pairs;
  std::istringstream words{std::string(rows)};
  std::string state;
  for (std::string word; words >> word;) {
    if (word.ends_with(':')) {
      state = word.substr(0, word.size() - 1);
      continue;
    }
    const std::size_t arrow = word.find('>');
    pairs[state + " " + word.substr(0, arrow)] =
        arrow == std::string::npos ? state : word.substr(arrow + 1);
  }
  return pairs;
}

// The states that can be reached from the initial one without passing through `avoided`.
std::set<std::string> ReachedWithout(const LifeCycle& life_cycle,
                                     const std::set<std::string>& avoided) {
  std::set<std::string> reached;
  std::vector<std::string> open = {life_cycle.definition().initial};
  while (!open.empty()) {
    const std::string state = open.back();
    open.pop_back();
    if (avoided.contains(state) || !reached.insert(state).second) continue;
    for (const TransitionDefinition* transition : life_cycle.TransitionsFrom(state))
      open.emplace_back(LifeCycle::TargetOf(*transition, state));
  }
  return reached;
}

TEST(DefaultProcesses, LoadWithTheDefaultModel) {
  EXPECT_THAT(Processes().life_cycles.life_cycles(), SizeIs(std::size(kShippedLifeCycles)));
  EXPECT_FALSE(Processes().tables.tables().empty());
  EXPECT_FALSE(Approvals().policies().empty());
}

TEST(DefaultProcesses, LoadAsAServerLoadsThem) {
  ASSERT_OK_AND_ASSIGN(std::vector<DefinitionFile> files,
                       ReadDefinitionFiles(KOSEI_PROCESS_FOLDER));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Definitions> definitions,
                       Definitions::Load(std::move(files), Processes().schema));
  EXPECT_EQ(definitions->roles().size(), Processes().vocabulary.roles.size());
  EXPECT_EQ(definitions->figures().size(), Processes().Items("kpis.yaml", "kpis").size());
  const model::Class& incident = *Processes().schema->FindClass("Incident");
  EXPECT_EQ(definitions->LifeCycleOf(incident, {})->hash(), Cycle("incident").hash());
  EXPECT_EQ(definitions->NumbersOf(incident)->prefix, "INC");
}

TEST(DefaultProcesses, EveryEventLeadsFromEveryStateWhereTheTableSays) {
  for (const LifeCycleTable& table : kShippedLifeCycles) {
    SCOPED_TRACE(table.name);
    const LifeCycle* life_cycle = Processes().life_cycles.Find(table.name);
    ASSERT_NE(life_cycle, nullptr);
    std::map<std::string, std::string> expected = PairsOf(table.rows);
    for (const StateDefinition& state : life_cycle->definition().states) {
      for (const TransitionDefinition& transition : life_cycle->definition().transitions) {
        const TransitionDefinition* found = life_cycle->Find(state.name, transition.name);
        const auto told = expected.extract(state.name + " " + transition.name);
        ASSERT_EQ(found != nullptr, !told.empty()) << state.name << " " << transition.name;
        if (found == nullptr) continue;
        EXPECT_EQ(LifeCycle::TargetOf(*found, state.name), told.mapped())
            << state.name << " " << transition.name;
      }
    }
    EXPECT_THAT(expected, IsEmpty());
  }
}

TEST(DefaultProcesses, EveryRecordOfAProcessHasALifeCycle) {
  const model::Schema& schema = *Processes().schema;
  const ClassNumber record = schema.FindClass("ProcessRecord")->number;
  for (const model::Class& known : schema.classes()) {
    if (known.definition.is_abstract || !schema.IsProcess(known.number)) continue;
    const std::vector<std::string> kinds =
        known.definition.name == "Change"
            ? std::vector<std::string>{"standard", "normal", "emergency"}
            : std::vector<std::string>{""};
    for (const std::string& kind : kinds) {
      const LifeCycle* found = Processes().For(known, {{"kind", Datum::String(kind)}});
      EXPECT_EQ(found != nullptr, schema.IsA(known.number, record)) << known.definition.name;
    }
  }
}

// What a process has ended says when, and who ended it.
TEST(DefaultProcesses, EveryEndIsDatedAndSigned) {
  for (const auto& life_cycle : Processes().life_cycles.life_cycles()) {
    if (life_cycle->definition().class_name == "ConfigurationItem") continue;
    for (const TransitionDefinition& transition : life_cycle->definition().transitions) {
      const StateDefinition* target = life_cycle->FindState(transition.to);
      if (target == nullptr || !target->final) continue;
      std::set<std::string> set;
      for (const Setting& setting : transition.set) set.insert(setting.attribute);
      EXPECT_TRUE(set.contains("closed_at") && set.contains("closed_by")) << transition.origin;
    }
  }
}

TEST(DefaultProcesses, AnIncidentIsClosedOnlyAfterItWasResolved) {
  EXPECT_FALSE(ReachedWithout(Cycle("incident"), {"resolved"}).contains("closed"));
  EXPECT_FALSE(ReachedWithout(Cycle("incident"), {"assigned"}).contains("resolved"));
  EXPECT_FALSE(ReachedWithout(Cycle("service_request"), {"fulfilled"}).contains("closed"));
}

TEST(DefaultProcesses, AProblemIsClosedWithItsRootCauseOrAsAccepted) {
  EXPECT_FALSE(ReachedWithout(Cycle("problem"), {"root_cause_known"}).contains("closed"));
  EXPECT_FALSE(ReachedWithout(Cycle("problem"), {"resolved", "accepted"}).contains("closed"));
}

TEST(DefaultProcesses, ANormalChangeIsCarriedOutOnlyWhenItWasDecidedOnAndScheduled) {
  for (const std::string state : {"awaiting_decision", "approved", "scheduled"}) {
    EXPECT_FALSE(ReachedWithout(Cycle("normal_change"), {state}).contains("implementing")) << state;
  }
  EXPECT_FALSE(ReachedWithout(Cycle("normal_change"), {"in_review"}).contains("closed"));
}

TEST(DefaultProcesses, AnEmergencyChangeIsNeverClosedWithoutAReviewAndALateAssessment) {
  for (const std::string state : {"retrospective", "in_review"}) {
    EXPECT_FALSE(ReachedWithout(Cycle("emergency_change"), {state}).contains("closed")) << state;
  }
}

TEST(DefaultProcesses, AFailedChangeIsPutRightAndReviewedBeforeItIsClosed) {
  for (const std::string name : {"normal_change", "standard_change", "emergency_change"}) {
    for (const TransitionDefinition* transition : Cycle(name).TransitionsFrom("failed")) {
      EXPECT_TRUE(transition->to == "reversed" || transition->to == "remedied") << name;
    }
    for (const std::string state : {"reversed", "remedied"}) {
      for (const TransitionDefinition* transition : Cycle(name).TransitionsFrom(state))
        EXPECT_NE(transition->to, "closed") << name;
    }
  }
}

TEST(DefaultProcesses, AReleaseIsDeployedOnlyWhenItWasTestedAndApproved) {
  for (const std::string state : {"in_acceptance_test", "approved"}) {
    EXPECT_FALSE(ReachedWithout(Cycle("release"), {state}).contains("deploying")) << state;
  }
  EXPECT_FALSE(ReachedWithout(Cycle("release"), {"analysed"}).contains("closed"));
  EXPECT_FALSE(ReachedWithout(Cycle("deployment"), {"baseline_taken"}).contains("running"));
}

// The plan of a change is edited before it is decided on, and carried out while it is implemented.
TEST(DefaultProcesses, APlanIsEditedBeforeTheDecisionAndCarriedOutAfterIt) {
  const auto allowing = [](std::string_view name, std::string_view word) {
    std::vector<std::string> states;
    for (const StateDefinition& state : Cycle(name).definition().states)
      if (std::ranges::count(state.allows, word) > 0) states.push_back(state.name);
    return states;
  };
  EXPECT_THAT(allowing("normal_change", "edit_plan"),
              ElementsAre("draft", "recorded", "classified", "assessing"));
  EXPECT_THAT(allowing("normal_change", "implement"), ElementsAre("implementing", "failed"));
  EXPECT_THAT(allowing("standard_change", "edit_plan"), ElementsAre("draft"));
  // In an emergency the plan follows what is found.
  EXPECT_THAT(allowing("emergency_change", "edit_plan"),
              ElementsAre("recorded", "implementing", "failed"));
}

TEST(DefaultProcesses, EachClassOfRecordsHasItsOwnNumbers) {
  std::set<std::string> classes;
  std::set<std::string> prefixes;
  for (const YAML::Node& row : Processes().Items("numbering.yaml", "numbering")) {
    EXPECT_TRUE(classes.insert(row["class"].as<std::string>()).second);
    EXPECT_TRUE(prefixes.insert(row["prefix"].as<std::string>()).second);
    EXPECT_GE(row["digits"].as<int>(), 6);
  }
  const model::Schema& schema = *Processes().schema;
  const ClassNumber record = schema.FindClass("ProcessRecord")->number;
  for (const model::Class& known : schema.classes()) {
    if (!known.definition.is_abstract && schema.IsA(known.number, record))
      EXPECT_TRUE(classes.contains(known.definition.name)) << known.definition.name;
  }
  for (const std::string& name : classes) EXPECT_NE(schema.FindClass(name), nullptr) << name;
}

// What a transition creates can be created, and be linked as it says.
TEST(DefaultProcesses, WhatATransitionCreatesFitsTheModel) {
  const model::Schema& schema = *Processes().schema;
  std::size_t created = 0;
  for (const auto& life_cycle : Processes().life_cycles.life_cycles()) {
    const model::Class& owner = *schema.FindClass(life_cycle->definition().class_name);
    for (const TransitionDefinition& transition : life_cycle->definition().transitions) {
      for (const EffectDefinition& effect : transition.effects) {
        if (effect.kind != EffectKind::kCreate) continue;
        ++created;
        const model::Class& target = *schema.FindClass(effect.target);
        const model::RelationshipType& type = *schema.FindRelationshipType(effect.link);
        EXPECT_TRUE(effect.incoming ? schema.EndpointsAllowed(type, target.number, owner.number)
                                    : schema.EndpointsAllowed(type, owner.number, target.number))
            << effect.origin;
        for (const model::Attribute& attribute : target.attributes) {
          if (attribute.definition.required)
            EXPECT_EQ(
                std::ranges::count(effect.set, attribute.definition.name, &Setting::attribute), 1)
                << effect.origin << ": " << attribute.definition.name;
        }
      }
    }
  }
  EXPECT_GE(created, 5U);
}

void CheckLabels(const YAML::Node& node, std::string_view file, std::size_t& count) {
  if (node.IsMap() && node["en"] && node["ja"]) {
    const auto english = node["en"].as<std::string>();
    const auto japanese = node["ja"].as<std::string>();
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    EXPECT_TRUE(std::ranges::all_of(english, is_ascii)) << file << ": " << english;
    EXPECT_FALSE(english.empty()) << file << ": " << japanese;
    // What stands in braces or brackets are names.
    EXPECT_FALSE(std::ranges::all_of(japanese, is_ascii) && japanese != "{key}: {input.message}")
        << file << ": " << japanese;
    ++count;
    return;
  }
  if (node.IsMap()) {
    for (const auto& entry : node) CheckLabels(entry.second, file, count);
  } else if (node.IsSequence()) {
    for (const auto& item : node) CheckLabels(item, file, count);
  }
}

TEST(DefaultProcesses, SpeakEnglishAndJapanese) {
  std::size_t count = 0;
  for (const auto& [file, document] : Processes().documents) CheckLabels(document, file, count);
  EXPECT_GT(count, 500U);
}

// A role that may do nothing, and a text that is never sent, would only mislead.
TEST(DefaultProcesses, UseEveryRoleAndEveryText) {
  NameSet roles = Processes().vocabulary.roles;
  NameSet texts = *Processes().vocabulary.notifications;
  NameSet policies = *Processes().vocabulary.policies;
  for (const auto& life_cycle : Processes().life_cycles.life_cycles()) {
    for (const TransitionDefinition& transition : life_cycle->definition().transitions) {
      for (const std::string& role : transition.roles) roles.erase(role);
      for (const EffectDefinition& effect : transition.effects) {
        roles.erase(effect.target);
        texts.erase(effect.notification);
        if (effect.kind == EffectKind::kAskApproval) policies.erase(effect.target);
      }
    }
  }
  EXPECT_THAT(roles, IsEmpty());
  EXPECT_THAT(texts, IsEmpty());
  EXPECT_THAT(policies, IsEmpty());
}

// The names that stand in braces in both languages of a text.
std::set<std::string> NamesInBraces(const YAML::Node& text) {
  const std::string joined = text["en"].as<std::string>() + text["ja"].as<std::string>();
  std::set<std::string> names;
  for (std::size_t at = joined.find('{'); at != std::string::npos; at = joined.find('{', at + 1))
    names.insert(joined.substr(at + 1, joined.find('}', at) - at - 1));
  return names;
}

TEST(DefaultProcesses, TextsNameOnlyWhatTheRecordHas) {
  std::map<std::string, std::set<std::string>> names;
  for (const YAML::Node& text : Processes().Items("notifications.yaml", "notifications"))
    names[text["name"].as<std::string>()] = NamesInBraces(text["text"]);
  for (const auto& life_cycle : Processes().life_cycles.life_cycles()) {
    for (const TransitionDefinition& transition : life_cycle->definition().transitions) {
      for (const EffectDefinition& effect : transition.effects) {
        for (const std::string& name : names[effect.notification]) {
          const bool input =
              name.starts_with("input.") &&
              std::ranges::count(transition.inputs, name.substr(6), &InputDefinition::name) == 1;
          EXPECT_TRUE(input || name == "key" ||
                      Processes().facts->FindAttribute(life_cycle->definition().class_name, name))
              << effect.origin << ": " << name;
        }
      }
    }
  }
}

// ---- decisions

std::string Decided(std::string_view table, const DatumMap& facts, std::string_view output) {
  const auto decision = Processes().tables.Find(table)->Decide(Datum::Map(facts).map());
  EXPECT_OK(decision);
  if (!decision.ok() || decision->hits.size() != 1) return "";
  for (const auto& [name, value] : decision->hits.front().outputs)
    if (name == output) return value.string();
  return "";
}

TEST(DefaultProcesses, PriorityIsImpactAndUrgencyMovedByTheService) {
  const std::vector<std::string> levels = {"high", "medium", "low"};
  const std::vector<std::pair<std::string, int>> services = {
      {"critical", -1}, {"high", 0}, {"medium", 0}, {"low", 1}, {"", 0}};
  for (int impact = 0; impact < 3; ++impact) {
    for (int urgency = 0; urgency < 3; ++urgency) {
      for (const auto& [criticality, step] : services) {
        DatumMap facts = {{"impact", Datum::String(levels[static_cast<std::size_t>(impact)])},
                          {"urgency", Datum::String(levels[static_cast<std::size_t>(urgency)])}};
        if (!criticality.empty()) facts.emplace_back("criticality", Datum::String(criticality));
        const int expected = std::clamp(1 + impact + urgency + step, 1, 5);
        EXPECT_EQ(Decided("priority", facts, "priority"), "p" + std::to_string(expected))
            << impact << " " << urgency << " " << criticality;
      }
    }
  }
}

TEST(DefaultProcesses, TheGravestReasonIsTheRiskOfAChange) {
  const auto text = [](std::string_view value) { return Datum::String(std::string(value)); };
  struct Case {
    DatumMap facts;
    std::string_view risk;
  };
  const Case cases[] = {
      {{}, "medium"},
      {{{"worst_criticality", text("none")}}, "low"},
      {{{"worst_criticality", text("low")}, {"change_scale", text("minor")}}, "low"},
      {{{"worst_criticality", text("low")}, {"change_scale", text("significant")}}, "medium"},
      {{{"worst_criticality", text("none")}, {"change_scale", text("major")}}, "high"},
      {{{"worst_criticality", text("critical")}}, "high"},
      {{{"worst_criticality", text("critical")}, {"backout_tested", Datum::Boolean(true)}},
       "medium"},
      {{{"worst_criticality", text("critical")},
        {"backout_tested", Datum::Boolean(true)},
        {"loses_reserve", Datum::Boolean(true)}},
       "very_high"},
      {{{"worst_criticality", text("high")}, {"loses_reserve", Datum::Boolean(true)}}, "high"},
      {{{"worst_criticality", text("none")}, {"recent_failures", Datum::Integer(1)}}, "medium"},
      {{{"worst_criticality", text("none")}, {"recent_failures", Datum::Integer(3)}}, "high"},
      {{{"worst_criticality", text("none")}, {"recent_failures", Datum::Integer(0)}}, "low"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(Decided("change_risk", c.facts, "risk_level"), c.risk) << "case " << (&c - cases);
}

std::vector<std::string> Steps(std::string_view policy, const DatumMap& facts) {
  const auto plan = Approvals().Plan(policy, Datum::Map(facts).map());
  EXPECT_OK(plan);
  return plan.ok() ? plan->steps : std::vector<std::string>{"?"};
}

TEST(DefaultProcesses, WhoDecidesFollowsFromKindAndRisk) {
  const auto text = [](std::string_view value) { return Datum::String(std::string(value)); };
  EXPECT_THAT(Steps("change", {{"kind", text("standard")}, {"risk_level", text("low")}}),
              IsEmpty());
  EXPECT_THAT(Steps("change", {{"kind", text("normal")},
                               {"risk_level", text("low")},
                               {"worst_criticality", text("low")}}),
              ElementsAre("change_manager"));
  EXPECT_THAT(Steps("change", {{"kind", text("normal")}}), ElementsAre("change_manager", "cab"));
  EXPECT_THAT(Steps("change", {{"kind", text("normal")},
                               {"risk_level", text("high")},
                               {"worst_criticality", text("critical")}}),
              ElementsAre("change_manager", "cab", "service_owner"));
  EXPECT_THAT(Steps("change", {{"kind", text("normal")},
                               {"risk_level", text("low")},
                               {"change_scale", text("major")}}),
              ElementsAre("change_manager", "cab", "service_owner"));
  EXPECT_THAT(Steps("emergency_change", {}), ElementsAre("emergency_board"));
  EXPECT_THAT(Steps("service_request", {}), ElementsAre("service_owner"));
  EXPECT_THAT(Steps("service_request", {{"cost", Datum::Integer(250'000)}}),
              ElementsAre("service_owner", "budget"));
  EXPECT_THAT(Steps("release_acceptance", {}), ElementsAre("service_owner", "change_manager"));
}

TEST(DefaultProcesses, NobodyApprovesWhatIsTheirOwn) {
  for (const ApprovalPolicyDefinition& policy : Approvals().policies()) {
    EXPECT_EQ(std::ranges::count(policy.separated, "author"), 1) << policy.name;
    EXPECT_NE(policy.comment, CommentRule::kNever) << policy.name;
    for (const ApprovalStepDefinition& step : policy.steps) {
      for (const Approver& approver : step.approvers) {
        if (approver.kind == ApproverKind::kRole)
          EXPECT_TRUE(Processes().vocabulary.roles.contains(approver.name)) << approver.name;
      }
    }
  }
}

}  // namespace
}  // namespace kosei::process
