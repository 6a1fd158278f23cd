// What collides and what does not, case by case.
#include "kosei/query/collisions.h"

#include "status_matchers.h"
#include "work_store.h"

namespace kosei::query {
namespace {

using ::kosei::testing::HasErrorCode;
using ::kosei::testing::IsError;
using model::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Things that need each other, services among them, some of them critical.
constexpr std::string_view kWorkModel = R"(
classes:
  - name: Thing
    label: {en: Thing, ja: もの}
    attributes:
      - {name: criticality, type: enum, label: {en: Criticality, ja: 重要度}, index: true,
         values: [{name: critical, label: {en: Critical, ja: 最重要}}, {name: low, label: {en: Low, ja: 低}}]}
      - {name: own_gate, type: gate, label: {en: Gate, ja: ゲート}}
  - {name: Service, parent: Thing, label: {en: Service, ja: サービス}, role: service}
relationship_types:
  - {name: needs, label: {en: Needs, ja: 依存先}, inverse_label: {en: Needed by, ja: 依存元},
     endpoints: [{source: Thing, target: Thing}], cardinality: many_to_many, impact: target_to_source}
)";

class Collisions : public ::testing::Test {
 protected:
  // pay and mail are services; pay needs a farm of which one of n1, n2 (n3: of n1, n2, n3) is
  // enough.
  void SetUp() override {
    storage::Transaction transaction;
    const auto put = [&](const char* key, const char* class_name, const char* criticality,
                         const char* gate) {
      Record record;
      record.class_number = store_.Class(class_name);
      record.key = key;
      const auto schema = store_.reader().schema();
      const model::Class& owner = *schema->FindClass(class_name);
      if (*criticality != 0)
        record.Set((*schema->GetAttribute(owner, "criticality"))->number, Value(criticality));
      if (*gate != 0) record.Set((*schema->GetAttribute(owner, "own_gate"))->number, Value(gate));
      transaction.put_records.push_back({std::move(record), std::nullopt});
    };
    put("pay", "Service", "critical", "");
    put("mail", "Service", "low", "");
    put("farm", "Thing", "", "any(needs)");
    put("trio", "Thing", "", "any(needs)");
    for (const char* key : {"n1", "n2", "n3", "disk", "rack"}) put(key, "Thing", "", "");
    for (const auto& [source, target] : {std::pair{"pay", "farm"},
                                         {"farm", "n1"},
                                         {"farm", "n2"},
                                         {"mail", "trio"},
                                         {"trio", "n1"},
                                         {"trio", "n2"},
                                         {"trio", "n3"},
                                         {"mail", "disk"},
                                         {"pay", "disk"},
                                         {"n1", "rack"}}) {
      transaction.put_links.push_back({source, store_.Type("needs"), target});
    }
    store_.Commit(std::move(transaction));
    Reopen({});
  }
  void Reopen(const CalendarOptions& options) {
    ASSERT_OK_AND_ASSIGN(calendar_, ChangeCalendar::Open(store_.reader(), store_.Newest(), options,
                                                         store_.Unlimited()));
  }
  void Put(const SpecChange& change) {
    ASSERT_OK(calendar_->Put(ChangeOf(store_, change), store_.Unlimited()));
  }
  void SetWindows(const std::vector<SpecWindow>& windows) {
    std::vector<CalendarWindow> out;
    for (const SpecWindow& window : windows) out.push_back(WindowOf(store_, window));
    ASSERT_OK(calendar_->SetWindows(std::move(out), store_.Unlimited()));
  }
  CollisionReport Check() {
    auto report = calendar_->Check(1'000, store_.Unlimited());
    EXPECT_OK(report.status());
    return report.ok() ? *std::move(report) : CollisionReport();
  }
  std::vector<std::string> Told() { return ToldCollisions(store_, Check()); }
  std::vector<std::string> Slots(const SpecChange& change, int from, int to, std::size_t count) {
    const SlotRequest request{ChangeOf(store_, change), {Hour(from), Hour(to)}, count};
    const auto slots = calendar_->FreeSlots(request, store_.Unlimited());
    EXPECT_OK(slots.status());
    return slots.ok() ? ToldSlots(*slots) : std::vector<std::string>();
  }

  TestStore store_{kWorkModel};
  std::unique_ptr<ChangeCalendar> calendar_;
};

constexpr State kFailed = State::kFailed;

TEST_F(Collisions, EachTakesANodeOfAPairAndTheServiceFails) {
  Put({"A", 0, 4, {{"n1", kFailed}}});
  Put({"B", 2, 6, {{"n2", kFailed}}});
  EXPECT_THAT(Told(), ElementsAre("gate A+B 2-4: pay failed (critical), farm failed "
                                  "[farm failed: any(needs)]"));
}

TEST_F(Collisions, WindowsThatTouchDoNotOverlap) {
  Put({"A", 0, 2, {{"n1", kFailed}}, {"n1"}});
  Put({"B", 2, 4, {{"n2", kFailed}}, {"n1"}});
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(Collisions, TheSameRecordAndWhatIsWithinReachOfBoth) {
  Put({"A", 0, 4, {{"disk", kFailed}}, {"rack"}});
  Put({"B", 1, 2, {}, {"disk", "rack"}});
  Put({"C", 1, 3, {{"trio", State::kDegraded}}});
  EXPECT_THAT(Told(), ElementsAre("same_record A+B 1-2: disk failed, rack",
                                  "reach A+C 1-3: mail failed (low)"));
}

// Of three nodes one is enough: no two changes bring the trio down, three do.
TEST_F(Collisions, ThreeBringDownWhatNoTwoDo) {
  Put({"A", 0, 4, {{"n1", kFailed}}});
  Put({"B", 1, 5, {{"n3", kFailed}}});
  Put({"C", 2, 6, {{"n2", kFailed}}});
  Put({"D", 3, 7, {{"rack", State::kDegraded}}});
  EXPECT_THAT(Told(), ElementsAre("gate A+C 2-4: pay failed (critical), farm failed "
                                  "[farm failed: any(needs)]",
                                  "gate C+D 3-6: pay degraded (critical), farm degraded "
                                  "[farm degraded: any(needs)]",
                                  "gate A+B+C 2-4: mail failed (low), trio failed "
                                  "[trio failed: any(needs)]",
                                  "gate B+C+D 4-5: mail degraded (low), trio degraded "
                                  "[trio degraded: any(needs)]",
                                  "reach A+D 3-4: n1 failed"));
}

TEST_F(Collisions, AFreezeIsHitByWhatIsWorkedOnAndByWhatFails) {
  Put({"A", 0, 4, {{"disk", kFailed}}});
  Put({"B", 5, 6, {}, {"n1"}});
  SetWindows({{.id = "year-end", .from = 3, .to = 10, .records = {"pay"}},
              {.id = "all", .from = 20, .to = 30},
              {.id = "parts", .from = 0, .to = 9, .services = {"pay"}},
              {.id = "services", .from = 3, .to = 5, .classes = {"Service"}}});
  EXPECT_THAT(
      Told(),
      ElementsAre("freeze A 3-4: pay failed (critical), mail failed (low) {services}",
                  "freeze A 0-4: pay failed (critical), disk failed {parts}",
                  "freeze A 3-4: pay failed (critical) {year-end}", "freeze B 5-6: n1 {parts}"));
}

TEST_F(Collisions, WhatHasMaintenanceWindowsIsHitWithinThemOnly) {
  Put({"A", 1, 4, {{"disk", kFailed}}});
  Put({"B", 2, 7, {{"n3", kFailed}}});
  SetWindows(
      {{.id = "sat", .kind = CalendarKind::kMaintenance, .from = 0, .to = 2, .records = {"pay"}},
       {.id = "sun", .kind = CalendarKind::kMaintenance, .from = 2, .to = 4, .records = {"pay"}},
       {.id = "mon", .kind = CalendarKind::kMaintenance, .from = 3, .to = 9, .records = {"mail"}}});
  EXPECT_THAT(Told(), ElementsAre("outside_maintenance A 1-4: mail failed (low) {mon}"));
  SetWindows({});
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(Collisions, OneEditIsLookedAtAgain) {
  Put({"A", 0, 4, {{"n1", kFailed}}});
  Put({"B", 0, 4, {{"n2", kFailed}}});
  EXPECT_EQ(Check().counts[static_cast<std::size_t>(CollisionKind::kGate)], 1U);
  Put({"B", 4, 8, {{"n2", kFailed}}});
  EXPECT_THAT(Told(), IsEmpty());
  Put({"C", 3, 5, {{"n1", kFailed}}});
  EXPECT_EQ(Told().size(), 2U);  // the same record with A, and a gate with B
  EXPECT_TRUE(calendar_->Remove("C"));
  EXPECT_FALSE(calendar_->Remove("C"));
  EXPECT_THAT(Told(), IsEmpty());
  EXPECT_EQ(calendar_->size(), 2U);
}

TEST_F(Collisions, OfOneChangeThoseOfOthersAreLeftOut) {
  Put({"A", 0, 4, {{"n1", kFailed}}});
  Put({"B", 0, 4, {{"n2", kFailed}}});
  Put({"C", 0, 4, {{"n3", kFailed}}});
  ASSERT_OK_AND_ASSIGN(const CollisionReport report,
                       calendar_->CheckOne("C", 100, store_.Unlimited()));
  EXPECT_THAT(ToldCollisions(store_, report),
              ElementsAre("gate A+B+C 0-4: mail failed (low), trio failed "
                          "[trio failed: any(needs)]"));
  ASSERT_EQ(report.changes.size(), 1U);
  EXPECT_EQ(report.changes[0].collision_count, 1U);
  EXPECT_THAT(calendar_->CheckOne("X", 100, store_.Unlimited()).status(),
              IsError(ErrorCode::kNotFound, "\"X\""));
}

TEST_F(Collisions, ALimitShortensTheListAndNotTheCounts) {
  Put({"A", 0, 4, {{"disk", kFailed}}});
  Put({"B", 0, 4, {{"disk", kFailed}}});
  ASSERT_OK_AND_ASSIGN(const CollisionReport report, calendar_->Check(1, store_.Unlimited()));
  EXPECT_THAT(ToldCollisions(store_, report), ElementsAre("same_record A+B 0-4: disk failed"));
  EXPECT_EQ(report.total(), 2U);
  EXPECT_EQ(report.changes[0].affected_count, 2U);
  EXPECT_EQ(report.changes[0].service_count, 2U);
}

TEST_F(Collisions, AFreeSlotIsTheEarliestSpanBetweenWhatIsInTheWay) {
  Put({"A", 2, 4, {{"n1", kFailed}}});
  Put({"B", 6, 7, {}, {"n2"}});
  Put({"far", 0, 24, {{"disk", kFailed}}});
  EXPECT_THAT(Slots({"new", 0, 2, {{"n2", kFailed}}}, 0, 12, 3),
              ElementsAre("0-2 (latest 0)", "4-6 (latest 4)", "7-9 (latest 10)"));
  // Its own entry is not in its way.
  Put({"new", 5, 7, {{"n2", kFailed}}});
  EXPECT_THAT(Slots({"new", 5, 7, {{"n2", kFailed}}}, 1, 12, 1), ElementsAre("4-6 (latest 4)"));
  EXPECT_THAT(Slots({"new", 0, 13, {{"n2", kFailed}}}, 0, 12, 1), IsEmpty());
}

TEST_F(Collisions, AFreeSlotKeepsToTheCalendar) {
  SetWindows(
      {{.id = "freeze", .from = 0, .to = 3, .services = {"pay"}},
       {.id = "m1", .kind = CalendarKind::kMaintenance, .from = 2, .to = 5, .classes = {"Service"}},
       {.id = "m2",
        .kind = CalendarKind::kMaintenance,
        .from = 8,
        .to = 12,
        .classes = {"Service"}}});
  EXPECT_THAT(Slots({"new", 0, 2, {{"disk", kFailed}}}, 0, 24, 9),
              ElementsAre("3-5 (latest 3)", "8-10 (latest 10)", "10-12 (latest 10)"));
}

// Neither of the two alone is in the way of the third, but both together are.
TEST_F(Collisions, AFreeSlotLooksAtAllThatIsUnderWayTogether) {
  Reopen({.blocked = {store_.Id("farm")}});
  Put({"A", 0, 4, {{"n1", kFailed}}});
  Put({"B", 2, 6, {{"n3", kFailed}}});
  EXPECT_THAT(Slots({"new", 0, 2, {{"n2", kFailed}}}, 0, 8, 9),
              ElementsAre("0-2 (latest 0)", "4-6 (latest 6)", "6-8 (latest 6)"));
}

TEST_F(Collisions, WhatIsBlockedIsNotHit) {
  Reopen({.blocked = {store_.Id("farm")}});
  Put({"A", 0, 4, {{"n1", kFailed}}});
  Put({"B", 0, 4, {{"n2", kFailed}}});
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(Collisions, BadChangesAndWindowsAreRefusedAndNothingHasChanged) {
  Put({"A", 0, 4, {{"n1", kFailed}}});
  const auto put = [&](PlannedChange change) {
    return calendar_->Put(std::move(change), store_.Unlimited());
  };
  EXPECT_THAT(put({"A", {Hour(2), Hour(2)}}), IsError(ErrorCode::kInvalidArgument, "\"A\""));
  EXPECT_THAT(put({"", {Hour(1), Hour(2)}}), IsError(ErrorCode::kInvalidArgument, "no id"));
  EXPECT_THAT(put({"A", {Hour(1), Hour(2)}, {{store_.Id("n2"), State::kUp}}}),
              IsError(ErrorCode::kInvalidArgument, "n2"));
  EXPECT_THAT(put({"A", {Hour(1), Hour(2)}, {{RecordId{999}}}}),
              IsError(ErrorCode::kNotFound, "change \"A\""));
  const auto windows = [&](std::vector<CalendarWindow> all) {
    return calendar_->SetWindows(std::move(all), store_.Unlimited());
  };
  EXPECT_THAT(windows({{"w", CalendarKind::kFreeze, {Hour(3), Hour(1)}}}),
              IsError(ErrorCode::kInvalidArgument, "\"w\""));
  EXPECT_THAT(windows({{"w", CalendarKind::kFreeze, {Hour(0), Hour(1)}},
                       {"w", CalendarKind::kFreeze, {Hour(1), Hour(2)}}}),
              IsError(ErrorCode::kInvalidArgument, "two windows"));
  EXPECT_THAT(windows({{"w", CalendarKind::kFreeze, {Hour(0), Hour(1)}, {}, {RecordId{999}}}}),
              IsError(ErrorCode::kNotFound, "window \"w\""));
  EXPECT_THAT(windows({{"w", CalendarKind::kFreeze, {Hour(0), Hour(1)}, {ClassNumber{99}}}}),
              HasErrorCode(ErrorCode::kUnknownClass));
  Put({"B", 0, 4, {{"n2", kFailed}}});
  EXPECT_EQ(Told().size(), 1U);
  SlotRequest request{ChangeOf(store_, {"n", 0, 1}), {Hour(5), Hour(5)}, 1};
  EXPECT_THAT(calendar_->FreeSlots(request, store_.Unlimited()).status(),
              HasErrorCode(ErrorCode::kInvalidArgument));
  request.within.to = Hour(6);
  request.count = kSlotsMax + 1;
  EXPECT_THAT(calendar_->FreeSlots(request, store_.Unlimited()).status(),
              HasErrorCode(ErrorCode::kInvalidArgument));
}

TEST_F(Collisions, ABudgetThatIsSpentIsAnErrorAndWhatIsThereStays) {
  Put({"A", 0, 4, {{"n1", kFailed}}});
  const auto cancelled = std::make_shared<const std::atomic<bool>>(true);
  const Budget stop({}, store_.clock(), cancelled);
  EXPECT_THAT(calendar_->Put(ChangeOf(store_, {"B", 0, 4, {{"n2", kFailed}}}), stop),
              HasErrorCode(ErrorCode::kCancelled));
  EXPECT_EQ(calendar_->size(), 1U);
  Put({"B", 0, 4, {{"n2", kFailed}}});
  EXPECT_THAT(calendar_->Check(10, stop).status(), HasErrorCode(ErrorCode::kCancelled));
  const Budget small({.memory_bytes = 10}, store_.clock());
  EXPECT_THAT(calendar_->Check(10, small).status(), HasErrorCode(ErrorCode::kMemoryBudget));
  const Budget short_walk({.steps = 1}, store_.clock());
  EXPECT_THAT(calendar_->Put(ChangeOf(store_, {"C", 0, 4, {{"rack", kFailed}}}), short_walk),
              HasErrorCode(ErrorCode::kRowBudget));
  EXPECT_EQ(Told().size(), 1U);
}

TEST_F(Collisions, WhatIsThereOnlyInAPlanIsWorkedOn) {
  storage::Transaction edits;
  Record record;
  record.class_number = store_.Class("Thing");
  record.key = "planned";
  edits.put_records.push_back({std::move(record), std::nullopt});
  ASSERT_OK(store_.engine().plans().Open("p", "", {}).status());
  ASSERT_OK(store_.engine().plans().Edit("p", std::move(edits)).status());
  Put({"A", 0, 4, {}, {"planned"}});
  Put({"B", 0, 4, {{"n1", kFailed}}, {"planned"}});
  EXPECT_THAT(Told(), ElementsAre("same_record A+B 0-4: planned"));
}

}  // namespace
}  // namespace kosei::query
