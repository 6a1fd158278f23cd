// What a model says about impact, read, inherited and refused: gates, who is out of service, what
// counts as down already, roles.
#include <algorithm>

#include "absl/strings/str_format.h"
#include "impact_estate.h"
#include "kosei/model/schema.h"
#include "model_builder.h"
#include "status_matchers.h"

namespace kosei::model {
namespace {

using ::kosei::testing::BuildYaml;
using ::kosei::testing::IsError;

TEST(ImpactModel, IsReadAndReadBack) {
  ASSERT_OK_AND_ASSIGN(const ModelDefinition model, ParseModel(kEstate, "m.yaml"));
  const auto class_of = [&](std::string_view name) {
    return *std::find_if(model.classes.begin(), model.classes.end(),
                         [name](const ClassDefinition& one) { return one.name == name; });
  };
  EXPECT_EQ(class_of("Cluster").gate, "at_least(needed, uses)");
  EXPECT_EQ(class_of("Item").out_of_service->attribute, "status");
  EXPECT_EQ(class_of("Item").out_of_service->values,
            (std::vector<std::string>{"planned", "retired"}));
  EXPECT_EQ(class_of("Service").role, ClassRole::kService);
  const RelationshipTypeDefinition& uses = model.relationship_types.at(0);
  EXPECT_EQ(uses.effect_of_degraded, State::kUp);
  EXPECT_EQ(uses.effect_of_failed, State::kFailed);
  ASSERT_EQ(uses.impact_rules.size(), 4U);
  EXPECT_EQ(uses.impact_rules[0].source, "Application");
  EXPECT_EQ(uses.impact_rules[0].failed, State::kDegraded);
  EXPECT_EQ(uses.impact_rules[0].degraded, std::nullopt);
  EXPECT_EQ(uses.impact_rules[1].source, "");
  EXPECT_EQ(uses.impact_rules[1].impact, ImpactDirection::kSourceToTarget);
  EXPECT_EQ(uses.impact_rules[1].origin.substr(0, 7), "m.yaml:");
  EXPECT_EQ(model.relationship_types.at(1).role, PartyRole::kOwner);
  EXPECT_EQ(model.relationship_types.at(2).impact, ImpactDirection::kBoth);
  ASSERT_EQ(model.impact_contexts.size(), 2U);
  EXPECT_EQ(model.impact_contexts[0].state, State::kDegraded);
  EXPECT_EQ(model.impact_contexts[0].over, "affects");
  EXPECT_EQ(model.impact_contexts[1].state, State::kFailed) << "what is left out";

  const std::string text = ModelText(model);
  ASSERT_OK_AND_ASSIGN(const ModelDefinition again, ReadModelText(text, "text"));
  EXPECT_EQ(ModelText(again), text);
  EXPECT_EQ(CanonicalText(again), CanonicalText(model));
  for (const std::string_view word :
       {"gate \"at_least(needed, uses)\"", "out_of_service \"status\" values \"planned\"",
        "role service", "degraded up failed failed", "impact_rule source \"\" target \"Cluster\"",
        "role owner", "impact_context \"down\""}) {
    EXPECT_NE(CanonicalText(model).find(word), std::string::npos) << word;
  }
}

TEST(ImpactModel, ClassesInheritTheNearest) {
  ASSERT_OK_AND_ASSIGN(const auto schema, BuildYaml(kEstate));
  const auto number = [&](std::string_view name) { return schema->FindClass(name)->number; };
  const auto gate = [&](std::string_view name) {
    const GatePart* found = schema->GateOf(number(name));
    return found == nullptr ? std::string() : GateText(*found);
  };
  EXPECT_EQ(gate("Item"), "");
  EXPECT_EQ(gate("Cluster"), "at_least(needed, uses)");
  EXPECT_EQ(gate("Farm"), "at_least(needed, uses)");
  EXPECT_EQ(gate("Pool"), "any(uses)");
  EXPECT_EQ(schema->GateOf(ClassNumber{0}), nullptr);
  EXPECT_EQ(schema->GateOf(ClassNumber{999}), nullptr);
  EXPECT_EQ(schema->OutOfServiceOf(number("Farm"))->values.size(), 2U);
  EXPECT_EQ(schema->OutOfServiceOf(number("MailService"))->values,
            (std::vector<std::string>{"planned"}));
  EXPECT_EQ(schema->AttributeName(schema->OutOfServiceOf(number("Farm"))->attribute), "status");
  EXPECT_EQ(schema->OutOfServiceOf(ClassNumber{999}), nullptr);
  EXPECT_TRUE(schema->IsService(number("MailService")));
  EXPECT_FALSE(schema->IsService(number("Cluster")));
  EXPECT_FALSE(schema->IsService(ClassNumber{0}));
  ASSERT_EQ(schema->impact_contexts().size(), 2U);
  const ImpactContext& changes = schema->impact_contexts()[0];
  EXPECT_EQ(changes.class_number, number("Change"));
  EXPECT_EQ(schema->AttributeName(changes.attribute), "status");
  EXPECT_EQ(schema->RelationshipTypeName(changes.over), "affects");
  EXPECT_EQ(schema->AttributeName(changes.from), "planned_start");
  EXPECT_EQ(schema->AttributeName(changes.to), "planned_end");
  EXPECT_EQ(schema->impact_contexts()[1].over, RelationshipTypeNumber{});
}

TEST(ImpactModel, SaysWhatIsWrong) {
  struct Case {
    const char* from;
    const char* to;
    const char* message;
  };
  const Case cases[] = {
      {"impact: both\n", "impact: sideways\n",
       "unknown impact \"sideways\"; expected one of none, target_to_source, source_to_target, "
       "both"},
      {"{failed: failed, degraded: up}", "{failed: down}",
       "failed is \"down\", expected one of up, degraded, failed"},
      {"{failed: failed, degraded: up}", "{failed: up, degraded: degraded}",
       "relationship type uses: the effect of degraded is degraded and that of failed up"},
      {"{failed: failed, degraded: up}", "{down: failed}", "unknown key \"down\" of an effect"},
      {"target: Database, failed: degraded}", "target: Database, failed: up, degraded: failed}",
       "the effect of degraded is failed and that of failed up, expected at least as much"},
      {"{source: Application, target: Database, failed", "{source: Aplication, failed",
       "relationship type uses: source of an impact rule: there is no class \"Aplication\"; did "
       "you mean \"Application\"?"},
      {"- {target: Cluster, impact", "- {impact", "an impact rule names neither source nor target"},
      {"- {target: Cluster, impact: source_to_target", "- {target: Cluster, impact: up",
       "unknown impact \"up\""},
      {"gate: any(uses)", "gate: any(uses",
       "class Pool: gate, column 9: found the end, expected a comma"},
      {"gate: any(uses)", "gate: any(owned_by)",
       "class Pool: gate, column 5: relationship type owned_by carries no failure"},
      {"gate: any(uses)", "gate: any(use)", "did you mean \"uses\"?"},
      {"gate: any(uses)", "gate: 'at_least(planned_start, uses)'",
       "class Pool: gate, column 1: unknown attribute \"planned_start\" of class Pool"},
      {"{attribute: status, values: [planned]}", "{attribute: stats, values: [planned]}",
       "class MailService: out_of_service: there is no attribute of class MailService called "
       "\"stats\"; did you mean \"status\"?"},
      {"{attribute: status, values: [planned]}", "{attribute: name, values: [planned]}",
       "class MailService: out_of_service: attribute name is of type string, expected enum"},
      {"{attribute: status, values: [planned]}", "{attribute: status, values: [planed]}",
       "there is no value of status called \"planed\"; did you mean \"planned\"?"},
      {"{attribute: status, values: [planned]}", "{attribute: status}",
       "class MailService: out_of_service has no values"},
      {"role: service", "role: server", "unknown role \"server\"; expected one of service"},
      {"role: owner", "role: user",
       "unknown role \"user\"; expected one of owner, customer, agreement, support, contact"},
      {"class: Change", "class: Chance", "impact context in_progress: there is no class"},
      {"[live, retired]", "[life, retired]", "there is no value of status called \"life\""},
      {"[live, retired]", "[]", "impact context in_progress: when has no values"},
      {"state: degraded", "state: up", "impact context in_progress: the state is up"},
      {"over: affects", "over: effects",
       "impact context in_progress: there is no relationship type \"effects\"; did you mean"},
      {"from: planned_start", "from: needed",
       "impact context in_progress: attribute needed is of type integer, expected timestamp"},
      {"name: in_progress", "name: down", "impact context down is defined twice"},
      {"name: in_progress", "name: InProgress", "impact context name \"InProgress\" is not snake"},
      {"    label: {en: Down, ja: 停止中}\n", "", "impact context down has no English label"},
      {"    when: {attribute: status, values: [retired]}\n", "",
       "impact context down has no when; add"},
      {"{name: planned_start, type: timestamp,", "{name: second_gate, type: gate,",
       "class Change has two attributes of type gate, gate and second_gate"},
      {"{name: gate, type: gate,", "{name: gate, type: list, item_type: gate,",
       "is a list of gates; a record has one gate at most"},
      {"{name: gate, type: gate,", "{name: gate, type: gate, unique: true,",
       "is a gate, which cannot be unique"},
      {"{name: gate, type: gate,", "{name: gate, type: gate, default: any(us),",
       "default of attribute gate: gate, column 5: unknown relationship type \"us\""},
      {"{name: gate, type: gate,", "{name: gate, type: gate, default: any,",
       "the default does not fit: attribute gate: gate, column 1: found \"any\""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.to);
    EXPECT_THAT(BuildYaml(With(c.from, c.to)), IsError(ErrorCode::kModelInvalid, c.message));
  }
}

TEST(ImpactModel, ARetiredGateMakesRoomForAnother) {
  std::string yaml = With("{name: gate, type: gate,", "{name: gate, type: gate, retired: true,");
  ASSERT_OK_AND_ASSIGN(const auto none, BuildYaml(yaml));
  EXPECT_EQ(none->GateAttributeOf(none->FindClass("Farm")->number), AttributeNumber{});
  yaml = absl::StrReplaceAll(
      yaml, {{"      - {name: planned_start, type: timestamp, label: {en: Start, ja: s}}",
              "      - {name: planned_start, type: timestamp, label: {en: Start, ja: s}}\n"
              "      - {name: impact_gate, type: gate, label: {en: G, ja: g}}"}});
  ASSERT_OK_AND_ASSIGN(const auto schema, BuildYaml(yaml));
  EXPECT_EQ(schema->AttributeName(schema->GateAttributeOf(schema->FindClass("Change")->number)),
            "impact_gate");
}

}  // namespace
}  // namespace kosei::model
