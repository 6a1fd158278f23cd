// What a model says about impact: effects, rules between classes, gates, who is out of service,
// what counts as down already, roles.
#include <algorithm>
#include <limits>
#include <random>
#include <set>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "kosei/model/comparison.h"
#include "kosei/model/schema.h"
#include "model_builder.h"
#include "status_matchers.h"

namespace kosei::model {
namespace {

using ::kosei::testing::BuildYaml;
using ::kosei::testing::IsError;

constexpr std::string_view kEstate = R"yaml(
classes:
  - name: Item
    abstract: true
    label: {en: Item, ja: i}
    out_of_service: {attribute: status, values: [planned, retired]}
    attributes:
      - {name: name, type: string, label: {en: Name, ja: n}}
      - name: status
        type: enum
        label: {en: Status, ja: s}
        values:
          - {name: planned, label: {en: P, ja: p}}
          - {name: live, label: {en: L, ja: l}}
          - {name: retired, label: {en: R, ja: r}}
      - {name: needed, type: integer, label: {en: Needed, ja: n}}
      - {name: gate, type: gate, label: {en: Gate, ja: g}}
  - {name: Application, parent: Item, label: {en: Application, ja: a}}
  - {name: WebApplication, parent: Application, label: {en: Web application, ja: w}}
  - {name: Database, parent: Item, label: {en: Database, ja: d}}
  - {name: Replica, parent: Database, label: {en: Replica, ja: r}}
  - {name: Cluster, parent: Item, label: {en: Cluster, ja: c}, gate: " at_least( needed,uses )"}
  - {name: Farm, parent: Cluster, label: {en: Farm, ja: f}}
  - {name: Pool, parent: Cluster, label: {en: Pool, ja: p}, gate: any(uses)}
  - {name: Service, parent: Item, abstract: true, label: {en: Service, ja: s}, role: service}
  - name: MailService
    parent: Service
    label: {en: Mail, ja: m}
    out_of_service: {attribute: status, values: [planned]}
  - name: Change
    parent: Item
    label: {en: Change, ja: c}
    attributes:
      - {name: planned_start, type: timestamp, label: {en: Start, ja: s}}
      - {name: planned_end, type: timestamp, label: {en: End, ja: e}}
relationship_types:
  - name: uses
    label: {en: Uses, ja: u}
    inverse_label: {en: Used by, ja: u}
    endpoints: [{source: Item, target: Item}]
    impact: target_to_source
    effect: {failed: failed, degraded: up}
    impact_rules:
      - {source: Application, target: Database, failed: degraded}
      - {target: Cluster, impact: source_to_target, degraded: degraded}
      - {source: WebApplication, target: Item, impact: none}
      - {source: WebApplication, target: Database, impact: both}
  - name: owned_by
    label: {en: Owned by, ja: o}
    inverse_label: {en: Owns, ja: o}
    endpoints: [{source: Item, target: Item}]
    impact: none
    role: owner
  - name: affects
    label: {en: Affects, ja: a}
    inverse_label: {en: Affected by, ja: a}
    endpoints: [{source: Item, target: Item}]
    impact: both
impact_contexts:
  - name: in_progress
    label: {en: Changes in progress, ja: 実施中の変更}
    class: Change
    when: {attribute: status, values: [live, retired]}
    state: degraded
    over: affects
    from: planned_start
    to: planned_end
  - name: down
    label: {en: Down, ja: 停止中}
    class: Item
    when: {attribute: status, values: [retired]}
)yaml";

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

TEST(ImpactRules, TheNearestCounts) {
  ASSERT_OK_AND_ASSIGN(const auto schema, BuildYaml(kEstate));
  const RelationshipTypeNumber uses = schema->FindRelationshipType("uses")->number;
  const RelationshipTypeNumber owned = schema->FindRelationshipType("owned_by")->number;
  const auto number = [&](std::string_view name) { return schema->FindClass(name)->number; };
  EXPECT_TRUE(schema->HasImpactRules(uses));
  EXPECT_FALSE(schema->HasImpactRules(owned));
  EXPECT_FALSE(schema->HasImpactRules(RelationshipTypeNumber{99}));
  struct Case {
    const char* source;
    const char* target;
    std::uint16_t rule;
    ImpactDirection impact;
    State degraded, failed;
  };
  constexpr ImpactDirection kUsual = ImpactDirection::kTargetToSource;
  const Case cases[] = {
      {"Cluster", "Database", 0, kUsual, State::kUp, State::kFailed},
      {"Application", "Replica", 1, kUsual, State::kUp, State::kDegraded},
      {"Application", "Farm", 2, ImpactDirection::kSourceToTarget, State::kDegraded,
       State::kFailed},
      {"Pool", "Cluster", 2, ImpactDirection::kSourceToTarget, State::kDegraded, State::kFailed},
      {"WebApplication", "Change", 3, ImpactDirection::kNone, State::kUp, State::kFailed},
      {"WebApplication", "Cluster", 3, ImpactDirection::kNone, State::kUp, State::kFailed},
      {"WebApplication", "Replica", 4, ImpactDirection::kBoth, State::kUp, State::kFailed},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(absl::StrFormat("%s -> %s", c.source, c.target));
    const ImpactRule& rule = schema->ImpactRuleOf(uses, number(c.source), number(c.target));
    EXPECT_EQ(rule.rule, c.rule);
    EXPECT_EQ(rule.impact, c.impact);
    EXPECT_EQ(rule.effect, (std::array<State, 3>{State::kUp, c.degraded, c.failed}));
  }
  for (const auto& [type, source] : {std::pair(RelationshipTypeNumber{0}, number("Pool")),
                                     {RelationshipTypeNumber{99}, number("Pool")},
                                     {uses, ClassNumber{0}},
                                     {uses, ClassNumber{999}}}) {
    const ImpactRule& rule = schema->ImpactRuleOf(type, source, number("Pool"));
    EXPECT_EQ(rule.impact, ImpactDirection::kNone);
    EXPECT_EQ(rule.effect, (std::array<State, 3>{}));
  }
  EXPECT_EQ(schema
                ->ImpactRuleOf(schema->FindRelationshipType("affects")->number, ClassNumber{0},
                               ClassNumber{999})
                .impact,
            ImpactDirection::kBoth)
      << "without rules the classes do not matter";
}

// A tree of classes, and rules over it, that the definition is applied to word by word.
class RandomRules {
 public:
  explicit RandomRules(std::uint64_t seed) : random_(seed) {
    const std::size_t count = 2 + Below(14);
    for (std::size_t i = 0; i < count; ++i) {
      parents_.push_back(i == 0 || Below(6) == 0 ? -1 : static_cast<int>(Below(i)));
      ClassDefinition one;
      one.name = NameOf(static_cast<int>(i));
      if (parents_.back() >= 0) one.parent = NameOf(parents_.back());
      one.label = {"c", "c"};
      model_.classes.push_back(std::move(one));
    }
    RelationshipTypeDefinition type;
    type.name = "uses";
    type.label = type.inverse_label = {"u", "u"};
    type.impact = ImpactDirection::kTargetToSource;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j)
        type.endpoints.push_back({NameOf(static_cast<int>(i)), NameOf(static_cast<int>(j))});
    }
    for (std::size_t i = Below(7); i > 0; --i) {
      ImpactRuleDefinition rule;
      source_.push_back(static_cast<int>(Below(count + 1)) - 1);
      target_.push_back(static_cast<int>(Below(count + 1)) - 1);
      if (source_.back() < 0 && target_.back() < 0) source_.back() = 0;
      if (source_.back() >= 0) rule.source = NameOf(source_.back());
      if (target_.back() >= 0) rule.target = NameOf(target_.back());
      if (Below(2) == 0) rule.impact = ImpactDirection::kSourceToTarget;
      type.impact_rules.push_back(std::move(rule));
    }
    model_.relationship_types.push_back(std::move(type));
  }

  const ModelDefinition& model() const { return model_; }
  bool SaysAPairTwice() const {
    std::set<std::pair<int, int>> pairs;
    for (std::size_t i = 0; i < source_.size(); ++i) pairs.emplace(source_[i], target_[i]);
    return pairs.size() < source_.size();
  }
  int classes() const { return static_cast<int>(parents_.size()); }
  // Positions of the nearest rules; more than one when the model must be refused.
  std::vector<std::size_t> Nearest(int source, int target) const {
    std::vector<std::size_t> nearest;
    int least = std::numeric_limits<int>::max();
    for (std::size_t i = 0; i < source_.size(); ++i) {
      const int up = Steps(source, source_[i]);
      const int across = Steps(target, target_[i]);
      if (up < 0 || across < 0 || up + across > least) continue;
      if (up + across < least) nearest.clear();
      least = up + across;
      nearest.push_back(i);
    }
    return nearest;
  }
  static std::string NameOf(int position) { return absl::StrFormat("C%d", position); }

 private:
  std::size_t Below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
  // From a class up to one above it, or to what is above the root (-1); -1 when it is not above.
  int Steps(int from, int to) const {
    int steps = 0;
    for (int at = from; at != to; at = parents_[static_cast<std::size_t>(at)], ++steps) {
      if (at < 0) return -1;
    }
    return steps;
  }

  std::mt19937_64 random_;
  std::vector<int> parents_;
  std::vector<int> source_, target_;
  ModelDefinition model_;
};

TEST(ImpactRules, AreThoseOfTheDefinitionOnRandomTrees) {
  int refused = 0;
  int with_rules = 0;
  for (std::uint64_t seed = 1; seed <= 4'000; ++seed) {
    const RandomRules rules(seed);
    bool tie = rules.SaysAPairTwice();
    for (int i = 0; i < rules.classes(); ++i) {
      for (int j = 0; j < rules.classes(); ++j) tie = tie || rules.Nearest(i, j).size() > 1;
    }
    NameBook book;
    const auto schema = Schema::Build(rules.model(), book);
    if (tie) {
      ASSERT_FALSE(schema.ok()) << seed;
      ASSERT_TRUE(HasCode(schema.status(), ErrorCode::kModelInvalid));
      ++refused;
      continue;
    }
    ASSERT_OK(schema) << seed;
    const RelationshipTypeNumber uses = (*schema)->FindRelationshipType("uses")->number;
    for (int i = 0; i < rules.classes(); ++i) {
      for (int j = 0; j < rules.classes(); ++j) {
        const std::vector<std::size_t> nearest = rules.Nearest(i, j);
        const ImpactRule& rule =
            (*schema)->ImpactRuleOf(uses, (*schema)->FindClass(RandomRules::NameOf(i))->number,
                                    (*schema)->FindClass(RandomRules::NameOf(j))->number);
        ASSERT_EQ(rule.rule, nearest.empty() ? 0 : nearest.front() + 1) << seed;
        if (rule.rule != 0) ++with_rules;
      }
    }
  }
  EXPECT_GT(refused, 500);
  EXPECT_GT(with_rules, 20'000);
}

TEST(ImpactRules, TwoAsNearAreRefusedWhereBothMayBeMeant) {
  const auto model = [](std::string_view endpoints, std::string_view rules) {
    return absl::StrFormat(R"(
classes:
  - {name: Item, abstract: true, label: {en: I, ja: i}}
  - {name: Application, parent: Item, label: {en: A, ja: a}}
  - {name: Database, parent: Item, label: {en: D, ja: d}}
  - {name: Ghost, parent: Database, abstract: true, label: {en: G, ja: g}}
relationship_types:
  - name: uses
    label: {en: U, ja: u}
    inverse_label: {en: U, ja: u}
    impact: target_to_source
    endpoints: [%s]
    impact_rules:
%s)",
                           endpoints, rules);
  };
  constexpr std::string_view kAny = "{source: Item, target: Item}";
  constexpr std::string_view kTwo =
      "      - {source: Application, failed: degraded}\n"
      "      - {target: Database, impact: none}\n";
  EXPECT_THAT(
      BuildYaml(model(kAny, kTwo)),
      IsError(ErrorCode::kModelInvalid,
              "m.yaml:15: relationship type uses: the impact rules {source: Application} and "
              "{target: Database} are as near to a link from Application to Database, expected "
              "one that is nearer; add a rule {source: Application, target: Database} that "
              "decides, or drop one of the two"));
  EXPECT_OK(BuildYaml(model(
      kAny, std::string(kTwo) + "      - {source: Application, target: Database, impact: both}\n")))
      << "as the message says";
  EXPECT_OK(
      BuildYaml(model("{source: Application, target: Application}, "
                      "{source: Database, target: Database}",
                      kTwo)))
      << "no link is between the two";
  EXPECT_OK(BuildYaml(model(kAny,
                            "      - {source: Item, target: Ghost, failed: degraded}\n"
                            "      - {target: Database}\n"
                            "      - {source: Ghost, impact: none}\n"
                            "      - {source: Item, target: Database, impact: both}\n")))
      << "where they tie there are no records";
  EXPECT_THAT(BuildYaml(model(kAny,
                              "      - {source: Application, failed: degraded}\n"
                              "      - {source: Application}\n")),
              IsError(ErrorCode::kModelInvalid,
                      "m.yaml:15: relationship type uses: there are two impact rules {source: "
                      "Application}; keep one"));
}

// `from` occurs once in the model.
std::string With(std::string_view from, std::string_view to) {
  const std::string text =
      absl::StrReplaceAll(std::string(kEstate), {{std::string(from), std::string(to)}});
  EXPECT_NE(text, kEstate) << from;
  return text;
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

struct Pair {
  std::shared_ptr<const Schema> before, after;
};

absl::StatusOr<Pair> BuildBoth(std::string_view before, std::string_view after) {
  NameBook book;
  Pair pair;
  KOSEI_ASSIGN_OR_RETURN(ModelDefinition first, ParseModel(before, "m.yaml"));
  KOSEI_ASSIGN_OR_RETURN(pair.before, Schema::Build(std::move(first), book));
  KOSEI_ASSIGN_OR_RETURN(ModelDefinition second, ParseModel(after, "m.yaml"));
  KOSEI_ASSIGN_OR_RETURN(pair.after, Schema::Build(std::move(second), book));
  return pair;
}

TEST(ImpactModel, AChangeOfItIsSafeAndNamed) {
  struct Case {
    const char* from;
    const char* to;
    const char* change;
  };
  const Case cases[] = {
      {"gate: any(uses)", "gate: all(uses)", "class Pool: gate any(uses) -> all(uses)"},
      {", gate: any(uses)", "", "class Pool: gate any(uses) -> none"},
      {"values: [planned]}", "values: [planned, live]}",
       "class MailService: out_of_service status planned -> status planned|live"},
      {", role: service", "", "class Service: role service -> none"},
      {"degraded: up}\n", "degraded: degraded}\n",
       "relationship type uses: effect of degraded up -> degraded"},
      {"{failed: failed, ", "{failed: degraded, ",
       "relationship type uses: effect of failed failed -> degraded"},
      {"      - {source: Application, target: Database, failed: degraded}\n", "",
       "relationship type uses: impact rule Application -> Database failed degraded removed"},
      {"{target: Cluster, impact: source_to_target, degraded: degraded}",
       "{target: Cluster, impact: both}",
       "relationship type uses: impact rule any -> Cluster "
       "impact both added"},
      {"    role: owner\n", "", "relationship type owned_by: role owner -> none"},
      {"state: degraded", "state: failed", "impact context in_progress: state degraded -> failed"},
      {"    to: planned_end\n", "", "impact context in_progress: to planned_end -> none"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.change);
    ASSERT_OK_AND_ASSIGN(const Pair pair, BuildBoth(kEstate, With(c.from, c.to)));
    const ModelComparison comparison = Compare(*pair.before, *pair.after);
    EXPECT_EQ(comparison.safety(), ChangeSafety::kSafe);
    std::vector<std::string> found;
    for (const ModelChange& change : comparison.changes)
      found.push_back(absl::StrFormat("%s: %s", change.subject, change.detail));
    EXPECT_THAT(found, ::testing::Contains(c.change));
    EXPECT_TRUE(comparison.classes.empty());
    EXPECT_TRUE(comparison.types.empty());
  }
  ASSERT_OK_AND_ASSIGN(const Pair same, BuildBoth(kEstate, kEstate));
  EXPECT_TRUE(Compare(*same.before, *same.after).changes.empty());
  ASSERT_OK_AND_ASSIGN(const Pair renamed,
                       BuildBoth(kEstate, With("name: in_progress", "name: ongoing")));
  const auto changes = Compare(*renamed.before, *renamed.after).changes;
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].subject, "impact context in_progress");
  EXPECT_EQ(changes[0].what, "removed");
  EXPECT_EQ(changes[1].what, "added");
}

TEST(ImpactModel, GatesOfRecordsAreLookedAtWhenWhatTheyNameGoes) {
  struct Case {
    const char* name;
    const char* from;
    const char* to;
    bool looked_at;
  };
  const Case cases[] = {
      {"nothing goes", "gate: any(uses)", "gate: all(uses)", false},
      {"a class is added", "  - {name: Replica,",
       "  - {name: Mart, parent: Database, label: {en: M, ja: m}}\n  - {name: Replica,", false},
      {"a class goes", "  - {name: Replica, parent: Database, label: {en: Replica, ja: r}}\n", "",
       true},
      {"a class is renamed", "{name: Replica,", "{name: Copy, renamed_from: Replica,", false},
      {"an attribute goes",
       "      - {name: planned_end, type: timestamp, label: {en: End, ja: e}}\n",
       "      - {name: planned_over, type: timestamp, label: {en: End, ja: e}}\n", true},
      {"a type carries failure no more", "    impact: both\n", "    impact: none\n", true},
      {"a class is below another no more", "{name: Replica, parent: Database,",
       "{name: Replica, parent: Item,", true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    std::string after = With(c.from, c.to);
    after = absl::StrReplaceAll(after, {{"to: planned_end", "to: planned_start"}});
    ASSERT_OK_AND_ASSIGN(const Pair pair, BuildBoth(kEstate, after));
    const ModelComparison comparison = Compare(*pair.before, *pair.after);
    const ClassNumber farm = pair.after->FindClass("Farm")->number;
    EXPECT_EQ(std::count(comparison.classes.begin(), comparison.classes.end(), farm),
              c.looked_at ? 1 : 0);
  }
}

}  // namespace
}  // namespace kosei::model
