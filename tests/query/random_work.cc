#include "random_work.h"

#include "absl/strings/str_format.h"

namespace kosei::query {
namespace {

using model::State;

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
  world.links.insert({SomeKey(worlds, world), "needs", prefix + "-user"});
}

}  // namespace

std::string SomeKey(Worlds& worlds, const SpecWorld& world) {
  const int position = worlds.Below(static_cast<int>(world.records.size()));
  return std::next(world.records.begin(), position)->first;
}

SpecChange RandomChange(Worlds& worlds, const SpecWorld& world, const std::string& id) {
  SpecChange change{.id = id, .from = worlds.Below(kHours - 1)};
  change.to = change.from + 1 + worlds.Below(std::min(5, kHours - change.from));
  const int down = worlds.OneIn(6) ? 0 : 1 + worlds.Below(2);
  for (int i = 0; i < down; ++i)
    change.down[SomeKey(worlds, world)] = worlds.OneIn(4) ? State::kDegraded : State::kFailed;
  if (worlds.OneIn(3)) change.written.push_back(SomeKey(worlds, world));
  return change;
}

SpecWindow RandomWindow(Worlds& worlds, const SpecWorld& world, int number) {
  SpecWindow window{.id = absl::StrFormat("w%d", number),
                    .kind = worlds.OneIn(2) ? CalendarKind::kFreeze : CalendarKind::kMaintenance,
                    .from = worlds.Below(kHours - 1)};
  window.to = window.from + 1 + worlds.Below(6);
  constexpr const char* kClasses[] = {"Part", "Cluster", "Thing"};
  if (worlds.OneIn(4)) window.classes.push_back(kClasses[worlds.Below(3)]);
  if (worlds.OneIn(2)) window.records.push_back(SomeKey(worlds, world));
  if (worlds.OneIn(4)) window.services.push_back(SomeKey(worlds, world));
  return window;
}

PlannedWork RandomWork(Worlds& worlds, const std::string& prefix) {
  PlannedWork work;
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
  if (worlds.OneIn(5)) work.blocked.insert(SomeKey(worlds, work.world));
  if (worlds.OneIn(4)) {
    work.contexts = {"bad", "poor"};
    for (auto& [key, record] : work.world.records) {
      if (worlds.OneIn(6)) record.health = worlds.OneIn(2) ? "bad" : "poor";
    }
  }
  return work;
}

}  // namespace kosei::query
