// Changes of what a model says about impact: how safe they are, and what becomes of gates.
#include <algorithm>

#include "absl/strings/str_format.h"
#include "impact_estate.h"
#include "kosei/model/comparison.h"
#include "kosei/model/schema.h"
#include "model_builder.h"
#include "status_matchers.h"

namespace kosei::model {
namespace {

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
