// Random planned work in random worlds, against collisions found the slow and obvious way: hour by
// hour, each set of changes simulated anew (state_reference.h).
#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "absl/strings/str_format.h"
#include "kosei/query/collisions.h"
#include "random_worlds.h"
#include "reference_walk.h"
#include "status_matchers.h"
#include "work_store.h"

namespace kosei::query {
namespace {

using model::State;
using Ids = std::vector<std::string>;
// What collides: by kind and changes, for each hour, each record and its state.
using Told = std::map<std::pair<CollisionKind, Ids>, std::map<int, States>>;

constexpr int kHours = 12;

struct Work {
  SpecWorld world;
  std::vector<SpecChange> changes;
  std::vector<SpecWindow> windows;
  std::set<std::string> blocked;
  std::vector<std::string> contexts;
};

class Reference {
 public:
  explicit Reference(const Work& work) : work_(work) {
    if (!work.contexts.empty()) {
      for (const auto& [key, record] : work.world.records) {
        if (record.health == "bad") down_[key] = State::kFailed;
        if (record.health == "poor") down_[key] = State::kDegraded;
      }
    }
    base_ = StatesAfter(work.world, down_, work.blocked);
  }

  const SpecChange& Change(const std::string& id) const {
    return *std::find_if(work_.changes.begin(), work_.changes.end(),
                         [&](const SpecChange& change) { return change.id == id; });
  }
  // With all of these under way.
  const States& Joint(const Ids& ids) {
    const auto known = joints_.find(ids);
    if (known != joints_.end()) return known->second;
    States assumed = base_;
    for (const std::string& id : ids) {
      for (const auto& [key, state] : Change(id).down) assumed[key] = std::max(assumed[key], state);
    }
    return joints_.emplace(ids, StatesAfter(work_.world, assumed, work_.blocked)).first->second;
  }
  std::set<std::string> Worked(const SpecChange& change) const {
    std::set<std::string> worked(change.written.begin(), change.written.end());
    for (const auto& [key, state] : change.down) worked.insert(key);
    return worked;
  }
  // What it works on or makes worse.
  States Reach(const SpecChange& change) {
    States reach;
    for (const std::string& key : Worked(change)) reach[key] = Joint({change.id}).at(key);
    for (const auto& [key, state] : Joint({change.id})) {
      if (state > base_.at(key)) reach[key] = state;
    }
    return reach;
  }

  // What two changes have to do with each other.
  std::map<CollisionKind, States> Pair(const SpecChange& a, const SpecChange& b) {
    std::map<CollisionKind, States> found;
    const States reach_a = Reach(a);
    const States reach_b = Reach(b);
    for (const auto& [key, state] : reach_a) {
      const auto other = reach_b.find(key);
      if (other == reach_b.end()) continue;
      const bool same = Worked(a).contains(key) && Worked(b).contains(key);
      found[same ? CollisionKind::kSameRecord : CollisionKind::kReach][key] =
          std::max(state, other->second);
    }
    for (const auto& [key, state] : Joint(Sorted({a.id, b.id}))) {
      if (state > std::max(Joint({a.id}).at(key), Joint({b.id}).at(key)))
        found[CollisionKind::kGate][key] = state;
    }
    return found;
  }
  static Ids Sorted(Ids ids) {
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  Ids UnderWay(int hour) const {
    Ids ids;
    for (const SpecChange& change : work_.changes) {
      if (change.from <= hour && hour < change.to) ids.push_back(change.id);
    }
    return Sorted(ids);
  }
  // What neither one nor two of them bring down.
  States BeyondPairs(const Ids& ids) {
    States beyond;
    for (const auto& [key, state] : Joint(ids)) {
      bool explained = state <= base_.at(key);
      for (const std::string& a : ids) {
        for (const std::string& b : ids)
          explained |= Joint(a == b ? Ids{a} : Sorted({a, b})).at(key) >= state;
      }
      if (!explained) beyond[key] = state;
    }
    return beyond;
  }
  Told Pairs() {
    Told told;
    for (std::size_t i = 0; i < work_.changes.size(); ++i) {
      for (std::size_t k = i + 1; k < work_.changes.size(); ++k) {
        const SpecChange& a = work_.changes[i];
        const SpecChange& b = work_.changes[k];
        for (int hour = std::max(a.from, b.from); hour < std::min(a.to, b.to); ++hour) {
          for (const auto& [kind, states] : Pair(a, b))
            told[{kind, Sorted({a.id, b.id})}][hour] = states;
        }
      }
    }
    return told;
  }

  std::set<std::string> Scope(const SpecWindow& window) const {
    std::set<std::string> scope(window.records.begin(), window.records.end());
    const bool all = window.records.empty() && window.classes.empty() && window.services.empty();
    for (const auto& [key, record] : work_.world.records) {
      for (const std::string& name : window.classes) {
        // Everything is below Thing.
        if (name == "Thing" || name == record.class_name) scope.insert(key);
      }
      if (all) scope.insert(key);
    }
    std::vector<std::string> open = window.services;
    while (!open.empty()) {
      const std::string key = open.back();
      open.pop_back();
      if (!rests_.insert(key).second) continue;
      for (const SpecLink& link : work_.world.links) {
        const bool to_cluster = work_.world.records.at(link.target).class_name == "Cluster";
        const bool up = link.type == "gives" || link.type == "twins" ||
                        (link.type == "member_of" && to_cluster);
        const bool down = link.type == "needs" || link.type == "soft" || link.type == "twins" ||
                          (link.type == "member_of" && !to_cluster);
        if (down && link.source == key) open.push_back(link.target);
        if (up && link.target == key) open.push_back(link.source);
      }
    }
    scope.insert(rests_.begin(), rests_.end());
    rests_.clear();
    return scope;
  }
  States Frozen(const SpecChange& change, const SpecWindow& window) {
    States hit;
    const std::set<std::string> scope = Scope(window);
    for (const auto& [key, state] : Reach(change)) {
      if (scope.contains(key)) hit[key] = state;
    }
    return hit;
  }
  // Whether the record may be hit in this hour.
  bool Open(const std::string& key, int hour) const {
    bool any = false;
    for (const SpecWindow& window : work_.windows) {
      if (window.kind != CalendarKind::kMaintenance || !Scope(window).contains(key)) continue;
      any = true;
      if (window.from <= hour && hour < window.to) return true;
    }
    return !any;
  }
  States Outside(const SpecChange& change) {
    States outside;
    for (const auto& [key, state] : Reach(change)) {
      for (int hour = change.from; hour < change.to; ++hour) {
        if (!Open(key, hour)) outside[key] = state;
      }
    }
    return outside;
  }

  // Whether the change may be under way in this hour beside all others.
  bool Free(const SpecChange& change, int hour) {
    const Ids others = Without(UnderWay(hour), change.id);
    for (const std::string& other : others) {
      if (!Pair(change, Change(other)).empty()) return false;
    }
    Ids all = others;
    all.push_back(change.id);
    for (const auto& [key, state] : Joint(Sorted(all))) {
      if (state > std::max(Joint(others).at(key), Joint({change.id}).at(key))) return false;
    }
    for (const SpecWindow& window : work_.windows) {
      const bool now = window.from <= hour && hour < window.to;
      if (window.kind == CalendarKind::kFreeze && now && !Frozen(change, window).empty())
        return false;
    }
    const States reach = Reach(change);
    return std::all_of(reach.begin(), reach.end(),
                       [&](const auto& record) { return Open(record.first, hour); });
  }
  std::vector<std::string> Slots(const SpecChange& change, int from, int to, std::size_t count) {
    const int length = change.to - change.from;
    std::vector<std::string> slots;
    for (int start = from; start + length <= to && slots.size() < count;) {
      int end = start;
      while (end < to && Free(change, end)) ++end;
      if (end - start < length) {
        start = end + 1;
        continue;
      }
      slots.push_back(absl::StrFormat("%d-%d (latest %d)", start, start + length, end - length));
      start += length;
    }
    return slots;
  }

 private:
  static Ids Without(Ids ids, const std::string& id) {
    std::erase(ids, id);
    return ids;
  }

  const Work& work_;
  States down_;
  States base_;
  std::map<Ids, States> joints_;
  mutable std::set<std::string> rests_;
};

std::string Some(Worlds& worlds, const SpecWorld& world) {
  const int position = worlds.Below(static_cast<int>(world.records.size()));
  return std::next(world.records.begin(), position)->first;
}

SpecChange RandomChange(Worlds& worlds, const SpecWorld& world, const std::string& id) {
  SpecChange change{.id = id, .from = worlds.Below(kHours - 1)};
  change.to = change.from + 1 + worlds.Below(std::min(5, kHours - change.from));
  const int down = worlds.OneIn(6) ? 0 : 1 + worlds.Below(2);
  for (int i = 0; i < down; ++i)
    change.down[Some(worlds, world)] = worlds.OneIn(4) ? State::kDegraded : State::kFailed;
  if (worlds.OneIn(3)) change.written.push_back(Some(worlds, world));
  return change;
}

SpecWindow RandomWindow(Worlds& worlds, const SpecWorld& world, int number) {
  SpecWindow window{.id = absl::StrFormat("w%d", number),
                    .kind = worlds.OneIn(2) ? CalendarKind::kFreeze : CalendarKind::kMaintenance,
                    .from = worlds.Below(kHours - 1)};
  window.to = window.from + 1 + worlds.Below(6);
  constexpr const char* kClasses[] = {"Part", "Cluster", "Thing"};
  if (worlds.OneIn(4)) window.classes.push_back(kClasses[worlds.Below(3)]);
  if (worlds.OneIn(2)) window.records.push_back(Some(worlds, world));
  if (worlds.OneIn(4)) window.services.push_back(Some(worlds, world));
  return window;
}

// Worlds in which gates matter: nodes of groups, and what needs these.
void AddGroup(Worlds& worlds, SpecWorld& world, const std::string& prefix) {
  const int count = 2 + worlds.Below(3);
  const std::string group = prefix + "-group";
  world.records[group] = {.class_name = "Cluster", .quorum = 1 + worlds.Below(2)};
  for (int i = 0; i < count; ++i) {
    const std::string node = absl::StrFormat("%s-node%d", prefix, i);
    world.records[node] = {};
    world.links.insert({node, "member_of", group});
  }
  world.records[prefix + "-user"] = {};
  world.links.insert({prefix + "-user", worlds.OneIn(2) ? "needs" : "soft", group});
  world.links.insert({Some(worlds, world), "needs", prefix + "-user"});
}

Work RandomWork(Worlds& worlds, const std::string& prefix) {
  Work work;
  if (worlds.OneIn(2)) work.world = worlds.Island(prefix);
  if (work.world.records.empty() || worlds.OneIn(2)) {
    work.world.records[prefix + "-top"] = {};
    AddGroup(worlds, work.world, prefix + "-g");
    if (worlds.OneIn(2)) AddGroup(worlds, work.world, prefix + "-h");
  }
  std::erase_if(work.world.links, [](const SpecLink& link) { return link.source == link.target; });
  const int changes = 2 + worlds.Below(5);
  for (int i = 0; i < changes; ++i)
    work.changes.push_back(RandomChange(worlds, work.world, absl::StrFormat("c%d", i)));
  const int windows = worlds.OneIn(2) ? 0 : worlds.Below(4);
  for (int i = 0; i < windows; ++i) work.windows.push_back(RandomWindow(worlds, work.world, i));
  if (worlds.OneIn(5)) work.blocked.insert(Some(worlds, work.world));
  if (worlds.OneIn(4)) {
    work.contexts = {"bad", "poor"};
    for (auto& [key, record] : work.world.records) {
      if (worlds.OneIn(6)) record.health = worlds.OneIn(2) ? "bad" : "poor";
    }
  }
  return work;
}

int HourOf(Timestamp instant) {
  return static_cast<int>((instant.micros - Hour(0).micros) / (Hour(1).micros - Hour(0).micros));
}

Told ToldBy(const TestStore& store, const CollisionReport& report) {
  Told told;
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
                                           const Work& work) {
  CalendarOptions options{.listed = 1'000, .contexts = work.contexts};
  for (const std::string& key : work.blocked) options.blocked.push_back(store.Id(key));
  auto calendar = ChangeCalendar::Open(store.reader(), view, options, store.Unlimited());
  EXPECT_OK(calendar.status());
  return *std::move(calendar);
}

std::vector<CalendarWindow> WindowsOf(const TestStore& store, const Work& work) {
  std::vector<CalendarWindow> windows;
  for (const SpecWindow& window : work.windows) windows.push_back(WindowOf(store, window));
  return windows;
}

// Every set of three or more is a smallest one, and together they explain what pairs do not.
void ExpectSets(Reference& reference, const Told& told) {
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

void ExpectWindows(Reference& reference, const Work& work, const TestStore& store,
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

void ExpectAll(const TestStore& store, const Work& work, ChangeCalendar& calendar) {
  Reference reference(work);
  ASSERT_OK_AND_ASSIGN(const CollisionReport report, calendar.Check(100'000, store.Unlimited()));
  EXPECT_EQ(report.total(), report.collisions.size());
  const Told told = ToldBy(store, report);
  Told pairs = told;
  std::erase_if(pairs, [](const auto& entry) { return entry.first.second.size() != 2; });
  EXPECT_EQ(pairs, reference.Pairs()) << ::testing::PrintToString(ToldCollisions(store, report));
  ExpectSets(reference, told);
  ExpectWindows(reference, work, store, report);
}

void ExpectSlots(const TestStore& store, const Work& work, const SpecChange& change,
                 ChangeCalendar& calendar) {
  Work with = work;
  if (std::none_of(work.changes.begin(), work.changes.end(),
                   [&](const SpecChange& each) { return each.id == change.id; })) {
    with.changes.push_back(change);
    with.changes.back().from += 1'000;  // known, and never under way
    with.changes.back().to += 1'000;
  }
  Reference reference(with);
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
    std::vector<Work> all;
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
      const Work& work = all[i];
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
  std::vector<Work> all;
  SpecWorld whole;
  for (int i = 0; i < 60; ++i) {
    all.push_back(RandomWork(worlds, absl::StrFormat("e%d", i)));
    all.back().contexts.clear();
    whole.records.insert(all.back().world.records.begin(), all.back().world.records.end());
    whole.links.insert(all.back().world.links.begin(), all.back().world.links.end());
  }
  WriteWorld(store, whole);
  for (Work& work : all) {
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
