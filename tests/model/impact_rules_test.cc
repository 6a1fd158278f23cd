// Which of a relationship type's rules counts for a link between two classes.
#include <algorithm>
#include <limits>
#include <random>
#include <set>

#include "absl/strings/str_format.h"
#include "impact_estate.h"
#include "kosei/model/schema.h"
#include "model_builder.h"
#include "status_matchers.h"

namespace kosei::model {
namespace {

using ::kosei::testing::BuildYaml;
using ::kosei::testing::IsError;

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

}  // namespace
}  // namespace kosei::model
