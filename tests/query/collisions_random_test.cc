// Random planned work in random worlds, against the slow and obvious collisions.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "absl/strings/str_format.h"
#include "kosei/query/collisions.h"
#include "random_work.h"
#include "reference_walk.h"
#include "status_matchers.h"

namespace kosei::query {
namespace {

ToldWork ToldBy(const TestStore& store, const CollisionReport& report) {
  ToldWork told;
  for (const Collision& collision : report.collisions) {
    EXPECT_EQ(collision.records.size(), collision.record_count);
    for (int hour = HourOf(collision.window.from); hour < HourOf(collision.window.to); ++hour) {
      States& states = told[{collision.kind, collision.changes}][hour];
      for (const CollisionRecord& record : collision.records)
        states[store.Key(record.record)] = record.state;
    }
  }
  return told;
}

std::unique_ptr<ChangeCalendar> CalendarOf(const TestStore& store, const storage::View& view,
                                           const PlannedWork& work) {
  CalendarOptions options{.listed = 1'000, .contexts = work.contexts};
  for (const std::string& key : work.blocked) options.blocked.push_back(store.Id(key));
  auto calendar = ChangeCalendar::Open(store.reader(), view, options, store.Unlimited());
  EXPECT_OK(calendar.status());
  return *std::move(calendar);
}

std::vector<CalendarWindow> WindowsOf(const TestStore& store, const PlannedWork& work) {
  std::vector<CalendarWindow> windows;
  for (const SpecWindow& window : work.windows) windows.push_back(WindowOf(store, window));
  return windows;
}

// Every set of three or more is a smallest one, and together they explain what pairs do not.
void ExpectSets(CollisionReference& reference, const ToldWork& told) {
  std::map<int, States> explained;
  for (const auto& [collision, hours] : told) {
    const auto& [kind, ids] = collision;
    if (kind != CollisionKind::kGate || ids.size() < 3) continue;
    for (const auto& [hour, states] : hours) {
      const Ids under_way = reference.UnderWay(hour);
      EXPECT_TRUE(std::includes(under_way.begin(), under_way.end(), ids.begin(), ids.end()));
      for (const auto& [key, state] : states) {
        EXPECT_GE(reference.Joint(ids).at(key), state) << key;
        for (const std::string& id : ids) {
          Ids less = ids;
          std::erase(less, id);
          EXPECT_LT(reference.Joint(less).at(key), state) << key << " without " << id;
        }
        explained[hour][key] = std::max(explained[hour][key], state);
      }
    }
  }
  for (int hour = 0; hour < kHours; ++hour)
    EXPECT_EQ(explained[hour], reference.BeyondPairs(reference.UnderWay(hour))) << "hour " << hour;
}

void ExpectWindows(CollisionReference& reference, const PlannedWork& work, const TestStore& store,
                   const CollisionReport& report) {
  std::multiset<std::string> expected;
  for (const SpecChange& change : work.changes) {
    for (const SpecWindow& window : work.windows) {
      const bool meet = window.from < change.to && change.from < window.to;
      if (window.kind != CalendarKind::kFreeze || !meet) continue;
      const std::size_t hit = reference.Frozen(change, window).size();
      if (hit != 0) expected.insert(absl::StrFormat("%s in %s: %d", change.id, window.id, hit));
    }
    const std::size_t outside = reference.Outside(change).size();
    if (outside != 0) expected.insert(absl::StrFormat("%s outside: %d", change.id, outside));
  }
  std::multiset<std::string> told;
  for (const Collision& collision : report.collisions) {
    if (collision.kind == CollisionKind::kFreeze) {
      told.insert(absl::StrFormat("%s in %s: %d", collision.changes[0], collision.windows[0],
                                  collision.record_count));
    } else if (collision.kind == CollisionKind::kOutsideMaintenance) {
      told.insert(absl::StrFormat("%s outside: %d", collision.changes[0], collision.record_count));
      EXPECT_THAT(collision.windows, ::testing::Not(::testing::IsEmpty()));
    }
  }
  EXPECT_EQ(told, expected) << ::testing::PrintToString(ToldCollisions(store, report));
}

void ExpectAll(const TestStore& store, const PlannedWork& work, ChangeCalendar& calendar) {
  CollisionReference reference(work);
  ASSERT_OK_AND_ASSIGN(const CollisionReport report, calendar.Check(100'000, store.Unlimited()));
  EXPECT_EQ(report.total(), report.collisions.size());
  const ToldWork told = ToldBy(store, report);
  ToldWork pairs = told;
  std::erase_if(pairs, [](const auto& entry) { return entry.first.second.size() != 2; });
  EXPECT_EQ(pairs, reference.Pairs()) << ::testing::PrintToString(ToldCollisions(store, report));
  ExpectSets(reference, told);
  ExpectWindows(reference, work, store, report);
}

void ExpectSlots(const TestStore& store, const PlannedWork& work, const SpecChange& change,
                 ChangeCalendar& calendar) {
  PlannedWork with = work;
  if (std::none_of(work.changes.begin(), work.changes.end(),
                   [&](const SpecChange& each) { return each.id == change.id; })) {
    with.changes.push_back(change);
    with.changes.back().from += 1'000;  // known, and never under way
    with.changes.back().to += 1'000;
  }
  CollisionReference reference(with);
  const SlotRequest request{ChangeOf(store, change), {Hour(0), Hour(kHours + 2)}, 5};
  ASSERT_OK_AND_ASSIGN(const std::vector<FreeSlot> slots,
                       calendar.FreeSlots(request, store.Unlimited()));
  EXPECT_EQ(ToldSlots(slots), reference.Slots(change, 0, kHours + 2, 5));
}

int Rounds() { return std::getenv("KOSEI_LONG_TESTS") != nullptr ? 400 : 12; }
constexpr int kWorldsARound = 200;

TEST(RandomCollisions, AreThoseOfEveryHourSimulated) {
  for (int round = 0; round < Rounds() && !::testing::Test::HasFailure(); ++round) {
    TestStore store(kSpecModel);
    Worlds worlds(TestSeed() + static_cast<std::uint64_t>(round));
    std::vector<PlannedWork> all;
    SpecWorld whole;
    for (int i = 0; i < kWorldsARound; ++i) {
      all.push_back(RandomWork(worlds, absl::StrFormat("r%d", i)));
      // What is down anyway is so for everyone: a world of its own each.
      if (!all.back().contexts.empty()) continue;
      whole.records.insert(all.back().world.records.begin(), all.back().world.records.end());
      whole.links.insert(all.back().world.links.begin(), all.back().world.links.end());
    }
    WriteWorld(store, whole);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const PlannedWork& work = all[i];
      SCOPED_TRACE(absl::StrFormat("KOSEI_TEST_SEED=%d, round %d, world %d", TestSeed(), round, i));
      std::optional<TestStore> own;
      if (!work.contexts.empty()) {
        if (!worlds.OneIn(8)) continue;
        own.emplace(kSpecModel);
        WriteWorld(*own, work.world);
      }
      const TestStore& in = own.has_value() ? *own : store;
      const auto calendar = CalendarOf(in, in.Newest(), work);
      ASSERT_OK(calendar->SetWindows(WindowsOf(in, work), in.Unlimited()));
      for (const SpecChange& change : work.changes)
        ASSERT_OK(calendar->Put(ChangeOf(in, change), in.Unlimited()));
      ExpectAll(in, work, *calendar);
      const bool known = worlds.OneIn(2);
      const SpecChange change =
          known ? work.changes.front() : RandomChange(worlds, work.world, "new");
      ExpectSlots(in, work, change, *calendar);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

// After any number of edits the calendar says what a new one with the same changes says.
TEST(RandomCollisions, EditedOneByOneAreThoseOfANewCalendar) {
  TestStore store(kSpecModel);
  Worlds worlds(TestSeed() + 7);
  std::vector<PlannedWork> all;
  SpecWorld whole;
  for (int i = 0; i < 60; ++i) {
    all.push_back(RandomWork(worlds, absl::StrFormat("e%d", i)));
    all.back().contexts.clear();
    whole.records.insert(all.back().world.records.begin(), all.back().world.records.end());
    whole.links.insert(all.back().world.links.begin(), all.back().world.links.end());
  }
  WriteWorld(store, whole);
  for (PlannedWork& work : all) {
    SCOPED_TRACE(absl::StrFormat("KOSEI_TEST_SEED=%d, world of %s", TestSeed(),
                                 work.world.records.begin()->first));
    const auto edited = CalendarOf(store, store.Newest(), work);
    work.changes.clear();
    work.windows.clear();
    for (int step = 0; step < 30; ++step) {
      const SpecChange change =
          RandomChange(worlds, work.world, absl::StrFormat("c%d", worlds.Below(8)));
      std::erase_if(work.changes, [&](const SpecChange& each) { return each.id == change.id; });
      if (worlds.OneIn(6)) {
        work.windows = {RandomWindow(worlds, work.world, step)};
        ASSERT_OK(edited->SetWindows(WindowsOf(store, work), store.Unlimited()));
      }
      if (worlds.OneIn(4)) {
        edited->Remove(change.id);
      } else {
        work.changes.push_back(change);
        ASSERT_OK(edited->Put(ChangeOf(store, change), store.Unlimited()));
      }
      if (!worlds.OneIn(3)) continue;
      const auto fresh = CalendarOf(store, store.Newest(), work);
      ASSERT_OK(fresh->SetWindows(WindowsOf(store, work), store.Unlimited()));
      for (auto each = work.changes.rbegin(); each != work.changes.rend(); ++each)
        ASSERT_OK(fresh->Put(ChangeOf(store, *each), store.Unlimited()));
      ASSERT_OK_AND_ASSIGN(const CollisionReport a, edited->Check(10'000, store.Unlimited()));
      ASSERT_OK_AND_ASSIGN(const CollisionReport b, fresh->Check(10'000, store.Unlimited()));
      ASSERT_EQ(ToldCollisions(store, a), ToldCollisions(store, b));
      ASSERT_EQ(a.counts, b.counts);
    }
  }
}

}  // namespace
}  // namespace kosei::query
