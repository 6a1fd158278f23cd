// Plans that would overload what they link to, or put two things in one place: each is a conflict
// when the plan makes it worse, and none when it was so before.
#include "kosei/base/error.h"
#include "plan_fixture.h"

namespace kosei::testing {
namespace {

using storage::Conflict;
using storage::ConflictKind;
using storage::MergeOutcome;
using storage::PlanState;
using storage::Take;

constexpr char kRackModel[] = R"yaml(
classes:
  - name: ConfigurationItem
    label: {en: Configuration item, ja: 構成品目}
    attributes:
      - {name: name, type: string, label: {en: Name, ja: 名前}}
      - {name: unit, type: integer, label: {en: Unit, ja: 位置}}
      - {name: height, type: integer, label: {en: Height, ja: 高さ}}
      - {name: power, type: decimal, label: {en: Power, ja: 電力}}
      - {name: power_limit, type: integer, label: {en: Power limit, ja: 電力容量}}
      - {name: port, type: string, label: {en: Port, ja: ポート}}
  - {name: Server, parent: ConfigurationItem, label: {en: Server, ja: サーバー}}
  - {name: Rack, parent: ConfigurationItem, label: {en: Rack, ja: ラック}}
  - {name: Site, parent: ConfigurationItem, label: {en: Site, ja: 拠点}}
relationship_types:
  - name: located_in
    label: {en: Located in, ja: 所在}
    inverse_label: {en: Houses, ja: 収容対象}
    endpoints: [{source: ConfigurationItem, target: ConfigurationItem}]
    impact: target_to_source
    capacity: [{target: Rack, limit: power_limit, load: power}]
    places: [{target: Rack, position: unit, extent: height}]
  - name: connects_to
    label: {en: Connects to, ja: 接続先}
    inverse_label: {en: Connected from, ja: 接続元}
    endpoints: [{source: ConfigurationItem, target: ConfigurationItem}]
    impact: target_to_source
    places: [{position: port}]
)yaml";

class PlanTargetsTest : public PlanTest {
 protected:
  void SetUp() override {
    auto model = model::ParseModel(kRackModel, "rack model");
    ASSERT_OK(model.status());
    storage::EngineOptions options = Options();
    options.model = *std::move(model);
    auto engine = storage::Engine::Open(options);
    ASSERT_OK(engine.status());
    engine_ = *std::move(engine);
    ASSERT_OK(Put("Rack", "rack", {{"power_limit", 1'000}}));
    ASSERT_OK(Put("Site", "site", {{"power_limit", 1}}));
    OpenPlan("p");
  }
  void Place(const std::string& key, int unit, int height, std::string_view power) {
    ASSERT_OK(Put("Server", key, Slot(unit, height, power)));
    ASSERT_OK(Link(key, "located_in", "rack"));
  }
  void PlanPlace(const std::string& key, int unit, int height, std::string_view power) {
    ASSERT_OK(Edit("p", Putting("Server", key, Slot(unit, height, power))));
    ASSERT_OK(Edit("p", Linking(key, "located_in", "rack")));
  }
  static Attributes Slot(int unit, int height, std::string_view power) {
    return {{"unit", unit}, {"height", height}, {"power", Value(std::string(power))}};
  }
  std::vector<Conflict> Conflicts() {
    auto diff = plans().Diff("p", 100);
    EXPECT_OK(diff.status());
    const MergeOutcome outcome = Merge("p");
    // The comparison says what the merge says, and a refused merge leaves everything.
    EXPECT_EQ(diff->conflicts.size(), outcome.conflicts.size());
    EXPECT_EQ(outcome.conflicts.empty(), plans().Find("p")->state == PlanState::kMerged);
    return outcome.conflicts;
  }
};

TEST_F(PlanTargetsTest, WhatFitsGoesIn) {
  Place("a", 1, 2, "499.5");
  PlanPlace("b", 3, 1, "500.5");
  ASSERT_OK(Edit("p", Linking("b", "located_in", "site")));
  EXPECT_TRUE(Conflicts().empty());
}

TEST_F(PlanTargetsTest, ALoadThatIsTooMuchNamesTargetSumAndLimit) {
  PlanPlace("b", 3, 1, "600.25");
  Place("a", 1, 2, "400");
  const std::vector<Conflict> conflicts = Conflicts();
  ASSERT_EQ(conflicts.size(), 1U);
  EXPECT_EQ(conflicts[0].kind, ConflictKind::kCapacity);
  EXPECT_EQ(conflicts[0].key, "b");
  EXPECT_EQ(conflicts[0].other, "rack");
  EXPECT_EQ(conflicts[0].attribute, "power");
  EXPECT_EQ(conflicts[0].planned, "1000.25");
  EXPECT_EQ(conflicts[0].present, "400");
  EXPECT_EQ(conflicts[0].message,
            "power of what is located_in rack would be 1000.25 together, and its power_limit is "
            "1000; it is 400 now");
  EXPECT_EQ(conflicts[0].step, 2U);
  EXPECT_EQ(conflicts[0].step_actor, "planner");
  // The link that came meanwhile.
  EXPECT_EQ(conflicts[0].commit, reader().Newest().commit);
}

TEST_F(PlanTargetsTest, ALimitMayBeLoweredTooFar) {
  Place("a", 1, 2, "400");
  ASSERT_OK(Edit("p", Putting("", "rack", {{"power_limit", 300}})));
  const std::vector<Conflict> conflicts = Conflicts();
  ASSERT_EQ(conflicts.size(), 1U);
  EXPECT_EQ(conflicts[0].kind, ConflictKind::kCapacity);
  EXPECT_EQ(conflicts[0].key, "rack");
  EXPECT_EQ(conflicts[0].step, 1U);
}

TEST_F(PlanTargetsTest, WhatIsOverloadedAlreadyMayGetBetter) {
  Place("a", 1, 1, "900");
  Place("b", 2, 1, "900");
  ASSERT_OK(Edit("p", Putting("", "a", {{"power", Value("800")}})));
  EXPECT_TRUE(Conflicts().empty());
}

TEST_F(PlanTargetsTest, WhatLeavesMakesRoom) {
  Place("a", 1, 4, "900");
  ASSERT_OK(Edit("p", Ending("a")));
  PlanPlace("b", 2, 1, "800");
  EXPECT_TRUE(Conflicts().empty());
}

TEST_F(PlanTargetsTest, TwoCannotBeInOnePlace) {
  Place("a", 4, 3, "1");  // 4 to 6
  Place("low", 1, 2, "1");
  PlanPlace("b", 3, 1, "1");
  ASSERT_OK(Edit("p", Putting("", "b", {{"height", 2}})));
  const std::vector<Conflict> conflicts = Conflicts();
  ASSERT_EQ(conflicts.size(), 1U);
  EXPECT_EQ(conflicts[0].kind, ConflictKind::kPlace);
  EXPECT_EQ(conflicts[0].key, "b");
  EXPECT_EQ(conflicts[0].other, "a");
  EXPECT_EQ(conflicts[0].attribute, "unit");
  EXPECT_EQ(conflicts[0].planned, "3 to 4");
  EXPECT_EQ(conflicts[0].present, "4 to 6");
  EXPECT_EQ(conflicts[0].message, "b located_in rack would have unit 3 to 4, where a is (4 to 6)");
}

TEST_F(PlanTargetsTest, APlaceThatWasTakenMeanwhileNamesTheCommit) {
  PlanPlace("b", 5, 1, "1");
  Place("a", 5, 1, "1");
  const std::vector<Conflict> conflicts = Conflicts();
  ASSERT_EQ(conflicts.size(), 1U);
  EXPECT_EQ(conflicts[0].present, "5");
  EXPECT_NE(conflicts[0].commit, kNoCommit);
}

TEST_F(PlanTargetsTest, TwoOfOnePlanAreToldOnce) {
  PlanPlace("a", 1, 1, "1");
  PlanPlace("b", 1, 1, "1");
  EXPECT_EQ(Conflicts().size(), 1U);
}

TEST_F(PlanTargetsTest, PlacesThatWereTakenTwiceBeforeAreNotThePlansDoing) {
  Place("a", 1, 1, "1");
  Place("b", 1, 1, "1");
  PlanPlace("c", 2, 1, "1");
  EXPECT_TRUE(Conflicts().empty());
}

TEST_F(PlanTargetsTest, PlacesMayBeNames) {
  ASSERT_OK(Put("Server", "switch"));
  ASSERT_OK(Put("Server", "a", {{"port", Value("ge-0/0/1")}}));
  ASSERT_OK(Link("a", "connects_to", "switch"));
  ASSERT_OK(Edit("p", Putting("Server", "b", {{"port", Value("ge-0/0/1")}})));
  ASSERT_OK(Edit("p", Linking("b", "connects_to", "switch")));
  const std::vector<Conflict> conflicts = Conflicts();
  ASSERT_EQ(conflicts.size(), 1U);
  EXPECT_EQ(conflicts[0].planned, "ge-0/0/1");
}

TEST_F(PlanTargetsTest, StepsAreJudgedByWhatTheyComeTo) {
  // The first step alone would overload the rack.
  Place("a", 1, 1, "900");
  PlanPlace("b", 2, 1, "900");
  ASSERT_OK(Edit("p", Ending("a")));
  const MergeOutcome outcome = Merge("p", Take::kNeither, true);
  EXPECT_TRUE(outcome.conflicts.empty());
  EXPECT_EQ(outcome.commits.size(), 3U);

  OpenPlan("q");
  ASSERT_OK(Edit("q", Putting("Server", "c", Slot(3, 1, "900"))));
  ASSERT_OK(Edit("q", Linking("c", "located_in", "rack")));
  const MergeOutcome refused = Merge("q", Take::kNeither, true);
  ASSERT_EQ(refused.conflicts.size(), 1U);
  EXPECT_TRUE(refused.commits.empty());
  EXPECT_FALSE(Get("c").ok());
}

TEST_F(PlanTargetsTest, WhoeverTakesThePlanTakesTheOverload) {
  Place("a", 1, 1, "900");
  PlanPlace("b", 1, 1, "900");
  EXPECT_EQ(Conflicts().size(), 2U);
  EXPECT_EQ(Merge("p", Take::kMain).conflicts.size(), 2U);
  EXPECT_TRUE(Merge("p", Take::kPlan).conflicts.empty());
  EXPECT_TRUE(HasLink("b", "located_in", "rack", reader().Newest()));
}

TEST_F(PlanTargetsTest, ARevertIsJudgedToo) {
  Place("a", 1, 1, "900");
  const auto ended = End("a");
  ASSERT_OK(ended.status());
  Place("b", 1, 1, "900");
  ASSERT_OK_AND_ASSIGN(const MergeOutcome outcome, plans().Revert(ended->commit, {}));
  EXPECT_EQ(outcome.conflicts.size(), 2U);
  EXPECT_TRUE(outcome.commits.empty());
}

}  // namespace
}  // namespace kosei::testing
