// Planned work in worlds of state_reference.h: changes by key and hour, and collisions as text.
#pragma once

#include <string>
#include <vector>

#include "kosei/query/collisions.h"
#include "spec_store.h"

namespace kosei::query {

// An hour of the first of December 2026, UTC.
Timestamp Hour(int hour);
int HourOf(Timestamp instant);

struct SpecChange {
  std::string id;
  int from = 0;  // hours
  int to = 1;
  States down = {};
  std::vector<std::string> written = {};
};
struct SpecWindow {
  std::string id;
  CalendarKind kind = CalendarKind::kFreeze;
  int from = 0;
  int to = 1;
  std::vector<std::string> classes = {};
  std::vector<std::string> records = {};
  std::vector<std::string> services = {};
};

PlannedChange ChangeOf(const TestStore& store, const SpecChange& spec);
CalendarWindow WindowOf(const TestStore& store, const SpecWindow& spec);

// "gate A+B 2-4: farm failed, web degraded": the kind, the changes, the hours, records by key.
std::string ToldCollision(const TestStore& store, const Collision& collision);
// In the report's order.
std::vector<std::string> ToldCollisions(const TestStore& store, const CollisionReport& report);
// "3-5 (latest 7)"
std::vector<std::string> ToldSlots(const std::vector<FreeSlot>& slots);

}  // namespace kosei::query
