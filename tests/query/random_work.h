// Random planned work in random worlds.
#pragma once

#include <string>

#include "collision_reference.h"
#include "random_worlds.h"

namespace kosei::query {

std::string SomeKey(Worlds& worlds, const SpecWorld& world);
SpecChange RandomChange(Worlds& worlds, const SpecWorld& world, const std::string& id);
SpecWindow RandomWindow(Worlds& worlds, const SpecWorld& world, int number);
// Worlds in which gates matter, changes, and sometimes a calendar.
PlannedWork RandomWork(Worlds& worlds, const std::string& prefix);

}  // namespace kosei::query
